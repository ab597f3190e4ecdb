"""Dumps and datasets of every layout, damaged at random: read, counted, or an error of ours."""

import random
from contextlib import suppress

import pytest

from provenance.errors import InputError
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import open_dump
from tests.protocols.test_corpus_formats import FORMATS, ROWS
from tests.protocols.test_dump_layouts import SAMPLES

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


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.layout}: {sample.name}")
def test_damaged_dumps_are_read_or_refused(sample, tmp_path):
    read_or_refuse(sample, tmp_path, range(20))


@pytest.mark.long
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.layout}: {sample.name}")
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
