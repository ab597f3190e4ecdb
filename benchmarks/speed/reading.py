"""Read the first texts of a Parquet file, for workers."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model.content.fingerprints import Texts

SLICE = 1 << 21
"""Bytes of text that a check fingerprints at a time."""


def first_texts(file: str, megabytes: float | None = None) -> pa.Array:
    """Read the first texts, up to a number of megabytes; None reads all."""
    texts = pq.read_table(file, columns=["text"])["text"].cast(pa.large_string()).combine_chunks()
    if megabytes is None:
        return texts
    ends = np.frombuffer(texts.buffers()[1], np.int64)[1 : len(texts) + 1]
    return texts.slice(0, 1 + int(np.searchsorted(ends, megabytes * 1e6)))


def size_of(texts: pa.Array) -> int:
    """Return the size of texts in bytes."""
    offsets = Texts.of(texts).offsets
    return int(offsets[-1] - offsets[0])


def slices(texts: pa.Array) -> list[Texts]:
    """Split texts into slices as a check does."""
    all_texts = Texts.of(texts)
    marks = np.arange(int(all_texts.offsets[0]), int(all_texts.offsets[-1]), SLICE)
    bounds = sorted({*np.searchsorted(all_texts.offsets, marks).tolist(), len(texts)})
    return [
        Texts(all_texts.data, all_texts.offsets[first : last + 1])
        for first, last in pairwise(bounds)
    ]
