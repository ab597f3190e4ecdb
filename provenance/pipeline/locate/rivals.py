"""Rivals: claims on the same words by items of other authors; who quotes loses to who does not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from provenance.match.origins import PART_QUOTED, QUOTED, are_copies
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.item_marks import claim_marks
from provenance.pipeline.scan.readings import RegistryIndex

_OVERLAP = 0.8
"""Share of the matched words of a passage that another item must have, too."""

_AUTHOR_BITS = 32


@dataclass(frozen=True, slots=True)
class Rivals:
    """Claims on the passages of chosen claims, by items of other authors that are no copies.

    Parameters
    ----------
    losers, winners : ndarray of int64, shape (n,)
        Each such claim, and the chosen one.
    """

    losers: Int64s
    winners: Int64s


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
    rivals = _overlapping_claims(claims, authors)
    # Who posts an item again does not quote a third text.
    differs = ~_are_copies(claims, registries, rivals.losers, rivals.winners)
    return Rivals(rivals.losers[differs], rivals.winners[differs])


def _overlapping_claims(claims: Claims, numbers: Int64s) -> Rivals:
    """Return claims with most of a chosen one's words, and another of the given numbers."""
    losers = np.flatnonzero(~claims.chosen & (claims.winners >= 0))
    winners = claims.winners[losers]
    firsts, lasts = claims.candidates.firsts, claims.candidates.lasts
    overlaps = np.minimum(lasts[losers], lasts[winners]) + 1
    overlaps -= np.maximum(firsts[losers], firsts[winners])
    # Not of the stretch: words that are equal by chance make it longer.
    is_rival = overlaps >= _OVERLAP * claims.candidates.matched[winners]
    is_rival &= numbers[losers] != numbers[winners]
    return Rivals(losers[is_rival], winners[is_rival])


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


def prefer_unquoted(claims: Claims, registries: Sequence[RegistryIndex]) -> Claims:
    """Choose, instead of claims that quote, those by items of other sources that do not.

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
    as far as it has them, so that chosen claims stay disjoint.
    """
    rivals = _overlapping_claims(claims, number_authors(claims, registries) >> _AUTHOR_BITS)
    quoting = np.unique(rivals.winners)
    quoting = quoting[claim_marks(claims, quoting, registries).quoted >= QUOTED]
    is_quoted = np.isin(rivals.winners, quoting)
    losers, winners = rivals.losers[is_quoted], rivals.winners[is_quoted]
    firsts = np.maximum(claims.firsts[winners], claims.candidates.firsts[losers])
    lasts = np.minimum(claims.lasts[winners], claims.candidates.lasts[losers])
    sizes = np.minimum(
        claims.lasts[winners] - claims.firsts[winners] + 1, claims.candidates.matched[winners]
    )
    marks = claim_marks(claims, losers, registries)
    owns = (marks.quoted < PART_QUOTED) & ~marks.are_quotations
    owns &= lasts - firsts + 1 >= _OVERLAP * sizes
    rows = np.flatnonzero(owns)
    rows = rows[np.lexsort((losers[rows], -claims.strengths[losers[rows]]))]
    _, first = np.unique(winners[rows], return_index=True)
    return _swap(claims, losers[rows[first]], winners[rows[first]])


def _swap(claims: Claims, losers: Int64s, winners: Int64s) -> Claims:
    """Return claims of which the losers are chosen instead of the winners."""
    candidates = claims.candidates
    chosen, firsts, lasts = claims.chosen.copy(), claims.firsts.copy(), claims.lasts.copy()
    firsts[losers] = np.maximum(firsts[winners], candidates.firsts[losers])
    lasts[losers] = np.minimum(lasts[winners], candidates.lasts[losers])
    firsts[winners], lasts[winners] = candidates.firsts[winners], candidates.lasts[winners]
    chosen[losers], chosen[winners] = True, False
    successors = np.arange(len(claims) + 1)  # the last element is that of no winner
    successors[-1] = -1
    successors[winners] = losers
    return replace(
        claims,
        chosen=chosen,
        firsts=firsts,
        lasts=lasts,
        winners=successors[claims.winners],
    )


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
