"""The strongest findings, one object each: what a person looks at.

Excerpts with their matched words, cut to what a page can hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Verdict, rows_at
from provenance.report.files.findings_parquet import in_order

Span = tuple[int, int]
"""Half-open, in code points."""


@dataclass(frozen=True, slots=True)
class Passage:
    """An excerpt, ready to be shown.

    Parameters
    ----------
    pieces : tuple of (str, bool)
        Its text in order, and whether each piece matched.
    before, after : bool
        Whether something was cut off there.
    """

    pieces: tuple[tuple[str, bool], ...]
    before: bool
    after: bool


def passage(text: str, marks: Iterable[Span], lead: int, limit: int) -> Passage:
    """Cut an excerpt around its first mark, and into marked and other pieces.

    Parameters
    ----------
    text : str
        The excerpt.
    marks : iterable of Span
        Matched words in it; those that overlap or leave it are cut to fit.
    lead : int
        Code points to keep before the first mark.
    limit : int
        Code points to keep at most.

    Returns
    -------
    Passage
        Its pieces join to a part of `text`; none is empty.

    Examples
    --------
    >>> passage("so we all live here", [(6, 9)], lead=3, limit=12).pieces
    (('we ', False), ('all', True), (' live ', False))
    """
    ordered = sorted(marks)
    first = max(ordered[0][0] - lead, 0) if ordered and len(text) > limit else 0
    last = min(first + limit, len(text))
    pieces: list[tuple[str, bool]] = []
    at = first
    for start, end in ordered:
        begin, stop = start, end
        if start < at or end > last:  # seldom, and a page has marks by the hundred thousand
            begin, stop = max(at, start), min(last, end)
        if begin < stop:
            if at < begin:
                pieces.append((text[at:begin], False))
            pieces.append((text[begin:stop], True))
            at = stop
    if at < last:
        pieces.append((text[at:last], False))
    return Passage(tuple(pieces), first > 0, last < len(text))


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the findings' table.

    Parameters
    ----------
    document, file, row, field : str, str, int, str
        Where in the corpus.
    start, end : int
        Code points of the field's text.
    source, item, url, created_at : str, str or None, str or None, datetime or None
        Whose item.
    evidence, verdict, basis, terms, waiver : str, Verdict, str or None, str or None, str or None
        Why it is reported, and what the terms say.
    declared : str or None
        What the row, or its site, says of itself: a licence, the lines of signals.
    state : str or None
        Whether it is new beside a baseline.
    tokens, item_tokens : int, int or None
        Matched, and of the whole item.
    bits, strength, expected : float
        How much the matched words say, how rarely chance gives such a match, and how many so
        strong it gives in all.
    contested : bool
        Whether a permitted source or the background holds it too.
    alternatives : tuple of (str, str or None)
        Other sources and items that hold it.
    excerpt, excerpt_start, marks : str or None, int or None, tuple of Span
        The document's words, where they begin, and those that matched.
    item_excerpt, item_marks : str or None, tuple of Span
        The item's words, and those that matched.
    """

    document: str
    file: str
    row: int
    field: str
    start: int
    end: int
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
    bits: float
    strength: float
    expected: float
    contested: bool
    alternatives: tuple[tuple[str, str | None], ...]
    excerpt: str | None
    excerpt_start: int | None
    marks: tuple[Span, ...]
    item_excerpt: str | None
    item_marks: tuple[Span, ...]


def strongest(findings: pa.Table, limit: int) -> tuple[Finding, ...]:
    """Choose the findings to show.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.
    limit : int
        How many at most.

    Returns
    -------
    tuple of Finding
        The strictest verdict first; of one verdict, what gates count before what is contested or
        waived; then the strongest. Each source has its place: none takes more than its part of
        `limit` while another source's findings wait.
    """
    if findings.num_rows == 0:
        return ()
    # A stable order beneath, so that ties fall alike however the findings came.
    ordered = in_order(findings)
    strength = ordered["strength"].to_numpy()
    strictness = _codes(ordered["verdict"], {str(each): each.strictness for each in Verdict})
    excused = pc.or_(ordered["contested"], pc.is_valid(ordered["waiver"])).to_numpy()
    rank = np.lexsort((-strength, excused, -strictness))
    place = _place_in_source(ordered["source"], rank)
    # First every source's best, then every source's second best, ... until the limit is reached.
    chosen = np.sort(np.lexsort((np.arange(len(rank)), place))[:limit])
    return _findings(rows_at(ordered, pa.array(rank[chosen])))


def _codes(column: pa.ChunkedArray, numbers: dict[str, int]) -> Any:
    encoded = column.combine_chunks().dictionary_encode()
    of_code = np.array([numbers[value] for value in encoded.dictionary.to_pylist()])
    return of_code[encoded.indices.to_numpy(zero_copy_only=False)]


def _place_in_source(sources: pa.ChunkedArray, rank: Any) -> Any:
    codes = sources.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    grouped = np.argsort(codes[rank], kind="stable")
    first = np.searchsorted(codes[rank][grouped], codes[rank][grouped])
    place = np.empty(len(rank), np.int64)
    place[grouped] = np.arange(len(rank)) - first
    return place


def _findings(table: pa.Table) -> tuple[Finding, ...]:
    # Column by column: half the time of one mapping a row.
    columns = {name: table[name].to_pylist() for name in Finding.__slots__ if name != "created_at"}
    # As numbers: Arrow looks each moment's time zone up.
    seconds = table["created_at"].cast(pa.timestamp("s", "UTC")).cast(pa.int64()).to_pylist()
    columns["created_at"] = [
        None if each is None else datetime.fromtimestamp(each, UTC) for each in seconds
    ]
    verdicts = {str(each): each for each in Verdict}
    columns["verdict"] = [verdicts[each] for each in columns["verdict"]]
    columns["alternatives"] = [
        tuple((other["source"], other["item"]) for other in others)
        for others in columns["alternatives"]
    ]
    for name in ("marks", "item_marks"):
        columns[name] = [tuple(map(tuple, pairs or ())) for pairs in columns[name]]
    return tuple(map(Finding, *(columns[name] for name in Finding.__slots__)))
