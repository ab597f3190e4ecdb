"""Texts that have more hits than memory has room for, in several goes."""

from collections.abc import Iterator

import numpy as np

from provenance.match.candidates.seed_hits import COMMON
from provenance.match.candidates.seeds import EARLIEST
from provenance.match.index.probe import Held
from provenance.model import Int64s


def bounded(found: Held, most: int) -> Iterator[tuple[int, Held]]:
    """Part seeds so that no text has more than `most` hits at a time.

    Parameters
    ----------
    found : Held
        Seeds of texts.
    most : int
        Hits, counted as if none was a stray.

    Yields
    ------
    int
        The first text.
    Held
        Seeds of texts from that one on: of several, or some of those of one.
    """
    counts = np.diff(found.offsets)
    first = 0
    for text in np.flatnonzero(counts * COMMON > most).tolist():
        begin, end = int(found.offsets[text]), int(found.offsets[text + 1])
        sharing = found.lasts[begin:end] - found.firsts[begin:end]
        hits = np.cumsum(np.where(sharing > COMMON, EARLIEST, sharing))
        if hits[-1] <= most:
            continue
        if first < text:
            yield first, _between(found, found.offsets[first : text + 1])
        for at in _cuts(hits, most):
            yield text, _between(found, begin + at)
        first = text + 1
    if first < len(counts) or not len(counts):
        yield first, _between(found, found.offsets[first:])


def _cuts(hits: Int64s, most: int) -> Iterator[Int64s]:
    """Give bounds of stretches of seeds that have up to `most` hits each, counted cumulatively."""
    begin = 0
    while begin < len(hits):
        before = int(hits[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(hits, before + most, "right")))
        yield np.array([begin, end])
        begin = end


def _between(found: Held, offsets: Int64s) -> Held:
    own = slice(int(offsets[0]), int(offsets[-1]))
    return Held(found.places[own], found.firsts[own], found.lasts[own], offsets - offsets[0])
