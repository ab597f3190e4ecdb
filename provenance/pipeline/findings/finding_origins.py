"""Observe, for each finding by content, whose words it may be; decide its origin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.match.origins import (
    PART_QUOTED,
    QUOTED,
    OriginSignals,
    are_copies,
    decide_origins,
)
from provenance.model import Flags, Floats, Int64s, Origin, OriginReason
from provenance.pipeline.locate.claims import Claims, item_lengths
from provenance.pipeline.locate.item_marks import quoted_shares
from provenance.pipeline.scan.readings import RegistryIndex

ORIGIN_COLUMNS = ("claim", "background", "fetched")
"""Columns of spans that their origins depend on."""

_RIVAL_OVERLAP = 0.8
"""Share of a passage that another item must have, too."""

_AUTHOR_BITS = 32

_NO_DAY = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class FindingOrigins:
    """Origins of findings.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        Index into `Origin`; -1 for findings that are not by content.
    reasons : ndarray of int64, shape (n,)
        Reasons as `OriginDecisions` has them; 0 for findings that are not by content.
    works : ndarray of int64, shape (n,)
        Claim on the same words by an item of another source that does not quote them; -1 for none.
    """

    codes: Int64s
    reasons: Int64s
    works: Int64s

    def mask(self, origin: Origin) -> Flags:
        """Return which findings are of an origin."""
        return np.asarray(self.codes == list(Origin).index(origin))

    def columns(self) -> dict[str, pa.Array]:
        """Return the columns `origin` and `origin_reasons` of the findings."""
        names = pa.array([str(origin) for origin in Origin])
        return {
            "origin": names.take(pa.array(self.codes, mask=self.codes < 0)),
            "origin_reasons": reason_lists(self.reasons),
        }


def reason_lists(reasons: Int64s) -> pa.ListArray:
    """Return the names of reasons, in the order of `OriginReason`."""
    names = pa.array([str(reason) for reason in OriginReason])
    bits = (reasons[:, None] >> np.arange(len(names))) & 1
    offsets = np.concatenate([[0], np.cumsum(bits.sum(axis=1))])
    values = names.take(pa.array(np.nonzero(bits)[1]))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def find_origins(
    spans: pa.Table,
    claims: Claims,
    registries: Sequence[RegistryIndex],
    item_marks: Mapping[str, pa.ChunkedArray],
    item_days: pa.ChunkedArray,
) -> FindingOrigins:
    """Decide the origin of each finding.

    Parameters
    ----------
    spans : pyarrow.Table
        Columns `ORIGIN_COLUMNS` of the findings.
    claims : Claims
        All claims.
    registries : sequence of RegistryIndex
        The registries of the claims.
    item_marks : mapping of str to pyarrow.ChunkedArray
        Columns `MARK_COLUMNS` of each finding; null where the item's text is unknown.
    item_days : pyarrow.ChunkedArray of timestamps
        When the item of each finding was published; null where that is unknown.
    """
    claim_numbers = spans["claim"].to_numpy()
    rows = np.flatnonzero(claim_numbers >= 0)
    chosen = claim_numbers[rows]
    days = _document_days(spans)[rows]
    published = pc.fill_null(pc.cast(item_days, pa.date32()).cast(pa.int32()), 0).to_numpy()[rows]
    is_dated = pc.is_valid(item_days).to_numpy()[rows]
    authors = _authors(claims, registries)
    rivals = _find_rivals(claims, registries, authors)
    signals = OriginSignals(
        _item_shares(claims, chosen, registries),
        _column(item_marks["quoted"])[rows],
        _column(item_marks["italic"])[rows],
        _column(item_marks["verse"])[rows],
        _mask(item_marks["attributed"])[rows],
        _mask(item_marks["signed"])[rows],
        _count_other_authors(rivals, authors)[chosen],
        spans["background"].to_numpy()[rows] >= 0,
        is_dated & (days < published),
    )
    decisions = decide_origins(signals)
    codes, reasons = np.full(len(spans), -1), np.zeros(len(spans), np.int64)
    codes[rows], reasons[rows] = decisions.origins, decisions.reasons
    works = np.full(len(spans), -1)
    works[rows] = _find_works(claims, rivals, authors)[chosen]
    return FindingOrigins(codes, reasons, works)


def _column(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(column, np.nan).to_numpy(), np.float64)


def _mask(column: pa.ChunkedArray) -> Flags:
    return np.asarray(pc.fill_null(column, False).to_numpy())


def _document_days(spans: pa.Table) -> Int64s:
    """Return the day on which each text was fetched, since 1970; `_NO_DAY` if that is not known."""
    texts = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(spans["fetched"]), 0, 10)
    encoded = texts.combine_chunks().dictionary_encode()
    days = np.array([_day_number(text) for text in encoded.dictionary.to_pylist()] + [_NO_DAY])
    codes = encoded.indices.fill_null(len(days) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(days[codes.astype(np.int64)], np.int64)


def _day_number(text: str) -> int:
    try:
        return (date.fromisoformat(text) - date(1970, 1, 1)).days
    except ValueError:
        return _NO_DAY


def _item_shares(claims: Claims, chosen: Int64s, registries: Sequence[RegistryIndex]) -> Floats:
    """Return the share of its item that each claim's passage is, from first to last token."""
    candidates, owners = claims.candidates.take(chosen), claims.registries[chosen]
    lengths = item_lengths(owners, candidates.items, registries)
    extents = candidates.item_ends.astype(np.int64) - candidates.item_starts
    return np.asarray(extents / np.maximum(lengths, 1))


@dataclass(frozen=True, slots=True)
class _Rivals:
    """Claims on the passages of chosen claims, by items of other authors that are no copies.

    Parameters
    ----------
    losers, winners : ndarray of int64, shape (n,)
        Each such claim, and the chosen one.
    quoted : ndarray of float64, shape (n,)
        Share of the passage that the loser's item quotes; NaN where its text is unknown.
    """

    losers: Int64s
    winners: Int64s
    quoted: Floats


def _find_rivals(claims: Claims, registries: Sequence[RegistryIndex], authors: Int64s) -> _Rivals:
    losers = np.flatnonzero(~claims.chosen & (claims.winners >= 0))
    winners = claims.winners[losers]
    firsts, lasts = claims.candidates.firsts, claims.candidates.lasts
    overlaps = np.minimum(lasts[losers], lasts[winners]) + 1
    overlaps -= np.maximum(firsts[losers], firsts[winners])
    is_rival = overlaps >= _RIVAL_OVERLAP * (lasts[winners] - firsts[winners] + 1)
    is_rival &= authors[losers] != authors[winners]
    losers, winners = losers[is_rival], winners[is_rival]
    # Who posts an item again does not quote a third text.
    differs = ~_are_copies(claims, registries, losers, winners)
    losers, winners = losers[differs], winners[differs]
    return _Rivals(losers, winners, quoted_shares(claims, losers, registries))


def _count_other_authors(rivals: _Rivals, authors: Int64s) -> Int64s:
    """Return, for each claim, the number of other authors who use its passage as their own."""
    uses = ~(rivals.quoted >= QUOTED)
    pairs = np.unique(np.stack([rivals.winners[uses], authors[rivals.losers[uses]]]), axis=1)
    return np.bincount(pairs[0], minlength=len(authors))


def _find_works(claims: Claims, rivals: _Rivals, authors: Int64s) -> Int64s:
    """Return, for each claim, the strongest on its passage by another source that does not quote.

    -1 where there is none.
    """
    owns = rivals.quoted < PART_QUOTED
    owns &= _sources(authors[rivals.losers]) != _sources(authors[rivals.winners])
    losers, winners = rivals.losers[owns], rivals.winners[owns]
    order = np.lexsort((-losers, claims.strengths[losers]))
    works = np.full(len(claims), -1)
    works[winners[order]] = losers[order]  # of several, the last one stands
    return works


def _authors(claims: Claims, registries: Sequence[RegistryIndex]) -> Int64s:
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


def _sources(authors: Int64s) -> Int64s:
    return authors >> _AUTHOR_BITS


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
