"""The shipped background of what everybody quotes, built by `benchmarks/build_background.py`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from blake3 import blake3

from provenance.model.content.fingerprints import Int64s, UInt32s

SCHEMA = pa.schema(
    [
        ("item", pa.string()),  # the title of the work
        ("source", pa.string()),  # the licence
        ("origin", pa.string()),  # the package that it is from
        ("words", pa.binary()),  # places in the vocabulary, as little-endian 16-bit numbers
    ]
)
"""One row for each piece of a work."""


@dataclass(frozen=True, slots=True)
class CommonBackground:
    """Pieces of works that are often quoted.

    Parameters
    ----------
    version : str
        Year and month in which its texts were chosen.
    digest : str
        Of its content.
    normalisation : int
        Version of the rules that its words were hashed by.
    pieces : pyarrow.Table
        `item`, `source` and `origin` of each piece.
    tokens : ndarray of uint32
        Tokens of all pieces.
    offsets : ndarray of int64, shape (pieces + 1,)
        Tokens of piece `i` are ``tokens[offsets[i]:offsets[i + 1]]``.
    """

    version: str
    digest: str
    normalisation: int
    pieces: pa.Table
    tokens: UInt32s
    offsets: Int64s


@cache
def load_common_background() -> CommonBackground:
    """Load the shipped background."""
    data = (files("provenance") / "read" / "common_background.parquet").read_bytes()
    table = pq.ParquetFile(pa.BufferReader(data)).read()
    metadata = table.schema.metadata
    words = table["words"].combine_chunks()
    _, places, numbers = words.buffers()
    offsets = np.frombuffer(places, np.int32)[: len(words) + 1].astype(np.int64) // 2
    vocabulary = np.zeros(1 << 16, np.uint32)  # the last one stands for the words left out
    known = np.frombuffer(metadata[b"vocabulary"], "<u4")
    vocabulary[: len(known)] = known
    return CommonBackground(
        metadata[b"version"].decode(),
        blake3(data).hexdigest(),
        int(metadata[b"normalisation"]),
        table.drop(["words"]),
        vocabulary[np.frombuffer(numbers, "<u2")[: offsets[-1]]],
        offsets,
    )
