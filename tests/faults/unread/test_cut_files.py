"""Files of lines and of cells that were cut short are read in part, not whole with one bad row."""

import csv
import gzip
import io
import json
import subprocess
import sys

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import open_dump
from provenance.registry.store import open_registry
from tests.faults.conftest import names, page

STRETCHED = 40 << 20
"""Bytes of a file that is read in stretches."""


def line(number):
    return json.dumps({"id": f"d{number}", "text": page(number)}, ensure_ascii=False).encode()


def lines(count):
    return b"".join(line(number) + b"\n" for number in range(count))


def read(path, **options):
    """Return the ids of a corpus, its rows that were skipped, and what was unread."""
    corpus = open_corpus([str(path)], **options)
    found = [documents for part in corpus.parts for documents in part.batches()]
    ids = [one for documents in found for one in documents.batch["document"].to_pylist()]
    skipped = [one.reason for documents in found for one in documents.skipped]
    unread = [*corpus.unread, *(one for documents in found for one in documents.unread)]
    return ids, skipped, unread


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".ndjson"])
@pytest.mark.parametrize("left", [1, 2, 5, 7, 30, 200, -1, -2])
def test_a_file_that_ends_in_the_middle_of_a_line_is_named(tmp_path, suffix, left):
    data = lines(20) + line(20)[:left]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(gzip.compress(data) if suffix.endswith("gz") else data)
    ids, skipped, [unread] = read(path)
    assert ids == [f"d{number}" for number in range(20)]
    assert not skipped
    assert (unread.file, unread.row) == (path.name, 20)
    assert "ends in the middle of a line" in unread.reason


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (b'{"id": "d9", "text": "a whole line"}', None),
        (b"no object at all", "not valid JSON"),
        (b"[1, 2", "not valid JSON"),
        (b'{"id": "d9", "text": a}', "not valid JSON"),
        (b'{"text": "one"}{"text": "two"}', "not valid JSON"),
        (b'{"id": "d9", "text": "caf\xe9"}', "not valid UTF-8"),
        (b'{"id": "d9", "text": "cut\n', "not valid JSON"),
    ],
)
def test_other_odd_last_lines_are_rows_that_are_skipped(tmp_path, last, reason):
    (tmp_path / "a.jsonl").write_bytes(lines(5) + last)
    ids, skipped, unread = read(tmp_path / "a.jsonl")
    assert skipped == ([] if reason is None else [reason])
    assert not unread
    assert len(ids) == 5 + (reason is None)


@pytest.mark.parametrize(
    "cut",
    [
        '{"id": "d9", "text": "é'.encode()[:-1],
        b'{"id": "d9", "n": tru',
        b'{"id": "d9", "n": -',
        b'{"id": "d9", "n": 1.',
        b'{"id": "d9", "text": "\\u00',
        b'{"id": "d9", "text": "\\',
        b'{"id": "d9", "meta": {"a": 1}',
        b'{"id": "d9", "meta": [{"a": 1}',
        b'{"id": "d9", "text": "a brace }',
    ],
)
def test_a_line_may_be_cut_anywhere(tmp_path, cut):
    (tmp_path / "a.jsonl").write_bytes(lines(5) + cut)
    assert [one.row for one in read(tmp_path / "a.jsonl")[2]] == [5]


def test_a_file_of_nothing_but_a_line_that_is_cut_is_not_read(tmp_path, checked):
    (tmp_path / "a.jsonl").write_bytes(line(0)[:50])
    (tmp_path / "b.jsonl").write_bytes(lines(6))
    report = checked(tmp_path)
    assert names(report.result.unread) == ["a.jsonl"]
    assert report.result.corpus.documents == 6


@pytest.mark.parametrize("threads", [1, 4])
def test_of_a_file_read_in_stretches_only_the_very_last_line_counts(tmp_path, registry, threads):
    path = tmp_path / "a.jsonl"
    count = STRETCHED // len(line(1))
    path.write_bytes(lines(count) + line(count)[:-1])
    policy = Policy(registries=(registry,))
    settings = Settings(threads=threads, cache=tmp_path / "cache")
    for _ in range(2):  # the second from the cache
        result = check([str(path)], policy, settings).result
        assert [(one.file, one.row) for one in result.unread] == [("a.jsonl", count)]
        assert result.status == "incomplete"
        assert result.corpus.documents == count
        assert not result.corpus.skipped


def test_commands_name_it_and_accept_it(tmp_path, registry, provenance):
    (tmp_path / "a.jsonl").write_bytes(lines(6) + line(6)[:40])
    command = ("check", "a.jsonl", "--registry", registry, "--no-cache")
    done = provenance(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert "a.jsonl, from row 6 on: damaged or cut short after 6 rows" in done.stdout.replace(
        "\n   ", ""
    )
    assert provenance(*command, "--allow-unread", "1", cwd=tmp_path).returncode == 1
    build = ("registry", "build", "reg", "--source", "x", "a.jsonl")
    assert provenance(*build, cwd=tmp_path).returncode == 2
    manifest = open_registry(tmp_path / "reg").manifest
    assert (names(manifest.unread), manifest.items) == (["a.jsonl"], 6)


def test_standard_input_may_be_cut_too(tmp_path, registry):
    command = [sys.executable, "-m", "provenance", "check", "-", "--registry", registry, "-q"]
    data = lines(6) + line(6)[:40]
    done = subprocess.run(command, input=data, capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert b"Not read: -" in done.stderr


def test_posts_before_a_line_that_is_cut_are_items(tmp_path):
    posts = [
        {"id": f"c{n}", "body": page(n), "created_utc": 1_300_000_000 + n, "link_id": "t3_x"}
        for n in range(6)
    ]
    posts[0]["author"] = {"odd": 1}  # so that they are read post by post
    data = "\n".join(json.dumps(post) for post in posts)[:-10]
    (tmp_path / "RC_2012-01.jsonl").write_text(data)
    found = list(open_dump(str(tmp_path / "RC_2012-01.jsonl"), source="reddit", strict=False))
    assert sum(len(items.batch) for items in found) == 5
    assert [one.row for items in found for one in items.unread] == [5]


def cells(count):
    sink = io.StringIO()
    writer = csv.writer(sink, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["id", "text"])
    writer.writerows([f"d{n}", f'{page(n)}\nsaid "they", and more'] for n in range(count))
    return sink.getvalue().encode()


@pytest.mark.parametrize("limit", [64_000_000, 1_000_000])
@pytest.mark.parametrize("reading", ["corpus", "dump"])
@pytest.mark.parametrize("cut", [3, 8, 40, 100])
def test_cells_that_end_within_a_quoted_cell_are_named(tmp_path, cut, reading, limit):
    path = tmp_path / "a.csv"
    path.write_bytes(cells(9)[:-cut])
    if reading == "corpus":
        _, _, unread = read(path, max_document=limit)
    else:
        found = open_dump(str(path), source="x", max_document=limit, strict=False)
        unread = [one for items in found for one in items.unread]
    assert ["ends within a quoted cell" in one.reason for one in unread] == [True]


@pytest.mark.parametrize(
    "rows",
    [
        cells(9),
        cells(9)[:-2],
        b'id,text\n1,a screen of 5" and more words\n2,others',
        b'id,text\n1,"he said ""no"""\n2,"others"',
        b'id,text\r\n1,"whole"\r\n\r\n',
    ],
)
@pytest.mark.parametrize("limit", [64_000_000, 1_000_000])
def test_cells_that_are_closed_are_whole(tmp_path, rows, limit):
    (tmp_path / "a.csv").write_bytes(rows)
    ids, _, unread = read(tmp_path / "a.csv", max_document=limit)
    assert ids
    assert not unread


def test_a_table_with_tabs_has_no_quoted_cells(tmp_path):
    (tmp_path / "a.tsv").write_text('id\ttext\n1\tsome words here\n2\t"others\n3\tmore\n')
    assert not read(tmp_path / "a.tsv")[2]


def test_the_limit_of_cells_is_the_processs_own_again(tmp_path):
    code = (
        "import csv, sys; csv.field_size_limit(777)\n"
        "from provenance.read.corpus.corpora import open_corpus\n"
        "assert csv.field_size_limit() == 777\n"
        "corpus = open_corpus([sys.argv[1]], max_document=1_000_000)\n"
        "rows = sum(len(one.batch) for part in corpus.parts for one in part.batches())\n"
        "assert (rows, csv.field_size_limit()) == (2, 777)\n"
    )
    (tmp_path / "a.csv").write_text(f"id,text\n1,{'long ' * 40_000}\n2,short\n")
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.csv")], check=True)
