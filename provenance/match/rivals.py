"""Rivals: matches of several items with nearly the same words of a text, and whose they are.

How rare an item's words are among its own registry's does not tell; how much of it stands there
does.
"""

from provenance.jit.decorators import kernel
from provenance.model import Floats, Int64s

_SHARED = 0.8  # of a stretch that a rival must hold
_GAP = 0.3  # of a matched token that one in between, which is not the item's, takes away
_FULLER = 0.5  # matched tokens by which a match must be fuller to outdo another
_OUTDONE = 0.01


def weights(
    texts: Int64s, firsts: Int64s, lasts: Int64s, matched: Int64s, strengths: Floats
) -> Floats:
    """Give each match the weight with which it claims its stretch.

    Parameters
    ----------
    texts, firsts, lasts : ndarray of int64, shape (n,)
        Stretches, sorted by text.
    matched : ndarray of int64, shape (n,)
        Matched tokens of each.
    strengths : ndarray of float64, shape (n,)
        Above 0.

    Returns
    -------
    ndarray of float64, shape (n,)
        That of the strongest of its rivals for the fullest of them; next to none for the others.
        Rivals that are as full weigh the same.
    """
    fullness = matched - _GAP * (lasts - firsts + 1 - matched)
    out = strengths.copy()
    _weigh_all(texts, firsts, lasts, fullness, strengths, out)
    return out


@kernel
def _weigh_all(  # noqa: C901 (every match of a text against every other)
    texts: Int64s,
    firsts: Int64s,
    lasts: Int64s,
    fullness: Floats,
    strengths: Floats,
    out: Floats,
) -> None:
    begin = 0
    while begin < texts.size:
        end = begin
        while end < texts.size and texts[end] == texts[begin]:
            end += 1
        for one in range(begin, end):
            is_outdone = False
            for other in range(begin, end):
                shared = min(lasts[one], lasts[other]) - max(firsts[one], firsts[other]) + 1
                least = min(lasts[one] - firsts[one], lasts[other] - firsts[other]) + 1
                if shared < _SHARED * least:
                    continue
                if fullness[other] > fullness[one] + _FULLER:
                    is_outdone = is_outdone or shared >= _SHARED * (lasts[one] - firsts[one] + 1)
                elif shared >= _SHARED * (lasts[other] - firsts[other] + 1):
                    out[one] = max(out[one], strengths[other])
            if is_outdone:
                out[one] = _OUTDONE * strengths[one]
        begin = end
