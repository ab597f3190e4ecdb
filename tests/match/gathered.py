"""Hits of texts, gathered group by group, as the scan has them."""

import numpy as np

from provenance.match.candidates import seed_hits, seeds
from provenance.match.index.probe import probe_index
from tests.match.holding import seeds_of, tokens_of
from tests.match.parts import callable_part

group_end, gather = callable_part(seeds.group_end), callable_part(seeds.gather_hits)
tell_sources, weigh = (
    callable_part(seed_hits.mark_multi_source),
    callable_part(seed_hits.score_hits),
)


def gathered(texts, against):
    """Give the tokens of each text, and its hits that are no strays: weighed, and before that."""
    tokens, arrays = tokens_of(*texts), against.arrays
    shingles, postings = seeds_of(tokens), arrays.postings
    known, worths = (
        probe_index(shingles, against),
        seed_hits.max_seed_bits(len(arrays.postings.items)),
    )
    found = known.indices, known.firsts, known.lasts, known.offsets
    scratch = (
        np.empty((len(known.indices), seeds.SEED_COLUMNS), np.int64),
        np.empty(seeds.COUNTER_CELLS, np.uint8),
    )
    offsets, table = (
        np.zeros(len(texts) + 1, np.int64),
        np.empty((1, seed_hits.HIT_COLUMNS), np.int64),
    )
    end = 0
    while end < len(texts):
        start, end = end, group_end(known.offsets, end)
        offsets[start] = 0
        table = gather(
            (start, end),
            (tokens.hashes, tokens.offsets),
            (shingles.hashes, shingles.positions),
            found,
            (postings.items, postings.positions),
            (against.stop_shingles, arrays.token_offsets, against.bits, worths),
            scratch,
            table,
            offsets,
        )
        raw = table[: offsets[end]].copy()
        tell_sources(table[: offsets[end]], found, arrays.source_codes, postings.items)
        for text in range(start, end):
            own = table[offsets[text] : offsets[text + 1]]
            document = tokens.hashes[tokens.offsets[text] : tokens.offsets[text + 1]]
            stretch = arrays.tokens, arrays.token_offsets
            weigh(own, document, stretch, against.bits, worths)
            yield document, own.tolist(), raw[offsets[text] : offsets[text + 1]].tolist()
