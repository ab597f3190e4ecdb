"""model.parquet: the corpus model, which later checks can score matches with."""

import json
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model.content.fingerprints import Int64s, UInt32s
from provenance.model.results.corpus_model import CorpusModel

FILE_NAME = "model.parquet"

_FORMAT = "provenance/model/2"
_KEY = b"provenance"
_COPY = pa.struct([("registry", pa.int32()), ("item", pa.uint32())])
_SCHEMA = pa.schema(
    [
        pa.field("passage", pa.uint64(), nullable=False),
        pa.field("tokens", pa.large_binary(), nullable=False),
        pa.field("copies", pa.large_list(_COPY), nullable=False),
        pa.field("words", pa.large_list(pa.uint32()), nullable=False),
    ]
)
"""One row per sampled passage: its hash, its words as indices, and the items that it copies, each
as the number of its registry and its number there. The first row also has the hashes of all words,
in the order of their indices.

Indices are little-endian with two bytes if possible, else four, in a binary column: lists of
numbers take Parquet four times as long to write.
"""


def write_model(model: CorpusModel, path: Path) -> None:
    """Write a model, compressed.

    Parameters
    ----------
    model : CorpusModel
        The model.
    path : Path
        The file to write.
    """
    counts = np.bincount(model.copied[:, 0], minlength=len(model.hashes))
    copies = pa.StructArray.from_arrays(
        [model.copied[:, 1].astype(np.int32), model.copied[:, 2].astype(np.uint32)],
        fields=list(_COPY),
    )
    metadata = {
        "format": _FORMAT,
        "normalisation": model.normalisation,
        "language": model.language,
        "bound": str(model.bound),
        "registries": model.registries,
        "digest": model.digest,
    }
    columns = [
        pa.array(model.hashes, pa.uint64()),
        *_word_indices(model),
        pa.LargeListArray.from_arrays(_offsets(counts), copies),
    ]
    names = ("passage", "tokens", "words", "copies")
    schema = _SCHEMA.with_metadata({_KEY: json.dumps(metadata)})
    table = pa.Table.from_arrays(columns, names=names).select(schema.names).cast(schema)
    with pa.OSFile(os.fsencode(path), "wb") as sink:
        pq.write_table(
            table, sink, compression="zstd", use_dictionary=False, write_statistics=False
        )


def _word_indices(model: CorpusModel) -> tuple[pa.LargeBinaryArray, pa.LargeListArray]:
    """Return the words of each passage as indices, and the hashes of all words in the first row."""
    word_codes = pa.array(model.tokens, pa.uint32()).dictionary_encode()
    kind, rows = _kind_of(len(word_codes.dictionary)), len(model.hashes)
    numbers = np.ascontiguousarray(word_codes.indices.to_numpy(), kind)
    places = np.ascontiguousarray(model.offsets * kind.itemsize, np.int64)
    buffers = [None, pa.py_buffer(places), pa.py_buffer(numbers)]
    counts = np.zeros(rows, np.int64)
    counts[:1] = len(word_codes.dictionary)
    return (
        pa.Array.from_buffers(pa.large_binary(), rows, buffers),
        pa.LargeListArray.from_arrays(_offsets(counts), word_codes.dictionary),
    )


def _kind_of(words: int) -> "np.dtype[Any]":
    """Return the type of the indices for a number of words."""
    return np.dtype("<u2" if words <= 1 << 16 else "<u4")


def _offsets(counts: Int64s) -> Int64s:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def read_model(source: BinaryIO | Path) -> CorpusModel:
    """Read a model.

    Parameters
    ----------
    source : binary stream or Path
        Written by `write_model`.

    Raises
    ------
    OSError, ValueError, LookupError, TypeError or pyarrow.ArrowException
        If the file is missing, damaged or altered.
    """
    table = pq.ParquetFile(source).read()
    metadata = json.loads((table.schema.metadata or {})[_KEY])
    if metadata["format"] != _FORMAT:
        raise ValueError(f"its format is {metadata['format']!r}, not {_FORMAT!r}")
    table = table.cast(_SCHEMA).combine_chunks()
    copies = _single_array(table["copies"])
    tokens, offsets = _words_of(
        _single_array(table["tokens"]), _single_array(table["words"]).flatten().to_numpy()
    )
    pairs = copies.flatten()
    passages = np.repeat(np.arange(len(table)), np.diff(copies.offsets.to_numpy()))
    numbers = [pairs.field(name).to_numpy().astype(np.int64) for name in ("registry", "item")]
    model = CorpusModel(
        normalisation=str(metadata["normalisation"]),
        language=str(metadata["language"]),
        bound=int(metadata["bound"]),
        hashes=table["passage"].to_numpy(),
        tokens=tokens,
        offsets=offsets,
        registries=tuple(map(str, metadata["registries"])),
        copied=np.stack([passages.astype(np.int64), *numbers], axis=1),
    )
    if model.digest != str(metadata["digest"]):
        raise ValueError("its digest does not match: it was altered")
    return model


def _words_of(indices: pa.LargeBinaryArray, words: UInt32s) -> tuple[UInt32s, Int64s]:
    """Return the hashes of the words from their indices, and the offsets of the passages."""
    kind, rows = _kind_of(len(words)), len(indices)
    if not rows:  # such an array need not have offsets
        return words, np.zeros(1, np.int64)
    _, places, data = indices.buffers()
    offsets = np.frombuffer(places, np.int64, rows + 1, 8 * indices.offset) // kind.itemsize
    numbers = np.frombuffer(data, kind)[offsets[0] : offsets[-1]]
    return words[numbers], offsets - offsets[0]


def _single_array(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
