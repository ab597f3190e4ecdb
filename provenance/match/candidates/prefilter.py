"""Prefilter of hits: drop those that cannot become a candidate before they are chained and aligned.

Nearly all chance hits are a single run of a few words of some item. A candidate needs more matched
words next to the run, and most hits have none there. A phrase scores at most the information of
its frequency in the registry (`seed_hits.max_seed_bits`), not the sum of its words.
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel_part
from provenance.match.candidates.alignment import MAX_ALIGNED, open_alignment_bound
from provenance.match.candidates.chaining import MIN_CANDIDATE_SCORE
from provenance.match.candidates.seed_hits import (
    HIT_BEGIN_BOUND,
    HIT_COLUMNS,
    HIT_END,
    HIT_END_BOUND,
    HIT_EXCESS,
    HIT_HAS_STOPS,
    HIT_IS_ALONE,
    HIT_ITEM,
    HIT_ITEM_POSITION,
    HIT_POSITION,
    MIN_CHAIN_SCORE,
    PARTIAL_RATIO,
    exact_run,
)
from provenance.match.candidates.seeds import INFORMATION, WEIGHT, run_surprisal, sum_run
from provenance.match.index.report_limits import (
    EXTENSION_WORDS,
    MAX_SURPRISAL,
    compared_size,
    extension_surprisal,
    is_reportable,
    item_quarters,
)
from provenance.model.content.fingerprints import Int32s, Int64s, UInt8s, UInt32s


@kernel_part
def prefilter_hits(
    hits: Int64s,
    document: UInt32s,
    token_sums: Int64s,
    items: tuple[UInt32s, Int64s, UInt8s],
    bits: UInt8s,
    least_bits: Int32s,
) -> Scalar:
    """Move hits of a text that may become a candidate to the front, and return their number.

    Parameters
    ----------
    hits : ndarray of int64, shape (n, HIT_COLUMNS)
        Hits of one text; those that stay keep their order.
    document : ndarray of uint32
        Tokens of the text.
    token_sums : ndarray of int64
        Sums of them, as `seeds.annotate_seeds` computes them.
    items : (ndarray, ndarray, ndarray)
        Tokens of all items, their offsets and sizes (`RegistryArrays.item_sizes`).
    bits : ndarray of uint8
        Information of each cell of tokens.
    least_bits : ndarray of int32
        As `ReportLimits.least_bits`.
    """
    kept_count = np.int64(0)
    for hit in range(len(hits)):
        if hits[hit, HIT_IS_ALONE] and not _may_be_candidate(
            hits[hit], document, token_sums, items, bits, least_bits
        ):
            continue
        if kept_count < hit:
            for column in range(HIT_COLUMNS):
                hits[kept_count, column] = hits[hit, column]
        kept_count += 1
    return kept_count


@inlined
def _may_be_candidate(
    hit: Int64s,
    document: UInt32s,
    token_sums: Int64s,
    items: tuple[UInt32s, Int64s, UInt8s],
    bits: UInt8s,
    least_bits: Int32s,
) -> Scalar:
    """Return whether the only hit of an item may become a candidate."""
    tokens, offsets, item_sizes = items
    first, shift = offsets[hit[HIT_ITEM]], hit[HIT_POSITION] - hit[HIT_ITEM_POSITION]
    size = offsets[hit[HIT_ITEM] + 1] - first
    begin, end = exact_run(
        hit[HIT_POSITION], hit[HIT_END], shift, document, tokens[first : first + size]
    )
    if begin < hit[HIT_BEGIN_BOUND] or end > hit[HIT_END_BOUND]:
        return True  # it may go on where no seed is: the text is scanned in several batches
    score = sum_run(token_sums, INFORMATION, begin, end)
    compared = compared_size(item_sizes, hit[HIT_ITEM], document.size, size)
    if PARTIAL_RATIO * (end - begin) < compared:
        score -= hit[HIT_EXCESS]
    if score < MIN_CHAIN_SCORE:
        return False
    if score >= MIN_CANDIDATE_SCORE and not least_bits.size:
        return True
    gain_before, extra_before = open_alignment_bound(
        tokens,
        (first + begin - shift - 1, min(begin - shift, MAX_ALIGNED)),
        document,
        (begin - 1, min(begin, MAX_ALIGNED)),
        bits,
        np.int64(-1),
    )
    gain_behind, extra_behind = open_alignment_bound(
        tokens,
        (first + end - shift, min(size - (end - shift), MAX_ALIGNED)),
        document,
        (end, min(document.size - end, MAX_ALIGNED)),
        bits,
        np.int64(1),
    )
    gain, extra_words = gain_before + gain_behind, extra_before + extra_behind
    if score + gain < MIN_CANDIDATE_SCORE:
        return False
    weight, surprisal = (
        sum_run(token_sums, WEIGHT, begin, end),
        run_surprisal(token_sums, begin, end),
    )
    return not least_bits.size or is_reportable(
        least_bits,
        begin == shift or extra_before > 0,
        item_quarters(compared, weight, end - begin),
        (weight, end - begin, weight),
        surprisal + min(extension_surprisal(surprisal), MAX_SURPRISAL * extra_words),
        min(extra_words, EXTENSION_WORDS),
        hit[HIT_HAS_STOPS],
    )
