"""Files and folders as tools write them: recognised, refused by name, or counted."""

import json
import tarfile
import zipfile
from io import BytesIO

import pytest

from provenance.errors import UnsupportedFormat, WrongLayout
from provenance.read.dumps.layouts import dump_readers

TEXT = "The lantern keeper lit eleven lamps along the quay before the tide came in that evening."
MORE = "Three millers argued about the weight of a wet sack of barley until the lamps were out."


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.sql", b"-- MySQL dump 10.13\n--\nINSERT INTO `p` VALUES (1,'a');\n", "a database"),
        ("a.dump", b"--\n-- PostgreSQL database dump\n--\nCOPY p (id) FROM stdin;\n", "a database"),
        ("a.dat", b"CREATE TABLE p (id int);\n", "a database"),
        ("meta.json", b"{'title': 'Quays'}\n{'title': 'Mills'}\n", "Python's notation"),
        ("a.txt", b"@article{quay,\n title={Quays},\n abstract={Lamps}\n}\n", "a bibliography"),
        ("a.ttl", b'# 2020\n<http://l.example/a> <http://l.example/b> "Lamps"@en .\n', "RDF"),
        ("page.eml", b"From: <Saved by Blink>\nSubject: Quays\n\nx", "MHTML"),
        ("a.dat", b"\x80\x02]q\x00.", "a Python pickle"),
        ("a.feather", b"FEA1" + bytes(9), "Feather file of version 1"),
        ("a.zim", b"ZIM\x04" + bytes(9), "a ZIM file"),
        ("a.accdb", b"\0\1\0\0Standard ACE DB\0", "Access"),
        ("a.duckdb", bytes(8) + b"DUCK", "a DuckDB database"),
        ("a.msgpack", b"\x82\xa2id\x01\xa4text\xa3abc", "a MessagePack file"),
        ("a.csv", "id,text\n1,a".encode("utf-16"), "UTF-16"),
        ("a.xml", b"<?xml version='1.0'?><urlset><url><loc>l</loc></url></urlset>", "a sitemap"),
        ("a.xml", b"<?xml version='1.0'?><nitf><body/></nitf>", "XML with <nitf> at its root"),
        (
            "a.xml",
            b"<!DOCTYPE us-patent-grant SYSTEM 'a.dtd' [ ]>\n<us-patent-grant/>",
            "XML with <us-patent-grant> at its root",
        ),
        (
            "a.txt",
            b"Conversation with #q at Thu 2 Jan 2020 on ann@l (irc)\n(03:04:05) ann: hi\n",
            "Pidgin",
        ),
        ("ghost.json", b'{"db": [{"data": {"posts_authors": [], "posts": []}}]}', "Ghost"),
        (
            "posts.csv",
            b"post_id,post_date,is_published,audience,title\n1.a,2024,true,everyone,Quays\n",
            "Substack",
        ),
    ],
)
def test_files_that_hold_no_items_say_what_they_are(read, tmp_path, name, content, what):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(UnsupportedFormat, match=what):
        read(tmp_path / name)


def test_an_export_of_substack_is_refused_for_its_drafts(read, tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "1.a.html").write_text(f"<p>{TEXT}</p>")
    (tmp_path / "email_list.quays.csv").write_text("email,active_subscription\na@l.example,true\n")
    with pytest.raises(UnsupportedFormat, match="an export of Substack") as caught:
        read(tmp_path)
    assert "drafts" in caught.value.remedy


def test_a_text_is_not_what_the_middle_of_its_name_says(read, tmp_path):
    (tmp_path / "Quays.epub.txt").write_text(TEXT)

    with pytest.raises(UnsupportedFormat, match="the layout is not recognised"):
        read(tmp_path / "Quays.epub.txt")


@pytest.mark.parametrize("name", ["a.docx", "a.ods", "a.npz"])
def test_what_is_only_packed_as_zip_is_no_archive(read, tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")

    with pytest.raises(UnsupportedFormat, match=r"office|numbers"):
        read(tmp_path / name)


def test_of_a_wacz_only_the_captures_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "site.wacz", "w") as archive:
        archive.writestr("archive/data.warc.gz", b"")
        archive.writestr("pages/pages.jsonl", json.dumps({"id": "1", "text": TEXT}))
        archive.writestr("datapackage.json", json.dumps({"profile": "data-package"}))

    readers = dump_readers(str(tmp_path), source="s")

    assert [r.dump.name for r in readers if not r.is_passed_over] == [
        "site.wacz/archive/data.warc.gz"
    ]


def test_samples_in_a_tar_are_refused(read, tmp_path):
    with tarfile.open(tmp_path / "shard-000.tar", "w") as archive:
        for name in ("001.json", "001.txt", "002.json", "002.txt"):
            content = b'{"url": "l"}' if name.endswith("json") else TEXT.encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))

    with pytest.raises(UnsupportedFormat, match="WebDataset"):
        read(tmp_path / "shard-000.tar")


def test_files_of_unknown_kinds_are_counted(read, tmp_path, lines):
    (tmp_path / "data.jsonl").write_text(lines([{"text": TEXT}]))
    for name in ("a.story", "49960", "style.css", "picture.jpg", "manifest"):
        (tmp_path / name).write_text(MORE)

    found = read(tmp_path)

    assert found.column("text") == [TEXT]
    assert {note.file for note in found.notes} == {"a.story", "49960"}
    assert "of an unknown kind" in next(iter(found.skipped))


@pytest.mark.parametrize("name", ["cnn/1.story", "alt.lamps/49960", "b.txt"])
def test_files_of_any_name_are_read_in_the_layout_that_the_user_names(read, tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(TEXT)
    (tmp_path / "README").write_text("About these texts.")
    (tmp_path / "readme.txt").write_text("About these texts.")

    found = read(tmp_path, layout="text")

    assert found.column("item") == [name]


def test_a_folder_of_unknown_files_says_how_to_read_them(read, tmp_path):
    (tmp_path / "1.story").write_text(TEXT)

    with pytest.raises(UnsupportedFormat) as error:
        read(tmp_path)

    assert "--layout" in error.value.remedy


def test_texts_that_a_service_cut_short_are_refused(read, tmp_path, lines):
    rows = [{"title": "Quays", "content": f"{TEXT}… [+{1200 + n} chars]"} for n in range(3)]
    (tmp_path / "p.jsonl").write_text(lines(rows))

    with pytest.raises(WrongLayout, match="cut short"):
        read(tmp_path / "p.jsonl")

    assert len(read(tmp_path / "p.jsonl", text_format="plain").rows) == 3


@pytest.mark.parametrize("text", [f"<p>{TEXT}</p>", f"<jats:p>{TEXT}</jats:p>"])
def test_one_row_of_markup_is_enough(read, tmp_path, lines, text):
    (tmp_path / "p.jsonl").write_text(lines([{"title": "Quays", "abstract": text}]))

    with pytest.raises(WrongLayout, match="HTML"):
        read(tmp_path / "p.jsonl")

    assert read(tmp_path / "p.jsonl", text_format="html").column("text") == [f"Quays\n\n{TEXT}"]


def test_names_of_shards_and_of_articles_are_known(read, tmp_path, lines):
    (tmp_path / "part_000").write_text(lines([{"text": TEXT}]))
    (tmp_path / "part-00001").write_text(lines([{"text": MORE}]))

    assert read(tmp_path).column("text") == [MORE, TEXT]


def test_texts_of_opus_are_read_without_the_list_of_pairs(read, tmp_path):
    with zipfile.ZipFile(tmp_path / "de-en.zip", "w") as archive:
        archive.writestr("Quays.de-en.en", f"{TEXT}\n")
        archive.writestr("Quays.de-en.xml", "<?xml version='1.0'?><cesAlign/>")
        archive.writestr("README", "On quays\n")
    with pytest.raises(UnsupportedFormat, match="OPUS") as caught:
        read(tmp_path / "de-en.zip")
    assert "--layout text" in caught.value.remedy
    assert read(tmp_path / "de-en.zip", layout="text").column("text") == [TEXT]
