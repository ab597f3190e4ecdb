"""Tokens counted as words: a character that is a token of its own is a part of one."""

import numpy as np

from provenance.jit.decorators import kernel
from provenance.jit.intrinsics import fetch
from provenance.match.everybody import weight_of
from provenance.model import Floats, Int32s, Int64s, UInt32s

_AHEAD = 16  # candidates


def words_of(items: UInt32s, registry: tuple[UInt32s, Int64s]) -> Floats:
    """Count the words of some items; of a registry: tokens and offsets."""
    words = np.zeros(len(items))
    _add_words(items, registry, words)
    return words


@kernel
def _add_words(items: UInt32s, registry: tuple[UInt32s, Int64s], words: Floats) -> None:
    tokens, offsets = registry
    for row in range(len(items)):
        fetch(tokens, offsets[items[min(row + _AHEAD, len(items) - 1)]])
        for place in range(offsets[items[row]], offsets[items[row] + 1]):
            words[row] += weight_of(tokens[place]) / 4


def matched_words(
    candidates: tuple[UInt32s, Int64s, Int32s], registry: tuple[UInt32s, Int64s]
) -> Floats:
    """Count the words of their items that candidates match: items, run offsets and runs."""
    words = np.zeros(len(candidates[0]))
    _add_matched(candidates, registry, words)
    return words


@kernel
def _add_matched(
    candidates: tuple[UInt32s, Int64s, Int32s], registry: tuple[UInt32s, Int64s], words: Floats
) -> None:
    items, run_offsets, runs = candidates
    tokens, offsets = registry
    for candidate in range(len(items)):
        ahead = min(candidate + _AHEAD, len(items) - 1)
        fetch(tokens, offsets[items[ahead]] + runs[run_offsets[ahead], 0])
        for run in range(run_offsets[candidate], run_offsets[candidate + 1]):
            at = offsets[items[candidate]] + runs[run, 0]
            for place in range(at, at + runs[run, 2]):
                words[candidate] += weight_of(tokens[place]) / 4
