"""Measure the readers of dumps beside the libraries that they stand on, and write READERS.md.

    python -m benchmarks.dump_readers [--texts N] [--runs N] [--out DIR]

The dumps are those of the protocol tests, with paragraphs of the shipped sample as their texts;
objects of platforms have some forty members beside, as theirs have. A library does what no reader
of the layout can do without: decompress, split into records, parse each, and extract text from
markup where the layout has any. The reader also detects the layout, takes the records apart, and
makes items of them. Times are of the processor, the least of several runs, so that other work on
the machine matters little.
"""

import argparse
import gc
import gzip
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from email.policy import default
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from itertools import chain
from pathlib import Path
from time import process_time
from typing import Any
from xml.etree.ElementTree import XMLPullParser

import cbor2
import mwparserfromhell
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv
from resiliparse.parse.encoding import detect_encoding
from warcio.archiveiterator import ArchiveIterator

from benchmarks.speed.measuring import ROOT
from provenance.read.dumps.layouts import open_dump
from provenance.read.dumps.sources.chat_logs import IRC_LINE, WHATSAPP_LINE
from tests.protocols import dump_samples as layouts

MOST = 2.0
"""How many times as long as the library a reader may take."""

_SAMPLE = ROOT / "provenance" / "sample" / "pages.jsonl"
_HEAD = """# Readers of dumps

Written by `python -m benchmarks.dump_readers`. Generated dumps of {texts:,} paragraphs, tables of
{rows:,}, gzipped where the layout is no container of its own. *Library* is decompressing and
parsing alone: JSON with Python's `json`, other formats with what the reader stands on. *Reader* is
from the file to items. Times of the processor, the least of {runs} runs. A reader is to take at
most {most:g} times as long as the library.

JSON is compared with `json`, by which most programs read it. The readers parse with msgspec, which
takes a third of its time, and leave to `json` what msgspec refuses. Chats, which are lines of text,
are compared with `gzip.open`, a loop over its lines, and `re` with the pattern of the layout. What
the benchmark itself holds is kept out of garbage collections, for both sides.

Articles of `mediawiki` and `wikiextractor` have 700 words, as those of Wikipedia have on average.
Objects have members beside their text, 1.2 kB in all, as posts in archives of X and comments of
Reddit have; where real files have more, so much: 1.6 kB in outboxes of Mastodon, 1.7 in arXiv's
metadata, 2.8 in streams of X, 2.9 in submissions of Reddit. Comments of YouTube have the members
that yt-dlp gives them, every second post of Facebook has a picture, and tables of Reddit have the
columns of a set on a hub (fddemarco/pushshift-reddit-comments). A repository of Bluesky has 5.1
likes, 3.9 follows and 0.7 reposts for each post, as a million events of Jetstream had
(ClickHouse/JSONBench). Records in XML have the attributes, authors, dates, headings
and references that are usual there.

| layout | file | MB | library, s | reader, s | times |  |
| --- | --- | --: | --: | --: | --: | --: |
"""
_TABLES = (".parquet", ".csv")
_TABLE_TEXTS = 10
"""Tables have this many times as many rows as other dumps have objects, as they do on hubs."""
_USUAL_BYTES = 1200
_BYTES = {
    "stream.ndjson": 2800,
    "RS_2017-07": 2900,
    "outbox.json": 1600,
    "statuses.json": 1600,
    "arxiv-metadata.json": 1700,
}
"""Bytes of an object in some files: in the real ones that the tests read, and in the metadata of
arXiv, of which 2,840,638 papers had 4.88 GB (github.com/xinhuangcs/PaperTrail)."""

_ARTICLE_WORDS = 700
"""Of 702 in English (Wikipedia:Size of Wikipedia, July 2025)."""
_OF_ARTICLES = ("mediawiki", "wikiextractor")
_XML_MEMBERS = {
    "<row ": '<row PostId="7" Score="5" ViewCount="70169" CreationDate="2016-08-04T09:05:00.123" '
    'OwnerUserId="8" UserId="8" LastEditorUserId="9" LastEditDate="2022-09-08T05:07:26.033" '
    'LastActivityDate="2022-09-08T05:07:26.033" Tags="|a|b|c|" AnswerCount="1" CommentCount="4" '
    'ContentLicense="CC BY-SA 4.0" ',
    "</item>": "<title>A title</title><link>https://a.example/a</link><author>Ann</author>"
    "<pubDate>Thu, 04 Aug 2016 09:05:00 +0000</pubDate>" + "<category>a</category>" * 4 + "</item>",
    "</Article>": "<Journal><ISSN>1</ISSN><JournalIssue><Volume>1</Volume><PubDate><Year>2016"
    "</Year><Month>Aug</Month></PubDate></JournalIssue></Journal><AuthorList>"
    + "<Author><LastName>A</LastName><ForeName>B</ForeName><Initials>B</Initials><AffiliationInfo>"
    "<Affiliation>A university</Affiliation></AffiliationInfo></Author>"
    * 5
    + "</AuthorList><Language>eng</Language></Article><MeshHeadingList>"
    + "<MeshHeading><DescriptorName>Humans</DescriptorName></MeshHeading>" * 12
    + "</MeshHeadingList>",
    "</article-meta>": "<contrib-group>"
    + "<contrib><name><surname>A</surname><given-names>B</given-names></name></contrib>" * 5
    + "</contrib-group><pub-date><year>2016</year></pub-date></article-meta>",
    "</body>": "</body><back><ref-list>"
    + "<ref><citation><name><surname>A</surname></name><year>2016</year></citation></ref>" * 12
    + "</ref-list></back>",
}
"""Ends or beginnings of records in XML, and the same with what such records have beside a text."""
_RECORDS_PER_POST = {
    "app.bsky.feed.like": 5.1,
    "app.bsky.graph.follow": 3.9,
    "app.bsky.feed.repost": 0.7,
}
"""Of the records that were created in a million events of Jetstream on 21 November 2024, 86,812
were posts, 444,523 likes, 337,978 follows and 56,993 reposts (github.com/ClickHouse/JSONBench)."""

_COMMENT: dict[str, Any] = {
    "author": "@ann-of-the-harbour",
    "author_id": "UC1234567890123456789012",
    "author_thumbnail": "https://yt3.example/ytc/" + "A1b2" * 20 + "=s88-c-k-c0x00ffffff-no-rj",
    "author_url": "https://www.youtube.com/@ann-of-the-harbour",
    "author_is_uploader": False,
    "author_is_verified": False,
    "is_favorited": False,
    "is_pinned": False,
    "like_count": 12,
    "parent": "root",
    "timestamp": 1600000000,
    "_time_text": "4 years ago",
}
"""Members that yt-dlp gives a comment, beside its id and text."""
_CHATS = {"irc": IRC_LINE, "whatsapp": WHATSAPP_LINE}
"""Layouts of lines, by the pattern of a line."""
_HTML = {
    *("hackernews", "mastodon", "mastodon-api", "wikimedia", "feed", "json-feed", "discourse"),
    *("stackexchange-api", "crossref", "lobsters", "imageboard", "skype", "tumblr"),
}
"""Layouts whose texts are HTML, for which Python's parser is what to compare with."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks")
    parser.add_argument("--only", default="", help="layouts whose name contains this")
    options = parser.parse_args()
    texts = _texts(_TABLE_TEXTS * options.texts)
    rows = []
    for sample in layouts.SAMPLES:
        # The items of a checkout are its files: there is nothing to parse.
        if options.only in sample.layout and sample.layout != "git":
            count = len(texts) if sample.name.endswith(_TABLES) else options.texts
            chosen = texts[:count]
            articles = _join(chosen) if sample.layout in _OF_ARTICLES else chosen
            layouts.TEXTS = layouts.ONE_LINE = articles
            with tempfile.TemporaryDirectory() as folder:
                rows.append(_measure(sample, Path(folder), options.runs))
                print(rows[-1], flush=True)
    if not options.only:
        head = _HEAD.format(texts=options.texts, rows=len(texts), runs=options.runs, most=MOST)
        (options.out / "READERS.md").write_text(head + "\n".join(rows) + "\n", "utf-8")


def _texts(count: int) -> list[str]:
    """Return paragraphs, each on one line, with a number so that no two are alike."""
    with _SAMPLE.open(encoding="utf-8") as file:
        pages = [json.loads(line)["text"] for line in file]
    paragraphs = [" ".join(part.split()) for page in pages for part in page.split("\n") if part]
    quoted = [text.replace('"', "'") for text in paragraphs]  # as CSV is written without quoting
    return [f"{n} {quoted[n % len(quoted)]}" for n in range(count)]


def _join(paragraphs: list[str]) -> list[str]:
    """Return articles with as many words as those of Wikipedia have on average."""
    articles: list[str] = []
    words: list[str] = []
    for paragraph in paragraphs:
        words += paragraph.split()
        if len(words) >= _ARTICLE_WORDS:
            articles.append(" ".join(words))
            words = []
    return [*articles, " ".join(words)] if words else articles


def _measure(sample: layouts.Sample, folder: Path, runs: int) -> str:
    path = folder / sample.name
    sample.write(path)
    if path.suffix == ".xml":
        _add_elements(path)
    elif sample.layout == "reddit" and path.suffix == ".parquet":
        _add_columns(path)
    elif sample.layout == "facebook":
        _add_pictures(path)
    elif sample.layout == "bluesky-car":
        _add_records(path, len(layouts.TEXTS))
    else:
        _add_members(path, _BYTES.get(sample.name, _USUAL_BYTES))
    size = path.stat().st_size / 1e6
    if sample.packs and sample.layout != "x-archive":
        packed = path.with_name(f"{path.name}.gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
        path = packed
    library, reader = _best([lambda: _parse(sample, path), lambda: _read(sample, path)], runs)
    times = reader / library
    verdict = "reached" if times <= MOST else "missed"
    return (
        f"| {sample.layout} | {sample.name} | {size:.1f} | {library:.2f} | {reader:.2f} | "
        f"{times:.2f} | {verdict} |"
    )


def _add_elements(path: Path) -> None:
    """Add attributes and elements to the records of a file in XML."""
    text = path.read_text("utf-8")
    for mark, replacement in _XML_MEMBERS.items():
        text = text.replace(mark, replacement)
    path.write_text(text, "utf-8")


def _add_columns(path: Path) -> None:
    """Add the columns that a set of Reddit's comments on a hub has beside those of the sample."""
    table = pq.read_table(path)
    numbers = range(len(table))
    columns = {
        "author": [f"author_{number % 50_000}" for number in numbers],
        "controversiality": [0] * len(table),
        "score": [number % 100 for number in numbers],
        "subreddit": [f"subreddit_{number % 500}" for number in numbers],
        "subreddit_id": [f"t5_{number % 500}" for number in numbers],
    }
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values))
    pq.write_table(table, path)


def _add_pictures(path: Path) -> None:
    """Add a picture to every second post, with its text as caption, as exports of Facebook have."""
    posts = json.loads(path.read_text("utf-8"))
    for number, post in enumerate(post for post in posts[::2] if post.get("data")):
        taken = {"upload_ip": "192.0.2.1", "taken_timestamp": post["timestamp"]}
        media = {
            "uri": f"your_facebook_activity/posts/media/Mobileuploads_17/{number}_{10**15}.jpg",
            "creation_timestamp": post["timestamp"],
            "media_metadata": {"photo_metadata": {"exif_data": [taken]}},
            "title": "Mobile uploads",
            "description": post["data"][0]["post"],
        }
        post["attachments"] = [{"data": [{"media": media}]}]
        post["title"] = "Ann added a new photo."
    path.write_text(json.dumps(posts, indent=2), "utf-8")


def _add_records(path: Path, posts: int) -> None:
    """Add likes, follows and reposts to a repository, as many for each post as on the network."""
    date = "2024-11-05T18:00:00.000Z"
    with path.open("ab") as file:
        for collection, share in _RECORDS_PER_POST.items():
            for number in range(round(share * posts)):
                author = f"did:plc:{number:024}"
                subject = {
                    "cid": f"bafyreihaa4iz5qr3dxymfpmxyqhvtygc4dnxmuhqpnq{number:016}",
                    "uri": f"at://{author}/app.bsky.feed.post/3l{number:011}",
                }
                is_follow = collection == "app.bsky.graph.follow"
                record = {
                    "$type": collection,
                    "subject": author if is_follow else subject,
                    "createdAt": date,
                }
                cid, data = layouts.car_block(record)
                file.write(layouts.varint(len(cid + data)) + cid + data)


def _add_members(path: Path, size: int) -> None:
    """Add members to the objects of a file in JSON, until they have about `size` bytes."""
    if path.suffix in {".parquet", ".csv", ".car"}:
        return
    numbers = {f"{name}_count": n for n, name in enumerate(("reply", "share", "like", "view"))}
    count = 12 + (size - _USUAL_BYTES) // len(
        '"profile_99": "https://img.example/99/default.png", '
    )
    strings = {f"profile_{n}": f"https://img.example/{n}/default.png" for n in range(count)}
    more = {"_platform": {**numbers, **strings, "flags": [None, True, False] * 8}}
    more = _COMMENT if path.name == "v.info.json" else more
    text = path.read_text("utf-8")
    lines = text.splitlines()
    if len(lines) > 1 and all(line[:1] == "{" and line[-1:] == "}" for line in lines):
        values = [json.loads(line) for line in lines]
        for entry in (entry for value in values for entry in _entries(value)):
            entry.update(more)
        path.write_text("".join(json.dumps(value) + "\n" for value in values), "utf-8")
        return
    begin = text.index("[") if text.startswith("window.") else 0
    try:
        value = json.loads(text[begin:])
    except ValueError:  # not JSON
        return
    for entry in _longest_list(value):
        if isinstance(entry, dict):
            (entry["tweet"] if isinstance(entry.get("tweet"), dict) else entry).update(more)
    path.write_text(text[:begin] + json.dumps(value, indent=2 if begin else None), "utf-8")


def _entries(line: Any) -> list[Any]:
    """Return what a line has: an object, or a page of them."""
    return line["items"] if list(line) == ["items"] else [line]


def _longest_list(value: Any) -> list[Any]:
    while isinstance(value, dict):
        value = max(value.values(), key=lambda inner: len(inner) if isinstance(inner, list) else -1)
    return value if isinstance(value, list) else []


def _best(tasks: list[Callable[[], None]], runs: int) -> list[float]:
    """Return the least seconds of each task, which take turns: each finds the same machine."""
    times: list[list[float]] = [[] for _ in tasks]
    gc.collect()
    gc.freeze()  # or full collections, which search all that the benchmark holds, decide
    for _ in range(runs):
        for task, seconds in zip(tasks, times, strict=True):
            start = process_time()
            task()
            seconds.append(process_time() - start)
    return [min(seconds) for seconds in times]


def _read(sample: layouts.Sample, path: Path) -> None:
    items = sum(len(batch.batch) for batch in open_dump(str(path), source="s"))
    if items < 0.99 * len(layouts.TEXTS):  # a paragraph that begins with "From" ends a mail
        raise RuntimeError(f"{sample.layout} gave {items:,} items")


def _parse(sample: layouts.Sample, path: Path) -> None:
    """Decompress and parse a dump with the libraries that its reader uses."""
    if path.suffix == ".parquet":
        _parquet(path, has_html=sample.layout in _HTML)
        return
    if sample.layout in _CHATS:
        _chat(path, _CHATS[sample.layout])
        return
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if sample.layout in _PARSERS:
        _PARSERS[sample.layout](data)
    elif sample.name.endswith(".csv"):
        csv.read_csv(BytesIO(data))
    elif data.lstrip(b"\xef\xbb\xbf \n").startswith(b"<"):
        _xml(sample, data)
    else:
        for record in _records(sample, data):
            if sample.layout in _HTML:
                _html(_longest(record))


def _parquet(path: Path, *, has_html: bool) -> None:
    for batch in pq.ParquetFile(path).iter_batches():
        for text in batch["text"].to_pylist() if has_html else ():
            _html(text)


def _mail(data: bytes) -> None:
    for message in data.split(b"\nFrom "):
        BytesParser(policy=default).parsebytes(message.partition(b"\n")[2]).get_content()


def _escaped_lines(data: bytes) -> None:
    unescape(data.decode()).splitlines()


def _chat(path: Path, pattern: re.Pattern[str]) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            match = pattern.match(line)
            if match is not None:
                match.groups()


def _records(sample: layouts.Sample, data: bytes) -> Iterator[Any]:
    text = data.decode()
    if text.startswith("{") and "\n{" in text[:10_000_000]:
        yield from chain.from_iterable(_entries(json.loads(line)) for line in text.splitlines())
        return
    value = json.loads(text[text.index("[") :] if sample.layout == "x-archive" else text)
    yield from _longest_list(value)


def _xml(sample: layouts.Sample, data: bytes) -> None:
    parser = XMLPullParser(["end"])
    for start in range(0, len(data), 1 << 16):
        parser.feed(data[start : start + (1 << 16)])
        for _, element in parser.read_events():
            if sample.layout == "mediawiki" and element.tag == "text":
                mwparserfromhell.parse(element.text or "").strip_code()
            elif sample.name == "Posts.xml":
                _html(element.get("Body"))
            elif sample.layout in _HTML and element.tag.endswith(("description", "content")):
                _html(element.text or "")
            if element.tag in {"row", "page", "item", "article", "PubmedArticle"}:
                element.clear()


def _warc(data: bytes) -> None:
    for record in ArchiveIterator(BytesIO(data)):
        content = record.content_stream().read()
        content.decode(detect_encoding(content), "replace")


def _car(data: bytes) -> None:
    """Decode all blocks: their sizes are numbers of variable length."""
    place = 0
    while place < len(data):
        size = shift = 0
        while True:
            byte = data[place]
            place, size, shift = place + 1, size | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                break
        block = data[place : place + size]
        cbor2.loads(block[36:] if block[:4] == b"\x01\x71\x12\x20" else block)
        place += size


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _html(text: str | None) -> str:
    parser = _Text()
    parser.feed(text or "")
    parser.close()
    return "".join(parser.parts)


def _longest(record: Any) -> str:
    """Return the longest text of a record, which is what has markup."""
    if isinstance(record, dict):
        return max(map(_longest, record.values()), key=len, default="")
    return record if isinstance(record, str) else ""


_PARSERS: dict[str, Callable[[bytes], None]] = {
    "warc": _warc,
    "bluesky-car": _car,
    "mail": _mail,
    "wikiextractor": _escaped_lines,
}
"""Parsers of layouts that are neither tables, nor JSON, nor XML."""


if __name__ == "__main__":
    main()
