"""Web pages in WARC and WET files."""

import gzip
import sys

import pytest

from provenance.errors import CorruptFile, DocumentTooLarge, UnsupportedFormat

MAIN = "The harbour was quiet that night, and the lantern over the quay had long gone out. " * 6
PAGE = f"""<html><head><title>A page</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li></ul></nav>
<article><h1>The quay</h1><p>{MAIN}</p></article>
<footer><a href="/privacy">Privacy</a></footer></body></html>"""


def record(kind, content, **headers):
    lines = {"WARC-Type": kind, "WARC-Date": "2020-01-02T03:04:05Z", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    size = f"Content-Length: {len(content)}\r\n\r\n"
    return f"WARC/1.0\r\n{head}{size}".encode() + content + b"\r\n\r\n"


def response(body, address, kind="text/html; charset=utf-8", status="200 OK"):
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode()
    return record(
        "response",
        head + body,
        Content_Type="application/http; msgtype=response",
        WARC_Target_URI=address,
    )


def test_a_page_is_its_main_text(read, tmp_path):
    path = tmp_path / "a.warc.gz"
    records = [
        record("warcinfo", b"software: ours\r\n"),
        response(PAGE.encode(), "https://a.example/quay"),
        response(
            "Grüße von hier".encode("latin-1"), "https://a.example/b", "text/html; charset=latin1"
        ),
        response(b"\x89PNG", "https://a.example/c", "image/png"),
        response(PAGE.encode(), "https://a.example/d", status="404 Not Found"),
    ]
    path.write_bytes(b"".join(map(gzip.compress, records)))
    found = read(path)
    first, second = found.rows
    assert first["item"] == first["url"] == "https://a.example/quay"
    assert first["text"].startswith("The quay\n\nThe harbour was quiet")
    assert "Privacy" not in first["text"]
    assert first["created_at"].isoformat() == "2020-01-02T03:04:05+00:00"
    assert second["text"] == "Grüße von hier"
    assert found.skipped == {
        "not a page (a request, metadata, or another type)": 2,
        "not fetched (HTTP status)": 1,
    }


def test_texts_of_a_wet_file_have_their_language(read, tmp_path):
    path = tmp_path / "a.warc.wet"
    language = {"WARC_Identified_Content_Language": "deu,eng"}
    path.write_bytes(
        record("conversion", "Grüße".encode(), WARC_Target_URI="https://a.example", **language)
        + record("conversion", b"\xff\xfe", WARC_Target_URI="https://b.example")
    )
    found = read(path)
    (row,) = found.rows
    assert (row["text"], row["language"]) == ("Grüße", "deu")
    assert found.skipped == {"not valid UTF-8": 1}


def test_what_comes_before_the_cut_is_read(read, tmp_path):
    path = tmp_path / "a.warc"
    pages = [response(PAGE.encode(), f"https://a.example/{n}") for n in range(3)]
    path.write_bytes(b"".join(pages)[:-100])
    with pytest.raises(CorruptFile, match=r"after 2 records .*within a record"):
        read(path)
    assert len(read(path, strict=False).rows) == 2


def test_a_record_of_another_size_than_stated_is_damage(read, tmp_path, capfd):
    path = tmp_path / "a.warc"
    pages = b"".join(response(PAGE.encode(), f"https://a.example/{n}") for n in range(2))
    path.write_bytes(pages.replace(b"Content-Length: 7", b"Content-Length: 6", 1))
    with pytest.raises(CorruptFile, match="after 1 records"):
        read(path)
    assert capfd.readouterr() == ("", "")


def test_a_page_without_end_is_refused(read, tmp_path):
    path = tmp_path / "a.warc"
    path.write_bytes(response(PAGE.encode() * 20, "https://a.example"))
    with pytest.raises(DocumentTooLarge, match=r"row 0 is larger than 1KB"):
        read(path, max_document=1000)


def test_a_parser_that_is_not_installed_is_named(read, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "warcio.archiveiterator", None)
    path = tmp_path / "a.warc"
    path.write_bytes(record("warcinfo", b""))
    with pytest.raises(UnsupportedFormat, match="needs the package `warcio`") as caught:
        read(path)
    assert caught.value.remedy == "install it with: pip install 'corpus-provenance[web]'."


def test_a_wat_file_is_refused_by_name(read, tmp_path):
    path = tmp_path / "a.warc.wat.gz"
    info = record("warcinfo", b"software: ours\r\n", Content_Type="application/warc-fields")
    metadata = record("metadata", b'{"Envelope": {}}', Content_Type="application/json")
    path.write_bytes(gzip.compress(info) + gzip.compress(metadata))
    with pytest.raises(UnsupportedFormat, match="a WAT file"):
        read(path)
    page = response(PAGE.encode(), "https://a.example/quay")
    path.write_bytes(gzip.compress(info) + gzip.compress(page) + gzip.compress(metadata))
    assert len(read(path).rows) == 1
