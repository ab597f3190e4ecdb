"""The same rows in every format of datasets."""

import bz2
import csv
import gzip
import io
import json
import lzma
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pyarrow as pa
import pyarrow.feather as pf
import pyarrow.parquet as pq
import zstandard

from tests.protocols.corpus_writing import mds_shard, tar_of, tf_example, tfrecords

Rows = list[dict[str, str]]
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


def as_lines(rows: Rows) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_plain_lines(rows: Rows) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def as_array(rows: Rows) -> bytes:
    return json.dumps(rows, indent=1).encode()


def as_separated(rows: Rows, delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_parquet(rows: Rows, **options: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink, **options)
    return sink.getvalue()


def as_ipc(rows: Rows, opener: Callable[..., pa.ipc.RecordBatchFileWriter]) -> bytes:
    table = pa.Table.from_pylist(rows)
    sink = io.BytesIO()
    with opener(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


def as_feather(rows: Rows) -> bytes:
    sink = io.BytesIO()
    pf.write_feather(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def as_mds(rows: Rows) -> bytes:
    return mds_shard(rows, dict.fromkeys(rows[0], "str"))


def as_tfrecord(rows: Rows) -> bytes:
    return tfrecords(tf_example(row) for row in rows)


def as_samples(rows: Rows) -> bytes:
    return tar_of({f"{n:04}.json": json.dumps(row).encode() for n, row in enumerate(rows)})


def as_database(rows: Rows) -> bytes:
    names = ", ".join(rows[0])
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE posts ({names})")
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(
            f"INSERT INTO posts VALUES ({places})", [[*row.values()] for row in rows]
        )
        connection.commit()
        return connection.serialize()


def packed(write: Callable[[Rows], bytes], packer: str) -> Callable[[Rows], bytes]:
    return lambda rows: PACKERS[packer](write(rows))


FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "jsonl": as_lines,
    "ndjson": as_plain_lines,
    "json": as_array,
    "csv": as_separated,
    "tsv": lambda rows: as_separated(rows, "\t"),
    "parquet": as_parquet,
    "pq": lambda rows: as_parquet(rows, row_group_size=1),
    "arrow": lambda rows: as_ipc(rows, pa.ipc.new_file),
    "ipc": lambda rows: as_ipc(rows, pa.ipc.new_stream),
    "feather": as_feather,
    "mds": as_mds,
    "tfrecord": as_tfrecord,
    "tar": as_samples,
    "sqlite": as_database,
    "mds.zstd": packed(as_mds, "zst"),
    "tfrecord.gz": packed(as_tfrecord, "gz"),
    "tar.gz": packed(as_samples, "gz"),
    **{f"jsonl.{packer}": packed(as_lines, packer) for packer in PACKERS},
    **{f"json.{packer}": packed(as_array, packer) for packer in PACKERS},
    **{f"csv.{packer}": packed(as_separated, packer) for packer in PACKERS},
}
ROWS = [
    {"id": f"d{n}", "text": f"Text {n}: naïve, “quoted” 🎉\r\nof two lines; a\ttab", "url": f"u{n}"}
    for n in range(9)
]
