"""Attribution: every token of a text is given to at most one match.

Within a text the matches that are chosen have the greatest total strength of all disjoint sets
(weighted interval scheduling). A match that only brushes against a stronger one is not lost: it
keeps the stretch that is left to it, where most of it lies there.

Rivals: matches of several items with nearly the same words of a text, and whose they are.

How rare an item's words are among its own registry's does not tell; how much of it stands there
does.
"""

from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel, maker
from provenance.match.candidates.candidate_scan import ascending
from provenance.model import Flags, Floats, Int64s

_KEEPS = 0.7
"""Part of its stretch that a match must keep, to stand beside stronger ones."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """Matched stretches of texts.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        Which text; sorted.
    firsts, lasts : ndarray of int64, shape (n,)
        First and last token.
    strengths : ndarray of float64, shape (n,)
        Above 0.
    ranks : ndarray of int64, shape (n,)
        Order in which ties are settled: the lower goes first.
    """

    texts: Int64s
    firsts: Int64s
    lasts: Int64s
    strengths: Floats
    ranks: Int64s


@dataclass(frozen=True, slots=True)
class Attribution:
    """What is whose.

    Parameters
    ----------
    chosen : ndarray of bool, shape (n,)
        The stretches that tokens are given to.
    firsts, lasts : ndarray of int64, shape (n,)
        Their tokens, disjoint; for the others as they were.
    winners : ndarray of int64, shape (n,)
        The chosen stretch that overlaps each one most; itself where chosen, -1 where none does.
    """

    chosen: Flags
    firsts: Int64s
    lasts: Int64s
    winners: Int64s


def attribute(stretches: Stretches, threshold: float) -> Attribution:
    """Choose disjoint stretches.

    Parameters
    ----------
    stretches : Stretches
        All matches that stand.
    threshold : float
        A match that was cut short needs this much strength for what is left of it.
    """
    texts = stretches.texts
    firsts, lasts = stretches.firsts.copy(), stretches.lasts.copy()
    # Whoever is alone in a text has it: mostly that is nearly all.
    follows = np.concatenate([np.zeros(1, bool), texts[1:] == texts[:-1], np.zeros(1, bool)])
    chosen = ~(follows[1:] | follows[:-1])[: len(texts)]
    winners = np.where(chosen, np.arange(len(texts)), -1)
    several = np.flatnonzero(~chosen)
    keys = (stretches.ranks, stretches.firsts, stretches.lasts, texts)
    order = several[np.lexsort([key[several] for key in keys])]
    _attribute_all(
        order,
        (texts, firsts, lasts),
        (stretches.strengths, stretches.ranks),
        threshold,
        (chosen, winners),
    )
    return Attribution(chosen, firsts, lasts, winners)


@kernel
def _attribute_all(
    order: Int64s,
    spans: tuple[Int64s, Int64s, Int64s],
    weights: tuple[Floats, Int64s],
    threshold: Scalar,
    out: tuple[Flags, Int64s],
) -> None:
    texts = spans[0]
    begin = 0
    while begin < order.size:
        end = begin
        while end < order.size and texts[order[end]] == texts[order[begin]]:
            end += 1
        own = order[begin:end]
        _schedule(own, spans, weights, out[0])
        _squeeze(own, spans, weights, threshold, out[0])
        _assign(own, spans, out)
        begin = end


@maker
def _schedule(
    own: Int64s,
    spans: tuple[Int64s, Int64s, Int64s],
    weights: tuple[Floats, Int64s],
    chosen: Flags,
) -> None:
    """Choose the disjoint set of greatest total strength; `own` is sorted by last token."""
    _, firsts, lasts = spans
    strengths, _ = weights
    size = own.size
    best, before = np.empty(size + 1, np.float64), np.empty(size, np.int64)
    best[0] = 0
    for place in range(size):
        low, high = 0, place
        while low < high:  # how many end before this one begins
            middle = (low + high) // 2
            if lasts[own[middle]] < firsts[own[place]]:
                low = middle + 1
            else:
                high = middle
        before[place] = low
        best[place + 1] = max(best[place], best[low] + strengths[own[place]])
    place = size - 1
    while place >= 0:
        if best[place + 1] > best[place]:
            chosen[own[place]] = True
            place = before[place] - 1
        else:
            place -= 1


@maker
def _owners(own: Int64s, firsts: Int64s, lasts: Int64s, chosen: Flags) -> tuple[Scalar, Int64s]:
    """Tell, token by token, which chosen stretch holds it; -1 where none does."""
    base, end = firsts[own[0]], lasts[own[-1]] + 1  # `own` is sorted by last token
    for index in own:
        base = min(base, firsts[index])
        end = max(end, lasts[index] + 1)
    owners = np.empty(end - base, np.int64)
    _own(owners, np.int64(-1))
    for index in own:
        if chosen[index]:
            _own(owners[firsts[index] - base : lasts[index] - base + 1], index)
    return base, owners


@inlined
def _own(owners: Int64s, index: Scalar) -> None:
    # Token by token: numba takes long to compile what gives a slice one value.
    for token in range(owners.size):
        owners[token] = index


@maker
def _squeeze(
    own: Int64s,
    spans: tuple[Int64s, Int64s, Int64s],
    weights: tuple[Floats, Int64s],
    threshold: Scalar,
    chosen: Flags,
) -> None:
    """Let the strongest of the others in, where enough of their stretch is free."""
    _, firsts, lasts = spans
    strengths, _ = weights
    base, owners = _owners(own, firsts, lasts, chosen)
    # Strengths in millionths: `ascending` orders integers.
    keys = np.empty(own.size, np.int64)
    for place in range(own.size):
        keys[place] = np.int64(-1e6 * strengths[own[place]])
    for place in ascending(keys):
        index = own[place]
        if chosen[index]:
            continue
        first, last = firsts[index], lasts[index]
        token = first
        while token <= last:
            other = owners[token - base]
            if other < 0:
                token += 1
                continue
            token = lasts[other] + 1
            if firsts[other] - first > last - lasts[other]:
                last = firsts[other] - 1
            else:
                first = token
        kept = (last - first + 1) / (lasts[index] - firsts[index] + 1)
        if kept >= _KEEPS and kept * strengths[index] >= threshold:
            chosen[index], firsts[index], lasts[index] = True, first, last
            _own(owners[first - base : last - base + 1], index)


@maker
def _assign(own: Int64s, spans: tuple[Int64s, Int64s, Int64s], out: tuple[Flags, Int64s]) -> None:
    _, firsts, lasts = spans
    chosen, winners = out
    base, owners = _owners(own, firsts, lasts, chosen)
    for index in own:
        if chosen[index]:
            winners[index] = index
            continue
        most, token = 0, firsts[index]
        while token <= lasts[index]:
            other = owners[token - base]
            if other < 0:
                token += 1
                continue
            token = lasts[other] + 1
            shared = min(lasts[index], lasts[other]) - max(firsts[index], firsts[other]) + 1
            if shared > most:
                most, winners[index] = shared, other


def union_lengths(keys: Int64s, texts: Int64s, starts: Int64s, ends: Int64s, count: int) -> Int64s:
    """Measure, for each key, the union of its half-open stretches.

    Parameters
    ----------
    keys, texts : ndarray of int64, shape (n,)
        Whose stretch it is, below `count`; and in which text.
    starts, ends : ndarray of int64, shape (n,)
        In any unit.
    count : int
        Number of keys.

    Returns
    -------
    ndarray of int64, shape (count,)
        Total length, overlaps counted once.
    """
    order = np.lexsort((starts, texts, keys))
    lengths = np.zeros(count, np.int64)
    _add_unions(keys[order], texts[order], starts[order], ends[order], lengths)
    return lengths


@kernel
def _add_unions(keys: Int64s, texts: Int64s, starts: Int64s, ends: Int64s, lengths: Int64s) -> None:
    key, text, reached = np.int64(-1), np.int64(-1), np.int64(0)
    for place in range(len(keys)):
        if keys[place] != key or texts[place] != text:
            key, text, reached = keys[place], texts[place], np.int64(0)
        first = max(starts[place], reached)
        if ends[place] > first:
            lengths[key] += ends[place] - first
            reached = ends[place]


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
