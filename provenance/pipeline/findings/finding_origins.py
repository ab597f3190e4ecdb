"""Observe, for each finding by content, whose words it may be; decide its origin."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.identifiers import page_of, site_of
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.origins import QUOTED, DocumentMarks, OriginSignals, decide_origins
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.model.results.origin import Origin, OriginReason
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.document_marks import DOCUMENT_MARK_COLUMNS
from provenance.pipeline.locate.item_marks import item_shares, read_quoted_shares, to_item_marks
from provenance.pipeline.locate.rivals import Rivals, find_forms, find_rivals, number_authors
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.pipeline.scan.row_metadata import utc_day

ORIGIN_COLUMNS = (
    *("claim", "background", "fetched", "dated", "address"),
    *DOCUMENT_MARK_COLUMNS.names,
)
"""Columns of spans that their origins depend on."""

_MADE_OF_TITLE = 0.4
"""Share of a text from which a title is what it was made of, if a template stands around it."""

_EPOCH = date(1970, 1, 1)
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
    linked_pages : pyarrow.ChunkedArray
        Addresses of the linked pages whose words or title findings are; null for others.
    quoting : ndarray of bool, shape (claims,)
        Claims, not chosen, by items that quote the words of another item.
    """

    codes: Int64s
    reasons: Int64s
    linked_pages: pa.ChunkedArray
    quoting: Flags

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
    items: pa.Table,
    threads: int = 1,
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
    items : pyarrow.Table
        The item of each finding: columns `created_at` and `link`.
    threads : int
        Number of threads that compare items with others of their form.
    """
    claim_numbers = spans["claim"].to_numpy()
    rows = np.flatnonzero(claim_numbers >= 0)
    chosen = claim_numbers[rows]
    fetched, dated = (_day_numbers(spans[name])[rows] for name in ("fetched", "dated"))
    item_days = items["created_at"]
    published = pc.fill_null(pc.cast(item_days, pa.date32()).cast(pa.int32()), 0).to_numpy()[rows]
    is_dated = pc.is_valid(item_days).to_numpy()[rows]
    authors = number_authors(claims, registries)
    rivals = find_rivals(claims, registries, authors)
    quoted = read_quoted_shares(
        claims.candidates.take(rivals.losers), claims.registries[rivals.losers], registries
    )
    is_quoting = quoted >= QUOTED
    marks = {name: column.take(pa.array(rows)) for name, column in item_marks.items()}
    candidates, owners = claims.candidates.take(chosen), claims.registries[chosen]
    links, addresses = items["link"].take(pa.array(rows)), spans["address"].take(pa.array(rows))
    shown_marks = to_item_marks(item_shares(candidates, owners, registries), marks)
    tells_links = np.array([each.registry.has_links() for each in registries], bool)
    signals = OriginSignals(
        replace(shown_marks, headline=shown_marks.headline & ~tells_links[owners]),
        DocumentMarks(*(spans[name].to_numpy()[rows] for name in DOCUMENT_MARK_COLUMNS.names)),
        _count_other_authors(rivals, is_quoting, authors)[chosen],
        spans["background"].to_numpy()[rows] >= 0,
        is_dated & (fetched < published),
        is_dated & (dated < published),
        _are_titles(candidates, owners, registries) & pc.is_valid(links).to_numpy(),
        _are_linked(addresses, links, site_of),
        _are_linked(addresses, links, page_of),
        np.asarray(candidates.matched >= _MADE_OF_TITLE * candidates.sizes),
        find_forms(candidates, owners, registries, threads),
    )
    decisions = decide_origins(signals)
    codes, reasons = np.full(len(spans), -1), np.zeros(len(spans), np.int64)
    codes[rows], reasons[rows] = decisions.origins, decisions.reasons
    is_of_page = np.zeros(len(spans), bool)
    is_of_page[rows] = signals.link_title | signals.links_to_document
    linked_pages = pc.if_else(pa.array(is_of_page), items["link"], None)
    quoting = np.zeros(len(claims), bool)
    quoting[rivals.losers[is_quoting]] = True
    return FindingOrigins(codes, reasons, linked_pages, quoting)


def _are_titles(
    candidates: Candidates, owners: Int64s, registries: Sequence[RegistryIndex]
) -> Flags:
    """Return which matches are within the first line of their item."""
    first_lines = np.zeros(len(candidates), np.int64)
    for owner, registry in enumerate(registries):
        rows = np.flatnonzero(owners == owner)
        first_lines[rows] = registry.index.arrays.item_sizes[candidates.items[rows], 1]
    return np.asarray((first_lines == 0) | (candidates.item_ends <= first_lines))


def _are_linked(
    addresses: pa.ChunkedArray, links: pa.ChunkedArray, key: Callable[[str], object]
) -> Flags:
    """Return which documents have an address with the key of that which an item links to."""
    linked = pc.and_(pc.is_valid(addresses), pc.is_valid(links)).to_numpy()
    rows = np.flatnonzero(linked)
    pairs = (column.take(pa.array(rows)).to_pylist() for column in (addresses, links))
    linked[rows] = [key(address) == key(link) for address, link in zip(*pairs, strict=True)]
    return np.asarray(linked)


def _day_numbers(dates: pa.ChunkedArray) -> Int64s:
    """Return the days of dates, counted from 1970; `_NO_DAY` where there is none."""
    encoded = dates.combine_chunks().dictionary_encode()
    stated = (utc_day(text) for text in encoded.dictionary.to_pylist())
    days = np.array([*(_NO_DAY if day is None else (day - _EPOCH).days for day in stated), _NO_DAY])
    codes = encoded.indices.fill_null(len(days) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(days[codes.astype(np.int64)], np.int64)


def _count_other_authors(rivals: Rivals, is_quoting: Flags, authors: Int64s) -> Int64s:
    """Return, for each claim, the number of other authors who use its passage as their own."""
    # Who posts an item again does not quote a third text.
    is_own = ~is_quoting & ~rivals.are_copies
    losers, winners = rivals.losers[is_own], rivals.winners[is_own]
    pairs = np.unique(np.stack([winners, authors[losers]]), axis=1)
    return np.bincount(pairs[0], minlength=len(authors))
