"""Inputs that are small on disk and large in memory, each made in a folder of its own."""

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import zstandard

MB = b"some words " * (10**6 // 11)
VALUE = "lorem ipsum " * 80_000
PHRASE = (
    "the quarterly report of the lighthouse committee mentions seventeen unusual foghorns "
    "beside the harbour wall "
)

Bomb = Callable[[Path, int], Path]
"""Makes a bomb in a folder, of about so many megabytes in memory, and gives its path."""
BOMBS: dict[str, Bomb] = {}


def bomb(make: Bomb) -> Bomb:
    BOMBS[make.__name__] = make
    return make


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


def _endless(path: Path, size: int, begun: bytes, compression: str = "") -> Path:
    compress = COMPRESSIONS[compression]
    piece = compress(MB)
    with path.open("wb") as sink:
        sink.write(compress(begun))
        for _ in range(size):
            sink.write(piece)
    return path


@bomb
def an_endless_line_in_zstd(folder, size):
    return _endless(folder / "rows.jsonl.zst", size, b'{"text": "', "zst")


@bomb
def an_endless_line_in_gzip(folder, size):
    return _endless(folder / "rows.jsonl.gz", size, b'{"text": "', "gz")


@bomb
def an_endless_string_in_bzip2(folder, size):
    return _endless(folder / "rows.json.bz2", size, b'[{"text": "', "bz2")


@bomb
def an_endless_cell_in_xz(folder, size):
    return _endless(folder / "rows.csv.xz", size, b'text,id\n"', "xz")


@bomb
def an_endless_text(folder, size):
    return _endless(folder / "book.txt", size, b"")


@bomb
def an_endless_line_in_a_zip(folder, size):
    path = folder / "rows.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _endless(folder / "rows.jsonl", size, b'{"text": "')
        archive.write(folder / "rows.jsonl", "rows.jsonl")
    (folder / "rows.jsonl").unlink()
    return path


@bomb
def an_unclosed_quotation_mark(folder, size):
    path = folder / "rows.csv"
    path.write_bytes(b'text,id\na few words,1\n"' + b"words, and more of them\n" * (size * 41_666))
    return path


@bomb
def a_row_of_empty_lists(folder, size):
    path = folder / "rows.jsonl"
    path.write_bytes(b'{"text": [' + b"[]," * (size * 10_000) + b"[]]}\n")
    return path


@bomb
def an_element_of_empty_objects(folder, size):
    path = folder / "rows.json"
    path.write_bytes(b'[{"text": [' + b"{}," * (size * 10_000) + b"{}]}]")
    return path


@bomb
def a_row_of_very_many_members(folder, size):
    path = folder / "rows.jsonl"
    members = b",".join(b'"%x": 1' % number for number in range(size * 5_000))
    path.write_bytes(b'{"text": "a few words", ' + members + b"}\n")
    return path


def _repeated(rows: int) -> pa.Array:
    places = pa.array(np.zeros(rows, np.int32))
    return pa.DictionaryArray.from_arrays(places, pa.array([VALUE, "other words"]))


@bomb
def a_dictionary_in_parquet(folder, size):
    table = pa.table({"text": _repeated(size)})
    path = folder / "rows.parquet"
    pq.write_table(table, path, store_schema=False, compression="zstd")
    return path


@bomb
def a_dictionary_within_lists_in_parquet(folder, size):
    content = _repeated(size // 2 * 2)
    turns = pa.StructArray.from_arrays([content, content], ["content", "role"])
    offsets = pa.array(np.arange(0, len(content) + 1, 2), pa.int32())
    table = pa.table({"messages": pa.ListArray.from_arrays(offsets, turns)})
    path = folder / "rows.parquet"
    pq.write_table(table, path, store_schema=False, compression="zstd")
    return path


@bomb
def a_list_of_very_many_strings_in_parquet(folder, size):
    count = size * 60_000
    places = pa.array(np.zeros(count, np.int8))
    texts = pa.DictionaryArray.from_arrays(places, pa.array(["a", "b"]))
    offsets = pa.array([0, count], pa.int32())
    table = pa.table({"text": pa.ListArray.from_arrays(offsets, texts.cast(pa.string()))})
    path = folder / "rows.parquet"
    pq.write_table(table, path, compression="zstd")
    return path


@bomb
def a_long_value_in_parquet(folder, size):
    texts = pa.array(["a few words", "x " * (size * 500_000)], pa.large_string())
    path = folder / "rows.parquet"
    pq.write_table(pa.table({"text": texts}), path, use_dictionary=False, compression="zstd")
    return path


@bomb
def a_dictionary_in_arrow(folder, size):
    table = pa.table({"text": _repeated(size)})
    path = folder / "rows.arrow"
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    return path


@bomb
def runs_of_one_value_in_arrow(folder, size):
    ends, values = pa.array([size], pa.int32()), pa.array([6 * VALUE])
    return _written_to_arrow(folder, pa.RunEndEncodedArray.from_arrays(ends, values))


@bomb
def views_of_one_list_in_arrow(folder, size):
    offsets, sizes = (pa.array([number] * size, pa.int32()) for number in (0, 1))
    lists = pa.ListViewArray.from_arrays(offsets, sizes, pa.array([6 * VALUE]))
    return _written_to_arrow(folder, lists)


def _written_to_arrow(folder, texts):
    batch = pa.record_batch({"text": texts})
    path = folder / "rows.arrow"
    with pa.ipc.new_stream(path, batch.schema) as writer:
        writer.write_batch(batch)
    return path


@bomb
def views_of_one_value_in_arrow(folder, size):
    value = np.array([len(VALUE), int.from_bytes(VALUE[:4].encode(), "little"), 0, 0], np.int32)
    views = pa.py_buffer(np.tile(value, size))
    buffers = [None, views, pa.py_buffer(VALUE.encode())]
    return _written_to_arrow(folder, pa.Array.from_buffers(pa.string_view(), size, buffers))


@bomb
def a_compressed_batch_in_arrow(folder, size):
    texts = pa.array(["a few words", "x " * (size * 500_000)], pa.large_string())
    batch = pa.record_batch({"text": texts})
    path = folder / "rows.arrow"
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(path, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    return path


@bomb
def addresses_of_very_many_labels(folder, size):
    path = folder / "rows.jsonl"
    row = {"text": "a few words about lighthouses", "url": f"https://{'a.' * 100_000}com/x"}
    path.write_text(json.dumps(row) + "\n")
    return path


@bomb
def a_text_that_repeats_a_phrase(folder, size):
    path = folder / "rows.jsonl"
    path.write_text(json.dumps({"text": PHRASE * (size * 10**6 // 30 // len(PHRASE))}) + "\n")
    return path
