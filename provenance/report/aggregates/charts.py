"""Data of charts: bars of shares, timelines of verdicts, findings by file, column and year."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.results.shares import Estimate
from provenance.model.rules.rulings import VerdictPeriod
from provenance.model.rules.terms import DateRange, Verdict

_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A share on a scale; all positions are percentages of the bar's width.

    Parameters
    ----------
    clear : float
        End of the uncontested part.
    share : float
        End of the share; from `clear` to `share` it is contested.
    any : float
        End of the share if every source counted all words that it contains.
    low, high : float
        Ends of the 95 % interval.
    """

    clear: float
    share: float
    any: float
    low: float
    high: float


def scale_end(shares: Iterable[float]) -> float:
    """Return the end of a scale for some shares.

    Parameters
    ----------
    shares : iterable of float
        In [0, 1].

    Returns
    -------
    float
        The smallest of 0.0001, 0.0002, 0.0005, 0.001, … 1 that no share exceeds.

    Examples
    --------
    >>> scale_end([0.013, 0.0004]), scale_end([]), scale_end([0.7])
    (0.02, 0.0001, 1.0)
    """
    most = max(shares, default=0.0)
    ends = (step / 10**power for power in (4, 3, 2, 1) for step in _STEPS)
    return next((end for end in ends if end >= most), 1.0)


def share_bar(estimate: Estimate, top: float) -> ShareBar:
    """Place a share on a scale.

    Parameters
    ----------
    estimate : Estimate
        Share in one unit.
    top : float
        End of the scale, from `scale_end`.

    Returns
    -------
    ShareBar
        Positions in [0, 100], in order.
    """

    def length(share: float) -> float:
        return round(min(max(share / top, 0.0), 1.0) * 100, 3)

    share = length(estimate.share)
    return ShareBar(
        clear=length(estimate.share - estimate.contested),
        share=share,
        any=max(length(estimate.any), share),
        low=length(min(estimate.low, estimate.high)),
        high=length(estimate.high),
    )


@dataclass(frozen=True, slots=True)
class BarSegment:
    """A segment of a bar, in percent of its width.

    Parameters
    ----------
    x, width : float
        Start and length.
    verdict : Verdict
        Determines the colour.
    """

    x: float
    width: float
    verdict: Verdict


def stack_segments(amounts: Mapping[Verdict, int], most: int) -> tuple[BarSegment, ...]:
    """Place amounts end to end on a bar.

    Parameters
    ----------
    amounts : mapping of Verdict to int
        In drawing order.
    most : int
        End of the scale: the total of the longest bar.

    Returns
    -------
    tuple of BarSegment
        One per amount.
    """
    pieces = []
    before = 0
    for verdict, amount in amounts.items():
        x = round(100 * before / max(most, 1), 3)
        pieces.append(BarSegment(x, round(100 * amount / max(most, 1), 3), verdict))
        before += amount
    return tuple(pieces)


_YEAR = timedelta(days=365)
_TIMELINE_YEARS = 7
"""Maximum number of year labels."""


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """A timeline of verdicts as a bar.

    Parameters
    ----------
    pieces : tuple of BarSegment
        From left to right.
    years : tuple of (float, str)
        Position and label of the first day of a year.
    mark : (float, float) or None
        Positions of the first and last day of collection, if known.
    """

    pieces: tuple[BarSegment, ...]
    years: tuple[tuple[float, str], ...]
    mark: tuple[float, float] | None


def chart_span(timelines: Sequence[Sequence[VerdictPeriod]], today: date) -> DateRange:
    """Return the days of a chart: from a year before the first change until today."""
    changes = [s.collected.first for each in timelines for s in each if s.collected.first]
    first = min((*changes, today - 2 * _YEAR)) - _YEAR
    return DateRange(first, max((*changes, today)) + timedelta(days=1))


def timeline_bar(
    periods: Sequence[VerdictPeriod], collected: DateRange | None, today: date
) -> TimelineBar:
    """Place the verdicts by day of collection on a bar.

    Parameters
    ----------
    periods : sequence of VerdictPeriod
        In chronological order.
    collected : DateRange or None
        When the corpus was collected.
    today : date
        End of the bar.
    """
    span = chart_span([periods], today)
    first, until = span.first or today, span.until or today

    def at(day: date | None, otherwise: date) -> float:
        place = (max(min(day or otherwise, until), first) - first).days
        return round(100 * place / max((until - first).days, 1), 3)

    pieces = []
    for each in periods:
        x, end = at(each.collected.first, first), at(each.collected.until, until)
        if end > x:
            pieces.append(BarSegment(x, round(end - x, 3), each.verdict))
    step = max(1, -(-(until.year - first.year) // _TIMELINE_YEARS))
    years = tuple(
        (at(date(year, 1, 1), first), str(year))
        for year in range(first.year + 1, until.year + 1, step)
    )
    if collected is None:
        return TimelineBar(tuple(pieces), years, None)
    last = None if collected.until is None else collected.until - timedelta(days=1)
    return TimelineBar(tuple(pieces), years, (at(collected.first, first), at(last, until)))


UNDATED = "undated"
"""Key of items without a date of publication."""

_MOST, _YEARS = 12, 25
"""Maximum numbers of rows of a breakdown, and of that by year; smaller rows are summed."""

_ROW_BITS = 40  # more than the rows of any file


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """Findings in one file, in one column or from one year.

    Parameters
    ----------
    key : str
        File, column or year.
    tokens : dict of Verdict to int
        Matched words by verdict, strictest first; without verdicts that have none.
    total : int
        Matched words.
    documents, findings : int
        Numbers of documents and findings.
    """

    key: str
    tokens: dict[Verdict, int]
    total: int
    documents: int
    findings: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Findings by file, column or year.

    Parameters
    ----------
    by : str
        "file", "column" or "year" (of the item).
    parts : tuple of BreakdownRow
        Largest first; years in chronological order.
    others : int
        Number of smaller rows that are left out.
    rest : int
        Matched words in these.
    """

    by: str
    parts: tuple[BreakdownRow, ...]
    others: int
    rest: int


def breakdowns(findings: pa.Table) -> tuple[Breakdown, ...]:
    """Count findings by file, by column, and by the year of their items.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.

    Returns
    -------
    tuple of Breakdown
        Empty if nothing was found.
    """
    if findings.num_rows == 0:
        return ()
    documents = _documents(findings)
    return tuple(_breakdown(findings, by, key(findings), documents) for by, key in _KEYS.items())


def _documents(findings: pa.Table) -> pa.ChunkedArray:
    """Return a number for each row of each file; counting distinct numbers is faster than names."""
    files = findings["file"].dictionary_encode().unify_dictionaries()
    numbers = pa.chunked_array([chunk.indices for chunk in files.chunks], pa.int32())
    return pc.add(pc.shift_left(numbers.cast(pa.int64()), _ROW_BITS), findings["row"])


def _column(findings: pa.Table) -> pa.ChunkedArray:
    """Return the column of each field: all messages of a conversation belong to one."""
    return pc.replace_substring_regex(findings["field"], r"\[\d+\]", "[]")


def _year(findings: pa.Table) -> pa.ChunkedArray:
    return pc.fill_null(pc.cast(pc.year(findings["created_at"]), pa.string()), UNDATED)


_KEYS: dict[str, Callable[[pa.Table], pa.ChunkedArray]] = {
    "file": lambda findings: findings["file"],
    "column": _column,
    "year": _year,
}


def _breakdown(
    findings: pa.Table, by: str, keys: pa.ChunkedArray, documents: pa.ChunkedArray
) -> Breakdown:
    table = pa.table([keys, findings["verdict"], findings["tokens"], documents], names=list("kvtp"))
    parts = _parts(table)
    sorted_rows = sorted(parts, key=lambda part: (-part.total, -part.findings, part.key))
    most = _YEARS if by == "year" else _MOST
    kept_rows, other_rows = sorted_rows[:most], sorted_rows[most:]
    if by == "year":
        kept_rows.sort(key=lambda part: part.key)
    return Breakdown(by, tuple(kept_rows), len(other_rows), sum(part.total for part in other_rows))


def _parts(table: pa.Table) -> list[BreakdownRow]:
    tokens: dict[str, dict[str, int]] = {}
    for row in table.group_by(["k", "v"]).aggregate([("t", "sum")]).to_pylist():
        tokens.setdefault(row["k"], {})[row["v"]] = row["t_sum"]
    counts = table.group_by("k").aggregate([("p", "count_distinct"), ("p", "count")])
    parts = []
    for row in counts.to_pylist():
        of = tokens[row["k"]]
        by_verdict = {each: of[each] for each in Verdict if of.get(each)}
        total = sum(by_verdict.values())
        parts.append(
            BreakdownRow(row["k"], by_verdict, total, row["p_count_distinct"], row["p_count"])
        )
    return parts
