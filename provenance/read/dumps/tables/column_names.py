"""Names and types by which the columns of a table of items are recognised."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

import pyarrow as pa

from provenance.read.columns.nested_texts import is_list
from provenance.read.columns.string_arrays import is_bytes, is_textual
from provenance.read.dumps.item_columns import is_text_list

TypePredicate = Callable[[pa.DataType], bool]
TEXT_NAMES = (
    "text textcontent textmarkdown body content introtext fulltext plaintext maintext rawcontent "
    "bodytext bodymarkdown contentmarkdown contenttext markdown messagemarkdown postraw tweettext "
    "tweet posttext commenttext comment message post selftext article lyrics sentence utterance "
    "caption transcript leadparagraph abstract reviewtext review pagetext msg videodescription "
    "bodyhtml contenthtml paragraphs sentences glosses myreview document statusmessage passagetext "
    "正文 内容 文本 本文 본문 내용 inhalt texto texte testo текст treść contenu contenido conteúdo "
    "contenuto note description extract"
)
TEXT_NAMES += "".join(
    f" {thing}{part}"
    for thing in ("article", "comment", "message", "news", "post", "review", "story", "tweet")
    for part in ("text", "body", "content")
)
CODE_NAMES = "wholefuncstring originalstring funccodestring code sourcecode"
"""Columns of source code, if their values have several lines: a code may also be a label."""
LIST_NAMES = "text body content article fulltext paragraphs sentences glosses passagetext"
"""Columns that are the text, too, if they are lists of its parts."""
TITLE_NAMES = "title headline webtitle 标题 제목 titel titre titulo título titolo tytuł заголовок"
WHOLE_TEXT_NAMES = "text fulltext plaintext maintext rawcontent"
"""Columns whose texts are whole: a title beside them is not part of the item."""
SUMMARY_NAMES = "message caption leadparagraph abstract description extract"
"""Columns whose texts may only describe a longer one, in a column of an unknown name."""
RENDERED_NAMES = "rendered raw main value"
"""Members of a structure that have its text, such as `content.rendered`."""
KNOWN_NAMES = {
    "status": "status poststatus state messagestate discussionstate ispublished published approved "
    "isapproved commentapproved",
    "visibility": "visibility privacy security audience ispublic public visible",
    "item": "idstr id itemid nativeid noteid commentid tweetid statusid postid messageid docid "
    "documentid reviewid recommendationid msgid uuid guid uri paperid coreid corpusid pageid "
    "warcrecordid corduid doi submissionid cid answerid qid questionid entryid articleid newsid "
    "storyid celexid billid workid idmsg nid pid ids identifier objectid recordid "
    "uniqueid facebookid docno pmid utteranceid speechid ticketid issueid 微博id",
    "url": "htmlurl weburl permalink url requestedurl link href sourceurl pageurl posturl "
    "webpage warctargeturi canonicalurl statusurl letterboxduri permalinkurl sharelink shareurl "
    "videolink videourl articleurl newsurl storyurl tweeturl articlelink newslink tweetlink "
    "postlink reviewurl fullurl originalurl fulllink commenturl commentlink threadurl "
    "topicurl messagelink documenturl itemurl entryurl pagelink weblink webvideourl enlace lien "
    "ссылка 链接",
    "created_at": "publishedat publishedon datepublished createdat createdutc created "
    "creationdate createdtimestamp publishdate publishtime publicationdate publisheddate "
    "datepublish "
    "publishingdate dategmt webpublicationdate pubdate postedat warcdate timestamp datetime date "
    "published dateposted dateadded createddate createtime createtimeiso timestampcreated "
    "timepublished unixreviewtime posttime postdate dateline datesent postcreated "
    "publishedatdate createdatmillis sentat decisiondate filingdate datefiled releasedate "
    "datecreated createdon postedon createdtime creationtimestamp createdtimestampusec "
    "commentdate reviewdate tweetdate submittedat submitted writtenat posttimestamp eventtime "
    "postertime "
    "dateofexperience dateinserted 日期 发布时间 发布日期 投稿日 投稿日時 작성일 datum erstelltam "
    "fecha дата createdate creationtime timecreated posted postingdate submissiondate uploaddate "
    "uploadedat addedat insertedat commenttime messagedate messagetime reviewtime tweettime "
    "takenat takenattimestamp dateutc datetimeutc timestamputc unixtime unixtimestamp time sent ts "
    "at",
    "author": "author screenname userscreenname username user authorusername authorname authors "
    "by creator handle ownerusername ownerdisplayname account userposted speaker speakername "
    "sender sendername postername postedby postauthor poster commenter displayname login "
    "membername commentauthor nickname reviewername reviewer criticname profilename authorsteamid "
    "fromuser byline artist poet writer blogname from userid authorid reviewerid customerid fromid "
    "owneruserid postuserid posterid 作者 用户名 用户昵称 昵称 投稿者 autor verfasser auteur "
    "autore автор 작성자 createdby insertuserid owner "
    "nick senderid creatorname userhandle authorhandle authordisplayname authorlogin fromname "
    "authorstr commentername writtenby submitter uploader",
    "language": "language lang languagecode langcode detectedlanguage textlanguage "
    "warcidentifiedcontentlanguage idioma sprache язык 语言 locale",
    "licence": "licence license contentlicense contentlicence licenses licences detectedlicenses "
    "maxstarsrepolicenses licensename licenceurl licenseurl rights",
    "deleted": "deleted isdeleted removed isremoved istrashed trashed softdeleted",
    "deleted_at": "deleted removed deletedat deletedon deleteddate deletedtime deleteddatetime "
    "datedeleted deletetime deleteat deletiondate removedat trashedat hiddenat",
    "private": "isprivate ispm private isdm isdirectmessage confidential isconfidential",
    "draft": "draft isdraft hidden ishidden isspam queued",
    "system": "system issystem systemmessage issystemmessage",
}
"""Names of each role in order of preference, without case and punctuation. Of the first
two, the values say whether a row is published."""
FLAGS_OF_PUBLISHED = ("published", "public", "approved", "visible", "postvisibility")
"""Ends of the names of columns that are true where a row is published."""
MARK_ROLES = ("status", "visibility", "deleted", "private", "draft")
OTHER_MARKS = "active isactive enabled dead isdead postpassword statut estado zustand stav статус"
"""Columns that may say which rows are public or deleted, though not by which of their values."""
OWN_ID_NAMES = frozenset({"idstr", "id", "itemid"})
"""Ids of rows by their names; of two rows with the same, the later one is a new version."""
REVIEW_WORD = "review"
REVIEWER_NAMES = "reviewer reviewername profilename user username userid customerid membername"
"""Columns of who wrote a review: an `author` beside them is that of the book."""
OWN_PREFIX = "my"
"""First word of the name of a text: beside "My Review", title and author are those of the book."""
AUTHOR_OBJECTS = ("author", "user", "creator", "account", "owner", "sender", "from", "fromUser")
LICENCE_OBJECTS = ("license", "licence")
LICENCE_MEMBERS = "spdxid key id url name"
AUTHOR_MEMBERS = "login username screenname uniqueid displayname name nickname id userid steamid"
"""Columns of structures that may say what the licence or who the author is, and their members."""
_NAMED = "name"
"""Member of the structures in a list of authors or licences."""
_WORDS = re.compile(r"[A-Z]?[a-z\d]+|[A-Z\d]+|[^\W\dA-Za-z_]+")
"""Words in the name of a column: of `review_body`, `ReviewBody` and `Review Body`, two."""
LABEL_NAMES = frozenset({"type", "kind", "format", "version", "schema", "status", "category"})
"""Columns that are never the text, even if no other has strings."""
REPLY_NAMES = frozenset(
    {"answers", "children", "comments", "replies", "responses", "thread", "latestcomments"}
    | {"topcomments", "subcomments", "childcomments", "commentlist", "replylist"}
)
"""Lists of objects, or structures of lists, with what others wrote below the text of a row."""
REPLY_TEXT_NAMES = f"{TEXT_NAMES} answer answertext reply replytext response string"
PAGE_NAMES = ("data", "items", "nodes", "edges")
"""Lists in a structure around replies, as interfaces give them page by page."""
METADATA_NAMES = ("warcheaders", "metadata", "meta")
"""Columns of structures that may have what the table lacks."""


def name_words(name: str) -> list[str]:
    """Return the words in the name of a column, in lower case."""
    return [bare_name(word) for word in _WORDS.findall(name)]


def text_prefix(text: str) -> str:
    """Return the first of several words in the name of the text: "comment" of "comment_text"."""
    words = name_words(text.rpartition(".")[2])
    return words[0] if len(words) > 1 else ""


def fitting(
    names: Sequence[str], schema: pa.Schema, fits: TypePredicate, taken: Collection[str]
) -> str | None:
    """Return the first column with one of some names, and a type that fits; None if none."""
    return next(all_fitting(names, schema, fits, taken), None)


def all_fitting(
    names: Sequence[str], schema: pa.Schema, fits: TypePredicate, taken: Collection[str]
) -> Iterator[str]:
    """Yield the columns with one of some names, in the order of these, and a type that fits."""
    actual_names = {bare_name(name): name for name in reversed(schema.names)}
    for name in names:
        column = actual_names.get(name)
        if column is None or column in taken or schema.names.count(column) > 1:
            continue
        if fits(schema.field(column).type):
            yield str(column)


def unknown_texts(schema: pa.Schema, taken: Collection[str]) -> list[str]:
    """Return the string columns whose names say nothing."""
    known = {name for names in KNOWN_NAMES.values() for name in names.split()} | LABEL_NAMES
    return [
        field.name
        for field in schema
        if is_textual(field.type) and field.name not in taken and bare_name(field.name) not in known
    ]


def bare_name(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def is_anything(_: pa.DataType) -> bool:
    """Return true: a column may be of any type."""
    return True


def is_string(kind: pa.DataType) -> bool:
    """Return whether values of a type are strings or bytes, or all null."""
    return is_textual(kind) or is_bytes(kind) or bool(pa.types.is_null(kind))


def is_string_or_list(kind: pa.DataType) -> bool:
    """Return whether values of a type are strings or lists of them."""
    return is_string(kind) or is_text_list(kind)


def has_values(kind: pa.DataType) -> bool:
    """Return whether values of a type are strings or bytes."""
    return is_textual(kind) or is_bytes(kind)


def is_name(kind: pa.DataType) -> bool:
    """Return whether values of a type can be a name: strings or integers."""
    return is_string(kind) or bool(pa.types.is_integer(kind))


def is_names(kind: pa.DataType) -> bool:
    """Return whether values of a type can be names, or structures with a name."""
    if is_list(kind):
        inner = kind.value_type
        is_named = pa.types.is_struct(inner) and inner.get_field_index(_NAMED) >= 0
        return is_named or is_string(inner)
    return is_name(kind)


def _is_number(kind: pa.DataType) -> bool:
    # A missing value in a column of integers may have turned it into floats.
    return is_name(kind) or bool(pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def is_mark(kind: pa.DataType) -> bool:
    """Return whether values of a type can mark rows."""
    return is_name(kind) or bool(pa.types.is_boolean(kind) or pa.types.is_floating(kind))


def _is_timestamp(kind: pa.DataType) -> bool:
    return _is_number(kind) or bool(pa.types.is_temporal(kind))


ROLE_TYPES = {
    "item": _is_number,
    "created_at": _is_timestamp,
    "deleted": is_mark,
    "deleted_at": _is_timestamp,
    "private": is_mark,
    "draft": is_mark,
    "system": is_mark,
    "status": is_mark,
    "visibility": is_mark,
}
