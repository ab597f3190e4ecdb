"""Pieces of matches: what stands between two runs may be of others."""

from dataclasses import replace

import numpy as np

from provenance.match.candidates.alignment import MAX_ALIGNED
from provenance.match.candidates.candidate_table import Candidates
from provenance.model.content.fingerprints import NO_BREAK, Flags, Int64s, range_indices

MIN_RUN = 3
"""Shorter runs may be chance where another match has the words around them."""
_INSIDE = 0.8
"""Share of another match that has to lie between two runs."""


def split_matches(matches: Candidates) -> tuple[Candidates, Int64s]:
    """Split matches where others may have the words between two runs.

    Parameters
    ----------
    matches : Candidates
        All matches that are reported.

    Returns
    -------
    pieces : Candidates
        Most matches are a single piece. A match is split at more than `MAX_ALIGNED` tokens of the
        text that are not matched, and at fewer if another match lies among them. `scores` stay
        those of the whole match.
    owners : ndarray of int64, shape (n,)
        The match that each is a piece of; sorted.
    """
    owners = np.repeat(np.arange(len(matches)), np.diff(matches.run_offsets))
    is_cut, is_kept = _cuts(matches, owners)
    if not is_cut.any():
        return matches, np.arange(len(matches))
    # Each piece begins with the first run of a match, or with that behind a cut.
    begins = is_cut | np.append(True, owners[1:] != owners[:-1])
    numbers = np.cumsum(begins) - 1
    owners = owners[begins]
    runs, numbers = matches.runs[is_kept], numbers[is_kept]
    counts = np.bincount(numbers, minlength=len(owners))
    offsets = np.append(0, np.cumsum(counts))
    last_runs = runs[offsets[1:] - 1]
    pieces = replace(
        matches.take(owners),
        firsts=runs[offsets[:-1], 1],
        lasts=last_runs[:, 1] + last_runs[:, 2] - 1,
        runs=runs,
        run_offsets=offsets,
    )
    is_inner = np.append(owners[1:] == owners[:-1], False)
    pieces.breaks[is_inner, 1] = NO_BREAK
    pieces.breaks[1:][is_inner[:-1], 0] = NO_BREAK
    return pieces, owners


def _cuts(matches: Candidates, owners: Int64s) -> tuple[Flags, Flags]:
    """Return the runs before which their match is split, and those that stay in it."""
    starts, lengths = matches.runs[:, 1].astype(np.int64), matches.runs[:, 2]
    ends = starts + lengths
    is_cut = np.zeros(len(owners), np.bool_)
    is_cut[1:] = (owners[1:] == owners[:-1]) & (starts[1:] - ends[:-1] > MAX_ALIGNED)
    # Gaps that other matches may fill, between runs that are no chance.
    anchors = np.flatnonzero(lengths >= MIN_RUN)
    before, behind = anchors[:-1], anchors[1:]
    is_gap = (owners[before] == owners[behind]) & (starts[behind] - ends[before] >= MIN_RUN)
    before, behind = before[is_gap], behind[is_gap]
    is_filled = _are_filled(matches, owners[before], ends[before], starts[behind])
    before, behind = before[is_filled], behind[is_filled]
    is_cut[behind] = True
    is_kept = np.ones(len(owners), np.bool_)
    is_kept[range_indices(before + 1, behind - before - 1)[0]] = False
    return is_cut & is_kept, is_kept


def _are_filled(matches: Candidates, owners: Int64s, starts: Int64s, ends: Int64s) -> Flags:
    """Return which gaps of the text another match lies in."""
    order = np.lexsort((matches.firsts, matches.texts))
    places = matches.texts[order] << 32 | matches.firsts[order]
    texts = matches.texts[owners] << 32
    margins = ((1 / _INSIDE - 1) * (ends - starts)).astype(np.int64)
    lows = np.searchsorted(places, texts | np.maximum(starts - margins, 0))
    counts = np.searchsorted(places, texts | ends) - lows
    gaps = np.repeat(np.arange(len(owners)), counts)
    others = order[range_indices(lows, counts)[0]]
    firsts, lasts = matches.firsts[others], matches.lasts[others]
    inside = np.minimum(lasts + 1, ends[gaps]) - np.maximum(firsts, starts[gaps])
    is_inside = (inside >= _INSIDE * (lasts - firsts + 1)) & (others != owners[gaps])
    filled = np.zeros(len(owners), np.bool_)
    filled[gaps[is_inside]] = True
    return filled
