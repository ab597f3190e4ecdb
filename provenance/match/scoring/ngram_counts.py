"""Counts of the n-grams that candidates matched, in the corpus and in the registry.

Only n-grams of candidates are counted, exactly, in one pass over the token arrays in memory. There
are so few distinct tokens that a table of them stays in the L2 cache. There are many bigrams
and trigrams: those that may be wanted are partitioned by hash, and counted one partition at a time,
in a table that fits into the L2 cache too.
"""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part
from provenance.jit.intrinsics import prefetch, trailing_zeros
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.bitmap_filter import LANES, build_bitmap, may_contain
from provenance.match.scoring.key_partitions import (
    KeyPartitions,
    allocate_partitions,
    append_key,
    clear_partitions,
    count_keys,
    has_room,
    last_chunk,
    partition_of,
    previous_chunk,
)
from provenance.match.scoring.ngram_table import (
    HASH_MULTIPLIER,
    NO_CONTEXT,
    double_table,
    find_row,
    home_row,
    pair_key,
    triple_key,
)
from provenance.model.content.fingerprints import Int32s, Int64s, UInt8s, UInt32s, UInt64s

_ONE, _TWO = np.uint64(1), np.uint64(2)
_BITS_PER_KEY, _BITS_PER_KEY_IN_CACHE = 4, 16
"""Bits of the bitmap for each key: one in six of the other keys passes. If the larger bitmap still
fits into the L2 cache, the second number applies, and one in twenty passes."""

CACHE_BYTES = 1 << 18
"""Size in bytes of a small L2 cache."""

_INITIAL_WORD_ROWS = 1 << 11
_KEYS_PER_PARTITION, _MAX_PARTITION_BITS = 1 << 13, 10


@dataclass(frozen=True, slots=True)
class NgramVocabulary:
    """The unigrams, bigrams and trigrams that candidates matched.

    Parameters
    ----------
    words : ndarray of uint64, shape (2 * 2**a,)
        Table (`ngram_table`) of the unigrams, which take at most a quarter of its rows.
    wanted : KeyPartitions
        Keys of bigrams and trigrams, once for each match, with their index in `counts`.
    bitmap : ndarray of uint8, shape (2**c,)
        Bitmap of hashed keys, to skip what is not wanted.
    counts : ndarray of uint64, shape (2 * m,)
        For each matched token, the counts of the bigram that ends there, and of the trigram.
    """

    words: UInt64s
    wanted: KeyPartitions
    bitmap: UInt8s
    counts: UInt64s

    @property
    def partition_bits(self) -> int:
        """Upper bits of a hash that select its partition."""
        return int(self.wanted.ends.shape[1]).bit_length() - 1


def collect_vocabulary(
    candidates: Candidates, tokens: UInt32s, offsets: Int64s, threads: int = 1
) -> NgramVocabulary:
    """Collect the n-grams that candidates matched.

    Parameters
    ----------
    candidates : Candidates
        Matches with items of one registry.
    tokens, offsets : ndarray
        That registry's tokens, as in `RegistryArrays`.
    threads : int
        Number of threads.
    """
    of_runs = np.repeat(candidates.items, np.diff(candidates.run_offsets))
    starts, sizes = offsets[of_runs] + candidates.runs[:, 0], candidates.runs[:, 2].copy()
    ends = np.cumsum(sizes, dtype=np.int64)
    parts = _split_runs(ends, threads)
    keys = np.maximum(sizes - 1, 0) + np.maximum(sizes - 2, 0)
    each = [int(keys[part].sum()) for part in parts]
    total = sum(each)
    bits = min(max(total // _KEYS_PER_PARTITION, 1).bit_length() - 1, _MAX_PARTITION_BITS)
    wanted = allocate_partitions(max(each), threads, bits, has_places=True)
    size = max(total * _BITS_PER_KEY, min(total * _BITS_PER_KEY_IN_CACHE, 8 * CACHE_BYTES)) // 8
    bitmap = np.zeros(1 << max(size, 1).bit_length(), np.uint8)

    def collect_part(thread: int) -> None:
        part = parts[thread]
        _collect_ngrams(tokens, (starts[part], sizes[part], ends[part]), wanted, thread)

    with ThreadPoolExecutor(threads) as pool:
        words = pool.submit(_collect_words, tokens, starts, sizes)
        list(pool.map(collect_part, range(threads)))
        for_partitions(
            pool, lambda first, end: _fill_bitmap(wanted, first, end, bitmap), threads, wanted
        )
    counts = np.zeros(2 * int(sizes.sum()), np.uint64)
    return NgramVocabulary(words.result(), wanted, bitmap, counts)


def _split_runs(ends: Int64s, parts: int) -> list[slice]:
    """Split runs into parts of nearly equal numbers of tokens."""
    total = ends[-1] if len(ends) else 0
    cuts = np.searchsorted(ends, total * np.arange(1, parts) / parts).tolist()
    return [slice(low, high) for low, high in pairwise([0, *cuts, len(ends)])]


def for_partitions(
    pool: Executor, work: Callable[[int, int], None], threads: int, partitions: KeyPartitions
) -> None:
    """Call `work` on each thread with a range of partitions: the first, and their end."""
    bounds = np.linspace(0, partitions.ends.shape[1], threads + 1).astype(np.int64).tolist()
    list(pool.map(work, bounds[:-1], bounds[1:]))


@kernel
def _collect_words(tokens: UInt32s, starts: Int64s, sizes: Int32s) -> UInt64s:
    """Return a table of the unigrams of runs."""
    words, word_count = np.zeros(2 * _INITIAL_WORD_ROWS, np.uint64), np.int64(0)
    for run in range(len(starts)):
        for place in range(starts[run], starts[run] + sizes[run]):
            token = tokens[np.uint64(place)]
            key = pair_key(NO_CONTEXT, token)
            row = find_row(words, key)
            if words[row] == key:
                continue
            words[row] = key
            word_count += 1
            if 8 * word_count > len(words):
                words = double_table(words)
    return words


@kernel
def _collect_ngrams(
    tokens: UInt32s, runs: tuple[Int64s, Int32s, Int64s], wanted: KeyPartitions, thread: Scalar
) -> None:
    """Partition the bigrams and trigrams of runs, each with the index of its count."""
    starts, sizes, ends = runs
    clear_partitions(wanted, thread)
    for run in range(len(starts)):
        place = 2 * (ends[run] - sizes[run])
        for at in range(starts[run] + 1, starts[run] + sizes[run]):
            token, before = tokens[np.uint64(at)], tokens[np.uint64(at - 1)]
            place += 2
            _append_placed(wanted, thread, pair_key(before, token), place)
            if at > starts[run] + 1:
                first = tokens[np.uint64(at - 2)]
                _append_placed(wanted, thread, triple_key(first, before, token), place + 1)


@inlined
def _append_placed(wanted: KeyPartitions, thread: Scalar, key: Scalar, place: Scalar) -> None:
    part = partition_of(key * HASH_MULTIPLIER, wanted.ends.shape[1])
    wanted.values[thread, append_key(wanted, thread, part, key)] = place


@kernel
def _fill_bitmap(wanted: KeyPartitions, first: Scalar, end: Scalar, bits: UInt8s) -> None:
    """Set the bit of each key of some partitions; partitions share no bits."""
    shift = bitmap_shift(bits)
    for part in range(first, end):
        for thread in range(len(wanted.used)):
            begin, stop = last_chunk(wanted, thread, part)
            while begin >= 0:
                for at in range(begin, stop):
                    bit = bitmap_position(wanted.keys[thread, np.uint64(at)], shift)
                    bits[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))
                begin, stop = previous_chunk(wanted, thread, begin)


@inlined
def bitmap_shift(bits: UInt8s) -> Scalar:
    """Return the right shift from a hash to the index of its bit in a bitmap of this size."""
    return np.uint64(61) - trailing_zeros(np.uint64(bits.size))


@inlined
def bitmap_position(key: Scalar, shift: Scalar) -> Scalar:
    """Return the index of a key's bit in a bitmap."""
    return (key * HASH_MULTIPLIER) >> shift


@inlined
def bitmap_may_contain(bits: UInt8s, key: Scalar, shift: Scalar) -> Scalar:
    """Return whether a bitmap may contain a key: 0 or 1."""
    bit = bitmap_position(key, shift)
    return np.int64(bits[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1


@inlined
def find_word(token: Scalar, words: UInt64s) -> tuple[Scalar, Scalar]:
    """Return the row of a token in a table of unigrams, and whether it is there: 0 or 1."""
    key = pair_key(NO_CONTEXT, token)
    row = home_row(words, key)
    if (words[row] != key) & (words[row] != np.uint64(0)):
        row = find_row(words, key)  # rare: most rows are free
    return row, np.int64(words[row] == key)


COUNT_UNITS = np.uint64(1), np.uint64(1 << 32)
"""One occurrence in the corpus, and one in the registry: a count holds both, of 32 bits each."""


@kernel
def tally_partitions(
    wanted: KeyPartitions, occurrences: KeyPartitions, span: tuple[Scalar, Scalar], counts: UInt64s
) -> None:
    """Count occurrences in some partitions, and add that to the counts of the wanted keys."""
    most = np.int64(0)
    for part in range(span[0], span[1]):
        most = max(most, np.int64(count_keys(wanted, part)))
    table = np.empty(2 * _table_rows(most), np.uint64)
    for part in range(span[0], span[1]):
        if count_keys(occurrences, part):
            part_table = table[: 2 * _table_rows(count_keys(wanted, part))]
            for at in range(len(part_table)):
                part_table[at] = np.uint64(0)
            for thread in range(len(wanted.used)):
                _insert_wanted(part_table, wanted, thread, part)
            for thread in range(len(occurrences.used)):
                unit = COUNT_UNITS[0] if 2 * thread < len(occurrences.used) else COUNT_UNITS[1]
                _count_occurrences(part_table, occurrences, thread, part, unit)
            for thread in range(len(wanted.used)):
                _read_counts(part_table, wanted, thread, part, counts)


@kernel_part
def _insert_wanted(table: UInt64s, wanted: KeyPartitions, thread: Scalar, part: Scalar) -> None:
    begin, end = last_chunk(wanted, thread, part)
    while begin >= 0:
        for at in range(begin, end):
            key = wanted.keys[thread, np.uint64(at)]
            table[_find_partition_row(table, key, wanted.ends.shape[1])] = key
        begin, end = previous_chunk(wanted, thread, begin)


@kernel_part
def _count_occurrences(
    table: UInt64s, occurrences: KeyPartitions, thread: Scalar, part: Scalar, unit: Scalar
) -> None:
    begin, end = last_chunk(occurrences, thread, part)
    while begin >= 0:
        for at in range(begin, end):
            key = occurrences.keys[thread, np.uint64(at)]
            row = _find_partition_row(table, key, occurrences.ends.shape[1])
            table[row + _ONE] += unit * np.uint64(table[row] == key)
        begin, end = previous_chunk(occurrences, thread, begin)


@kernel_part
def _read_counts(
    table: UInt64s, wanted: KeyPartitions, thread: Scalar, part: Scalar, counts: UInt64s
) -> None:
    begin, end = last_chunk(wanted, thread, part)
    while begin >= 0:
        for at in range(begin, end):
            row = _find_partition_row(
                table, wanted.keys[thread, np.uint64(at)], wanted.ends.shape[1]
            )
            counts[wanted.values[thread, np.uint64(at)]] += table[row + _ONE]
        begin, end = previous_chunk(wanted, thread, begin)


@inlined
def _table_rows(keys: Scalar) -> Scalar:
    """Return the number of rows that keeps half of them free: a power of two."""
    rows = np.int64(2)
    while rows < 2 * keys:
        rows *= 2
    return rows


@inlined
def _find_partition_row(table: UInt64s, key: Scalar, parts: Scalar) -> Scalar:
    """Return the index of a key in its partition's table, or of the free row where it belongs."""
    # The bits below those that all keys of the partition share.
    mixed = key * HASH_MULTIPLIER * np.uint64(parts)
    mask = np.uint64(table.size - 1)
    place = (mixed >> (np.uint64(65) - trailing_zeros(np.uint64(table.size)))) << _ONE
    while table[place] != key and table[place] != np.uint64(0):
        place = (place + np.uint64(2)) & mask
    return place


TextSelection: TypeAlias = tuple[UInt32s, Int64s, Int64s]
"""Tokens and offsets of texts, and the indices of some of the texts."""

_KEYS_PER_TOKEN = 2  # at most: a bigram and a trigram
_MIN_BATCH, _MAX_BATCH = 1 << 20, 1 << 26  # keys that all threads collect before they are counted
_BATCH_PER_KEY = 4  # keys collected for each wanted key: each batch reads all wanted keys
_PREFETCH_TOKENS = np.int64(12)
_BLOCK = 64  # tokens that are tested together: a mask has a bit for each
_PAIR, _TRIPLE = 2, 3


def count_ngrams(
    words: NgramVocabulary,
    corpus: TextSelection,
    registry: TextSelection,
    threads: int = 1,
    batch_keys: int | None = None,
) -> None:
    """Count the n-grams of a vocabulary in texts.

    Occurrences are written to memory that the system has to clear first, which takes as long as
    finding them: if few keys are wanted, few are collected at a time, and the memory is reused.

    Parameters
    ----------
    words : NgramVocabulary
        The n-grams to count.
    corpus, registry : tuple of three ndarray
        Tokens and offsets of texts, and which texts to count in.
    threads : int
        Number of threads.
    batch_keys : int or None
        Approximate number of keys that all threads collect before they are counted, at eight bytes
        each; by default, in proportion to the number of wanted keys.
    """
    if batch_keys is None:
        batch_keys = min(max(_BATCH_PER_KEY * len(words.counts), _MIN_BATCH), _MAX_BATCH)
    pieces = [
        (piece_rows, offsets, tokens)
        for tokens, offsets, rows in (corpus, registry)
        for piece_rows in np.array_split(rows, threads)
    ]
    most = max(int((offsets[rows + 1] - offsets[rows]).sum()) for rows, offsets, _ in pieces)
    occurrences = allocate_partitions(
        min(_KEYS_PER_TOKEN * most, batch_keys // len(pieces)), len(pieces), words.partition_bits
    )
    keys = words.words[::2] if words.bitmap.size <= CACHE_BYTES else words.words[:0]
    present = build_bitmap(keys[keys != 0].astype(np.uint32))
    word_tables = [words.words.copy() for _ in range(threads)]
    for table in word_tables:
        table[1::2] = 0
    progress = [(0, 0)] * len(pieces)

    def find(thread: int) -> None:
        lookups = word_tables[thread], words.bitmap, *present
        # The corpus's pieces come before the registry's.
        for unit, piece in zip(COUNT_UNITS, (thread, threads + thread), strict=True):
            progress[piece] = _find_ngrams(
                pieces[piece], progress[piece], lookups, unit, occurrences, piece
            )

    def tally_range(first: int, end: int) -> None:
        tally_partitions(words.wanted, occurrences, (first, end), words.counts)

    with ThreadPoolExecutor(threads) as pool:
        while any(row < len(rows) for (row, _), (rows, *_) in zip(progress, pieces, strict=True)):
            list(pool.map(find, range(threads)))
            for_partitions(pool, tally_range, threads, words.wanted)
    for table in word_tables:
        words.words[1::2] += table[1::2]


@kernel
def _find_ngrams(
    texts: tuple[Int64s, Int64s, UInt32s],
    progress: tuple[Scalar, Scalar],
    lookups: tuple[UInt64s, UInt8s, UInt32s, Scalar],
    unit: Scalar,
    occurrences: KeyPartitions,
    thread: Scalar,
) -> tuple[Scalar, Scalar]:
    """Count the unigrams of texts, and partition the bigrams and trigrams that may be wanted.

    Returns
    -------
    row, start : int
        The row and token at which it stopped for lack of room.
    """
    rows, offsets, tokens = texts
    row, start = np.int64(progress[0]), np.int64(progress[1])
    clear_partitions(occurrences, thread)
    while row < len(rows):
        begin, end = offsets[rows[row]], offsets[rows[row] + 1]
        place = max(start, begin)
        # Of the token before: whether it is known, and whether the bigram that ends there may be.
        first_known, first_paired = _state_before(tokens, begin, place, lookups)
        known_before, paired_before = np.uint64(first_known), np.uint64(first_paired)
        while place < end:
            if not has_room(occurrences, thread):
                return row, place
            size = min(end - place, _BLOCK)
            known_mask = _count_words(tokens, (place, size), lookups, unit)
            neighbours = known_mask & ((known_mask << _ONE) | known_before)
            pair_mask = _may_be_wanted(tokens, place, neighbours, lookups, _PAIR)
            _append_keys(tokens, place, pair_mask, occurrences, thread, _PAIR)
            # A trigram is wanted only if both of its bigrams are.
            neighbours = pair_mask & ((pair_mask << _ONE) | paired_before)
            triple_mask = _may_be_wanted(tokens, place, neighbours, lookups, _TRIPLE)
            _append_keys(tokens, place, triple_mask, occurrences, thread, _TRIPLE)
            last = np.uint64(size - 1)
            known_before, paired_before = known_mask >> last & _ONE, pair_mask >> last & _ONE
            place += size
        row, start = row + 1, np.int64(0)
    return row, start


@inlined
def _may_be_wanted(
    tokens: UInt32s,
    place: Scalar,
    remaining: Scalar,
    lookups: tuple[UInt64s, UInt8s, UInt32s, Scalar],
    width: Scalar,
) -> Scalar:
    """Return a mask of those tokens whose bigram or trigram may be wanted.

    The outcome is hard to predict, so branches depend on the number of tokens only.
    """
    bits, wanted = lookups[1], np.uint64(0)
    shift = bitmap_shift(bits)
    while remaining != np.uint64(0):
        bit = np.uint64(trailing_zeros(remaining))
        remaining &= remaining - _ONE
        key = _key_at(tokens, np.uint64(place) + bit, width)
        wanted |= np.uint64(bitmap_may_contain(bits, key, shift)) << bit
    return wanted


@inlined
def _append_keys(
    tokens: UInt32s,
    place: Scalar,
    remaining: Scalar,
    occurrences: KeyPartitions,
    thread: Scalar,
    width: Scalar,
) -> None:
    """Append the bigrams or trigrams that end at some tokens to their partitions."""
    while remaining != np.uint64(0):
        key = _key_at(tokens, np.uint64(place) + np.uint64(trailing_zeros(remaining)), width)
        remaining &= remaining - _ONE
        append_key(
            occurrences, thread, partition_of(key * HASH_MULTIPLIER, occurrences.ends.shape[1]), key
        )


@inlined
def _key_at(tokens: UInt32s, at: Scalar, width: Scalar) -> Scalar:
    before, token = tokens[at - _ONE], tokens[at]
    return (
        triple_key(tokens[at - _TWO], before, token)
        if width == _TRIPLE
        else pair_key(before, token)
    )


@inlined
def _count_words(
    tokens: UInt32s,
    stretch: tuple[Scalar, Scalar],
    lookups: tuple[UInt64s, UInt8s, UInt32s, Scalar],
    unit: Scalar,
) -> Scalar:
    """Count the unigrams of a block, and return a mask of those that are known."""
    words, bits, present, present_shift = lookups
    place, size = stretch
    known_mask = np.uint64(0)
    if bits.size > CACHE_BYTES or place + _BLOCK > len(tokens):
        for offset in range(size):
            _prefetch_lookups(tokens, place + offset, words, bits)
            known_mask |= _count_word(tokens, place, np.uint64(offset), words, unit)
        return known_mask
    remaining = np.uint64(0)
    for first in range(0, size, LANES):
        lane_mask = may_contain(tokens, place + first, present, present_shift)
        remaining |= lane_mask << np.uint64(first)
    remaining &= ~np.uint64(0) >> np.uint64(_BLOCK - size)
    while remaining != np.uint64(0):
        bit = np.uint64(trailing_zeros(remaining))
        remaining &= remaining - _ONE
        known_mask |= _count_word(tokens, place, bit, words, unit)
    return known_mask


@inlined
def _count_word(
    tokens: UInt32s, place: Scalar, bit: Scalar, words: UInt64s, unit: Scalar
) -> Scalar:
    at, is_known = find_word(tokens[np.uint64(place) + bit], words)
    # Whether a word is known is hard to predict, so no branch depends on it.
    words[at + _ONE] += unit * np.uint64(is_known)
    return np.uint64(is_known) << bit


@inlined
def _prefetch_lookups(tokens: UInt32s, place: Scalar, words: UInt64s, bits: UInt8s) -> None:
    """Prefetch what is read some tokens later: a branch that depends on memory waits for it."""
    shift = bitmap_shift(bits)
    upcoming = np.uint64(min(place + _PREFETCH_TOKENS, len(tokens) - 1))
    if bits.size > CACHE_BYTES and upcoming >= _TWO:
        first, before, token = tokens[upcoming - _TWO], tokens[upcoming - _ONE], tokens[upcoming]
        prefetch(words, home_row(words, pair_key(NO_CONTEXT, token)))
        prefetch(bits, bitmap_position(pair_key(before, token), shift) >> np.uint64(3))
        prefetch(bits, bitmap_position(triple_key(first, before, token), shift) >> np.uint64(3))


@kernel_part
def _state_before(
    tokens: UInt32s,
    begin: Scalar,
    place: Scalar,
    lookups: tuple[UInt64s, UInt8s, UInt32s, Scalar],
) -> tuple[Scalar, Scalar]:
    """Return whether the token before `place` is known, and whether its bigram may be wanted."""
    words, bits = lookups[0], lookups[1]
    is_known = is_paired = np.int64(0)
    if place > begin:
        _, is_known = find_word(tokens[place - 1], words)
    if is_known and place - 1 > begin and find_word(tokens[place - 2], words)[1]:
        is_paired = bitmap_may_contain(
            bits, pair_key(tokens[place - 2], tokens[place - 1]), bitmap_shift(bits)
        )
    return is_known, is_paired
