"""Limits of what may be reported: the least information of a match, by its size and its item's.

The information of a word is at most its surprisal in general language, whatever the corpus and the
registry contain (`information.language_only_counts`). So a match whose words have too little of it
is not reported in any corpus, and can be dropped while it is searched for.
"""

from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import Scalar, inlined
from provenance.jit.intrinsics import prefetch
from provenance.match.scoring.ngram_table import NO_CONTEXT, find_row, home_row, pair_key
from provenance.model.content.fingerprints import Int32s, UInt8s, UInt64s

SURPRISAL_SCALE = 64
"""Surprisal is measured in units of 1 / `SURPRISAL_SCALE` bit, rounded up."""

MAX_SURPRISAL = 16 * SURPRISAL_SCALE
"""Most surprisal of one word (`token_weights.MAX_WORD_BITS`)."""

TABLE_WORDS = 20
"""Words of an item and of a match that the tables distinguish; longer ones are alike."""

TABLE_QUARTERS = 4 * TABLE_WORDS

TABLE_BITS = 100
"""Bits of surprisal beyond which more of it changes nothing in short runs."""

EXTENSION_WORDS = 8
"""Most words, next to the shingles that a text shares with an item, that an alignment is expected
to add before the item is read."""

MAX_EXTENSION = 32 * SURPRISAL_SCALE
"""Most surprisal of these words; at most three quarters of that of the shingles' words."""

MIN_COPY_WORDS = 8
"""Least number of matched words of a copy."""

COPY_COVERAGE, COPY_RUN_TOKENS = 0.6, 12
"""Least share of the item that a copy matches, and tokens of a run that makes any match one."""

_LOWER_BITS, _UPPER_SHIFT = np.uint64(0xFFFF), np.uint64(16)
_ONE = np.uint64(1)


@dataclass(frozen=True, slots=True)
class ReportLimits:
    """Limits of what may be reported.

    Parameters
    ----------
    least_bits : ndarray of int32, shape (2, TABLE_QUARTERS + 1, TABLE_WORDS + 1, TABLE_WORDS + 1)
        Least surprisal of all matches of an item nearby in a text, by whether one of them begins
        the item, the item's length in quarters of a word, the words of the longest run, and all
        matched words, rounded up.
    longest_items : ndarray of uint8, shape (2, TABLE_WORDS + 1, TABLE_BITS + 1)
        Longest item, in quarters of a word, of which one run may be reported, by whether it begins
        the item, the words of the run and the bits of its surprisal; `TABLE_QUARTERS` for items of
        any length.
    surprisals : ndarray of uint64, shape (2 * 2**b,)
        Table (`ngram_table.build_table`) of words and pairs of words: the surprisal of the last in
        its lowest 16 bits; in the next 16, for a word, that of being followed by an unknown one.
    """

    least_bits: Int32s
    longest_items: UInt8s
    surprisals: UInt64s


NO_LIMITS = ReportLimits(
    np.zeros((0, TABLE_QUARTERS + 1, TABLE_WORDS + 1, TABLE_WORDS + 1), np.int32),
    np.zeros((0, TABLE_WORDS + 1, TABLE_BITS + 1), np.uint8),
    np.zeros(4, np.uint64),
)
"""Limits that every match exceeds."""


@inlined
def word_surprisal(table: UInt64s, token: Scalar) -> tuple[Scalar, Scalar]:
    """Return a word's surprisal, and that of its being followed by an unknown word."""
    key = pair_key(NO_CONTEXT, token)
    row = find_row(table, key)
    if table[row] != key:
        return np.int64(MAX_SURPRISAL), np.int64(0)
    value = table[row + _ONE]
    return np.int64(value & _LOWER_BITS), np.int64(value >> _UPPER_SHIFT)


@inlined
def next_surprisal(
    table: UInt64s, before: Scalar, token: Scalar, alone: Scalar, unknown: Scalar
) -> Scalar:
    """Return a word's surprisal after another one.

    `alone` is its own, and `unknown` that of an unknown word after the other one.
    """
    key = pair_key(before, token)
    row = find_row(table, key)
    if table[row] == key:
        return np.int64(table[row + _ONE] & _LOWER_BITS)
    return min(alone + unknown, np.int64(MAX_SURPRISAL))


@inlined
def prefetch_surprisals(table: UInt64s, before: Scalar, token: Scalar) -> None:
    """Prefetch the rows of a word, and of the pair of words that it ends."""
    prefetch(table, home_row(table, pair_key(NO_CONTEXT, token)))
    prefetch(table, home_row(table, pair_key(before, token)))


@inlined
def extension_surprisal(surprisal: Scalar) -> Scalar:
    """Return the most surprisal that an alignment is expected to add to runs."""
    return min(3 * surprisal // 4, np.int64(MAX_EXTENSION))


MOST_OF_ITEM = 0.8
"""Share of an item, or of a text, that counts as most of it."""


@inlined
def is_first_line(first_line: Scalar, text_size: Scalar) -> Scalar:
    """Return whether a text may be the first line of an item, and little else."""
    return (
        first_line > 0
        and MOST_OF_ITEM * first_line <= text_size
        and MOST_OF_ITEM * text_size <= first_line
    )


@inlined
def compared_size(sizes: UInt8s, item: Scalar, text_size: Scalar, size: Scalar) -> Scalar:
    """Return the tokens of an item of `size` tokens with which its match in a text is compared.

    They are those of its first line in a text that may be that and nothing else: a title is an item
    in itself. `sizes` is `RegistryArrays.item_sizes`.
    """
    first_line = np.int64(sizes[np.uint64(item), 1])
    return first_line if is_first_line(first_line, text_size) else np.int64(size)


@inlined
def item_quarters(size: Scalar, weight: Scalar, tokens: Scalar) -> Scalar:
    """Return the length of an item in quarters of a word, if all of it weighs as some tokens do."""
    return size * weight // tokens


@inlined
def is_reportable(  # noqa: PLR0913 (figures of an item, and of its matches)
    least_bits: Int32s,
    starts_item: Scalar,
    quarters: Scalar,
    runs: tuple[Scalar, Scalar, Scalar],
    surprisal: Scalar,
    extra_words: Scalar,
    has_stops: Scalar,
) -> Scalar:
    """Return whether matches of an item nearby in a text may be reported, or counts as its copy.

    Parameters
    ----------
    least_bits : ndarray of int32
        As `ReportLimits.least_bits`.
    starts_item : bool
        Whether one of them begins the item.
    quarters : int
        Length of the item, in quarters of a word.
    runs : (int, int, int)
        Quarters of a word of the longest run; tokens of the longest; quarters of all together.
    surprisal : int
        That of all words together.
    extra_words : int
        Words that may be matched beyond the runs.
    has_stops : bool
        Whether stop shingles, which do not count, may be in the runs.
    """
    heaviest, longest, weight = runs
    if longest >= COPY_RUN_TOKENS or (
        weight >= 4 * MIN_COPY_WORDS and weight >= COPY_COVERAGE * quarters
    ):
        return True
    starts, run_words = np.uint64(starts_item), np.uint64(min((heaviest + 3) // 4, TABLE_WORDS))
    words = np.uint64(min((weight + 3) // 4 + extra_words, TABLE_WORDS))
    at = min(quarters, TABLE_QUARTERS)
    may_be_reported = least_bits[starts, np.uint64(at), run_words, words] <= surprisal
    if has_stops:
        for shorter in range(max(quarters - weight, 0), at):
            may_be_reported |= least_bits[starts, np.uint64(shorter), run_words, words] <= surprisal
    return may_be_reported
