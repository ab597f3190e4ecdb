"""Rules that others go by, as plain as they are told: what `benchmarks.accuracy` compares with.

They are given what ours is given: the same tokens, the same normalisation. Rules on shingles see
every shingle of every item; rules on bits see our own candidates, found without what we know of
everybody's phrases, and the information of their words taken one by one: of those that 4-word seeds
cover, or of all to which they are extended over gaps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.curves import Matches
from benchmarks.grounds import Ground
from provenance.fingerprint.minhash import signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import parameters
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.candidates.near_duplicates import build_lsh_index, find_near_duplicates
from provenance.match.estimation.conditions import is_quotation
from provenance.match.index.postings_index import (
    BITS_SCALE,
    CELL_SHIFT,
    PostingsIndex,
    build_postings_index,
)
from provenance.model import Flags, Floats, Int64s, Tokens, UInt32s, UInt64s

WIDTH, SEED = 5, 4
_RUN, _WORDS, _PART = 8, 9, 0.6  # as `is_quotation` has them
_CHARACTER = np.uint32(1)  # the lowest bit is set in tokens that are characters


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts and items that share shingles; what touches the text's plant is a pair of its own.

    Parameters
    ----------
    texts, items : ndarray of int64, of uint32, shape (n,)
        Which.
    touching : ndarray of bool, shape (n,)
        Whether the shingles touch the plant; those that do not are in another row.
    shared : ndarray of int64, shape (n,)
        Different shingles in both.
    containment : ndarray of float64, shape (n,)
        Part of the item's shingles.
    quoted : ndarray of bool, shape (n,)
        Whether the words are a quotation: many in a row, or most of the item.
    """

    texts: Int64s
    items: UInt32s
    touching: Flags
    shared: Int64s
    containment: Floats
    quoted: Flags


def references(ground: Ground) -> Iterator[tuple[str, Matches]]:
    """Apply every rule, by its name."""
    pairs = shared_shingles(ground, WIDTH)
    several = pairs.shared >= 2
    yield (
        "5-word shingles: 2 shared, containment ≥ .5",
        _of_pairs(ground, pairs, several & (pairs.containment >= 0.5)),
    )
    yield "5-word shingles: 2 shared", _of_pairs(ground, pairs, several)
    made = build_postings_index(ground.arrays)
    found = find_candidates(ground.tokens, shingle(ground.tokens, SEED), made)
    seeded = seed_bits(found, made)
    yield "4-word seeds: ≥ 55 bits", _of_candidates(ground, found, seeded >= 55)
    yield "4-word seeds: ≥ 60 bits", _of_candidates(ground, found, seeded >= 60)
    bits, cover = found.scores / BITS_SCALE, found.matched / ground.lengths[found.items]
    yield (
        "≥ 45 bits, cover ≥ .3, run ≥ 4",
        _of_candidates(ground, found, (bits >= 45) & (cover >= 0.3) & (found.longest_run >= 4)),
    )
    yield (
        "≥ 55 bits, cover ≥ .5",
        _of_candidates(ground, found, (bits >= 55) & (cover >= 0.5)),
    )
    yield "MinHash LSH on whole documents", resembling(ground)


def _of_pairs(ground: Ground, pairs: Pairs, passes: Flags) -> Matches:
    rows = pairs.texts[passes], pairs.items[passes]
    return ground.matches(rows, np.ones(passes.sum()), pairs.touching[passes], pairs.quoted[passes])


def _of_candidates(ground: Ground, found: Candidates, passes: Flags) -> Matches:
    kept = found.take(np.flatnonzero(passes))
    return ground.matches(
        (kept.texts, kept.items),
        np.ones(len(kept)),
        ground.touches(kept.texts, kept.firsts, kept.lasts),
        is_quotation(kept, ground.lengths[kept.items]),
    )


def seed_bits(found: Candidates, made: PostingsIndex) -> Floats:
    """Add up the information of the words that seeds cover, one by one, repeats once."""
    lengths = np.where(found.runs[:, 2] >= SEED, found.runs[:, 2], 0).astype(np.int64)
    run_owner = np.repeat(np.arange(len(found)), np.diff(found.run_offsets))
    starts = made.arrays.token_offsets[found.items[run_owner]] + found.runs[:, 0]
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    words = made.arrays.tokens[np.repeat(starts, lengths) + within]
    owner = np.repeat(run_owner, lengths)
    once = _first_of_each(words, owner)
    bits = made.bits[words[once] >> CELL_SHIFT] / BITS_SCALE
    return np.bincount(owner[once], bits, len(found))


def resembling(ground: Ground) -> Matches:
    """Find items that a whole text resembles, as datasketch's MinHash LSH does."""
    made = parameters()
    numbers, items = _different_items(ground)
    signed = signatures(shingle(items, made.signature_width, include_short=True), made)
    whole = signatures(shingle(ground.tokens, made.signature_width, include_short=True), made)
    alike = find_near_duplicates(build_lsh_index(numbers, signed), np.arange(len(whole)), whole)
    nothing = np.zeros(len(alike.texts), bool)
    return ground.matches(
        (alike.texts, alike.items), alike.similarities, ground.owners[alike.texts] >= 0, nothing
    )


def _different_items(ground: Ground) -> tuple[UInt32s, Tokens]:
    """Give the items that do not repeat an earlier one."""
    first, lengths = ground.arrays.first, ground.lengths
    alone = (first == np.arange(len(first))) & (lengths > 0)
    hashes = ground.arrays.tokens[np.repeat(alone, lengths)]
    offsets = np.concatenate([[0], np.cumsum(lengths[alone])])
    nowhere = np.zeros(0, np.uint32)
    return np.flatnonzero(alone).astype(np.uint32), Tokens(hashes, nowhere, nowhere, offsets)


def shared_shingles(ground: Ground, width: int) -> Pairs:
    """Join all shingles of the texts with all shingles of the items."""
    numbers, items = _different_items(ground)
    theirs, ours = shingle(items, width), shingle(ground.tokens, width)
    owner = np.repeat(np.arange(len(numbers)), np.diff(theirs.offsets))
    once = _first_of_each(theirs.hashes, owner)
    sizes = np.bincount(owner[once], minlength=len(numbers))
    once = once[np.isin(theirs.hashes[once], ours.hashes)]
    once = once[np.argsort(theirs.hashes[once], kind="stable")]

    text = np.repeat(np.arange(len(ours.offsets) - 1), np.diff(ours.offsets))
    light = ground.tokens.hashes[ground.tokens.offsets[text] + ours.positions] & _CHARACTER
    spans = width << light.astype(np.int64)
    touching = ground.touches(text, ours.positions, ours.positions + spans - 1)
    place = _first_of_each(ours.hashes, 2 * text + touching)
    place, hit = _joined(place, ours.hashes[place], theirs.hashes[once])
    hit = once[hit]

    key = (2 * text[place] + touching[place]) * len(numbers) + owner[hit]
    order = np.lexsort((ours.positions[place], key))
    place, hit, key = place[order], hit[order], key[order]
    heads = np.flatnonzero(np.diff(key, prepend=-1))
    shared = np.diff(heads, append=len(key))
    run, matched = _extents(key, ours.positions[place], theirs.positions[hit], spans[place], heads)
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
    """Give the places of hashes that their group does not hold before."""
    order = np.lexsort((hashes, group))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(hashes[order]) != 0) | (np.diff(group[order]) != 0)
    return np.sort(order[new])


def _joined(places: Int64s, wanted: UInt64s, keys: UInt64s) -> tuple[Int64s, Int64s]:
    """Give every place with every equal one among sorted keys."""
    first, last = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    counts = last - first
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(places, counts), np.repeat(first, counts) + within


def _extents(
    key: Int64s, text: Int64s, item: Int64s, spans: Int64s, heads: Int64s
) -> tuple[Int64s, Int64s]:
    """Give the longest run of equal words of each pair, and the words that its shingles cover."""
    if not len(key):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    same = np.diff(key, prepend=-1) == 0
    step = np.diff(text, prepend=0)
    goes_on = same & (step == 1) & (np.diff(item, prepend=0) == 1)
    starts = np.flatnonzero(~goes_on)
    lengths = np.diff(starts, append=len(key))
    runs = np.zeros(len(key), np.int64)
    runs[starts] = lengths + spans[starts] - 1
    covered = np.where(same, np.minimum(step, spans), spans)
    return np.maximum.reduceat(runs, heads), np.add.reduceat(covered, heads)
