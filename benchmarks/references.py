"""Detection rules of other tools, in their plainest form, for `benchmarks.accuracy`.

They use the same tokens and normalisation as provenance. Rules on shingles use every shingle of
every item; rules on bits use our candidates, without stop shingles, and the sum of the information
of single words: of those that 4-word seeds cover, or of all that seeds are extended to over gaps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.curves import Matches
from benchmarks.grounds import Ground
from provenance.fingerprint.minhash import signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.candidates.near_duplicates import (
    BANDS,
    LshIndex,
    SignatureTable,
    band_entries,
    find_near_duplicates,
)
from provenance.match.estimation.conditions import is_quotation
from provenance.match.index.postings_index import (
    BITS_SCALE,
    CELL_SHIFT,
    PostingsIndex,
    build_postings_index,
)
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.model.content.fingerprints import Flags, Floats, Int64s, Tokens, UInt32s, UInt64s

WIDTH, SEED = 5, 4
_RUN, _WORDS, _PART = 8, 9, 0.6  # as `is_quotation` has them
_CHARACTER = np.uint32(1)  # the lowest bit is set in tokens that are characters


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts and items that share shingles; shingles on the planted item form a pair of their own.

    Parameters
    ----------
    texts, items : ndarray of int64, of uint32, shape (n,)
        The text and the item.
    touching : ndarray of bool, shape (n,)
        Whether the shingles overlap the planted item; the others are in another row.
    shared : ndarray of int64, shape (n,)
        Number of distinct shingles in both.
    containment : ndarray of float64, shape (n,)
        Share of the item's shingles.
    quoted : ndarray of bool, shape (n,)
        Whether the words are a quotation: many consecutive ones, or most of the item.
    """

    texts: Int64s
    items: UInt32s
    touching: Flags
    shared: Int64s
    containment: Floats
    quoted: Flags


def references(ground: Ground) -> Iterator[tuple[str, Matches]]:
    """Yield the name and the matches of each rule."""
    pairs = shared_shingles(ground, WIDTH)
    several = pairs.shared >= 2
    yield (
        "5-word shingles: 2 shared, containment ≥ .5",
        _of_pairs(ground, pairs, several & (pairs.containment >= 0.5)),
    )
    yield "5-word shingles: 2 shared", _of_pairs(ground, pairs, several)
    index = build_postings_index(ground.arrays, NO_STOPS)
    candidates = find_candidates(ground.tokens, shingle(ground.tokens, SEED), index)
    bits_of_seeds = seed_bits(candidates, index)
    yield "4-word seeds: ≥ 55 bits", _of_candidates(ground, candidates, bits_of_seeds >= 55)
    yield "4-word seeds: ≥ 60 bits", _of_candidates(ground, candidates, bits_of_seeds >= 60)
    bits, cover = (
        candidates.scores / BITS_SCALE,
        candidates.matched / ground.lengths[candidates.items],
    )
    yield (
        "≥ 45 bits, cover ≥ .3, run ≥ 4",
        _of_candidates(
            ground, candidates, (bits >= 45) & (cover >= 0.3) & (candidates.longest_run >= 4)
        ),
    )
    yield (
        "≥ 55 bits, cover ≥ .5",
        _of_candidates(ground, candidates, (bits >= 55) & (cover >= 0.5)),
    )
    yield "MinHash LSH on whole documents", whole_text_duplicates(ground)


def _of_pairs(ground: Ground, pairs: Pairs, passes: Flags) -> Matches:
    rows = pairs.texts[passes], pairs.items[passes]
    return ground.matches(rows, np.ones(passes.sum()), pairs.touching[passes], pairs.quoted[passes])


def _of_candidates(ground: Ground, candidates: Candidates, passes: Flags) -> Matches:
    selected = candidates.take(np.flatnonzero(passes))
    return ground.matches(
        (selected.texts, selected.items),
        np.ones(len(selected)),
        ground.touches(selected.texts, selected.firsts, selected.lasts),
        is_quotation(selected, ground.lengths[selected.items]),
    )


def seed_bits(candidates: Candidates, index: PostingsIndex) -> Floats:
    """Sum the information of the distinct words that seeds cover."""
    lengths = np.where(candidates.runs[:, 2] >= SEED, candidates.runs[:, 2], 0).astype(np.int64)
    run_owner = np.repeat(np.arange(len(candidates)), np.diff(candidates.run_offsets))
    starts = index.arrays.token_offsets[candidates.items[run_owner]] + candidates.runs[:, 0]
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    words = index.arrays.tokens[np.repeat(starts, lengths) + within]
    owner = np.repeat(run_owner, lengths)
    unique_rows = _first_of_each(words, owner)
    bits = index.bits[words[unique_rows] >> CELL_SHIFT] / BITS_SCALE
    return np.bincount(owner[unique_rows], bits, len(candidates))


def whole_text_duplicates(ground: Ground) -> Matches:
    """Find items that a whole text resembles, as datasketch's MinHash LSH does."""
    fingerprint_parameters = current_parameters()
    numbers, items = _different_items(ground)
    item_signatures = signatures(
        shingle(items, fingerprint_parameters.signature_width, include_short=True),
        fingerprint_parameters,
    )
    text_signatures = signatures(
        shingle(ground.tokens, fingerprint_parameters.signature_width, include_short=True),
        fingerprint_parameters,
    )
    entries = np.stack([band_entries(item_signatures, band) for band in range(BANDS)])
    index = LshIndex((SignatureTable(numbers, item_signatures, entries),), ground.arrays)
    near_duplicates = find_near_duplicates(index, np.arange(len(text_signatures)), text_signatures)
    nothing = np.zeros(len(near_duplicates.texts), bool)
    return ground.matches(
        (near_duplicates.texts, near_duplicates.items),
        near_duplicates.similarities,
        ground.owners[near_duplicates.texts] >= 0,
        nothing,
    )


def _different_items(ground: Ground) -> tuple[UInt32s, Tokens]:
    """Return the items that are not copies of an earlier one."""
    first, lengths = ground.arrays.first, ground.lengths
    is_distinct = (first == np.arange(len(first))) & (lengths > 0)
    hashes = ground.arrays.tokens[np.repeat(is_distinct, lengths)]
    offsets = np.concatenate([[0], np.cumsum(lengths[is_distinct])])
    nowhere = np.zeros(0, np.uint32)
    return np.flatnonzero(is_distinct).astype(np.uint32), Tokens(hashes, nowhere, nowhere, offsets)


def shared_shingles(ground: Ground, width: int) -> Pairs:
    """Join all shingles of the texts with all shingles of the items."""
    numbers, items = _different_items(ground)
    item_shingles, text_shingles = shingle(items, width), shingle(ground.tokens, width)
    owner = np.repeat(np.arange(len(numbers)), np.diff(item_shingles.offsets))
    unique_rows = _first_of_each(item_shingles.hashes, owner)
    sizes = np.bincount(owner[unique_rows], minlength=len(numbers))
    unique_rows = unique_rows[np.isin(item_shingles.hashes[unique_rows], text_shingles.hashes)]
    unique_rows = unique_rows[np.argsort(item_shingles.hashes[unique_rows], kind="stable")]

    text = np.repeat(np.arange(len(text_shingles.offsets) - 1), np.diff(text_shingles.offsets))
    light = ground.tokens.hashes[ground.tokens.offsets[text] + text_shingles.positions] & _CHARACTER
    spans = width << light.astype(np.int64)
    touching = ground.touches(text, text_shingles.positions, text_shingles.positions + spans - 1)
    place = _first_of_each(text_shingles.hashes, 2 * text + touching)
    place, hit = _join_equal(place, text_shingles.hashes[place], item_shingles.hashes[unique_rows])
    hit = unique_rows[hit]

    key = (2 * text[place] + touching[place]) * len(numbers) + owner[hit]
    order = np.lexsort((text_shingles.positions[place], key))
    place, hit, key = place[order], hit[order], key[order]
    heads = np.flatnonzero(np.diff(key, prepend=-1))
    shared = np.diff(heads, append=len(key))
    run, matched = _extents(
        key, text_shingles.positions[place], item_shingles.positions[hit], spans[place], heads
    )
    item = owner[hit[heads]]
    length = np.diff(items.offsets)[item]
    return Pairs(
        text[place[heads]],
        numbers[item],
        touching[place[heads]],
        shared,
        shared / sizes[item],
        (run >= _RUN) | ((matched >= _WORDS) & (matched >= _PART * length)),
    )


def _first_of_each(hashes: UInt64s | UInt32s, group: Int64s) -> Int64s:
    """Return the indices of the first occurrences of hashes within their group."""
    order = np.lexsort((hashes, group))
    is_first = np.ones(len(order), bool)
    is_first[1:] = (np.diff(hashes[order]) != 0) | (np.diff(group[order]) != 0)
    return np.sort(order[is_first])


def _join_equal(places: Int64s, hashes: UInt64s, keys: UInt64s) -> tuple[Int64s, Int64s]:
    """Return all pairs of a place and the index of an equal one among sorted keys."""
    first, last = np.searchsorted(keys, hashes, "left"), np.searchsorted(keys, hashes, "right")
    counts = last - first
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(places, counts), np.repeat(first, counts) + within


def _extents(
    key: Int64s, text: Int64s, item: Int64s, spans: Int64s, heads: Int64s
) -> tuple[Int64s, Int64s]:
    """Return the longest run of equal words of each pair, and the words that its shingles cover."""
    if not len(key):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    same_pair = np.diff(key, prepend=-1) == 0
    step = np.diff(text, prepend=0)
    goes_on = same_pair & (step == 1) & (np.diff(item, prepend=0) == 1)
    starts = np.flatnonzero(~goes_on)
    lengths = np.diff(starts, append=len(key))
    runs = np.zeros(len(key), np.int64)
    runs[starts] = lengths + spans[starts] - 1
    new_words = np.where(same_pair, np.minimum(step, spans), spans)
    return np.maximum.reduceat(runs, heads), np.add.reduceat(new_words, heads)
