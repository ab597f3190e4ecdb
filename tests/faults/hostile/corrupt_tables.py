"""Tables that are damaged at random, and read as a corpus and as a dump."""

import io
import random
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as pf
import pyarrow.parquet as pq

from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.file_access import File
from provenance.read.dumps.layouts import open_dump
from provenance.read.rewriting.removal_plan import Removals
from provenance.read.rewriting.rewrite_file import rewrite_file
from tests.faults.isolated_cases import serve

ROWS = 40
WORDS = ["the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "naïve", "東京", "😀"]
EXTREMES = (0, 1, 2, 3, 7, 8, 64, 255, 1 << 15, 1 << 16, 1 << 20, 1 << 24, (1 << 31) - 1)
EXTREMES = (*EXTREMES, 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, (1 << 64) - 1, 1 << 62)


def _texts(dice: random.Random, count: int = ROWS) -> list[str | None]:
    return [
        None if dice.random() < 0.1 else " ".join(dice.choices(WORDS, k=dice.randrange(12)))
        for _ in range(count)
    ]


def _plain(dice: random.Random) -> dict[str, pa.Array]:
    return {
        "id": pa.array([f"doc-{n}" for n in range(ROWS)]),
        "text": pa.array(_texts(dice)),
        "url": pa.array([f"https://a.example/{n}" for n in range(ROWS)], pa.large_string()),
        "created_at": pa.array([1_600_000_000 + n for n in range(ROWS)], pa.timestamp("s")),
    }


def _nested(dice: random.Random) -> dict[str, pa.Array]:
    turns = [
        [{"role": "user", "content": text} for text in _texts(dice, dice.randrange(4))]
        for _ in range(ROWS)
    ]
    lists = [[text for text in _texts(dice, 3) if text] for _ in range(ROWS)]
    headers = [[("x-robots-tag", "noai")] if n % 3 else None for n in range(ROWS)]
    return {
        "id": pa.array(range(ROWS), pa.int64()),
        "messages": pa.array(turns),
        "sentences": pa.array(lists, pa.large_list(pa.string())),
        "headers": pa.array(headers, pa.map_(pa.string(), pa.string())),
        "meta": pa.array([{"url": f"https://a.example/{n}", "n": [n]} for n in range(ROWS)]),
        "pair": pa.array([["one", "two"]] * ROWS, pa.list_(pa.string(), 2)),
    }


def _odd(dice: random.Random) -> dict[str, pa.Array]:
    texts = pa.array(_texts(dice))
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([10, ROWS], pa.int32()), pa.array(["a", "b"]))
    return {
        "text": texts.cast(pa.string_view()),
        "body": texts.dictionary_encode(),
        "raw": texts.cast(pa.binary()),
        "bytes": texts.cast(pa.large_binary()),
        "runs": runs,
        "number": pa.array(np.random.default_rng(1).random(ROWS)),
        "flag": pa.array([n % 3 == 0 for n in range(ROWS)]),
        "price": pa.array(range(ROWS), pa.int32()).cast(pa.decimal128(12, 2)),
        "date": pa.array(range(ROWS), pa.int32()).cast(pa.date32()),
        "none": pa.nulls(ROWS),
        "union": pa.UnionArray.from_dense(
            pa.array([0, 1] * (ROWS // 2), pa.int8()),
            pa.array([n // 2 for n in range(ROWS)], pa.int32()),
            [pa.array(["a"] * ROWS), pa.array(range(ROWS))],
        ),
        "views": pa.array([["a longer word than twelve"]] * ROWS, pa.list_view(pa.string_view())),
    }


_NOT_IN_PARQUET = {"runs", "union", "views"}


def _ipc(opener: Callable[..., pa.ipc.RecordBatchFileWriter], packer: str | None = None):
    def write(columns: dict[str, pa.Array]) -> bytes:
        table, sink = pa.table(columns), io.BytesIO()
        options = pa.ipc.IpcWriteOptions(compression=packer, emit_dictionary_deltas=True)
        with opener(sink, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=ROWS // 2 if packer is None else ROWS)
        return sink.getvalue()

    return write


def _feather(columns: dict[str, pa.Array]) -> bytes:
    sink = io.BytesIO()
    pf.write_feather(pa.table(columns), sink, compression="lz4")
    return sink.getvalue()


def _parquet(**options: object):
    def write(columns: dict[str, pa.Array]) -> bytes:
        kept = {name: one for name, one in columns.items() if name not in _NOT_IN_PARQUET}
        sink = io.BytesIO()
        pq.write_table(pa.table(kept), sink, row_group_size=ROWS // 2, **options)
        return sink.getvalue()

    return write


WRITERS = {
    "file.arrow": _ipc(pa.ipc.new_file),
    "stream.arrow": _ipc(pa.ipc.new_stream),
    "packed.arrow": _ipc(pa.ipc.new_file, "zstd"),
    "short.feather": _feather,
    "plain.parquet": _parquet(compression="none", use_dictionary=False),
    "packed.parquet": _parquet(compression="zstd", data_page_version="2.0"),
    "snappy.parquet": _parquet(compression="snappy", write_page_index=True),
    "bare.parquet": _parquet(compression="gzip", store_schema=False),
}
COLUMNS = (_plain, _nested, _odd)


def originals() -> list[tuple[str, bytes]]:
    """Write every kind of table in every format."""
    return [
        (name, write(make(random.Random(0)))) for make in COLUMNS for name, write in WRITERS.items()
    ]


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Damage bytes: some at random, as numbers that lead astray, or by pieces."""
    made = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 1, 2, 8))):
        _MUTATIONS[dice.randrange(len(_MUTATIONS))](made, dice)
    return bytes(made)


def _place(made: bytearray, dice: random.Random) -> int:
    """Choose a place; metadata lies at both ends, and is what is read first."""
    if dice.random() < 0.5:
        return dice.randrange(max(1, len(made)))
    near = dice.randrange(min(2000, max(1, len(made))))
    return near if dice.random() < 0.4 else max(0, len(made) - 1 - near)


def _flip(made: bytearray, dice: random.Random) -> None:
    if made:
        made[_place(made, dice)] ^= 1 << dice.randrange(8)


def _byte(made: bytearray, dice: random.Random) -> None:
    if made:
        made[_place(made, dice)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))


def _number(made: bytearray, dice: random.Random) -> None:
    size = dice.choice((2, 4, 4, 4, 8))
    at = _place(made, dice) // size * size
    if at + size > len(made):
        return
    old = int.from_bytes(made[at : at + size], "little")
    changed = dice.choice((dice.choice(EXTREMES), old + dice.randrange(-9, 10), -old, old << 1))
    made[at : at + size] = struct.pack("<Q", changed % (1 << 64))[:size]


def _cut(made: bytearray, dice: random.Random) -> None:
    if dice.random() < 0.5:
        del made[_place(made, dice) :]
    else:
        at = _place(made, dice)
        del made[at : at + dice.choice((1, 2, 4, 8, 64))]


def _insert(made: bytearray, dice: random.Random) -> None:
    at = _place(made, dice)
    made[at:at] = dice.randbytes(dice.choice((1, 2, 4, 8, 64)))


def _copy(made: bytearray, dice: random.Random) -> None:
    size, source, target = dice.choice((4, 8, 32)), _place(made, dice), _place(made, dice)
    made[target : target + size] = made[source : source + size]


def _blank(made: bytearray, dice: random.Random) -> None:
    at, size = _place(made, dice), dice.choice((4, 8, 32))
    end = min(len(made), at + size)
    made[at:end] = bytes([dice.choice((0, 0xFF))]) * (end - at)


_MUTATIONS = (_flip, _flip, _byte, _byte, _number, _number, _number, _cut, _insert, _copy, _blank)


def damaged(case: int) -> tuple[str, bytes]:
    """Make the table of a case: its name, and its bytes."""
    name, data = _ORIGINALS[case % len(_ORIGINALS)]
    return name, mutated(data, random.Random(case))


_ORIGINALS = originals()


def _read(folder: Path, case: int) -> None:
    name, data = damaged(case)
    path = folder / name
    path.write_bytes(data)
    way = case // len(_ORIGINALS) % 3
    if way == 0:
        for items in open_dump(str(path), source="x"):
            items.batch.to_pylist()
        return
    corpus = open_corpus([str(path)])
    batches = [documents.batch for part in corpus.parts for documents in part.read()]
    rows = [row for batch in batches for row in batch.to_pylist()]
    if way == 2 and rows:
        _rewrite(corpus.files[0], folder / "made", rows)


def _rewrite(file: File, folder: Path, rows: list[dict[str, object]]) -> None:
    """Write a table again without its first row, and without a letter of its last."""
    first, last = rows[0], rows[-1]
    spans = {} if first["row"] == last["row"] else {last["row"]: {last["field"]: ((0, 1),)}}
    try:
        rewrite_file(file, folder / file.name, Removals(frozenset({first["row"]}), spans))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    serve(_read)
