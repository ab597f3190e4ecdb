"""Attribution: assign every token of a text to at most one match.

Within a text the selected matches have the greatest total strength of all disjoint sets (weighted
interval scheduling). A match that overlaps a stronger one is trimmed to the rest of its stretch, if
that is strong enough by itself. *Rivals*, matches of several items with nearly the same words of a
text, are compared by how many tokens match, not by how rare the item's words are in its own
registry.
"""

from dataclasses import dataclass

import numpy as np

from provenance.jit.argsort import stable_argsort
from provenance.jit.decorators import Scalar, allocating_part, inlined, kernel, kernel_part
from provenance.match.scoring.classifier import MAX_BITS, SATURATION_TOKENS
from provenance.model.content.fingerprints import Flags, Floats, Int32s, Int64s


@dataclass(frozen=True, slots=True)
class MatchSpans:
    """Matched stretches of texts.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        Index of the text; sorted.
    firsts, lasts : ndarray of int64, shape (n,)
        First and last token.
    strengths : ndarray of float64, shape (n,)
        Above 0.
    bits : ndarray of float64, shape (n,)
        Information of the matched words under corpus and registry together.
    excesses : ndarray of float64, shape (n,)
        Strength that is due to information beyond `MAX_BITS`.
    ranks : ndarray of int64, shape (n,)
        Tie-breaker: the lower goes first.
    runs : ndarray of int32, shape (r, 3)
        Runs of matched tokens, as `Candidates` has them.
    run_offsets : ndarray of int64, shape (n + 1,)
        Runs of match `i` are `runs[run_offsets[i]:run_offsets[i + 1]]`.
    item_ends : ndarray of bool, shape (n, 2)
        Whether each has the first token of its item, and the last one.
    """

    texts: Int64s
    firsts: Int64s
    lasts: Int64s
    strengths: Floats
    bits: Floats
    excesses: Floats
    ranks: Int64s
    runs: Int32s
    run_offsets: Int64s
    item_ends: Flags


@dataclass(frozen=True, slots=True)
class Attribution:
    """Assignment of tokens to matches.

    Parameters
    ----------
    is_selected : ndarray of bool, shape (n,)
        Whether each match was assigned tokens.
    firsts, lasts : ndarray of int64, shape (n,)
        First and last tokens of selected matches, disjoint; unchanged for the others.
    winners : ndarray of int64, shape (n,)
        The selected match that overlaps each one most: itself if selected, -1 if none does.
    """

    is_selected: Flags
    firsts: Int64s
    lasts: Int64s
    winners: Int64s


def attribute_tokens(matches: MatchSpans, weights: Floats, threshold: float) -> Attribution:
    """Select matches and trim them to disjoint stretches.

    Parameters
    ----------
    matches : MatchSpans
        All matches that are reported.
    weights : ndarray of float64, shape (n,)
        Weight with which each competes for its stretch, as `rival_weights` returns it.
    threshold : float
        Minimum strength of the rest of a trimmed match.
    """
    texts = matches.texts
    firsts, lasts = matches.firsts.copy(), matches.lasts.copy()
    # The only match of a text is selected: usually nearly all are.
    follows = np.concatenate([np.zeros(1, bool), texts[1:] == texts[:-1], np.zeros(1, bool)])
    is_selected = ~(follows[1:] | follows[:-1])[: len(texts)]
    winners = np.where(is_selected, np.arange(len(texts)), -1)
    competing = np.flatnonzero(~is_selected)
    keys = (matches.ranks, matches.firsts, matches.lasts, texts)
    order = competing[np.lexsort([key[competing] for key in keys])]
    _attribute_all(
        order,
        (texts, firsts, lasts),
        weights,
        (matches.strengths, matches.bits, matches.excesses),
        (matches.runs, matches.run_offsets, threshold),
        (is_selected, winners),
    )
    return Attribution(is_selected, firsts, lasts, winners)


@kernel
def _attribute_all(
    order: Int64s,
    spans: tuple[Int64s, Int64s, Int64s],
    weights: Floats,
    evidence: tuple[Floats, Floats, Floats],
    parts: tuple[Int32s, Int64s, Scalar],
    out: tuple[Flags, Int64s],
) -> None:
    texts = spans[0]
    begin = 0
    while begin < order.size:
        end = begin
        while end < order.size and texts[order[end]] == texts[order[begin]]:
            end += 1
        indices = order[begin:end]
        _schedule(indices, spans, weights, evidence[0], out[0])
        _add_trimmed(indices, spans, (*evidence, weights), parts, out[0])
        _assign_winners(indices, spans, out)
        begin = end


@allocating_part
def _schedule(
    indices: Int64s,
    spans: tuple[Int64s, Int64s, Int64s],
    weights: Floats,
    strengths: Floats,
    is_selected: Flags,
) -> None:
    """Select the disjoint set of greatest total weight; `indices` is sorted by last token.

    Matches with fuller rivals are left out: they get what is free when those have theirs.
    """
    _, firsts, lasts = spans
    size = indices.size
    best, before = np.empty(size + 1, np.float64), np.empty(size, np.int64)
    best[0] = 0
    for place in range(size):
        low, high = 0, place
        while low < high:  # find how many end before this one begins
            middle = (low + high) // 2
            if lasts[indices[middle]] < firsts[indices[place]]:
                low = middle + 1
            else:
                high = middle
        before[place] = low
        best[place + 1] = best[place]
        if weights[indices[place]] >= strengths[indices[place]]:
            best[place + 1] = max(best[place], best[low] + weights[indices[place]])
    place = size - 1
    while place >= 0:
        if best[place + 1] > best[place]:
            is_selected[indices[place]] = True
            place = before[place] - 1
        else:
            place -= 1


@allocating_part
def _token_owners(
    indices: Int64s, firsts: Int64s, lasts: Int64s, is_selected: Flags
) -> tuple[Scalar, Int64s]:
    """Return the first token, and the selected match at each token from there on; -1 for none."""
    base, end = firsts[indices[0]], lasts[indices[-1]] + 1  # sorted by last token
    for index in indices:
        base = min(base, firsts[index])
        end = max(end, lasts[index] + 1)
    owners = np.empty(end - base, np.int64)
    _fill(owners, np.int64(-1))
    for index in indices:
        if is_selected[index]:
            _fill(owners[firsts[index] - base : lasts[index] - base + 1], index)
    return base, owners


@inlined
def _fill(owners: Int64s, index: Scalar) -> None:
    # By element: numba takes long to compile the assignment of a scalar to a slice.
    for token in range(owners.size):
        owners[token] = index


@allocating_part
def _add_trimmed(
    indices: Int64s,
    spans: tuple[Int64s, Int64s, Int64s],
    evidence: tuple[Floats, Floats, Floats, Floats],
    parts: tuple[Int32s, Int64s, Scalar],
    is_selected: Flags,
) -> None:
    """Add what is free of other matches, if it is strong enough; those of most weight first."""
    _, firsts, lasts = spans
    strengths, bits, excesses, weights = evidence
    runs, run_offsets, threshold = parts
    base, owners = _token_owners(indices, firsts, lasts, is_selected)
    # Weights in millionths: `stable_argsort` takes integers.
    keys = np.empty(indices.size, np.int64)
    for place in range(indices.size):
        keys[place] = np.int64(-1e6 * weights[indices[place]])
    for place in stable_argsort(keys):
        index = indices[place]
        if is_selected[index]:
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
        own = runs[run_offsets[index] : run_offsets[index + 1]]
        matched, kept = _count_kept(own, first, last)
        if (
            part_strength(strengths[index], bits[index], excesses[index], kept, matched)
            >= threshold
        ):
            is_selected[index], firsts[index], lasts[index] = True, first, last
            _fill(owners[first - base : last - base + 1], index)


@kernel_part
def _count_kept(runs: Int32s, first: Scalar, last: Scalar) -> tuple[Scalar, Scalar]:
    """Return the matched tokens of a match, and those of them between two tokens."""
    matched: Scalar = np.int64(0)
    kept: Scalar = np.int64(0)
    for run in range(len(runs)):
        start, end = np.int64(runs[run, 1]), np.int64(runs[run, 1] + runs[run, 2])
        matched += end - start
        kept += max(min(end, last + 1) - max(start, first), 0)
    return matched, kept


@allocating_part
def _assign_winners(
    indices: Int64s, spans: tuple[Int64s, Int64s, Int64s], out: tuple[Flags, Int64s]
) -> None:
    _, firsts, lasts = spans
    is_selected, winners = out
    base, owners = _token_owners(indices, firsts, lasts, is_selected)
    for index in indices:
        if is_selected[index]:
            winners[index] = index
            continue
        most, token = 0, firsts[index]
        while token <= lasts[index]:
            other = owners[token - base]
            if other < 0:
                token += 1
                continue
            token = lasts[other] + 1
            overlap = min(lasts[index], lasts[other]) - max(firsts[index], firsts[other]) + 1
            if overlap > most:
                most, winners[index] = overlap, other


def find_winners(texts: Int64s, firsts: Int64s, lasts: Int64s, is_selected: Flags) -> Int64s:
    """Return the selected match that overlaps each one most; see `Attribution`.

    Parameters
    ----------
    texts, firsts, lasts : ndarray of int64, shape (n,)
        Stretches; those that are selected are disjoint.
    is_selected : ndarray of bool, shape (n,)
        Whether each is selected.
    """
    winners = np.full(len(texts), -1)
    order = np.lexsort((lasts, texts))
    _find_all_winners(order, (texts, firsts, lasts), (is_selected, winners))
    return winners


@kernel
def _find_all_winners(
    order: Int64s, spans: tuple[Int64s, Int64s, Int64s], out: tuple[Flags, Int64s]
) -> None:
    texts = spans[0]
    begin = 0
    while begin < order.size:
        end = begin
        while end < order.size and texts[order[end]] == texts[order[begin]]:
            end += 1
        _assign_winners(order[begin:end], spans, out)
        begin = end


@inlined
def part_excess(bits: Scalar, excess: Scalar, part: Scalar, matched: Scalar) -> Scalar:
    """Return the strength of a part that is due to information beyond; see `part_strengths`."""
    if excess <= 0.0:
        return 0.0
    return excess * max(bits * part / max(matched, 1) - MAX_BITS, 0.0) / (bits - MAX_BITS)


@inlined
def part_strength(
    strength: Scalar, bits: Scalar, excess: Scalar, part: Scalar, matched: Scalar
) -> Scalar:
    """Return the strength of a part of a match; see `part_strengths`."""
    limited = (strength - excess) * min(part / max(min(matched, SATURATION_TOKENS), 1), 1.0)
    return limited + part_excess(bits, excess, part, matched)


def part_strengths(
    strengths: Floats, bits: Floats, excesses: Floats, part_tokens: Int64s, matched_tokens: Int64s
) -> tuple[Floats, Floats]:
    """Return the strength that each part of a match has.

    Parameters
    ----------
    strengths, bits, excesses : ndarray of float64, shape (n,)
        Of the whole match, as in `MatchSpans`.
    part_tokens, matched_tokens : ndarray of int64, shape (n,)
        Matched tokens of the part and of the whole match.

    Returns
    -------
    strengths, excesses : ndarray of float64, shape (n,)
        Of the part.

    Notes
    -----
    Information is in proportion to tokens. Up to `SATURATION_TOKENS`, so is strength; beyond, only
    what is due to information beyond `MAX_BITS` grows.
    """
    out = np.zeros((2, len(strengths)))
    _measure_parts((strengths, bits, excesses), part_tokens, matched_tokens, out)
    return out[0], out[1]


@kernel
def _measure_parts(
    wholes: tuple[Floats, Floats, Floats], part_tokens: Int64s, matched_tokens: Int64s, out: Floats
) -> None:
    strengths, bits, excesses = wholes
    for row in range(len(strengths)):
        part, matched = part_tokens[row], matched_tokens[row]
        out[0, row] = part_strength(strengths[row], bits[row], excesses[row], part, matched)
        out[1, row] = part_excess(bits[row], excesses[row], part, matched)


def union_lengths(keys: Int64s, texts: Int64s, starts: Int64s, ends: Int64s, count: int) -> Int64s:
    """Return, for each key, the length of the union of its half-open stretches.

    Parameters
    ----------
    keys, texts : ndarray of int64, shape (n,)
        Key of the stretch, below `count`, and its text.
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
    key, text, covered_end = np.int64(-1), np.int64(-1), np.int64(0)
    for place in range(len(keys)):
        if keys[place] != key or texts[place] != text:
            key, text, covered_end = keys[place], texts[place], np.int64(0)
        first = max(starts[place], covered_end)
        if ends[place] > first:
            lengths[key] += ends[place] - first
            covered_end = ends[place]


_RIVAL_OVERLAP = 0.8  # share of a stretch that a rival must cover
_GAP_COST = 0.3  # of a token inside the stretch that is not matched, in matched tokens
_MIN_LEAD = 0.5  # matched tokens by which a match must be fuller than a rival to win
_LOSER_FACTOR = 0.01  # of a match's strength, if a rival wins
_MIN_TAIL = 3  # tokens of a run beyond the end of a rival's item; shorter ones may be chance
_TAIL_COST = 1.0  # of a tail that may be chance, in matched tokens: the whole item wins a tie


def rival_weights(matches: MatchSpans) -> Floats:
    """Return the weight with which each match competes for its stretch.

    Parameters
    ----------
    matches : MatchSpans
        All matches that are reported.

    Returns
    -------
    ndarray of float64, shape (n,)
        For the fullest of rivals, the strength of the strongest of them; `_LOSER_FACTOR` of its
        own for the others. Rivals that are equally full weigh the same.

    Notes
    -----
    Where an item ends, a longer item may go on with the same words as the text by chance: short
    runs of them do not make its match fuller.
    """
    out = matches.strengths.copy()
    _weigh_all(
        (matches.texts, matches.firsts, matches.lasts),
        (matches.runs, matches.run_offsets, matches.item_ends),
        matches.strengths,
        out,
    )
    return out


@kernel
def _weigh_all(
    spans: tuple[Int64s, Int64s, Int64s],
    parts: tuple[Int32s, Int64s, Flags],
    strengths: Floats,
    out: Floats,
) -> None:
    texts = spans[0]
    begin = 0
    while begin < texts.size:
        end = begin
        while end < texts.size and texts[end] == texts[begin]:
            end += 1
        for match in range(begin, end):
            has_fuller_rival = False
            for rival in range(begin, end):
                is_fuller, is_as_full = _compare(match, rival, spans, parts)
                has_fuller_rival = has_fuller_rival or is_fuller
                if is_as_full:
                    out[match] = max(out[match], strengths[rival])
            if has_fuller_rival:
                out[match] = _LOSER_FACTOR * strengths[match]
        begin = end


@kernel_part
def _compare(
    match: Scalar,
    rival: Scalar,
    spans: tuple[Int64s, Int64s, Int64s],
    parts: tuple[Int32s, Int64s, Flags],
) -> tuple[Scalar, Scalar]:
    """Return whether a rival of a match is fuller, and whether it is about as full, or less."""
    _, firsts, lasts = spans
    if lasts[rival] < firsts[match] or lasts[match] < firsts[rival]:
        return False, False
    first, last, fullness = _without_tails(match, rival, spans, parts)
    other_first, other_last, other_fullness = _without_tails(rival, match, spans, parts)
    size, other_size = last - first + 1, other_last - other_first + 1
    overlap = min(last, other_last) - max(first, other_first) + 1
    if overlap < _RIVAL_OVERLAP * min(size, other_size):
        return False, False
    is_fuller = other_fullness > fullness + _MIN_LEAD
    return (
        is_fuller and overlap >= _RIVAL_OVERLAP * size,
        not is_fuller and overlap >= _RIVAL_OVERLAP * other_size,
    )


@kernel_part
def _without_tails(
    match: Scalar,
    rival: Scalar,
    spans: tuple[Int64s, Int64s, Int64s],
    parts: tuple[Int32s, Int64s, Flags],
) -> tuple[Scalar, Scalar, Scalar]:
    """Return the first and last token of a match, and how full it is, as its rival sees it."""
    _, firsts, lasts = spans
    runs, run_offsets, item_ends = parts
    first, last = firsts[match], lasts[match]
    matched: Scalar = np.int64(0)
    before: Scalar = np.int64(0)
    behind: Scalar = np.int64(0)
    longest_before: Scalar = np.int64(0)
    longest_behind: Scalar = np.int64(0)
    for run in range(run_offsets[match], run_offsets[match + 1]):
        start, length = np.int64(runs[run, 1]), np.int64(runs[run, 2])
        here = min(max(firsts[rival] - start, 0), length)
        there = min(max(start + length - 1 - lasts[rival], 0), length)
        matched, before, behind = matched + length, before + here, behind + there
        longest_before, longest_behind = max(longest_before, here), max(longest_behind, there)
    cost = 0.0
    if 0 < longest_before < _MIN_TAIL and item_ends[rival, 0] and not item_ends[match, 0]:
        first, matched, cost = firsts[rival], matched - before, _TAIL_COST
    if 0 < longest_behind < _MIN_TAIL and item_ends[rival, 1] and not item_ends[match, 1]:
        last, matched, cost = lasts[rival], matched - behind, _TAIL_COST
    return first, last, matched - _GAP_COST * (last - first + 1 - matched) - cost
