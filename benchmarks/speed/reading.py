"""Texts of a Parquet file, for workers: the same first megabytes for whoever asks."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model import Texts

SLICE = 1 << 21
"""Bytes of text that a check fingerprints at a time."""


def first_texts(file: str, megabytes: float | None = None) -> pa.Array:
    """Read texts from the beginning, all or until they make so many megabytes."""
    texts = pq.read_table(file, columns=["text"])["text"].cast(pa.large_string()).combine_chunks()
    if megabytes is None:
        return texts
    ends = np.frombuffer(texts.buffers()[1], np.int64)[1 : len(texts) + 1]
    return texts.slice(0, 1 + int(np.searchsorted(ends, megabytes * 1e6)))


def size_of(texts: pa.Array) -> int:
    """Give the bytes of texts."""
    offsets = Texts.of(texts).offsets
    return int(offsets[-1] - offsets[0])


def slices(texts: pa.Array) -> list[Texts]:
    """Cut texts as a check cuts them."""
    whole = Texts.of(texts)
    marks = np.arange(int(whole.offsets[0]), int(whole.offsets[-1]), SLICE)
    bounds = sorted({*np.searchsorted(whole.offsets, marks).tolist(), len(texts)})
    return [Texts(whole.data, whole.offsets[first : last + 1]) for first, last in pairwise(bounds)]
