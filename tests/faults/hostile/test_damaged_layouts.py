"""Dumps and datasets of every layout, damaged at random: read, counted, or an error of ours."""

import random
import zipfile
from contextlib import suppress

import pytest

from provenance.errors import InputError
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import LAYOUTS, open_dump
from tests.protocols.corpus_samples import FORMATS, ROWS
from tests.protocols.dump_samples import SAMPLES, Sample

EPUB = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": "<container><rootfiles><rootfile full-path='a.opf'/></rootfiles>"
    "</container>",
    "a.opf": "<package xmlns:dc='http://purl.org/dc/elements/1.1/'><metadata>"
    "<dc:title>A book</dc:title><dc:date>1999-01-02</dc:date></metadata>"
    "<manifest><item id='c' href='c.xhtml'/></manifest><spine><itemref idref='c'/></spine>"
    "</package>",
    "c.xhtml": "<html><body><h1>One</h1><p>The words of a &amp; chapter.</p></body></html>",
}
GUTENBERG = (
    "The Project Gutenberg eBook of A\n\nTitle: A\n\nAuthor: Ann\n\nLanguage: English\n\n"
    "*** START OF THE PROJECT GUTENBERG EBOOK A ***\n\nThe words of a book.\n\n"
    "*** END OF THE PROJECT GUTENBERG EBOOK A ***\n"
)
POST = "---\ntitle: A post\ndate: 2020-01-02\nauthor: Ann\n---\n\nThe *words* of a post.\n"
SUBTITLES = "1\n00:00:01,000 --> 00:00:02,000\n<i>What</i> is said\n\n2\n00:00:03,000 --> "
SUBTITLES += "00:00:04,500\nand what else\n"
PAGE = (
    "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>A page</title>"
    "<link rel=canonical href='https://a.example/b'></head><body><nav>Home</nav><article>"
    "<h1>A page</h1><p>The words of a page, which are some more than few.</p></article></body>"
)
RETRACTED = '{"pmcid": "PMC5", "version": 1, "is_retracted": true, "license_code": "CC BY"}'


def written(content):
    return lambda path: path.write_text(content, "utf-8")


def epub(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in EPUB.items():
            archive.writestr(name, content)


WHOLE_FILES = (
    Sample("epub", "a.epub", epub, "", 0),
    Sample("text", "pg5.txt", written(GUTENBERG), "", 0),
    Sample("text", "post.md", written(POST), "", 0),
    Sample("subtitles", "a.srt", written(SUBTITLES), "", 0),
    Sample("subtitles", "a.vtt", written("WEBVTT\n\n" + SUBTITLES.replace(",", ".")), "", 0),
    Sample("html", "a.html", written(PAGE), "", 0),
    Sample("pmc-metadata", "PMC5.1.json", written(RETRACTED), "", 0),
)
"""Of layouts that have no sample for the protocol, whose files are one item or none."""
DUMPS = (*SAMPLES, *WHOLE_FILES)

PIECES = (
    *(b"\0", b"\xff", b'"', b"{", b"[", b"<", b"&#x0;", b"null", b"1e999", b"9" * 400, b"-1"),
    *(b"\n", b"\r", b"\\ud800", b"[]", b"{}", b"true", b"\xe2\x80\x8e", b"]]>", b"From x 2020\n"),
)


def damaged(data, dice):
    data = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(data) + 1)
        kind = dice.randrange(4)
        if kind == 0:
            data[place : place + dice.randint(1, 12)] = dice.choice(PIECES)
        elif kind == 1:
            data[place:place] = dice.choice(PIECES)
        elif kind == 2:
            del data[place:]
        else:
            data[place : place + 1] = bytes([dice.randrange(256)])
    return bytes(data)


def read_or_refuse(sample, folder, seeds):
    path = folder / sample.name
    sample.write(path)
    data = path.read_bytes()
    for seed in seeds:
        path.write_bytes(damaged(data, random.Random(seed)))
        for layout in ("auto", sample.layout):
            with suppress(InputError):
                for items in open_dump(str(path), source="s", layout=layout):
                    items.batch.validate(full=True)


def test_every_layout_is_damaged():
    assert {sample.layout for sample in DUMPS} == set(LAYOUTS)


@pytest.mark.parametrize("sample", WHOLE_FILES, ids=lambda sample: sample.name)
def test_what_is_damaged_can_be_read(sample, tmp_path):
    sample.write(tmp_path / sample.name)
    found = list(open_dump(str(tmp_path / sample.name), source="s", layout=sample.layout))
    deletions = [items.deletions for items in found if items.deletions is not None]
    assert sum(len(items.batch) for items in found) + len(deletions) == 1


@pytest.mark.parametrize("sample", DUMPS, ids=lambda sample: f"{sample.layout}: {sample.name}")
def test_damaged_dumps_are_read_or_refused(sample, tmp_path):
    read_or_refuse(sample, tmp_path, range(20))


@pytest.mark.long
@pytest.mark.parametrize("sample", DUMPS, ids=lambda sample: f"{sample.layout}: {sample.name}")
def test_thousands_of_damaged_dumps_are_read_or_refused(sample, tmp_path):
    read_or_refuse(sample, tmp_path, range(1_000_000, 1_015_000))


RECORDS = ("mds", "mds.zstd", "sqlite", "tar", "tar.gz", "tfrecord", "tfrecord.gz")
"""Formats whose rows are read one by one; the others have campaigns of their own."""


def read_corpus_or_refuse(form, folder, seeds):
    path = folder / f"rows.{form}"
    data = FORMATS[form](ROWS)
    for seed in seeds:
        path.write_bytes(damaged(data, random.Random(seed)))
        with suppress(InputError):
            for part in open_corpus([str(path)], max_document=1_000_000).parts:
                for documents in part.read():
                    documents.batch.validate(full=True)


@pytest.mark.parametrize("form", RECORDS)
def test_damaged_datasets_are_read_or_refused(form, tmp_path):
    read_corpus_or_refuse(form, tmp_path, range(200))


@pytest.mark.long
@pytest.mark.parametrize("form", RECORDS)
def test_thousands_of_damaged_datasets_are_read_or_refused(form, tmp_path):
    read_corpus_or_refuse(form, tmp_path, range(1_000_000, 1_010_000))
