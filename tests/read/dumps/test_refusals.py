"""Dumps that cannot be read, and what is said about them."""

import gzip
import json
import re
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import ColumnMissing, CorruptFile, DatasetNotFound, UnsupportedFormat
from provenance.read.dumps.layouts import dump_readers, open_dump


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "posts.parquet"
    texts = [f"text {number} " * 50 for number in range(20_000)]
    columns = {"id": list(range(20_000)), "text": texts, "n": [{"a": 1}] * 20_000}
    pq.write_table(pa.table(columns), path, row_group_size=1000, use_dictionary=False)
    return path


def test_nothing_is_at_the_address(read, tmp_path):
    for address in (tmp_path / "posts.jsonl", tmp_path / "a" / "folder"):
        with pytest.raises(DatasetNotFound, match=address.name) as caught:
            read(address)
        assert caught.value.remedy


def test_standard_input_is_no_dump(read):
    with pytest.raises(UnsupportedFormat, match="not standard input") as caught:
        read("-")
    assert "a file" in caught.value.remedy


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json", "a.parquet"])
def test_an_empty_file_has_no_columns(tmp_path, name):
    if name == "a.parquet":
        pq.write_table(pa.table({}), tmp_path / name)
    else:
        (tmp_path / name).write_bytes(b"")
    (reader,) = dump_readers(str(tmp_path / name), source="s")
    with pytest.raises(UnsupportedFormat, match="the file is empty"):
        reader.columns()


def test_a_mistyped_address_is_told_with_what_was_meant(read, table):
    with pytest.raises(DatasetNotFound, match=r"psots\.parquet") as caught:
        read(table.with_name("psots.parquet"))
    assert "posts.parquet" in caught.value.remedy


def test_colons_are_letters_of_a_name(read, tmp_path):
    path = tmp_path / "a::b.jsonl"
    path.write_text('{"id": 1, "text": "words"}\n')
    assert read(path).column("text") == ["words"]


def test_an_address_of_an_unknown_kind():
    with pytest.raises(UnsupportedFormat, match="gopher"):
        open_dump("gopher://somewhere/posts.jsonl", source="s")


def test_an_address_is_looked_at_before_anything_is_read(tmp_path):
    with pytest.raises(DatasetNotFound):
        open_dump(str(tmp_path / "posts.jsonl"), source="s")
    with pytest.raises(UnsupportedFormat):
        open_dump(str(tmp_path), source="s", layout="redit")


def test_a_folder_without_dumps(read, tmp_path):
    with pytest.raises(DatasetNotFound, match=r"none of its files \(.\) is a supported dump"):
        read(tmp_path)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    with pytest.raises(UnsupportedFormat, match=r"none of its files \(.\) is a supported dump"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a.tfrecord", "a set of TFRecord files"),
        ("a.tfrecord-00000-of-00002", "a set of TFRecord files"),
        ("a.tfrecord.gz", "a set of TFRecord files"),
        ("shard.00000.mds", "an MDS dataset"),
    ],
)
def test_a_file_of_samples_is_named(read, tmp_path, name, what):
    data = b"\x05\0\0\0\0\0\0\0some words"
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    with pytest.raises(UnsupportedFormat, match=what):
        read(tmp_path / name)


def test_a_layout_that_is_not_known(read, table):
    with pytest.raises(UnsupportedFormat, match="'redit' is not one of") as caught:
        read(table, layout="redit")
    assert caught.value.remedy == "did you mean reddit?"
    assert "stackexchange" in caught.value.message


@pytest.mark.parametrize("option", ["text_column", "source_column"])
def test_a_column_that_is_not_there(read, table, option):
    with pytest.raises(
        ColumnMissing, match=r"column 'txet' is missing; .*\['id', 'text', 'n'\]"
    ) as e:
        read(table, **{option: "txet"})
    assert e.value.remedy == f"did you mean --{option.replace('_', '-')} text?"
    with pytest.raises(ColumnMissing, match="'zzz' is missing"):
        read(table, **{option: "zzz"})


def test_a_column_that_is_there_twice(read, tmp_path):
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["text", "text"])
    pq.write_table(table, tmp_path / "p.parquet")
    with pytest.raises(ColumnMissing, match="several columns called 'text'"):
        read(tmp_path / "p.parquet", text_column="text")


@pytest.mark.parametrize(
    ("names", "repeated"),
    [
        (["text", "text"], "text"),
        (["title", "body", "body"], "body"),
        (["summary", "said", "said"], "said"),
        (["said", "said", "id"], "said"),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_texts_of_one_name_are_refused(read, tmp_path, names, repeated, suffix):
    path = tmp_path / f"p.{suffix}"
    write_columns(path, names)
    with pytest.raises(ColumnMissing, match=f"several columns called '{repeated}'") as caught:
        read(path)
    assert "different name" in caught.value.remedy


@pytest.mark.parametrize("name", ["id", "url", "deleted", "meta", "said"])
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_columns_of_one_name_beside_the_text_are_left_alone(read, tmp_path, name, suffix):
    path = tmp_path / f"p.{suffix}"
    write_columns(path, [name, name, "text"])
    assert read(path).column("text") == ["words of column 2, some of them"]


def write_columns(path, names):
    columns = [pa.array([f"words of column {place}, some of them"]) for place in range(len(names))]
    table = pa.Table.from_arrays(columns, names)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return
    with pa.ipc.new_file(str(path), table.schema) as sink:
        sink.write_table(table)


def test_a_column_that_holds_no_text(read, table):
    with pytest.raises(ColumnMissing, match="column 'n' holds struct"):
        read(table, text_column="n")


def test_no_column_is_the_text(read, tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text('{"id": 1, "left": "a", "right": "b"}\n')
    with pytest.raises(
        ColumnMissing, match=r"no column is recognised as the text.*'left', 'right'"
    ) as e:
        read(path)
    assert "--text-column" in e.value.remedy


def test_lines_without_any_object(read, tmp_path):
    (tmp_path / "p.jsonl").write_text("nothing\nto see\n")
    with pytest.raises(UnsupportedFormat, match="no JSON object"):
        read(tmp_path / "p.jsonl")


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        ('"words of a text"\n"more words"\n', "`jq -c '{text: .}'`"),
        ("id,text\n1,words of a text\n", "such as .csv"),
    ],
)
def test_lines_without_any_object_are_told_what_to_become(read, tmp_path, content, remedy):
    (tmp_path / "p.jsonl").write_text(content)
    with pytest.raises(UnsupportedFormat, match="no JSON object") as caught:
        read(tmp_path / "p.jsonl")
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("keep", [0, 3, 200, -4, -1000])
def test_a_parquet_file_that_was_cut(read, table, keep):
    table.write_bytes(table.read_bytes()[:keep])
    with pytest.raises(CorruptFile, match=r"posts\.parquet"):
        read(table)


def test_a_parquet_file_with_a_damaged_page(table):
    data = bytearray(table.read_bytes())
    place = data.index(b"text 12000 ") - 40
    data[place : place + 60] = bytes(60)
    table.write_bytes(data)
    with pytest.raises(CorruptFile, match=r"after [\d,]+ rows"):
        list(open_dump(str(table), source="s"))


def test_a_name_that_promises_compression(read, tmp_path):
    for name in ("p.jsonl.zst", "p.jsonl.gz", "p.jsonl.bz2", "p.jsonl.xz", "p.jsonl.zstd"):
        for content in (b'{"text": "not compressed"}\n', b""):
            (tmp_path / name).write_bytes(content)
            with pytest.raises(CorruptFile, match=name):
                read(tmp_path / name)


def test_how_far_reading_got_is_told(tmp_path):
    path = tmp_path / "tweets.js"
    posts = json.dumps([{"id_str": str(n), "full_text": "words"} for n in range(1000)])
    path.write_text(f"window.YTD.tweets.part0 = {posts[:-20]}")
    with pytest.raises(CorruptFile, match="damaged or cut short after 999 rows"):
        list(open_dump(str(path), source="s"))


@pytest.mark.parametrize("layout", ["table", "x-archive"])
def test_an_array_that_was_cut_while_compressed(read, tmp_path, layout):
    path = tmp_path / "posts.json.gz"
    posts = [
        {"id_str": str(n), "full_text": f"these are words, {n} of them, {n**9:x}"}
        for n in range(20_000)
    ]
    path.write_bytes(gzip.compress(json.dumps(posts).encode())[:-1000])
    with pytest.raises(CorruptFile, match=r"posts\.json\.gz: damaged or cut short after"):
        read(path, layout=layout)


def test_xml_of_another_kind(read, tmp_path):
    (tmp_path / "feed.xml").write_text("<inventory></inventory>")
    with pytest.raises(UnsupportedFormat, match=r"feed\.xml"):
        read(tmp_path / "feed.xml")


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"PK\x03\x04 and more", "an archive of files"),
        (b"7z\xbc\xaf\x27\x1c", "an archive of files"),
        ("id,text\n1,a".encode("utf-16"), "the encoding is UTF-16"),
        (b"some words\0 of text", "neither text nor a supported table"),
    ],
)
def test_files_of_another_kind(read, tmp_path, head, what):
    (tmp_path / "dump").write_bytes(head)
    with pytest.raises(UnsupportedFormat, match=what):
        read(tmp_path / "dump")


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.pdf", b"%PDF-1.7 ", "a PDF document"),
        ("a.db", b"SQLite format 3\0", "an SQLite database"),
        ("a.orc", b"ORC\x11\0\0\n", "an ORC file"),
        ("a.h5", b"\x89HDF\r\n", "an HDF5 file"),
        ("tokens.npy", b"\x93NUMPY\x01", "a file of numbers"),
        ("Votes.xml", b'<?xml version="1.0"?><votes><row Id="1"/></votes>', "has no texts"),
        ("page.html", b"<!DOCTYPE html><html><body>a</body></html>", "a web page"),
        ("other.xml", b"<inventory/>", "XML with <inventory> at its root"),
        ("package.json", b'{"name": "a", "version": "1.0.0", "scripts": {}}', "of a package"),
        ("index.json", b'{"shards": [{"format": "mds"}], "version": 2}', "MDS dataset"),
        ("a.pst", b"!BDN" + bytes(64), "a mailbox of Outlook"),
        ("a.enex", b'<?xml version="1.0"?><en-export/>', "an export of Evernote"),
        ("a.txt", "消息记录（此消息记录为文本格式）\n".encode(), "a chat of QQ"),  # noqa: RUF001
        ("e.jsonl", b'{"_index": "a", "_source": {"text": "b"}}\n', "a dump of Elasticsearch"),
        ("q.json", b'{"query": {"pages": {"7": {"extract": "a"}}}}', "MediaWiki's interface"),
        ("0.json", b'{"commitInfo": {"operation": "WRITE"}}\n', "a Delta table"),
        ("v1.metadata.json", b'{"format-version": 2, "table-uuid": "u"}', "an Iceberg table"),
        ("result.json", b'{"schema": "provenance/result/1", "corpus": {}}', "result of provenance"),
        ("h.json", b'{"hits": {"hits": [{"_index": "a", "_source": {}}]}}', "of Elasticsearch"),
        (
            "c.jsonl",
            b'{"before": null, "after": {"text": "a"}, "op": "c"}\n',
            "changes of a database",
        ),
        (
            "c.jsonl",
            b'{"payload": {"before": {}, "after": null, "op": "d"}}\n',
            "stream of changes",
        ),
        ("d.json", b'{"Item": {"text": {"S": "a"}}}\n', "an export of DynamoDB"),
        ("z.ndjson", b'{"item_id": "1", "source_platform": "x", "data": {}}\n', "Zeeschuimer"),
        (
            "a.har",
            b'{"log": {"entries": [{"startedDateTime": "", "request": {}, "response": {}}]}}',
            "a recording of a browser",
        ),
        (
            "p.json",
            b'{"node": {"id": "1"}, "instaloader": {"version": "4"}}',
            "as Instaloader keeps",
        ),
        ("t.json", b'[{"text": "a word", "start": 0.1, "duration": 2}]', "transcript in pieces"),
        ("a.txt", b"Chat history with Ann\nSaved on: 2020/01/02\n\n", "a chat of LINE"),
        ("s.json", b'{"meta": {"view": {"columns": []}}, "data": [["a"]]}', "Socrata"),
        ("q.json", b'{"query": {"pages": [{"title": "a"}]}}', "MediaWiki's interface"),
        ("q.json", b'{"parse": {"title": "a", "pageid": 7}}', "a page in markup"),
        ("w.json", b'[\n{"id": "Q1", "labels": {}, "claims": {}, "sitelinks": {}}\n]', "Wikidata"),
        (
            "p.json",
            b'[{"type": "header", "comment": "Export to JSON plugin for PHPMyAdmin"}]',
            "an export of phpMyAdmin",
        ),
        ("s.json", b'{"paper_id": "1", "pdf_parse": {}, "latex_parse": null}', "a paper of S2ORC"),
        (
            "Ben_1.json",
            b'{"participants": ["a"], "threadName": "Ben_1", "messages": [{"text": "words"}]}',
            "private messages of Messenger",
        ),
        ("s.jsonl", b'{"version": "1", "backupTimeMs": "1600000000000"}\n', "(Signal)"),
        (
            "a.xml",
            b'<mediawiki><page><revision><text bytes="9" id="7" /></revision></page></mediawiki>',
            "of a wiki, without their texts",
        ),
        ("a.xml", b"<newsMessage><header/></newsMessage>", "XML with <newsMessage> at"),
        ("a.xml", b"<mysqldump><database/></mysqldump>", "a dump of a database"),
        ("a.xml", b'<doc sitename="a"><main><p>words</p></main></doc>', "Trafilatura"),
        ("a.sgml", b"<DOC>\n<DOCNO> 1 </DOCNO>\n<TEXT>words</TEXT>\n</DOC>\n", "TREC"),
        ("a.xml", b"<tmx><header/></tmx>", "XML with <tmx> at its root"),
        ("a.xml", b"<items>\n<item><text>words</text></item></items>", "Scrapy"),
        ("a.dump", b"/*M!999999- enable */\n-- MariaDB dump 10.19\n--\n", "a dump of a database"),
        ("a.dmp", b"\x03\x03iEXPORT:V11" + bytes(9), "a dump of a database"),
        ("a.arc", b"filedesc://a.arc 0.0.0.0 20050101000000 text/plain 76\n", "format ARC"),
        ("a.cdx", b" CDX N b a m s k r M S V g\n", "an index of a web archive"),
        ("a.txt", b"AUTHOR: Ann\nTITLE: A walk\n-----\nBODY:\nwords\n", "Movable Type"),
        (
            "a.log",
            b"commit 0123456789012345678901234567890123456789\nAuthor: Ann <a@b>\n\n    words\n",
            "a log of git",
        ),
        ("posts.metadata.json", b'{"indexes": [], "collectionName": "a"}', "collection of MongoDB"),
        ("a.json", b'{"message": "You must wait", "status": 429}', "an error that an interface"),
        ("a.jsonl", b'{"error": {"message": "Words of an error"}}\n', "an error that an interface"),
        ("a.xml", b"<Error><Code>AccessDenied</Code></Error>", "an error that a server answered"),
        ("a.xml", b"<add><doc/></add>", "XML with <add> at its root"),
        ("posts.xml", b'<posts total="1">\n<post id="1">words</post></posts>', "Tumblr"),
        ("a.txt", b"<SEC-DOCUMENT>1.txt : 20200913\n<SEC-HEADER>words\n", "<SEC-DOCUMENT> at its"),
        ("a.json", b'[{"title": "A talk", "create_time": 1.0, "mapping": {}}]', "of ChatGPT"),
        ("a.json", b'{"id": ["a", "b"], "text": ["words", "others"]}', "a table by column"),
        ("a.csv", b"id~text~author\n1~some words~ann\n", "cells are separated by '~'"),
        ("a.csv", b"Export of posts,,\n,,\nid,text,author\n1,words,ann\n2,b,c\n3,d,e\n", "1 cell"),
        ("a.json", b'load([{"text": "words"}]);', "a script with JSON in it"),
        ("a.js", b'var posts = [{"text": "words"}];', "a script with JSON in it"),
        ("a.copy", b"COPY public.posts (id, text) FROM stdin;\n1\ta\n", "a dump of a database"),
        ("a.md", b"| id | text |\n|---|---|\n| 1 | words |\n", "a line below its header"),
        ("a.txt", b" id | text\n----+------\n  1 | words\n", "a line below its header"),
        ("a.txt", b"-DOCSTART- -X- O\n\nwords NN O\n", "CoNLL"),
        ("a.conllu", b"# sent_id = 1\n1\twords\t_\n", "CoNLL"),
        ("a.json-seq", b'\x1e{"text": "words"}\n', "a sequence of JSON texts"),
        ("a.plist", b"bplist00" + bytes(64), "a property list"),
        ("a.bson", b"\x16\0\0\0\x02text\0", "a dump of MongoDB"),
        ("a.lzma", b"]\0\0\x80\0", "compressed in a way"),
        ("a.jsonl.Z", b"\x1f\x9d\x90 words", "compressed in a way"),
        (
            "a.ass",
            b"[Script Info]\n\n[Events]\n",
            "a file of subtitles in a format that is not read",
        ),
        ("a.yaml", b"- id: 1\n  text: words\n", "YAML"),
        ("a.ics", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "a calendar"),
        ("a.jsonl.crdownload", b'{"id": 1, "text": "words"}\n', "a download that was not finished"),
        ("a.jsonl.gz", b"version https://git-lfs.github.com/spec/v1\noid", "a Git LFS pointer"),
    ],
)
def test_what_is_not_read_is_named(read, tmp_path, name, content, what):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnsupportedFormat, match=re.escape(what)) as caught:
        read(path)
    assert name in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "what", "remedy"),
    [
        ("posts/your_posts_1.html", "Facebook or Instagram as web pages", "as JSON"),
        ("messages/inbox/ben_1/message_1.html", "Facebook or Instagram as web pages", "as JSON"),
        ("Comment/Comments.txt", "TikTok as text", "as JSON"),
        ("posts/html/123.html", "Tumblr as web pages", "`posts/html` with --layout html"),
        (f"Notes/A walk {'0af' * 10}12.md", "Notion", "--layout text"),
    ],
)
def test_an_export_that_is_not_read_is_named(read, tmp_path, name, what, remedy):
    for path, text in ((name, "Some words"), ("friends.csv", "id,text\n1,words\n")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    with pytest.raises(UnsupportedFormat, match=what) as caught:
        read(tmp_path)
    assert remedy in caught.value.remedy


def test_pages_of_notion_are_read_as_texts(read, tmp_path):
    (tmp_path / f"A walk {'0af' * 10}12.md").write_text("# A walk\n\nSome words\n")
    (tmp_path / f"Tasks {'0af' * 10}34.csv").write_text("Name,Status\nTrim the wick,Open\n")
    assert read(tmp_path, layout="text").column("text") == ["# A walk\n\nSome words"]


@pytest.mark.parametrize("name", ["report.csv", "report.xlsx"])
def test_a_document_of_an_office_program_is_no_archive(read, tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(UnsupportedFormat, match="a document of an office program"):
        read(tmp_path / name)


@pytest.mark.parametrize("names", [("a.jsonl.gz.aa", "a.jsonl.gz.ab"), ("a.zip.001", "a.zip.002")])
def test_the_parts_of_a_file_that_was_split_are_named(read, tmp_path, names):
    for name in names:
        (tmp_path / name).write_bytes(b"PK\x03\x04 and more")
    with pytest.raises(UnsupportedFormat, match="is a part of a file that was split") as caught:
        read(tmp_path)
    assert "join the parts" in caught.value.remedy


@pytest.mark.parametrize(
    "row", [{"message": "words", "status": "sent"}, {"message": "words", "timestamp": 1600000000}]
)
def test_a_single_row_is_no_error(read, tmp_path, row):
    (tmp_path / "a.json").write_text(json.dumps(row))
    assert read(tmp_path / "a.json").column("text") == ["words"]


@pytest.mark.parametrize("name", ["ORCID", "PACKAGE", "PGDMPS", "Rar!"])
def test_the_name_of_a_column_is_no_format(read, tmp_path, name):
    (tmp_path / "a.csv").write_text(f"{name},text\n1,words\n")
    assert read(tmp_path / "a.csv").column("text") == ["words"]


@pytest.mark.parametrize("name", ["notes", "notes.txt", "notes.log"])
def test_lines_that_nothing_is_known_about_are_no_table(read, tmp_path, name):
    (tmp_path / name).write_text("first, a line\nsecond, another\n")
    with pytest.raises(UnsupportedFormat, match="layout is not recognised") as caught:
        read(tmp_path / name)
    assert "--layout" in caught.value.remedy


def test_a_table_by_its_columns_needs_no_suffix(read, tmp_path):
    (tmp_path / "export").write_text("id,text\n1,some words\n")
    assert read(tmp_path / "export").column("text") == ["some words"]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.rtf", "{\\rtf1 words}", "a document in RTF"),
        ("a.json", '{"type": "FeatureCollection", "features": []}', "GeoJSON"),
        ("pg_catalog.csv", "Text#,Type,Issued,Title,Bookshelves\n1,Text,1971,A,b\n", "catalogue"),
        ("settings.ini", "[section]\nkey=value\n", "layout is not recognised"),
        ("notes.md", "# Title\n\nwords, and more\n", "layout is not recognised"),
    ],
)
def test_what_looks_like_a_table_and_is_none(read, tmp_path, name, content, what):
    (tmp_path / name).write_text(content)
    with pytest.raises(UnsupportedFormat, match=what):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["p.jsonl", "p.parquet", "p.csv"])
def test_a_label_is_never_the_text(read, write, tmp_path, name):
    write(tmp_path / name, [{"id": "1", "type": "story"}, {"id": "2", "type": "job"}])
    with pytest.raises(ColumnMissing, match="no column is recognised as the text"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["p.jsonl", "p.parquet", "p.csv"])
def test_titles_alone_are_refused_where_longer_texts_are_there(read, write, tmp_path, name):
    row = {"id": "1", "title": "A title", "synopsis": "What it is about, in some more words."}
    write(tmp_path / name, [row])
    with pytest.raises(ColumnMissing, match="'synopsis' has longer texts") as caught:
        read(tmp_path / name)
    assert "--text-column title --text-column synopsis" in caught.value.remedy
    write(tmp_path / name, [{**row, "synopsis": "sf"}])
    assert read(tmp_path / name).column("text") == ["A title"]
