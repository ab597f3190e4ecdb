"""The shipped background of what everybody quotes, built by `benchmarks/build_background.py`."""

from dataclasses import dataclass
from functools import cache, cached_property
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
        ("length", pa.int32()),  # in words
        ("words", pa.binary()),  # places in the vocabulary, as little-endian 16-bit numbers
    ]
)
"""One row for each piece of a work."""


@dataclass(frozen=True, eq=False)
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
    offsets : ndarray of int64, shape (pieces + 1,)
        Tokens of piece `i` are ``tokens[offsets[i]:offsets[i + 1]]``.
    data : bytes
        The file.
    """

    version: str
    digest: str
    normalisation: int
    pieces: pa.Table
    offsets: Int64s
    data: bytes

    @cached_property
    def tokens(self) -> UInt32s:
        """Tokens of all pieces; decoded when they are first used, as most checks quote nobody."""
        file = pq.ParquetFile(pa.BufferReader(self.data))  # its own, for several threads
        _, _, numbers = file.read(["words"])["words"].combine_chunks().buffers()
        vocabulary = np.zeros(1 << 16, np.uint32)  # the last one stands for the words left out
        known = np.frombuffer(file.schema_arrow.metadata[b"vocabulary"], "<u4")
        vocabulary[: len(known)] = known
        return np.asarray(vocabulary[np.frombuffer(numbers, "<u2")[: self.offsets[-1]]])


@cache
def load_common_background() -> CommonBackground:
    """Load the shipped background."""
    data = (files("provenance") / "read" / "common_background.parquet").read_bytes()
    file = pq.ParquetFile(pa.BufferReader(data))
    pieces = file.read(["item", "source", "origin", "length"], use_threads=False)
    lengths = pieces["length"].to_numpy()
    metadata = file.schema_arrow.metadata
    return CommonBackground(
        metadata[b"version"].decode(),
        blake3(data).hexdigest(),
        int(metadata[b"normalisation"]),
        pieces.drop(["length"]),
        np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
        data,
    )
