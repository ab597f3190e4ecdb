"""The shape of a match: how dense it is, and where breaks of the text meet ends of the item."""

import numpy as np

from provenance.match.candidates import Candidates
from provenance.model import ELLIPSIS, RUN_ON, Flags, Floats, Int64s

_MOST = 0.8  # of a text


def density(candidates: Candidates, absent: Floats) -> Floats:
    """Give the matched tokens over those of the stretch, but for the part that is everybody's."""
    matched, stretch = candidates.matched, candidates.lasts - candidates.firsts + 1
    left_out = absent * matched
    return np.asarray((matched - left_out) / np.maximum(stretch - left_out, 1))


def shape(
    candidates: Candidates, offsets: Int64s, is_most: Flags
) -> tuple[Floats, Floats, Floats, Floats]:
    """Tell where breaks of the text fall together with ends of the item."""
    items = candidates.items.astype(np.int64)
    length = offsets[items + 1] - offsets[items]
    before, behind = candidates.breaks[:, 0], candidates.breaks[:, 1]
    begins = (candidates.heads == 0) & (before != RUN_ON)
    whole = is_most & (before != RUN_ON) & (behind != RUN_ON)
    broken = begins & (candidates.ends < length) & (behind == ELLIPSIS)
    alone = is_most & (candidates.matched >= _MOST * candidates.sizes)
    return (
        alone.astype(np.float64),
        begins.astype(np.float64),
        whole.astype(np.float64),
        broken.astype(np.float64),
    )
