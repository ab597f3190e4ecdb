"""Rivals: claims on the same words by items of other authors; who quotes loses to who does not."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np

from provenance.fingerprint.shingles import shingle
from provenance.match.attribution import find_winners, part_strengths
from provenance.match.candidates.candidate_table import Candidates, concatenate_candidates
from provenance.match.forms import LONGEST_OF_FORM, are_forms
from provenance.match.index.postings_index import PostingsIndex
from provenance.match.match_pieces import MIN_RUN
from provenance.match.origins import PART_QUOTED, QUOTED, are_copies
from provenance.model.content.fingerprints import Flags, Int64s, Tokens, range_indices
from provenance.pipeline.locate.claims import Claims, item_lengths, order_keys
from provenance.pipeline.locate.item_marks import read_item_marks
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.registry.items.item_keys import are_later

_OVERLAP = 0.8
"""Share of the matched words of a passage that another item must have, too."""

_MIN_QUOTATION = 20
"""Matched tokens from which a quotation is taken out of the item that goes on around it, or that is
little else. All nine shorter ones of 53,000 posts were sayings, of which items of other sources are
variants."""

_AUTHOR_BITS = 32

_MATCHES_AT_A_TIME = 1024
"""Matches whose seeds a thread looks up at a time: their postings may take 100 MB."""

_NO_INT32S = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Rivals:
    """Claims on the passages of chosen claims, by items of other authors.

    Parameters
    ----------
    losers, winners : ndarray of int64, shape (n,)
        Each such claim, and the chosen one.
    are_copies : ndarray of bool, shape (n,)
        Whether their items are copies of each other.
    """

    losers: Int64s
    winners: Int64s
    are_copies: Flags


def find_rivals(claims: Claims, registries: Sequence[RegistryIndex], authors: Int64s) -> Rivals:
    """Return the rivals of chosen claims.

    Parameters
    ----------
    claims : Claims
        All claims.
    registries : sequence of RegistryIndex
        The registries of the claims.
    authors : ndarray of int64, shape (n,)
        As `number_authors` returns them.
    """
    losers, winners = _losers(claims, authors)
    firsts, lasts = _overlaps(claims, losers, winners)
    # Not of the stretch: words that are equal by chance make it longer.
    is_rival = lasts - firsts + 1 >= _OVERLAP * claims.candidates.matched[winners]
    losers, winners = losers[is_rival], winners[is_rival]
    return Rivals(losers, winners, _are_copies(claims, registries, losers, winners))


def _losers(claims: Claims, owners: Int64s) -> tuple[Int64s, Int64s]:
    """Return the claims that lost to a claim of another author or source, and that claim."""
    losers = np.flatnonzero(~claims.chosen & (claims.winners >= 0))
    losers = losers[owners[losers] != owners[claims.winners[losers]]]
    return losers, claims.winners[losers]


def _overlaps(claims: Claims, losers: Int64s, winners: Int64s) -> tuple[Int64s, Int64s]:
    """Return the first and last token that claims share with those they lost to."""
    candidates = claims.candidates
    return (
        np.maximum(candidates.firsts[losers], candidates.firsts[winners]).astype(np.int64),
        np.minimum(candidates.lasts[losers], candidates.lasts[winners]).astype(np.int64),
    )


def find_forms(
    candidates: Candidates, owners: Int64s, registries: Sequence[RegistryIndex], threads: int = 1
) -> Flags:
    """Return which matches share the form of many items, and nothing of their own (`are_forms`).

    Parameters
    ----------
    candidates : Candidates
        Matches.
    owners : ndarray of int64, shape (n,)
        Index of the registry of each.
    registries : sequence of RegistryIndex
        The registries.
    threads : int
        Number of threads that compare items.
    """
    forms = np.zeros(len(candidates), np.bool_)
    lengths = item_lengths(owners, candidates.items, registries)
    # A whole item, word for word, is a copy.
    is_compared = (candidates.longest_run < lengths) & (lengths <= LONGEST_OF_FORM)
    chunks = [
        (owner, rows[begin : begin + _MATCHES_AT_A_TIME])
        for owner in range(len(registries))
        for rows in [np.flatnonzero((owners == owner) & is_compared)]
        for begin in range(0, len(rows), _MATCHES_AT_A_TIME)
    ]

    def compare(chunk: tuple[int, Int64s]) -> None:
        owner, rows = chunk
        forms[rows] = _are_forms(candidates.take(rows), registries[owner].index)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(compare, chunks))
    return forms


def _are_forms(matches: Candidates, index: PostingsIndex) -> Flags:
    arrays, starts = index.arrays, matches.item_starts.astype(np.int64)
    places, offsets = range_indices(
        arrays.token_offsets[matches.items] + starts, matches.item_ends - starts
    )
    stretches = Tokens(arrays.tokens[places], _NO_INT32S, _NO_INT32S, offsets)
    return are_forms(matches, index, shingle(stretches, arrays.parameters.seed_width))


def number_authors(claims: Claims, registries: Sequence[RegistryIndex]) -> Int64s:
    """Return a number of the source and the author of each claim's item.

    An unknown author is the item's own.
    """
    authors = np.zeros(len(claims), np.int64)
    sources = sorted({name for each in registries for name in each.index.arrays.sources})
    for place, registry_index in enumerate(registries):
        rows = np.flatnonzero(claims.registries == place)
        arrays, items = registry_index.index.arrays, claims.candidates.items[rows]
        codes = np.array([sources.index(name) for name in arrays.sources], np.int64)
        authors[rows] = (codes[arrays.source_codes[items]] << _AUTHOR_BITS) + arrays.authors[items]
    return authors


def settle_rivals(claims: Claims, registries: Sequence[RegistryIndex]) -> Claims:
    """Give quoted words to whom they are quoted from, and split what sources share from the rest.

    Parameters
    ----------
    claims : Claims
        All claims.
    registries : sequence of RegistryIndex
        The registries of the claims.
    """
    return split_shared(prefer_unquoted(claims, registries), registries)


def prefer_unquoted(claims: Claims, registries: Sequence[RegistryIndex]) -> Claims:
    """Reassign what items quote to the items of other sources that have it unquoted.

    The words that an item quotes from another source are that source's: its terms decide, and its
    share and its gates count them.

    Parameters
    ----------
    claims : Claims
        All claims.
    registries : sequence of RegistryIndex
        The registries of the claims.

    Notes
    -----
    Of several, the strongest is chosen, then the first. It gets the tokens of the one that quotes,
    as far as it has them, so that chosen claims stay disjoint. An item that goes on around what it
    quotes, or that is little else, keeps what is short, and cannot quote an item that is later.
    """
    losers, winners = _losers(claims, number_authors(claims, registries) >> _AUTHOR_BITS)
    firsts = np.maximum(claims.firsts[winners], claims.candidates.firsts[losers])
    lasts = np.minimum(claims.lasts[winners], claims.candidates.lasts[losers])
    parts, places = claims.candidates.take(winners).within(firsts, lasts)
    losers, winners, firsts, lasts = (column[places] for column in (losers, winners, firsts, lasts))
    own, _ = claims.candidates.take(winners).within(claims.firsts[winners], claims.lasts[winners])
    is_all = parts.matched >= _OVERLAP * own.matched
    keys = order_keys(claims.registries, claims.candidates.items, registries)
    is_inside = lasts - firsts + 1 >= _OVERLAP * claims.candidates.matched[losers]
    is_inside &= parts.matched >= _MIN_QUOTATION
    is_inside &= ~are_later(keys[losers], keys[winners])
    rows = np.flatnonzero(is_all | is_inside)
    copied = _are_copies(claims, registries, losers[rows], winners[rows])
    marks = read_item_marks(parts.take(rows), claims.registries[winners[rows]], registries)
    # Items that are short quotations, or name an author, are mostly copies of what many quote.
    is_common = copied & (marks.signed | ~is_inside[rows])
    rows = rows[(marks.quoted >= QUOTED) & ~is_common]
    marks = read_item_marks(
        claims.candidates.take(losers[rows]), claims.registries[losers[rows]], registries
    )
    rows = rows[(marks.quoted < PART_QUOTED) & ~marks.are_quotations]
    rows = rows[np.lexsort((losers[rows], -claims.strengths[losers[rows]]))]
    rows = rows[_disjoint(winners[rows], firsts[rows], lasts[rows])]
    if not len(rows):
        return claims
    return _reassign(
        claims,
        (losers[rows], winners[rows]),
        (firsts[rows], lasts[rows]),
        parts.take(rows),
        registries[0].index.threshold,
    )


def split_shared(claims: Claims, registries: Sequence[RegistryIndex]) -> Claims:
    """Split chosen claims where words begin, or end, that items of other sources have too.

    Terms of other sources decide on the words that they have, not on those around them.

    Parameters
    ----------
    claims : Claims
        All claims.
    registries : sequence of RegistryIndex
        The registries of the claims.

    Notes
    -----
    Parts are no shorter than a quotation that is taken out of an item. All have the strength of the
    whole, and all are chosen.
    """
    losers, winners = _losers(claims, number_authors(claims, registries) >> _AUTHOR_BITS)
    firsts, lasts = _overlaps(claims, losers, winners)
    firsts = np.maximum(firsts, claims.firsts[winners])
    lasts = np.minimum(lasts, claims.lasts[winners])
    shared = claims.candidates.shared_tokens(winners, losers, firsts, lasts)
    is_cut = shared >= np.maximum(_MIN_QUOTATION, _OVERLAP * (lasts - firsts + 1))
    owners, firsts, lasts = _cut_claims(claims, winners[is_cut], (firsts[is_cut], lasts[is_cut]))
    if not len(owners):
        return claims
    parts, places = claims.candidates.take(owners).within(firsts, lasts)
    kept = np.setdiff1d(np.arange(len(claims)), owners)
    candidates = concatenate_candidates([claims.candidates.take(kept), parts])
    stretches = candidates.firsts.astype(np.int64), candidates.lasts.astype(np.int64)
    stretches[0][: len(kept)], stretches[1][: len(kept)] = claims.firsts[kept], claims.lasts[kept]
    chosen = np.append(claims.chosen[kept], np.ones(len(parts), bool))
    return _rebuild(claims, np.append(kept, owners[places]), candidates, chosen, stretches)


def _cut_claims(
    claims: Claims, numbers: Int64s, stretches: tuple[Int64s, Int64s]
) -> tuple[Int64s, Int64s, Int64s]:
    """Return the parts of claims that are cut at the ends of stretches: claim, first, last token.

    Ends too near to an end of the claim, or to another one before it, are no cuts; a claim without
    cuts has no parts.
    """
    ends = np.stack([np.tile(numbers, 2), np.append(stretches[0], stretches[1] + 1)])
    parts = []
    for number, pairs in groupby(np.unique(ends, axis=1).T.tolist(), itemgetter(0)):
        begin, end = int(claims.firsts[number]), int(claims.lasts[number]) + 1
        cuts = [begin]
        for _, cut in pairs:
            if cut - cuts[-1] >= _MIN_QUOTATION and end - cut >= _MIN_QUOTATION:
                cuts.append(cut)
        if len(cuts) > 1:
            parts += [(number, *bounds) for bounds in pairwise([*cuts, end])]
    owners, firsts, lasts = np.array(parts, np.int64).reshape(-1, 3).T
    return owners, firsts, lasts - 1


def _disjoint(owners: Int64s, firsts: Int64s, lasts: Int64s) -> Int64s:
    """Return the stretches, in their order, that overlap none before them of the same owner."""
    taken: dict[int, list[tuple[int, int]]] = {}
    places = []
    for place, (owner, first, last) in enumerate(
        zip(owners.tolist(), firsts.tolist(), lasts.tolist(), strict=True)
    ):
        others = taken.setdefault(owner, [])
        if all(last < begin or end < first for begin, end in others):
            others.append((first, last))
            places.append(place)
    return np.array(places, np.int64)


def _reassign(
    claims: Claims,
    pairs: tuple[Int64s, Int64s],
    stretches: tuple[Int64s, Int64s],
    quotations: Candidates,
    threshold: float,
) -> Claims:
    """Return the claims after each second claim of a pair has lost a stretch to the first.

    What it keeps around the stretch is chosen if it is strong enough together. Its quotation
    becomes a claim of its own, which is not chosen.
    """
    losers, winners = pairs
    owners, firsts, lasts = _rests(claims, winners, stretches)
    rests, places = claims.candidates.take(owners).within(firsts, lasts)
    owners = owners[places]
    is_run = rests.longest_run >= MIN_RUN
    rests, owners = rests.take(np.flatnonzero(is_run)), owners[is_run]
    matched = np.bincount(owners, rests.matched, len(claims)).astype(np.int64)
    own = claims.candidates.matched
    strengths, excesses = claims.parts
    is_strong = part_strengths(strengths, claims.bits, excesses, matched, own)[0] >= threshold
    is_strong = is_strong[owners]
    rests, owners = rests.take(np.flatnonzero(is_strong)), owners[is_strong]

    kept = np.setdiff1d(np.arange(len(claims)), winners)
    sources = np.concatenate([kept, owners, winners])
    candidates = concatenate_candidates([claims.candidates.take(kept), rests, quotations])
    firsts, lasts = candidates.firsts.astype(np.int64), candidates.lasts.astype(np.int64)
    chosen = np.concatenate(
        [claims.chosen[kept], np.ones(len(owners), bool), np.zeros(len(winners), bool)]
    )
    numbers = np.searchsorted(kept, losers)
    firsts[: len(kept)], lasts[: len(kept)] = claims.firsts[kept], claims.lasts[kept]
    chosen[numbers], firsts[numbers], lasts[numbers] = True, *stretches
    return _rebuild(claims, sources, candidates, chosen, (firsts, lasts))


def _rebuild(
    claims: Claims,
    sources: Int64s,
    candidates: Candidates,
    chosen: Flags,
    stretches: tuple[Int64s, Int64s],
) -> Claims:
    """Return claims that are parts of others.

    Parameters
    ----------
    claims : Claims
        The others.
    sources : ndarray of int64, shape (n,)
        The claim that each is a part of.
    candidates, chosen, stretches : Candidates, ndarray of bool, tuple of ndarray of int64
        As in `Claims`; `stretches` are `firsts` and `lasts`.
    """
    order = np.lexsort((candidates.firsts, candidates.texts))
    candidates, sources, chosen = candidates.take(order), sources[order], chosen[order]
    firsts, lasts = (ends[order] for ends in stretches)
    strengths, excesses = claims.parts[:, sources]
    bits, own, matched = (
        claims.bits[sources],
        claims.candidates.matched[sources],
        candidates.matched,
    )
    return Claims(
        claims.registries[sources],
        candidates,
        bits * matched / own,
        claims.strengths[sources],
        np.stack(part_strengths(strengths, bits, excesses, matched, own)),
        chosen,
        firsts,
        lasts,
        find_winners(candidates.texts, firsts, lasts, chosen),
    )


def _rests(
    claims: Claims, winners: Int64s, stretches: tuple[Int64s, Int64s]
) -> tuple[Int64s, Int64s, Int64s]:
    """Return what claims keep beside the stretches that they lose: claim, first and last token."""
    order = np.lexsort((stretches[0], winners))
    winners, begins, ends = winners[order], stretches[0][order], stretches[1][order]
    is_first = np.append(True, winners[1:] != winners[:-1])
    is_last = np.append(is_first[1:], True)
    before = np.where(is_first, claims.firsts[winners], np.append(0, ends[:-1] + 1))
    rests = [(winners, before, begins - 1)]
    rests.append((winners[is_last], ends[is_last] + 1, claims.lasts[winners[is_last]]))
    owners, firsts, lasts = (np.concatenate(columns) for columns in zip(*rests, strict=True))
    return owners, firsts, lasts


def _are_copies(
    claims: Claims, registries: Sequence[RegistryIndex], left: Int64s, right: Int64s
) -> Flags:
    """Return which pairs of claims are of items that are copies of each other."""
    alike = np.zeros(len(left), bool)
    owners = claims.registries
    for one in np.unique(owners[left]).tolist():
        for other in np.unique(owners[right]).tolist():
            rows = np.flatnonzero((owners[left] == one) & (owners[right] == other))
            sides = []
            for owner, numbers in ((one, left[rows]), (other, right[rows])):
                arrays = registries[owner].index.arrays
                items = claims.candidates.items[numbers].astype(np.int64)
                bounds = arrays.token_offsets[items], arrays.token_offsets[items + 1]
                sides.append((arrays.tokens, *bounds))
            alike[rows] = are_copies(sides[0], sides[1])
    return alike
