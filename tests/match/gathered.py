"""Hits of texts, gathered group by group, as the scan has them."""

import numpy as np

from provenance.match.candidates import seed_hits as hits
from provenance.match.candidates import seeds as gathering
from provenance.match.candidates import seeds as notes
from provenance.match.index.probe import probe_index
from tests.match.holding import seeds_of, tokens_of
from tests.match.parts import callable_part

group_end, gather = callable_part(gathering.group_end), callable_part(gathering.gather_hits)
tell_sources, weigh = callable_part(hits.mark_multi_source), callable_part(hits.score_hits)


def gathered(texts, against):
    """Give the tokens of each text, and its hits that are no strays: weighed, and before that."""
    tokens, arrays = tokens_of(*texts), against.arrays
    seeds, postings = seeds_of(tokens), arrays.postings
    known, worths = probe_index(seeds, against), hits.max_seed_bits(len(arrays.postings.items))
    found = known.indices, known.firsts, known.lasts, known.offsets
    scratch = (
        np.empty((len(known.indices), notes.SEED_COLUMNS), np.int64),
        np.empty(gathering.COUNTER_CELLS, np.uint8),
    )
    offsets, table = np.zeros(len(texts) + 1, np.int64), np.empty((1, hits.HIT_COLUMNS), np.int64)
    end = 0
    while end < len(texts):
        start, end = end, group_end(known.offsets, end)
        offsets[start] = 0
        table = gather(
            (start, end),
            (tokens.hashes, tokens.offsets),
            (seeds.hashes, seeds.positions),
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
