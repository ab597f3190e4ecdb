"""Selection of the findings to show, and excerpts cut around their matched words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.row_selection import take_rows
from provenance.model.results.baseline import FindingState
from provenance.model.results.origin import Origin
from provenance.model.rules.terms import Verdict
from provenance.report.files.findings_parquet import sort_findings

Span = tuple[int, int]
"""Half-open, in code points."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text, split at its matched words.

    Parameters
    ----------
    pieces : tuple of (str, bool)
        Pieces of the text in order, and whether each matched.
    before, after : bool
        Whether the text was cut there.
    """

    pieces: tuple[tuple[str, bool], ...]
    before: bool
    after: bool


def cut_excerpt(text: str, marks: Iterable[Span], lead: int, limit: int) -> Excerpt:
    """Cut a text around its first mark, and split it at its marks.

    Parameters
    ----------
    text : str
        The text.
    marks : iterable of Span
        Matched words; overlapping or exceeding ones are clipped.
    lead : int
        Code points to keep before the first mark.
    limit : int
        Maximum number of code points.

    Returns
    -------
    Excerpt
        Non-empty pieces that join to a part of `text`.

    Examples
    --------
    >>> cut_excerpt("so we all live here", [(6, 9)], lead=3, limit=12).pieces
    (('we ', False), ('all', True), (' live ', False))
    """
    sorted_marks = sorted(marks)
    first = max(sorted_marks[0][0] - lead, 0) if sorted_marks and len(text) > limit else 0
    last = min(first + limit, len(text))
    pieces: list[tuple[str, bool]] = []
    at = first
    for start, end in sorted_marks:
        begin, stop = start, end
        if start < at or end > last:  # rare; a page has hundreds of thousands of marks
            begin, stop = max(at, start), min(last, end)
        if begin < stop:
            if at < begin:
                pieces.append((text[at:begin], False))
            pieces.append((text[begin:stop], True))
            at = stop
    if at < last:
        pieces.append((text[at:last], False))
    return Excerpt(tuple(pieces), first > 0, last < len(text))


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the findings table.

    Parameters
    ----------
    document, file, row, field : str, str, int, str
        Place in the corpus.
    start, end : int
        Span in code points of the field's text.
    gap : int or None
        Code points since the finding before, if this one continues it.
    source, item, url, created_at : str, str or None, str or None, datetime or None
        The matched item.
    evidence, verdict, basis, terms, waiver : str, Verdict, str or None, str or None, str or None
        Why it is reported, and the ruling.
    declared : str or None
        Licence or lines of signals that the row or its site declares.
    state : str or None
        Whether it is new compared with a baseline.
    tokens, item_tokens : int, int or None
        Matched tokens, and tokens of the item.
    item_start, item_end : int or None
        Passage in code points of the item's text.
    bits, strength, expected : float
        Information of the matched words, strength against chance (both in bits), and the expected
        number of chance matches of this strength in the corpus.
    contested : bool
        Whether a permitted source or a background contains the same words, or it is unclear whose
        they are.
    copies : int or None
        Documents that have words of the item.
    origin, origin_reasons, quoted_work : str or None, tuple of str, str or None
        Whose words they are, why, and the title of the quoted work.
    own_probability : float or None
        Probability that they are the item's author's own.
    alternatives : tuple of (str, str or None, float)
        Other sources and items, and the share of the matched words that each has.
    excerpt, excerpt_start, marks : str or None, int or None, tuple of Span
        Excerpt of the document, its offset, and its matched words.
    item_excerpt, item_marks : str or None, tuple of Span
        Excerpt of the item, and its matched words.
    """

    document: str
    file: str
    row: int
    field: str
    start: int
    end: int
    gap: int | None
    source: str
    item: str | None
    url: str | None
    created_at: datetime | None
    evidence: str
    verdict: Verdict
    basis: str | None
    terms: str | None
    declared: str | None
    waiver: str | None
    state: str | None
    tokens: int
    item_tokens: int | None
    item_start: int | None
    item_end: int | None
    bits: float
    strength: float
    expected: float
    contested: bool
    copies: int | None
    origin: str | None
    origin_reasons: tuple[str, ...]
    quoted_work: str | None
    own_probability: float | None
    alternatives: tuple[tuple[str, str | None, float], ...]
    excerpt: str | None
    excerpt_start: int | None
    marks: tuple[Span, ...]
    item_excerpt: str | None
    item_marks: tuple[Span, ...]


def strongest_findings(findings: pa.Table, limit: int) -> tuple[Finding, ...]:
    """Select the findings to show.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.
    limit : int
        Maximum number.

    Returns
    -------
    tuple of Finding
    """
    if findings.num_rows == 0:
        return ()
    # A canonical order first, so that ties are broken independently of the input order.
    sorted_findings = sort_findings(findings)
    strength = sorted_findings["strength"].to_numpy()
    strictness = _codes(
        sorted_findings["verdict"], {str(each): each.strictness for each in Verdict}
    )
    is_quotation = pc.fill_null(pc.equal(sorted_findings["origin"], str(Origin.QUOTATION)), False)
    is_excused = pc.or_(
        pc.or_(sorted_findings["contested"], is_quotation),
        pc.is_valid(sorted_findings["waiver"]),
    ).to_numpy()
    is_new = pc.equal(sorted_findings["state"], str(FindingState.NEW))
    is_known = ~pc.fill_null(is_new, fill_value=False).to_numpy()
    rank = np.lexsort((-strength, is_excused, -strictness, is_known))
    place = _place_in_source(sorted_findings["source"], rank)
    # Every source's first finding, then every source's second, ... up to the limit.
    places = np.sort(np.lexsort((np.arange(len(rank)), place))[:limit])
    return _findings(take_rows(sorted_findings, pa.array(rank[places])))


def _codes(column: pa.ChunkedArray, numbers: dict[str, int]) -> Any:
    values = column.combine_chunks().dictionary_encode()
    of_code = np.array([numbers[value] for value in values.dictionary.to_pylist()])
    return of_code[values.indices.to_numpy(zero_copy_only=False)]


def _place_in_source(sources: pa.ChunkedArray, rank: Any) -> Any:
    codes = sources.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    by_source = np.argsort(codes[rank], kind="stable")
    first = np.searchsorted(codes[rank][by_source], codes[rank][by_source])
    place = np.empty(len(rank), np.int64)
    place[by_source] = np.arange(len(rank)) - first
    return place


def _findings(table: pa.Table) -> tuple[Finding, ...]:
    # Column by column takes half the time of row by row.
    columns = {name: table[name].to_pylist() for name in Finding.__slots__ if name != "created_at"}
    # As integers, because Arrow looks up the time zone for every value.
    seconds = table["created_at"].cast(pa.timestamp("s", "UTC")).cast(pa.int64()).to_pylist()
    columns["created_at"] = [
        None if each is None else datetime.fromtimestamp(each, UTC) for each in seconds
    ]
    verdicts = {str(each): each for each in Verdict}
    columns["verdict"] = [verdicts[each] for each in columns["verdict"]]
    columns["alternatives"] = [
        tuple((item["source"], item["item"], item["share"]) for item in items)
        for items in columns["alternatives"]
    ]
    columns["origin_reasons"] = [tuple(each or ()) for each in columns["origin_reasons"]]
    for name in ("marks", "item_marks"):
        columns[name] = [tuple(map(tuple, pairs or ())) for pairs in columns[name]]
    return tuple(map(Finding, *(columns[name] for name in Finding.__slots__)))
