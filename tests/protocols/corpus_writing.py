"""Writers of formats of datasets whose libraries are not needed to read them."""

import io
import json
import struct
import tarfile
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

_ENCODERS = {
    "str": str.encode,
    "json": lambda value: json.dumps(value).encode(),
    "int": lambda value: struct.pack("<q", value),
}
_SIZES = {"int": 8}


def mds_shard(rows: list[dict[str, Any]], encodings: Mapping[str, str]) -> bytes:
    """Return a shard as MosaicML Streaming writes it, with its columns in order of their names."""
    columns = sorted(encodings.items())
    samples = []
    for row in rows:
        values = [_ENCODERS.get(encoding, bytes)(row[name]) for name, encoding in columns]
        sizes = [len(v) for v, (_, kind) in zip(values, columns, strict=True) if kind not in _SIZES]
        samples.append(np.array(sizes, "<u4").tobytes() + b"".join(values))
    header = json.dumps(
        {
            "column_encodings": [encoding for _, encoding in columns],
            "column_names": [name for name, _ in columns],
            "column_sizes": [_SIZES.get(encoding) for _, encoding in columns],
            "compression": None,
            "format": "mds",
            "hashes": [],
            "size_limit": 1 << 26,
        }
    ).encode()
    start = 4 + 4 * (len(samples) + 1) + len(header)
    offsets = np.cumsum([start, *map(len, samples)]).astype("<u4")
    return struct.pack("<I", len(samples)) + offsets.tobytes() + header + b"".join(samples)


def mds_index(names: list[str], compression: str | None = None) -> bytes:
    """Return the index.json of shards with these names."""
    shards = [
        {
            "format": "mds",
            "compression": compression,
            "raw_data": {"basename": name},
            "zip_data": {"basename": f"{name}.{compression}"} if compression else None,
        }
        for name in names
    ]
    return json.dumps({"version": 2, "shards": shards}).encode()


def tfrecords(examples: Iterable[bytes]) -> bytes:
    """Return a TFRecord file; the checksums, which are not verified, are zero."""
    return b"".join(struct.pack("<Q", len(data)) + bytes(4) + data + bytes(4) for data in examples)


def tf_example(row: Mapping[str, str | bytes | list[int]]) -> bytes:
    """Return a `tf.train.Example`."""
    return _field(1, b"".join(_field(1, _entry(name, value)) for name, value in row.items()))


def _entry(name: str, value: str | bytes | list[int]) -> bytes:
    if isinstance(value, str | bytes):
        feature = _field(1, _field(1, value.encode() if isinstance(value, str) else value))
    else:
        feature = _field(3, _field(1, b"".join(map(_varint, value))))
    return _field(1, name.encode()) + _field(2, feature)


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    data = b""
    while number > 0x7F:
        data += bytes([number & 0x7F | 0x80])
        number >>= 7
    return data + bytes([number])


def tar_of(files: Mapping[str, bytes]) -> bytes:
    """Return a tar archive."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return sink.getvalue()
