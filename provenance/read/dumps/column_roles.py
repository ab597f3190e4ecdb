"""Roles of the columns of a table of items: text, id, URL, date, author and others."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from shlex import quote
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import ColumnMissing, UnsupportedFormat
from provenance.model.content.fingerprints import Flags
from provenance.read.columns.column_choice import (
    SampleReader,
    duplicate_column_error,
    format_names,
)
from provenance.read.columns.column_paths import type_at, unique_names
from provenance.read.columns.json_schema import infer_schema
from provenance.read.columns.nested_texts import is_list
from provenance.read.columns.prose_detection import ColumnSample, is_label
from provenance.read.columns.string_arrays import format_values, is_bytes, is_textual, to_flags
from provenance.read.dumps.column_mapping import ITEM_MARK, TextParts, list_prefix
from provenance.read.dumps.date_order import is_ambiguous
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_columns import (
    PUBLISHED,
    TEXT_SEPARATOR,
    TRUE,
    UNPUBLISHED,
    is_text_list,
    to_strings,
)
from provenance.read.dumps.timestamps import parse_timestamp
from provenance.read.formats.foreign_formats import TO_LINES
from provenance.read.formats.jsonl_blocks import parse_line

TypePredicate = Callable[[pa.DataType], bool]

TEXT_NAMES = (
    "text textcontent textmarkdown body content fulltext plaintext maintext rawcontent bodytext "
    "bodymarkdown contentmarkdown contenttext markdown messagemarkdown postraw tweettext tweet "
    "posttext commenttext comment message post selftext article lyrics sentence utterance caption "
    "transcript leadparagraph abstract reviewtext review pagetext msg videodescription bodyhtml "
    "contenthtml paragraphs sentences glosses document statusmessage passagetext "
    "正文 内容 文本 本文 본문 inhalt texto texte testo текст description extract"
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
TITLE_NAMES = "title headline webtitle 标题 titel titre titulo título titolo заголовок"
WHOLE_TEXT_NAMES = "text fulltext plaintext maintext rawcontent"
"""Columns whose texts are whole: a title beside them is not part of the item."""
SUMMARY_NAMES = "message caption leadparagraph abstract description extract"
"""Columns whose texts may only describe a longer one, in a column of an unknown name."""
_OTHER_STATES = frozenset({"", "archived", "home", "inherit", "sent", "unlisted"})
"""States of posts that may be published."""
_MARKUP_WORDS = frozenset({"html", "xml"})
"""Words in the names of columns that have the same text as markup."""
_MIN_MARKUP_SHARE = 0.2
"""Share of the rows of a sample that need to have their text in such columns alone."""
RENDERED_NAMES = "rendered main value"
"""Members of a structure that have its text, such as `content.rendered`."""
KNOWN_NAMES = {
    "status": "status poststatus state ispublished published",
    "visibility": "visibility privacy",
    "item": "idstr id itemid nativeid noteid commentid tweetid statusid postid messageid docid "
    "documentid reviewid recommendationid msgid uuid guid uri paperid coreid corpusid pageid "
    "warcrecordid doi submissionid cid answerid qid questionid entryid",
    "url": "htmlurl weburl url permalink requestedurl link href sourceurl pageurl posturl webpage "
    "warctargeturi canonicalurl statusurl letterboxduri permalinkurl sharelink shareurl videolink "
    "videourl",
    "created_at": "createdat createdutc created creationdate createdtimestamp publishedat "
    "publishdate publishtime publicationdate publisheddate datepublished datepublish "
    "publishingdate dategmt webpublicationdate pubdate postedat warcdate timestamp datetime date "
    "published dateposted dateadded createddate createtime createtimeiso timestampcreated "
    "timepublished unixreviewtime posttime postdate dateline datesent postcreated createdatmillis "
    "sentat decisiondate filingdate datefiled releasedate datecreated createdon publishedon "
    "postedon createdtime creationtimestamp createdtimestampusec 日期 发布时间 datum fecha дата "
    "time sent ts at",
    "author": "author username screenname userscreenname user authorusername authorname authors by "
    "creator handle ownerusername ownerdisplayname account userposted speaker sender sendername "
    "nickname reviewername reviewer authorsteamid fromuser byline artist poet from userid authorid "
    "reviewerid fromid owneruserid postuserid 作者 用户名 昵称 autor auteur autore автор",
    "language": "language lang languagecode warcidentifiedcontentlanguage",
    "licence": "licence license contentlicense contentlicence licenses licences detectedlicenses "
    "maxstarsrepolicenses",
    "deleted": "deleted isdeleted removed isremoved istrashed",
    "private": "isprivate ispm private",
}
"""Names of each role in order of preference, without case and punctuation. Of the first
two, the values say whether a row is published."""
OWN_ID_NAMES = frozenset({"idstr", "id", "itemid"})
"""Ids of rows by their names; of two rows with the same, the later one is a new version."""
MAX_SHARED_IDS = 0.05
"""Share of the texts in a sample that may have the id of another, if its name is another one."""
AUTHOR_OBJECTS = ("author", "user", "creator", "account", "owner", "sender", "from", "fromUser")
AUTHOR_MEMBERS = "login username screenname displayname name id userid steamid"
"""Columns of structures that may say who the author is, and the members that do."""
_NAMED = "name"
"""Member of the structures in a list of authors or licences."""
_CHAT_TABLES = (
    {"authorid", "author", "date", "content", "attachments", "reactions"},  # DiscordChatExporter
    {"date", "user", "message"},  # KakaoTalk
)
"""Columns of tables in which what the service says stands among what people wrote."""
_NO_PROSE = r"^(?:[!-~]*|[\d\s:.,/+TZ-]*|\{.*)$"
"""Values that are identifiers, addresses, dates or JSON."""
_WORDS = re.compile(r"[A-Z]?[a-z\d]+|[A-Z\d]+|[^\W\dA-Za-z_]+")
"""Words in the name of a column: of `review_body`, `ReviewBody` and `Review Body`, two."""
_MIN_PROSE_ROWS, _MAX_LABEL_WORDS = 3, 3
"""A column of an unknown name is the text if it has prose in so many rows, and others labels."""
_MAX_LABEL_CHARS = 20
"""Values of a column of an unknown name that have no space and are no longer are not texts."""
_MIN_SENTENCE_CHARS = 30
"""Mean length of the texts in a list, above which they are no names or other labels."""
_MAX_SUGGESTED = 3
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


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What the columns of a table hold.

    Parameters
    ----------
    text : TextParts
        Columns of the text; of elements of a list, as if the list were a structure.
    fields : dict of str to str
        Path of each other field of `ITEMS` that the table has; "deleted" has marks of deleted rows,
        "notice" what may be said by the service.
    exploded : str or None
        List of which every element is an item.
    parsed : str or None
        Column of strings that are JSON objects, in which some of `fields` are.
    replies : tuple of str
        Columns with further items: lists of what others wrote below the text.
    """

    text: TextParts
    fields: Mapping[str, str]
    exploded: str | None = None
    parsed: str | None = None
    replies: tuple[str, ...] = ()

    def paths(self) -> list[str]:
        """Return the paths to read."""
        paths = {*self.text.columns, *self.fields.values(), *self.replies}
        if self.parsed is not None:
            paths = {self.parsed if self.is_parsed(path) else path for path in paths}
        if self.exploded is not None:
            inner = f"{self.exploded}."
            paths = {path for path in paths if not f"{path}.".startswith(inner)} | {self.exploded}
        return sorted(paths)

    def is_parsed(self, path: str) -> bool:
        """Return whether a path is within the JSON of the `parsed` column."""
        return self.parsed is not None and path.startswith(f"{self.parsed}.")

    def is_of_element(self, path: str) -> bool:
        """Return whether a path is within the exploded list, so that it differs by item."""
        return self.exploded is not None and f"{path}.".startswith(f"{self.exploded}.")

    def describe(self) -> dict[str, str]:
        """Return the columns by what they hold, as the user would name them."""
        names = {"item": "id", "created_at": "date"}
        text = (
            " + ".join(self.text.paths)
            if self.text.literals is None
            else "".join(
                f"{literal}{{{path}}}"
                for literal, path in zip(self.text.literals, self.text.paths, strict=False)
            )
        )
        text += "".join(f" or {path}" for path in self.text.others)
        fields = {names.get(field, field): path for field, path in self.fields.items()}
        replies = {"replies": " and ".join(self.replies)} if self.replies else {}
        shown = {field: path for field, path in fields.items() if field != "notice"}
        return {"text": text} | shown | replies


def find_roles(schema: pa.Schema, dump: Dump, sample: SampleReader) -> TableMapping:
    """Return which columns hold what: those that the user names, else those of well-known names.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the table.
    dump : Dump
        The file, and the columns named by the user.
    sample : callable
        Reads some rows of the given columns.

    Returns
    -------
    TableMapping
        A title is put before the text, unless the text is in one of `WHOLE_TEXT_NAMES`, or the user
        names text columns.

    Raises
    ------
    ColumnMissing
        If a named column is missing, or no column is recognised as the text.
    """
    given, text = dump.columns.fields, dump.columns.text
    options = dict(given.values())
    replies = _reply_columns(schema) if text is None else ()
    if text is not None:
        option = "--text-column" if text.literals is None else "--template"
        options |= dict.fromkeys(text.paths, option)
    exploded = list_prefix([*options])
    for path, option in options.items():
        is_text = text is not None and path in text.paths and text.literals is None
        _check_given(path, option, schema, dump, is_fit=_is_text if is_text else _is_anything)
    fields = {role: path.replace(ITEM_MARK, "") for role, (path, _) in given.items()}
    single = _columns_of_unique_names(schema)
    if text is None:
        _refuse_texts_of_one_name(schema, single, dump)
        others = pa.schema([field for field in single if field.name not in replies])
        text = _text_of_known_names(others, fields, dump, sample)
    else:
        text = _without_marks(text)
    metadata = _metadata(single, sample)
    groups = _groups(single, exploded, text.paths[0], metadata)
    # Beside "My Review", an author is that of the book.
    is_own = text_prefix(text.paths[-1]) == "my"
    for role in KNOWN_NAMES:
        if role not in fields and not (is_own and role == "author"):
            columns = [*dict.fromkeys(_role_columns(role, groups, fields, text))]
            columns = _choose_by_values(role, columns, text, schema, sample)
            fields |= {role: columns[0]} if columns else {}
    if "author" not in fields and (author := _author_member(schema)) is not None:
        fields["author"] = author
    if {bare_name(name) for name in schema.names} in _CHAT_TABLES:
        fields["notice"] = text.paths[0]
    parsed = metadata.column if metadata is not None and metadata.is_text else None
    return TableMapping(text, fields, exploded, parsed, replies)


def _columns_of_unique_names(schema: pa.Schema) -> pa.Schema:
    names = unique_names(schema)
    return pa.schema([field for field in schema if field.name in names])


def _refuse_texts_of_one_name(schema: pa.Schema, single: pa.Schema, dump: Dump) -> None:
    """Raise if columns of one name may hold the texts; `single` has the columns of other names.

    Raises
    ------
    ColumnMissing
        If so.
    """
    body = _fitting(TEXT_NAMES.split(), single, _is_string, ())
    if body is not None and bare_name(body) not in SUMMARY_NAMES.split():
        return
    repeated = _unknown_texts(schema, single.names)
    if repeated:
        raise duplicate_column_error(repeated[0], dump.display_path)


class _Group(NamedTuple):
    """Columns, or members of a structure, in which a role is looked for."""

    prefix: str
    members: pa.Schema
    is_element: bool = False


def _groups(
    schema: pa.Schema, exploded: str | None, text: str, metadata: "_Metadata | None"
) -> list[_Group]:
    """Return where roles are looked for: in elements, columns, beside the text, in metadata."""
    groups = [_Group("", schema)]
    element = None if exploded is None else type_at(schema, exploded)
    if element is not None and pa.types.is_struct(element.value_type):
        members = pa.schema(list(element.value_type))
        groups.insert(0, _Group(f"{exploded}.", members, is_element=True))
    elif "." in text:
        around = text.rpartition(".")[0]
        kind = type_at(schema, around)
        if kind is not None and pa.types.is_struct(kind):
            groups.append(_Group(f"{around}.", pa.schema(list(kind))))
    if metadata is not None:
        groups.append(_Group(f"{metadata.column}.", metadata.members))
    return groups


def _name_words(name: str) -> list[str]:
    return [bare_name(word) for word in _WORDS.findall(name)]


def text_prefix(text: str) -> str:
    """Return the first of several words in the name of the text: "comment" of "comment_text"."""
    words = _name_words(text.rpartition(".")[2])
    return words[0] if len(words) > 1 else ""


def _role_columns(
    role: str, groups: list[_Group], fields: Mapping[str, str], text: TextParts
) -> Iterator[str]:
    """Yield the columns that may have a role, the likeliest first: named like the text."""
    taken, prefix = {*fields.values(), *text.columns}, text_prefix(text.paths[-1])
    usual, fits = KNOWN_NAMES[role].split(), _FITS.get(role, _is_names)
    names = [*(f"{prefix}{name}" for name in usual if prefix), *usual]
    for group in groups:
        if group.is_element and role == "item":  # may only be distinct within its list
            continue
        inner = {path.removeprefix(group.prefix) for path in taken if path.startswith(group.prefix)}
        for name in _all_fitting(names, group.members, fits, inner):
            yield f"{group.prefix}{name}"


def _choose_by_values(
    role: str, columns: list[str], text: TextParts, schema: pa.Schema, sample: SampleReader
) -> list[str]:
    """Return those of the columns whose names fit a role that have values that do."""
    if role == "item":
        return [path for path in columns if not _is_shared(path, text, schema, sample)]
    if role == "created_at" and len(columns) > 1:  # "published" may be an address
        dated = (path for path in columns if _has_dates(path, schema, sample))
        return [*islice(dated, 1)] or columns
    if role in ("status", "visibility"):
        return [path for path in columns if _says_what_is_published(path, schema, sample)]
    return _filled(columns, schema, sample) if role in ("author", "url") else columns


def _says_what_is_published(path: str, schema: pa.Schema, sample: SampleReader) -> bool:
    """Return whether the values of a column say of each row whether it is published."""
    if path not in schema.names:
        return False
    is_flag = bare_name(path).endswith("published")
    if pa.types.is_boolean(schema.field(path).type):
        return is_flag
    values = {value.lower() for value in _texts_of(sample([path]), path).drop_null().to_pylist()}
    published = PUBLISHED if is_flag else PUBLISHED.difference(TRUE)
    return bool(values & published) and values <= PUBLISHED | UNPUBLISHED | _OTHER_STATES


def _filled(columns: list[str], schema: pa.Schema, sample: SampleReader) -> list[str]:
    """Return those of several columns that have half as many values as the fullest at least."""
    names = [name for name in columns if name in schema.names and _is_name(schema.field(name).type)]
    if len(columns) < 2 or not names:
        return columns
    table = sample(names)
    counts = {name: int(_have_words(_texts_of(table, name)).sum()) for name in names}
    least = max(counts.values()) / 2
    return [name for name in columns if counts.get(name, least) >= least]


def _has_dates(path: str, schema: pa.Schema, sample: SampleReader) -> bool:
    if path not in schema.names or not is_textual(schema.field(path).type):
        return True
    values = _texts_of(sample([path]), path).drop_null().to_pylist()
    return any(parse_timestamp(value) is not None or is_ambiguous(value) for value in values)


def _is_shared(path: str, text: TextParts, schema: pa.Schema, sample: SampleReader) -> bool:
    """Return whether an id is that of a post to which several texts belong, such as comments."""
    if bare_name(path) in OWN_ID_NAMES or not {path, *text.paths} <= {*schema.names}:
        return False
    table = sample([path, *text.columns])
    ids = _texts_of(table, path).to_pylist()
    columns = [to_strings(table[part].combine_chunks()) for part in text.columns]
    texts = text.join(columns).to_pylist()
    pairs = {pair for pair in zip(ids, texts, strict=True) if pair[0]}
    shared = len(pairs) - len({native for native, _ in pairs})
    return shared > MAX_SHARED_IDS * len(pairs)


def _reply_columns(schema: pa.Schema) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in schema
        if bare_name(field.name) in REPLY_NAMES and _has_replies(field.type)
    )


def _has_replies(kind: pa.DataType) -> bool:
    if is_list(kind):
        kind = kind.value_type
        # Lists that are all empty in the sample may not be later.
        is_known = is_textual(kind) or pa.types.is_null(kind)
        return bool(is_known) or any(_texts_within(kind, "", REPLY_TEXT_NAMES))
    if not pa.types.is_struct(kind):
        return False
    page = next((field.type for field in kind if field.name in PAGE_NAMES), None)
    if page is not None and is_list(page):
        return _has_replies(page)
    if not all(is_list(field.type) for field in kind):
        return False
    elements = pa.schema([(field.name, field.type.value_type) for field in kind])
    is_span = any("start" in bare_name(name) for name in elements.names)
    return not is_span and _fitting(TEXT_NAMES.split(), elements, is_textual, ()) is not None


def item_column(schema: pa.Schema) -> str | None:
    """Return the column of the items' ids, if the table has one."""
    return _fitting(KNOWN_NAMES["item"].split(), schema, _FITS["item"], ())


def url_column(schema: pa.Schema) -> str | None:
    """Return the column of addresses, if the table has one."""
    return _fitting(KNOWN_NAMES["url"].split(), schema, _is_names, ())


def has_text_by_name(schema: pa.Schema) -> bool:
    """Return whether a column is called as texts usually are."""
    return _fitting([*TEXT_NAMES.split(), *TITLE_NAMES.split()], schema, _is_string, ()) is not None


def _text_of_known_names(
    schema: pa.Schema, fields: Mapping[str, str], dump: Dump, sample: SampleReader
) -> TextParts:
    taken = {*fields.values()}
    body = _fitting(TEXT_NAMES.split(), schema, _has_values, taken)
    body = body or _fitting(TEXT_NAMES.split(), schema, _is_string, taken)
    body = body or _fitting(LIST_NAMES.split(), schema, is_text_list, taken)
    prefix = "" if body is None else text_prefix(body)
    titles = TITLE_NAMES.split()
    titles = [*(f"{prefix}{name}" for name in titles if prefix), *titles]
    title = _fitting(titles, schema, _is_string, taken)
    if body is None and title is not None:
        body = _only_prose(_unknown_texts(schema, {*taken, title}), schema, sample)
    if body is None and title is not None:
        _check_is_text(title, (title,), schema, sample, dump)
    if body is not None and bare_name(body) in SUMMARY_NAMES.split():
        _check_is_text(body, tuple(filter(None, (title, body))), schema, sample, dump)
    if body is not None and bare_name(body) in WHOLE_TEXT_NAMES.split():
        title = None
    paths = tuple(path for path in (title, body) if path is not None)
    others = () if body is None else _other_texts(body, schema, taken, sample)
    return TextParts(paths or (_only_text_column(schema, taken, dump, sample),), others=others)


def _other_texts(
    body: str, schema: pa.Schema, taken: Collection[str], sample: SampleReader
) -> tuple[str, ...]:
    """Return the columns that have texts where `body` is blank: forms of it, one for each row."""
    forms = [name for name in TEXT_NAMES.split() if name not in SUMMARY_NAMES.split()]
    named = [*dict.fromkeys(_all_fitting(forms, schema, _has_values, {body, *taken}))]
    unknown = _unknown_texts(schema, {body, *taken, *named})
    markup = [name for name in unknown if _MARKUP_WORDS & {*_name_words(name)}]
    if not named and not markup:
        return ()
    table = sample([body, *named, *markup])
    has_text = {
        name: _have_words(to_strings(table[name].combine_chunks())) for name in table.schema.names
    }
    is_blank = ~has_text.pop(body)
    in_markup = sum((is_blank & has_text[name] for name in markup), np.zeros(len(table), bool))
    if in_markup.sum() <= _MIN_MARKUP_SHARE * len(table):
        markup = []  # pages of which no text could be extracted
    return tuple(name for name in (*named, *markup) if (is_blank & has_text[name]).any())


def _have_words(texts: pa.Array) -> Flags:
    return to_flags(pc.match_substring_regex(pc.fill_null(texts, ""), r"\S"))


def _fitting(
    names: Sequence[str], schema: pa.Schema, fits: TypePredicate, taken: Collection[str]
) -> str | None:
    return next(_all_fitting(names, schema, fits, taken), None)


def _all_fitting(
    names: Sequence[str], schema: pa.Schema, fits: TypePredicate, taken: Collection[str]
) -> Iterator[str]:
    actual_names = {bare_name(name): name for name in reversed(schema.names)}
    for name in names:
        column = actual_names.get(name)
        if column is None or column in taken or schema.names.count(column) > 1:
            continue
        if fits(schema.field(column).type):
            yield str(column)


class _Metadata(NamedTuple):
    """A column of metadata."""

    column: str
    members: pa.Schema
    is_text: bool
    """Whether it is JSON in strings."""


def _metadata(schema: pa.Schema, sample: SampleReader) -> _Metadata | None:
    """Return the first column of metadata that has members."""
    actual_names = {bare_name(name): name for name in reversed(schema.names)}
    for column in (actual_names[name] for name in METADATA_NAMES if name in actual_names):
        kind = schema.field(column).type
        if pa.types.is_struct(kind):
            return _Metadata(column, pa.schema(list(kind)), is_text=False)
        if is_textual(kind):
            objects = map(parse_metadata, format_values(sample([column])[column].combine_chunks()))
            members = infer_schema([entry for entry in objects if entry], column)
            if len(members):
                return _Metadata(column, members, is_text=True)
    return None


def parse_metadata(value: object) -> dict[str, object]:
    """Return the object that a string is in JSON; an empty one if it is none."""
    text = value.as_py() if isinstance(value, pa.Scalar) else value
    record = parse_line(text.encode()) if isinstance(text, str) else ""
    return {} if isinstance(record, str) else record


def _author_member(schema: pa.Schema) -> str | None:
    """Return the path of the author's name in a column of structures."""
    for column in AUTHOR_OBJECTS:
        kind = type_at(schema, column)
        if kind is not None and pa.types.is_struct(kind):
            inner = _fitting(AUTHOR_MEMBERS.split(), pa.schema(list(kind)), _is_name, ())
            if inner is not None:
                return f"{column}.{inner}"
    return None


def _only_text_column(
    schema: pa.Schema, taken: Collection[str], dump: Dump, sample: SampleReader
) -> str:
    """Return the only string column without another role, if its values are no labels."""
    if not len(schema):
        raise empty_file_error(dump.display_path)
    candidates = _unknown_texts(schema, taken)
    if (code := _code_column(schema, taken, sample)) is not None:
        return code
    if (prose := _only_prose(candidates, schema, sample)) is not None:
        return prose
    inner = _inner_texts(schema, TEXT_NAMES)
    if (
        len(candidates) != 1
        or inner
        or _has_labels(sample(candidates)[candidates[0]].combine_chunks())
    ):
        raise ColumnMissing(
            f"{dump.display_path}: no column is recognised as the text; the table has "
            f"{format_names(schema.names)}",
            remedy="choose the column with "
            f"--text-column{_suggestion(schema, candidates, sample)}.",
        )
    return str(candidates[0])


def _code_column(schema: pa.Schema, taken: Collection[str], sample: SampleReader) -> str | None:
    """Return the column of source code, if there is one."""
    for name in _all_fitting(CODE_NAMES.split(), schema, is_textual, taken):
        texts = _texts_of(sample([name]), name).drop_null()
        is_code = to_flags(pc.match_substring(texts, "\n"))
        if is_code.sum() * 2 > len(texts):
            return name
    return None


def empty_file_error(name: str) -> UnsupportedFormat:
    """Return the error for the file `name`, which has no content."""
    return UnsupportedFormat(
        f"{name}: the file is empty",
        remedy="fetch it again, or remove it if nothing is missing.",
    )


def _only_prose(candidates: Sequence[str], schema: pa.Schema, sample: SampleReader) -> str | None:
    """Return the only one of several columns that has prose; None if others may have some, too."""
    candidates = [name for name in candidates if not is_label(name)]
    if not candidates or _inner_texts(schema, TEXT_NAMES):
        return None
    table = sample(candidates)
    columns = ColumnSample(table)
    prose = [name for name in candidates if columns.is_prose(name)]
    are_labels = all(
        columns.words(name) < _MAX_LABEL_WORDS for name in candidates if name not in prose
    )
    return prose[0] if len(prose) == 1 and are_labels and len(table) >= _MIN_PROSE_ROWS else None


def _suggestion(schema: pa.Schema, candidates: Sequence[str], sample: SampleReader) -> str:
    """Return columns to be named: a text within structures or lists, or the longest one."""
    if (mapped := _mapped_type(schema)) is not None:
        rows = ".[][]" if is_list(mapped) else ".[]"
        return f"; members are named by what they hold: `jq -c '{rows}'` makes rows of them"
    inner = _alternatives(_inner_texts(schema, TEXT_NAMES))
    if (rows := _deep_list(inner)) and len(sample(schema.names[:1])) == 1:
        return f"; it is one object around a list: `jq -c '.{rows}'` makes rows of it"
    texts = (
        inner,
        _prose_choices([*candidates, *_lists_of_sentences(schema, sample)], sample),
        _inner_texts(schema, "value")[:1],
    )
    for choices in texts:
        options = [_options(text) for text in choices if _can_read(text)]
        if options:
            return f", such as {' or '.join(options)}"
    return ""


def _deep_list(texts: Sequence[tuple[str, ...]]) -> str:
    """Return the path of the elements of a list within structures that have the first text."""
    around, mark, _ = texts[0][-1].partition(ITEM_MARK) if texts else ("", "", "")
    return texts[0][-1].rpartition(".")[0] if mark and "." in around else ""


def _alternatives(paths: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the first of the paths of texts, and others of the same name."""
    return [path for path in paths if _last(path[-1]) == _last(paths[0][-1])][:_MAX_SUGGESTED]


def _lists_of_sentences(schema: pa.Schema, sample: SampleReader) -> list[str]:
    """Return the columns of lists of texts, not of labels such as names or addresses."""
    lists = (name for name in schema.names if is_text_list(schema.field(name).type))
    return [name for name in lists if not is_label(name) and _has_sentences(name, sample)]


def _has_sentences(name: str, sample: SampleReader) -> bool:
    texts = _texts_of(sample([name]), name).drop_null().to_pylist()
    lines = [line for text in texts for line in text.split(TEXT_SEPARATOR)]
    spaced = [line for line in lines if " " in line]
    return len(spaced) * 2 > len(lines) and sum(map(len, lines)) > _MIN_SENTENCE_CHARS * len(lines)


def _prose_choices(candidates: Sequence[str], sample: SampleReader) -> list[tuple[str, ...]]:
    """Return the longest column of prose, and all of them together."""
    longest = _prose_columns(candidates, sample)[:1]
    if not longest:
        return []
    columns = ColumnSample(sample(candidates))
    prose = tuple(name for name in candidates if columns.is_prose(name) or name in longest)
    return [(longest[0],), *([prose] if len(prose) > 1 else [])]


def _mapped_type(schema: pa.Schema) -> pa.DataType | None:
    """Return the type of the members with texts of an object that maps ids or names to them."""
    fields = [field for field in schema if any(_texts_within(field.type, field.name, TEXT_NAMES))]
    is_map = len({str(field.type) for field in fields}) == 1 and (
        1 < len(fields) == len(schema) or fields[0].name.isdecimal()
    )
    return fields[0].type if is_map else None


def _can_read(text: Sequence[str]) -> bool:
    return text[-1].count(ITEM_MARK) <= 1


def _options(columns: Sequence[str]) -> str:
    return " ".join(f"--text-column '{path}'" for path in columns)


def _inner_texts(schema: pa.Schema, members: str) -> list[tuple[str, ...]]:
    """Return the paths of texts within structures, or in a list of them; with that of a title."""
    names = members.split()
    paths = sorted(
        (path for field in schema for path in _texts_within(field.type, field.name, members)),
        key=lambda path: (_is_of_reply(path[-1]), names.index(bare_name(_last(path[-1])))),
    )
    rendered = tuple(
        f"{column}.{member}"
        for names in (TITLE_NAMES, TEXT_NAMES)
        if (column := _fitting(names.split(), schema, pa.types.is_struct, ())) is not None
        and (member := _member_of(type_at(schema, column), RENDERED_NAMES)) is not None
    )
    return [rendered, *paths] if rendered else paths


def _is_of_reply(path: str) -> bool:
    return any(bare_name(name) in REPLY_NAMES for name in path.split("."))


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _member_of(kind: pa.DataType, names: str) -> str | None:
    return _fitting(names.split(), pa.schema(list(kind)), is_textual, ())


def _texts_within(kind: pa.DataType, path: str, members: str) -> Iterator[tuple[str, ...]]:
    if is_list(kind):
        kind, path = kind.value_type, f"{path}{ITEM_MARK}"
    if not pa.types.is_struct(kind) or any(field.name.isdecimal() for field in kind):
        return  # ids or numbers as names: no path leads to all
    title, text = (_member_of(kind, names) for names in (TITLE_NAMES, members))
    if text is None and members == TEXT_NAMES:
        text = _fitting(LIST_NAMES.split(), pa.schema(list(kind)), is_text_list, ())
    if text is not None:
        yield tuple(f"{path}.{name}" for name in (title, text) if name is not None)
    for field in kind:
        yield from _texts_within(field.type, f"{path}.{field.name}", members)


def _has_labels(values: pa.Array) -> bool:
    texts = format_values(values)
    is_text = pc.or_(
        pc.greater(pc.utf8_length(texts), _MAX_LABEL_CHARS),
        pc.match_substring_regex(texts, r"\S\s"),
    )
    return not pc.any(is_text).as_py()


def _unknown_texts(schema: pa.Schema, taken: Collection[str]) -> list[str]:
    """Return the string columns whose names say nothing."""
    known = {name for names in KNOWN_NAMES.values() for name in names.split()} | LABEL_NAMES
    return [
        field.name
        for field in schema
        if is_textual(field.type) and field.name not in taken and bare_name(field.name) not in known
    ]


def _check_is_text(
    column: str, joined: Sequence[str], schema: pa.Schema, sample: SampleReader, dump: Dump
) -> None:
    """Raise if a table has texts beside its titles or summaries, in structures or longer ones.

    Raises
    ------
    ColumnMissing
        If so.
    """
    columns = _prose_columns(_unknown_texts(schema, joined), sample)
    columns += _lists_of_sentences(schema, sample)
    inner = _inner_texts(schema, TEXT_NAMES)
    if columns:  # answers to a question say little of a text
        inner = [path for path in inner if not _is_of_reply(path[-1])]
    if inner and bare_name(column) in TITLE_NAMES.split():
        choice = f"choose them with {_options(inner[0])}" if _can_read(inner[0]) else TO_LINES
        raise ColumnMissing(
            f"{dump.display_path}: only {column!r} is recognised, and there are texts in "
            f"{inner[0][-1]!r}",
            remedy=f"{choice.rstrip('.')}, or choose the titles with --text-column {column}.",
        )
    lengths = _mean_lengths([column, *columns], sample)
    longest = max(columns, key=lambda name: lengths[name], default=column)
    if lengths[longest] > lengths[column]:
        options = " ".join(f"--text-column {quote(name)}" for name in (*joined, longest))
        raise ColumnMissing(
            f"{dump.display_path}: only {column!r} is recognised, and {longest!r} has longer texts",
            remedy=f"join them with {options}, or choose one.",
        )


def _prose_columns(columns: Sequence[str], sample: SampleReader) -> list[str]:
    """Return the columns whose values are not all identifiers, dates or JSON; the longest first."""
    if not columns:
        return []
    table = sample(columns)
    prose = [
        name
        for name in columns
        if pc.any(pc.invert(pc.match_substring_regex(_texts_of(table, name), _NO_PROSE))).as_py()
    ]
    lengths = _mean_lengths(prose, sample)
    return sorted(prose, key=lambda name: -lengths[name])


def _mean_lengths(columns: Sequence[str], sample: SampleReader) -> dict[str, float]:
    table = sample(columns)
    return {
        name: pc.mean(pc.binary_length(_texts_of(table, name))).as_py() or 0 for name in columns
    }


def _texts_of(table: pa.Table, name: str) -> pa.Array:
    column = table[name].combine_chunks()
    return to_strings(column) if is_text_list(column.type) else format_values(column)


def _without_marks(text: TextParts) -> TextParts:
    return TextParts(tuple(path.replace(ITEM_MARK, "") for path in text.paths), text.literals)


def _check_given(
    path: str, option: str, schema: pa.Schema, dump: Dump, *, is_fit: TypePredicate
) -> None:
    if schema.names.count(path) > 1:
        raise duplicate_column_error(path, dump.display_path)
    kind = _type_of(schema, path)
    if kind is None:
        matches = get_close_matches(path, schema.names, n=1, cutoff=0.6)
        raise ColumnMissing(
            f"{dump.display_path}: column {path!r} is missing; "
            f"the table has {format_names(schema.names)}",
            remedy=f"did you mean {option} {matches[0]}?"
            if matches
            else f"choose one with {option}.",
        )
    if not is_fit(kind):
        inside = f", such as {path}{ITEM_MARK}" if is_list(kind) else ""
        raise ColumnMissing(
            f"{dump.display_path}: column {path!r} holds {kind}, not text",
            remedy=f"choose a column of text with {option}{inside}.",
        )


def _type_of(schema: pa.Schema, path: str) -> pa.DataType | None:
    """Return the type at a path, which may go through a list."""
    outer, mark, inner = path.partition(ITEM_MARK)
    kind = type_at(schema, outer)
    if not mark or kind is None:
        return kind
    if not is_list(kind):
        return None
    inner = inner.removeprefix(".")
    if not inner:
        return kind.value_type
    return type_at(kind.value_type, inner) if pa.types.is_struct(kind.value_type) else None


def bare_name(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _is_anything(_: pa.DataType) -> bool:
    return True


def _is_string(kind: pa.DataType) -> bool:
    return is_textual(kind) or is_bytes(kind) or bool(pa.types.is_null(kind))


def _is_text(kind: pa.DataType) -> bool:
    return _is_string(kind) or is_text_list(kind)


def _has_values(kind: pa.DataType) -> bool:
    return is_textual(kind) or is_bytes(kind)


def _is_name(kind: pa.DataType) -> bool:
    return _is_string(kind) or bool(pa.types.is_integer(kind))


def _is_names(kind: pa.DataType) -> bool:
    if is_list(kind):
        inner = kind.value_type
        is_named = pa.types.is_struct(inner) and inner.get_field_index(_NAMED) >= 0
        return is_named or _is_string(inner)
    return _is_name(kind)


def _is_number(kind: pa.DataType) -> bool:
    # A missing value in a column of integers may have turned it into floats.
    return _is_name(kind) or bool(pa.types.is_floating(kind))


def _is_mark(kind: pa.DataType) -> bool:
    return _is_name(kind) or bool(pa.types.is_boolean(kind))


def _is_timestamp(kind: pa.DataType) -> bool:
    return _is_number(kind) or bool(pa.types.is_temporal(kind))


_FITS = {
    "item": _is_number,
    "created_at": _is_timestamp,
    "deleted": _is_mark,
    "private": _is_mark,
    "status": _is_mark,
    "visibility": _is_mark,
}
