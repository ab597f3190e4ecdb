"""A corpus made of texts in memory or in a registry."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from provenance.model.content.tables import DOCUMENTS, Documents
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.corpus_parts import Part
from provenance.registry.store import Registry

_BATCH_CHARACTERS = 8 << 20  # characters
_GROUP_ITEMS = 4096  # items of a registry


def corpus_from_texts(texts: Sequence[str]) -> Corpus:
    """Return texts as a corpus, one document each, in order."""
    parts: list[Part] = []
    first = size = 0
    for place, text in enumerate(texts):
        size += len(text)
        if size >= _BATCH_CHARACTERS or place == len(texts) - 1:
            part_texts = texts[first : place + 1]
            parts.append(_make_part(partial(list, part_texts), first, size, len(parts)))
            first, size = place + 1, 0
    return Corpus((), tuple(parts), ("text",), ())


def corpus_from_registry(registry: Registry) -> Corpus:
    """Return the texts of a registry as a corpus, read in groups."""
    count = registry.manifest.items

    def read(first: int) -> Callable[[], list[str]]:
        numbers = np.arange(first, min(first + _GROUP_ITEMS, count), dtype=np.uint32)
        return lambda: [text or "" for text in registry.texts(numbers)]

    firsts = range(0, count, _GROUP_ITEMS)
    parts = tuple(_make_part(read(first), first, 0, place) for place, first in enumerate(firsts))
    return Corpus((), parts, ("text",), ())


def _make_part(texts: Callable[[], Sequence[str]], first: int, size: int, index: int) -> Part:
    def read() -> Iterator[Documents]:
        yield Documents(_make_batch(texts(), first))

    return Part("in memory", size, read, ("text",), index=index)


def _make_batch(texts: Sequence[str], first: int) -> pa.RecordBatch:
    count = len(texts)
    numbers = pa.array(range(first, first + count), pa.int64())
    columns = [
        numbers.cast(pa.string()),
        pa.repeat(pa.scalar("in memory", pa.string()), count),
        numbers,
        pa.repeat(pa.scalar("text", pa.string()), count),
        pa.array(texts, pa.large_string()),
    ]
    columns += [pa.nulls(count, field.type) for field in list(DOCUMENTS)[len(columns) :]]
    return pa.record_batch(columns, schema=DOCUMENTS)
