"""Files that are one item each: texts and books."""

import zipfile

import pytest

from provenance.errors import CorruptFile, DocumentTooLarge, UnsupportedFormat

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><metadata
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The quay</dc:title>
<dc:creator>Ann</dc:creator><dc:identifier>urn:isbn:9</dc:identifier><dc:language>en</dc:language>
<dc:rights>CC0</dc:rights><dc:date>2020-01-02</dc:date></metadata><manifest>
<item id="b" href="two.xhtml"/><item id="a" href="text/one%201.xhtml"/><item id="c" href="c.css"/>
</manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""


def epub(path, package=PACKAGE, **members):
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": package,
        "OEBPS/text/one 1.xhtml": "<html><body><h1>One</h1><p>first</p></body></html>",
        "OEBPS/two.xhtml": "<html><body><p>second</p></body></html>",
        **members,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def test_a_book_is_its_chapters_in_order(read, tmp_path):
    epub(tmp_path / "a.epub")
    (row,) = read(tmp_path / "a.epub").rows
    assert row["text"] == "The quay\n\nOne\n\nfirst\n\nsecond"
    assert (row["item"], row["author"], row["language"]) == ("urn:isbn:9", "Ann", "en")
    assert (row["licence"], row["created_at"].year) == ("CC0", 2020)
    assert read(tmp_path).column("item") == ["urn:isbn:9"]


def test_a_book_that_is_damaged_or_too_large_is_told(read, tmp_path):
    path = tmp_path / "a.epub"
    epub(path, package="<package>")
    with pytest.raises(CorruptFile, match=r"a\.epub"):
        read(path)
    epub(path, **{"OEBPS/two.xhtml": "<p>" + "word " * 10_000})
    with pytest.raises(DocumentTooLarge):
        read(path, max_document=10_000)
    epub(path, package='<!DOCTYPE p [<!ENTITY e "x">]>' + PACKAGE)
    with pytest.raises(UnsupportedFormat, match="declares entities"):
        read(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(CorruptFile):
        read(path)


BOOK = """\ufeffThe Project Gutenberg eBook of The quay

Title: The quay
Author: Ann A.
Release date: January 2, 2020 [eBook #4321]
Language: English

*** START OF THE PROJECT GUTENBERG EBOOK THE QUAY ***

It was quiet.

*** END OF THE PROJECT GUTENBERG EBOOK THE QUAY ***

Their licence."""


def test_a_book_of_project_gutenberg_has_no_notices(read, tmp_path):
    path = tmp_path / "pg4321.txt"
    path.write_text(BOOK)
    (row,) = read(path).rows
    assert (row["item"], row["text"]) == ("4321", "It was quiet.")
    assert (row["author"], row["language"]) == ("Ann A.", "English")
    assert row["url"] == "https://www.gutenberg.org/ebooks/4321"


def test_a_text_is_one_item_where_that_is_said(read, tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"The text of {name}.\n\nIt goes on.\n")
    found = read(tmp_path, layout="text")
    assert found.column("item") == ["a.txt", "b.txt"]
    assert found.rows[0]["text"] == "The text of a.txt.\n\nIt goes on."
    with pytest.raises(UnsupportedFormat, match="not recognised") as caught:
        read(tmp_path / "a.txt")
    assert "--layout text" in caught.value.remedy
    (tmp_path / "a.txt").write_bytes(b"\xff")
    assert read(tmp_path / "a.txt", layout="text").skipped == {"not valid UTF-8": 1}
    with pytest.raises(DocumentTooLarge):
        read(tmp_path / "b.txt", layout="text", max_document=5)
