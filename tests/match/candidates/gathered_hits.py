"""Hits of texts: gathered group by group, as the scan has them, and looked up seed by seed."""

from dataclasses import astuple

import numpy as np

from provenance.match.candidates import hit_groups, seed_hits, seeds
from provenance.match.index.seed_postings import MAX_SHARED, look_up_seeds
from tests.match.kernel_parts import callable_part
from tests.match.memory_registries import seeds_of, tokens_of

group_end, gather = callable_part(seeds.group_end), callable_part(hit_groups.gather_hits)
make_scratch = callable_part(hit_groups.allocate_hit_scratch)


def gathered(texts, against):
    """Give the tokens of each text, the sums of those that seeds cover, and its hits."""
    tokens, arrays = tokens_of(*texts), against.arrays
    shingles = seeds_of(tokens)
    [known] = look_up_seeds(shingles, [against])
    offsets, scratch = np.zeros(len(texts) + 1, np.int64), make_scratch()
    table = np.empty((1, seed_hits.HIT_COLUMNS), np.int64)
    end = 0
    while end < len(texts):
        start, end = end, int(group_end(known.offsets, tokens.offsets, end))
        offsets[start] = 0
        scratch, table = gather(
            (start, end),
            (tokens.hashes, tokens.offsets),
            (shingles.hashes, shingles.positions),
            (
                *(known.indices, known.firsts, known.lasts, known.offsets),
                *(known.sharing, known.is_stop),
            ),
            (
                *(known.items, known.positions, arrays.item_sizes, against.bits),
                seed_hits.max_seed_bits(arrays.posting_count),
            ),
            astuple(against.limits),
            scratch,
            table,
            offsets,
        )
        for text in range(start, end):
            first, last = tokens.offsets[text : text + 2]
            sums = scratch[1][first - tokens.offsets[start] + text - start :]
            yield (
                tokens.hashes[first:last],
                sums.copy(),
                table[offsets[text] : offsets[text + 1]].copy(),
            )


def looked_up(text, against):
    """Look the seeds of a text up; give their positions in it, and their postings."""
    shingles = seeds_of(tokens_of(text))
    [postings] = look_up_seeds(shingles, [against])
    return shingles.positions[postings.indices].tolist(), postings


def hits_of(text, against):
    """List all hits of a text, sorted by item: item, place in the text, in the item, sharing."""
    places, postings = looked_up(text, against)
    rows = []
    for row, at in enumerate(places):
        if len(postings.is_stop) and postings.is_stop[row]:
            continue
        first, last, sharing = postings.firsts[row], postings.lasts[row], postings.sharing[row]
        end = last if sharing <= MAX_SHARED else first + seeds.MAX_COMMON_LOOKUPS
        for own in range(first, end):
            item, own_place = int(postings.items[own]), int(postings.positions[own])
            rows.append((item, at, own_place, int(sharing)))
    return sorted(rows)
