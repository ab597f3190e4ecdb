"""Parts of dumps that are recognised and hold no items, and what to do instead."""

import re
from collections.abc import Callable, Set

from provenance.errors import UnsupportedFormat
from provenance.read.dumps.parsers.json_posts import JsonObject, member
from provenance.read.formats.detection import format_by_name
from provenance.read.formats.foreign_formats import (
    MHTML,
    SQL_DUMP,
    TO_LINES,
    UNFINISHED,
    UNFINISHED_SUFFIXES,
    Refusal,
    refusal_by_name,
    refuse_object,
)

_S2ORC_ROWS = (
    "make a row of it: `jq -c '{id: .paper_id, title, text: "
    '([(.pdf_parse // .latex_parse).body_text[].text] | join("\\n\\n"))}\'`.'
)
_TGDATASET_ROWS = (
    "make rows of them: `jq -c 'to_entries[] | .key as $c | .value.text_messages | to_entries[] | "
    'select(.value.is_forwarded | not) | {id: "\\($c)/\\(.key)", text: .value.message, '
    "created_at: .value.date, author: $c}'`."
)
_INSTALOADER_ROWS = (
    "make a row of it: `jq -c '.node | {id, text: .edge_media_to_caption.edges[0].node.text, "
    "created_at: .taken_at_timestamp, author: .owner.username, "
    'url: ("https://www.instagram.com/p/" + .shortcode)}\'`.'
)
_CHATGPT_ROWS = (
    "make rows of its messages: `jq -c '.[].mapping[].message | select(.content.parts?) | {id, "
    'text: (.content.parts | map(strings) | join("\\n")), created_at: .create_time, '
    "author: .author.role}'`."
)
SUBSTACK = Refusal(
    "an export of Substack",
    "unpack it, remove the pages of drafts (posts.csv names them), and give the folder `posts` "
    "with --layout html.",
)


def _is_change(entry: JsonObject) -> bool:
    """Return whether an object says how a row of a database changed (Debezium and the like)."""
    payload = entry.get("payload")
    change = payload if isinstance(payload, dict) else entry
    return {"before", "after", "op"} <= change.keys()


def _members(value: object) -> Set[str]:
    return value.keys() if isinstance(value, dict) else frozenset()


_OBJECTS: tuple[tuple[Callable[[JsonObject], object], Refusal], ...] = (
    (
        lambda entry: {"Text#", "Issued", "Bookshelves"} <= entry.keys(),
        Refusal("the catalogue of Project Gutenberg", "give the books, as text or EPUB."),
    ),
    (
        lambda entry: any(
            isinstance(value, dict) and "text_messages" in value for value in entry.values()
        ),
        Refusal("a file of TGDataset, with messages by channel and number", _TGDATASET_ROWS),
    ),
    (
        lambda entry: any(name.startswith("sep=") for name in entry),
        Refusal("a table with a line for Excel before its header", "remove it: `sed 1d` does so."),
    ),
    (
        lambda entry: {"_index", "_source"} <= entry.keys(),
        Refusal(
            "a dump of Elasticsearch",
            "write the `_source` of its rows: `jq -c '(.hits?.hits[]? // .)._source'` does so.",
        ),
    ),
    (
        _is_change,
        Refusal(
            "a stream of changes of a database",
            "write its rows as they are now: "
            "`jq -c '(.payload // .) | select(.op != \"d\") | .after'` does so.",
        ),
    ),
    (
        lambda entry: isinstance(entry.get("Item"), dict) and len(entry) == 1,
        Refusal(
            "an export of DynamoDB, with the type of each value",
            "write the values alone: `jq -c '.Item | map_values(.S // .N // .BOOL // .)'` does so.",
        ),
    ),
    (
        lambda entry: entry.keys() == {"text", "start", "duration"},
        Refusal(
            "a transcript in pieces",
            "join them to one text: `jq -c '{text: map(.text) | join(\" \")}'` does so.",
        ),
    ),
    (
        lambda entry: {"source_platform", "item_id", "data"} <= entry.keys(),
        Refusal(
            "a capture of Zeeschuimer",
            "write the posts alone, as the platform gives them: `jq -c .data` does so.",
        ),
    ),
    (
        lambda entry: {"node", "instaloader"} <= entry.keys(),
        Refusal("a post of Instagram as Instaloader keeps it", _INSTALOADER_ROWS),
    ),
    (
        lambda entry: {"title", "mapping", "create_time"} <= entry.keys(),
        Refusal("an export of the conversations of ChatGPT", _CHATGPT_ROWS),
    ),
    (
        lambda entry: {"startedDateTime", "request", "response"} <= entry.keys(),
        Refusal("a recording of a browser (HAR)", "convert it to WARC, and give that."),
    ),
    (
        lambda entry: isinstance(member(entry, "meta", "view", "columns"), list),
        Refusal(
            "an export of a data portal (Socrata) with rows as lists", "export it as CSV instead."
        ),
    ),
    (
        lambda entry: {"paper_id", "pdf_parse", "latex_parse"} <= entry.keys(),
        Refusal("a paper of S2ORC, with its text in parts", _S2ORC_ROWS),
    ),
    (
        lambda entry: {"header", "title", "time", "products"} <= entry.keys(),
        Refusal(
            "what somebody watched, searched or did, as Google keeps it",
            "give what they wrote, such as comments.csv of YouTube; this may stay where it is.",
        ),
    ),
    (
        lambda entry: isinstance(member(entry, "query", "pages"), dict | list),
        Refusal(
            "an answer of MediaWiki's interface",
            "make rows of pages with an `extract`: `jq -c '.query.pages[]'`; of pages in wiki "
            "markup, fetch the XML (Special:Export), and give that.",
        ),
    ),
    (
        lambda entry: {"title", "pageid"} <= _members(entry.get("parse")),
        Refusal(
            "an answer of MediaWiki's interface, with a page in markup",
            "fetch the XML (Special:Export), and give that.",
        ),
    ),
    (
        lambda entry: {"labels", "claims", "sitelinks"} <= entry.keys(),
        Refusal("a dump of Wikidata, which has no texts", "give that of a wiki."),
    ),
    (
        lambda entry: entry.get("type") == "header" and "PHPMyAdmin" in str(entry.get("comment")),
        Refusal(
            "an export of phpMyAdmin",
            "make rows of its tables: `jq -c '.[] | select(.type == \"table\").data[]'`.",
        ),
    ),
    (
        lambda entry: {"participants", "threadName", "messages"} <= entry.keys(),
        Refusal(
            "private messages of Messenger",
            "leave them out; to read them, make rows of them: `jq -c '.messages[]'`.",
        ),
    ),
    (
        lambda entry: {"version", "backupTimeMs"} <= entry.keys(),
        Refusal("a backup of private messages (Signal)", TO_LINES),
    ),
    (
        lambda entry: isinstance(member(entry, "data", "posts_authors"), list),
        Refusal(
            "an export of Ghost",
            "write its posts with `jq -c '.db[].data.posts[] | select(.status==\"published\")'`, "
            "and read them with --text-column title --text-column plaintext.",
        ),
    ),
    (
        lambda entry: {"post_id", "post_date", "is_published", "audience"} <= entry.keys(),
        Refusal(
            "the list of posts in an export of Substack",
            SUBSTACK.remedy,
        ),
    ),
)

TELEGRAM_PAGES = Refusal(
    "a chat of Telegram as web pages", "export it again as JSON (“machine-readable”)."
)
_DISCORD_PAGES = Refusal("a chat of Discord as text or a web page", "export it again as JSON.")
_CHATS: tuple[tuple[re.Pattern[bytes], Refusal], ...] = (
    (re.compile(rb"={20,}\r?\nGuild: "), _DISCORD_PAGES),
    (re.compile(rb"\s*<!DOCTYPE html>.{0,100000}?class=\"?chatlog", re.DOTALL), _DISCORD_PAGES),
    (
        re.compile(rb"\s*<!DOCTYPE html>.{0,100000}?class=\"page_wrap", re.DOTALL),
        TELEGRAM_PAGES,
    ),
    (
        re.compile("[^\n]{0,300}(?:카카오톡 대화|KakaoTalk Chats)".encode()),
        Refusal("a chat of KakaoTalk", "export it as CSV, or " + TO_LINES),
    ),
    (
        re.compile(
            rb"\s*" + "消息记录".encode() + rb"[^\n]{1,4}" + "此消息记录为文本格式".encode()
        ),
        Refusal("a chat of QQ", TO_LINES),
    ),
    (
        re.compile(rb"Conversation with [^\n]{1,200} at [^\n]{1,80} on [^\n]{1,200} \(\w+\)\r?\n"),
        Refusal("a log of Pidgin", TO_LINES),
    ),
    (
        re.compile(rb"\[LINE\] |Chat history with [^\n]{1,200}\r?\nSaved on: "),
        Refusal("a chat of LINE", TO_LINES),
    ),
    (
        re.compile(rb"product/productId: [^\n]*\n(?:(?:product|review)/\w+: )"),
        Refusal("a set of reviews as lines of members", TO_LINES),
    ),
)
"""Chats and reviews as texts, by how they begin."""

TUMBLR = Refusal("a list of posts as Tumblr or Pinboard exports it", TO_LINES)
TUMBLR_START = re.compile(rb"posts\b[^>]*>\s*<post\s")
"""Begins at the name of the root; that of Stack Exchange is the same."""

_WAT = re.compile(
    rb"WARC/[01]\.\d(?:(?!\nWARC-Type: (?:conversion|re(?:quest|source|sponse))).){0,9000}?"
    rb"\nContent-Type: application/json",
    re.DOTALL,
)
"""A capture of metadata alone: its records are JSON, which others only have within responses."""

_KEPT_ELSEWHERE = re.compile(rb'<text\b[^>]* id="\d+"[^>]*/>')
"""A text that is kept elsewhere, by its number there."""

_XML = {
    "smses": Refusal("a backup of private messages (SMS)", TO_LINES),
    "en-export": Refusal("an export of Evernote", "export the notes as HTML, and give the folder."),
    "publicwhip": Refusal("debates of a parliament (ParlParse)", TO_LINES),
    "disqus": Refusal("an export of Disqus", TO_LINES),
    **dict.fromkeys(
        ("votes", "users", "tags", "badges", "postlinks"),
        Refusal(
            "a file of Stack Exchange's dump that has no texts",
            "give Posts.xml, Comments.xml or PostHistory.xml.",
        ),
    ),
    "html": Refusal("a web page", "read it with --layout html, or give a WARC of pages."),
    **dict.fromkeys(
        ("urlset", "sitemapindex"),
        Refusal("a sitemap: addresses, no texts", "give the pages, in a WARC."),
    ),
    **{
        root: Refusal(f"{what}, which is not supported", TO_LINES)
        for root, what in (
            ("tei", "a document in TEI"),
            ("teicorpus", "a corpus in TEI"),
            ("akomantoso", "a law in Akoma Ntoso"),
            ("document", "a document of OPUS, or another one"),
            ("sec-document", "a filing at the SEC (EDGAR)"),
            ("nitf", "an article in NITF"),
            ("newsitem", "an article in NewsML"),
            ("newsmessage", "articles in NewsML"),
            ("newsml", "an article in NewsML"),
            ("reuters", "a file of Reuters-21578"),
            ("us-patent-grant", "a file of patents of the USPTO"),
            ("us-patent-application", "a file of patents of the USPTO"),
            ("oai-pmh", "an answer of OAI-PMH"),
            ("livejournal", "an export of LiveJournal"),
        )
    },
    **dict.fromkeys(("mysqldump", "pma_xml_export"), SQL_DUMP),
    **dict.fromkeys(("tmx", "xliff"), Refusal("a file of translations", TO_LINES)),
    "items": Refusal(
        "a list of items, as Scrapy writes it", "write it as JSON Lines: `-O items.jsonl`."
    ),
    "dblp": Refusal("the bibliography of DBLP, without texts", "give the papers."),
    "cesalign": Refusal(
        "a list of which sentences are translations of each other (OPUS)",
        "give the files of sentences beside it with --layout text, or make rows of their lines: "
        "`jq -Rc '{text: .}'`.",
    ),
    "opml": Refusal("a list of feeds", "give the feeds."),
    "add": Refusal("a set of documents for Solr", TO_LINES),
    "error": Refusal("an error that a server answered", "fetch the file again."),
}

_TEXTS: tuple[tuple[re.Pattern[bytes], Refusal], ...] = (
    (
        re.compile(
            rb"\s*(?:(?:--|/\*)[^;]{0,300}?(?:SQL|MariaDB|database) dump"
            rb"|(?:CREATE (?:TABLE|DATABASE)|DROP TABLE|INSERT INTO|BEGIN TRANSACTION)\b"
            rb"|COPY [\w.\"]+ \([^)]*\) FROM stdin)",
            re.IGNORECASE,
        ),
        SQL_DUMP,
    ),
    (re.compile(rb"\s*@[a-zA-Z]+\s*\{"), Refusal("a bibliography (BibTeX)", TO_LINES)),
    (re.compile(rb"(?:#[^\n]*\n|\s)*(?:<http[^<>\s]+>\s+<|@prefix )"), Refusal("RDF", TO_LINES)),
    (re.compile(rb"From: <Saved by "), MHTML),
    (
        re.compile(rb"filedesc://"),
        Refusal(
            "a web archive in the older format ARC",
            "convert it to WARC: `warcio recompress a.arc.gz a.warc.gz` does so.",
        ),
    ),
    (
        re.compile(rb" CDX [A-Za-z] "),
        Refusal("an index of a web archive", "give the WARC files themselves."),
    ),
    (
        re.compile(rb"(?:AUTHOR|TITLE): [^\n]*\r?\n(?:[A-Z ]+: [^\n]*\r?\n)+-{5}\r?\nBODY:"),
        Refusal("an export of a blog (Movable Type)", TO_LINES),
    ),
    (
        re.compile(rb"commit [0-9a-f]{40}[^\n]*\n(?:\w+: +[^\n]*\n)+\n    "),
        Refusal("a log of git", TO_LINES),
    ),
    (
        re.compile(rb"\s*(?:(?:var|let|const)\s+)?[\w.$]+\s*[=(]\s*[\[{]"),
        Refusal(
            "a script with JSON in it",
            "keep the JSON alone: `sed -e '1s/^[^[{]*//' -e '$s/[^]}]*$//'` does so.",
        ),
    ),
    (
        re.compile(rb"[^\n]*\|[^\n]*\n[ \t]*[|+:-][|+: \t-]*-[|+: \t-]*\r?\n"),
        Refusal("a table with a line below its header", "export it as CSV."),
    ),
    (
        re.compile(rb"-DOCSTART-|# (?:sent_id|newdoc id|global\.columns) ?= "),
        Refusal("an annotated corpus (CoNLL)", TO_LINES),
    ),
)
"""Files of text that are no dumps, by a pattern for their beginning."""

SAMPLE_FORMATS = {
    "mds": Refusal(
        "an MDS dataset (MosaicML Streaming)",
        "read it with the `streaming` library, and write its samples as JSON Lines.",
    ),
    "tfrecord": Refusal("a set of TFRecord files", "write its examples as JSON Lines."),
}
"""Formats of samples that only `check` reads."""

_SETTINGS = (".yaml", ".yml", ".toml")
"""Names of files that mostly have settings, so that nothing is said of them in a folder."""
_YTD = re.compile(rb"\s*window\.YTD\.(\w+)")


def refuse_without_items(entry: JsonObject, name: str) -> None:
    """Raise if an object of the file `name` shows that the file has no items.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    for is_entry, refusal in _OBJECTS:
        if is_entry(entry):
            raise refusal.error(name)
    refuse_object(entry, name)


def refuse_chat(head: bytes, name: str) -> None:
    """Raise if the file `name` begins as a text of a chat that is not read.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    for pattern, refusal in _CHATS:
        if pattern.match(head):
            raise refusal.error(name)


def refuse_captured_metadata(head: bytes, name: str) -> None:
    """Raise if the WARC file `name` begins as one that only has metadata (WAT).

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if _WAT.match(head):
        raise Refusal(
            "a WAT file: metadata of captures, no texts", "give WET or WARC files."
        ).error(name)


def refuse_text(head: bytes, name: str) -> None:
    """Raise if the beginning of a text is that of a known format without items.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    for pattern, refusal in _TEXTS:
        if pattern.match(head):
            raise refusal.error(name)


def refuse_textless_export(head: bytes, name: str) -> None:
    """Raise if an export of MediaWiki, the file `name`, only names its texts.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if _KEPT_ELSEWHERE.search(head):
        raise Refusal(
            "a list of revisions of a wiki, without their texts",
            "give that of the articles (`pages-articles.xml`).",
        ).error(name)


def refuse_other_documents(element: bytes, name: str) -> None:
    """Raise if the file `name`, whose root `element` is a `doc`, is not of WikiExtractor.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if not element.startswith(b"doc id="):
        what = "documents of TREC in SGML, or pages that Trafilatura extracted, in XML"
        raise Refusal(what, TO_LINES).error(name)


def refuse_unfinished(path: str, name: str) -> None:
    """Raise if a file has the name of a download that was not finished.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if path.rpartition(".")[2].lower() in UNFINISHED_SUFFIXES:
        raise UNFINISHED.error(name)


def refuse_name(path: str, name: str) -> None:
    """Raise if a file has the name of a known format that is not supported.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    form, _ = format_by_name(path) or ("", None)
    refusal = SAMPLE_FORMATS.get(form) or refusal_by_name(path)
    if path.lower().endswith(_SETTINGS):
        refusal = Refusal("a file in YAML or TOML", TO_LINES)
    if refusal is not None:
        raise refusal.error(name)


def xml_refusal(root: str, name: str, supported: str) -> UnsupportedFormat:
    """Return the error for XML whose root element is `root`."""
    known = _XML.get(root.lower())
    if known is not None:
        return known.error(name)
    return UnsupportedFormat(
        f"{name}: XML with <{root}> at its root is not supported",
        remedy=f"supported are {supported}. Else {TO_LINES}",
    )


def archive_part(head: bytes) -> str | None:
    """Return the name of the part of an X archive; None if it is none.

    Examples
    --------
    >>> archive_part(b"window.YTD.like.part0 = [")
    'like'
    """
    match = _YTD.match(head)
    return None if match is None else match[1].decode()


def archive_part_error(part: str, name: str) -> UnsupportedFormat:
    """Return the error for a part of an X archive without posts."""
    return UnsupportedFormat(
        f"{name}: this part of an X archive holds no posts but {part.replace('_', ' ')!r}",
        remedy="give the archive, its data folder or tweets.js.",
    )
