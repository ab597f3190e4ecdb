"""Parquet: row groups shared between threads, columns of any type, damaged strings counted."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.read.corpus.address_resolution import find_files
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.documents import BATCH_BYTES
from provenance.read.formats.parquet_file import open_parquet


@pytest.fixture
def parquet(tmp_path):
    def write(table: pa.Table, **options: object):
        path = tmp_path / "rows.parquet"
        pq.write_table(table, path, **options)
        return path

    return write


def big(rows: int) -> pa.Table:
    """Texts that do not compress away, so that row groups have a size."""
    letters = np.random.default_rng(3).integers(97, 123, (rows, 4000), np.uint8)
    texts = [row.tobytes().decode() for row in letters]
    return pa.table({"text": texts, "n": range(rows)})


def test_a_big_file_is_several_parts_that_together_are_the_file(parquet, hear):
    table = big(24_000)
    path = parquet(table, row_group_size=3000)
    parts = open_corpus([str(path)]).parts
    assert len(parts) > 2
    assert [part.index for part in parts] == list(range(len(parts)))
    assert 0.9 < sum(part.size for part in parts) / path.stat().st_size < 1
    heard = hear(path)
    assert heard.texts == table.column("text").to_pylist()
    assert [row["row"] for row in heard.rows] == list(range(24_000))


def test_small_row_groups_are_put_together(parquet):
    path = parquet(pa.table({"text": [f"text {n}" for n in range(500)]}), row_group_size=2)
    assert len(open_corpus([str(path)]).parts) == 1


def test_parts_can_be_read_by_threads_at_once(parquet):
    path = parquet(big(16_000), row_group_size=3000)
    parts = open_corpus([str(path)]).parts

    def read(part):
        return [row for documents in part.batches() for row in documents.batch.to_pylist()]

    alone = [read(part) for part in parts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, parts)) == alone


def test_batches_hold_about_8_mb_of_text(parquet):
    path = parquet(big(6000), row_group_size=6000)
    (part,) = open_corpus([str(path)]).parts
    sizes = [documents.batch.column("text").nbytes for documents in part.batches()]
    assert len(sizes) >= 3
    assert max(sizes) < 1.1 * BATCH_BYTES


def test_no_more_is_decoded_at_a_time_than_a_batch_holds(parquet):
    (piece,) = open_parquet(found(parquet(big(6000), row_group_size=6000))).pieces
    assert max(block.batch.nbytes for block in piece.read(["text"])) < 1.1 * BATCH_BYTES


def test_a_batch_of_unlike_rows_is_cut_too(parquet):
    texts = ["short"] * 20_000 + ["long " * 1_000_000] * 4 + ["short"] * 20_000
    path = parquet(pa.table({"text": texts}))
    sizes = [
        len(documents.batch)
        for part in open_corpus([str(path)]).parts
        for documents in part.batches()
        if documents.batch.column("text").nbytes > BATCH_BYTES
    ]
    assert sizes == []


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(),
        pa.dictionary(pa.int32(), pa.string()), pa.dictionary(pa.int8(), pa.large_string()),
    ],
    ids=str,
)  # fmt: skip
def test_strings_of_every_type_are_text(parquet, hear, kind):
    texts = ["naïve 🎉", None, "", "naïve 🎉", "plain"]
    column = pa.array(texts, pa.binary() if "binary" in str(kind) else pa.string()).cast(kind)
    heard = hear(parquet(pa.table({"text": column})), text_columns=["text"])
    assert heard.places == [(0, "text", "naïve 🎉"), (3, "text", "naïve 🎉"), (4, "text", "plain")]
    assert heard.skipped == {"null text": (1, (1,)), "empty text": (1, (2,))}


def test_strings_that_are_not_utf8_are_counted(parquet, hear):
    values = pa.array([b"fine", b"caf\xe9", "café".encode(), b"\xff\xfe", b"\xed\xa0\x80", b"end"])
    text = pa.StringArray.from_buffers(len(values), *values.buffers()[1:])
    heard = hear(parquet(pa.table({"text": text, "id": ["a", "b", "c", "d", "e", "f"]})))
    assert [(row["document"], row["text"]) for row in heard.rows] == [
        ("a", "fine"),
        ("c", "café"),
        ("f", "end"),
    ]
    assert heard.skipped == {"not valid UTF-8": (3, (1, 3, 4))}


def test_a_row_is_counted_once_whatever_is_wrong_with_it(parquet, hear):
    values = pa.array([b"\xff", b"\xff", b"fine"])
    damaged = pa.StringArray.from_buffers(3, *values.buffers()[1:])
    heard = hear(parquet(pa.table({"question": damaged, "answer": [" ", "kept", None]})))
    assert heard.places == [(1, "answer", "kept"), (2, "question", "fine")]
    assert heard.skipped == {"not valid UTF-8": (2, (0, 1))}


def test_ids_and_addresses_that_are_not_utf8_are_left_out(parquet, hear):
    values = pa.array([b"fine", b"\xff"])
    damaged = pa.StringArray.from_buffers(2, *values.buffers()[1:])
    rows = hear(parquet(pa.table({"id": damaged, "text": ["a", "b"], "url": damaged}))).rows
    assert [(row["document"], row["url"]) for row in rows] == [
        ("fine", "fine"),
        ("rows.parquet#1", None),
    ]


@pytest.mark.parametrize(
    ("ids", "documents"),
    [
        (pa.array([7, None, 2**63 - 1]), ["7", "rows.parquet#1", str(2**63 - 1)]),
        (pa.array(["x", "", None]), ["x", "rows.parquet#1", "rows.parquet#2"]),
        (pa.array(["x", "x", "y"]).dictionary_encode(), ["x", "x", "y"]),
        (pa.array([[1], [2], [3]]), [f"rows.parquet#{n}" for n in range(3)]),
    ],
)
def test_ids_are_written_out(parquet, hear, ids, documents):
    rows = hear(parquet(pa.table({"id": ids, "text": ["a", "b", "c"]}))).rows
    assert [row["document"] for row in rows] == documents


def test_the_address_is_the_first_there_is(parquet, hear):
    table = pa.table(
        {
            "text": ["a", "b", "c", "d"],
            "url": ["u0", None, None, None],
            "metadata": [{"url": "m0"}, {"url": "m1"}, None, {"url": ""}],
            "domain": ["v0", "v1", "v2", None],
            "license": [["mit", "apache-2.0"], ["cc0"], [], None],
        }
    )
    rows = hear(parquet(table)).rows
    assert [row["url"] for row in rows] == ["u0", "m1", "v2", None]
    assert [row["licence"] for row in rows] == ["mit, apache-2.0", "cc0", None, None]


def test_a_file_of_no_rows_has_no_parts(parquet):
    assert open_parquet(found(parquet(pa.table({"text": pa.array([], pa.string())})))).pieces == ()


def found(path):
    (file,) = find_files(str(path)).files
    return file


def test_only_the_columns_wanted_are_decoded(parquet):
    table = pa.table({"text": ["a"], "meta": [{"url": "u", "junk": "j"}], "wide": ["x"]})
    (piece,) = open_parquet(found(parquet(table))).pieces
    (block,) = piece.read(["text", "meta.url"])
    assert block.batch.to_pylist() == [{"text": "a", "meta": {"url": "u"}}]


def test_a_part_is_known_by_its_bytes_and_by_nothing_else_of_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr("provenance.read.formats.parquet_file.PIECE_BYTES", 1)
    texts = [f"text number {number}" for number in range(30)]

    def keys(rows):
        pq.write_table(pa.table({"text": rows}), tmp_path / "a.parquet", row_group_size=10)
        return [part.key() for part in open_corpus([str(tmp_path / "a.parquet")]).parts]

    before = keys(texts)
    assert len(set(before)) == 3
    assert keys([*texts[:25], "another", *texts[26:]])[:2] == before[:2]
    assert keys([*texts[:25], "another", *texts[26:]])[2] != before[2]
    assert keys([*texts, *texts[:10]])[:3] == before
