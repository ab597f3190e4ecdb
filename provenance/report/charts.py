"""Where the parts of a bar lie, for every report that draws one.

Where the parts of a timeline's bar lie, for a page that draws one.

Findings counted by file, column and year: where in a corpus they lie, and how old they are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import DateRange, Estimate, Stretch, Verdict
from provenance.report.terminal.verdict_timeline import span_of

_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A share on its scale: every length in per cent of the bar's full width.

    Parameters
    ----------
    clear : float
        Up to here, only this key's sources hold the words.
    share : float
        Up to here, the share; between `clear` and `share` it is contested.
    any : float
        Up to here, if every source that holds a span counted it.
    low, high : float
        Ends of the 95 % interval.
    """

    clear: float
    share: float
    any: float
    low: float
    high: float


def ceiling(shares: Iterable[float]) -> float:
    """Choose the end of a scale.

    Parameters
    ----------
    shares : iterable of float
        Whatever the scale must show, in [0, 1].

    Returns
    -------
    float
        The least of 0.0001, 0.0002, 0.0005, 0.001, … 1 that none exceeds.

    Examples
    --------
    >>> ceiling([0.013, 0.0004]), ceiling([]), ceiling([0.7])
    (0.02, 0.0001, 1.0)
    """
    most = max(shares, default=0.0)
    ends = (step / 10**power for power in (4, 3, 2, 1) for step in _STEPS)
    return next((end for end in ends if end >= most), 1.0)


def bar(estimate: Estimate, top: float) -> Bar:
    """Lay a share out on a scale.

    Parameters
    ----------
    estimate : Estimate
        The share, in one unit.
    top : float
        End of the scale, from `ceiling`.

    Returns
    -------
    Bar
        Nothing leaves the scale, and the parts are in order.
    """

    def length(share: float) -> float:
        return round(min(max(share / top, 0.0), 1.0) * 100, 3)

    share = length(estimate.share)
    return Bar(
        clear=length(estimate.share - estimate.contested),
        share=share,
        any=max(length(estimate.any), share),
        low=length(min(estimate.low, estimate.high)),
        high=length(estimate.high),
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar: lengths in per cent of its full width.

    Parameters
    ----------
    x, width : float
        Where it begins, and how long it is.
    verdict : Verdict
        What it stands for.
    """

    x: float
    width: float
    verdict: Verdict


def stack(amounts: Mapping[Verdict, int], most: int) -> tuple[Piece, ...]:
    """Lay amounts out end to end.

    Parameters
    ----------
    amounts : mapping of Verdict to int
        In the order in which they are drawn.
    most : int
        End of the scale; none of several bars is longer.

    Returns
    -------
    tuple of Piece
        One an amount.
    """
    pieces = []
    before = 0
    for verdict, amount in amounts.items():
        x = round(100 * before / max(most, 1), 3)
        pieces.append(Piece(x, round(100 * amount / max(most, 1), 3), verdict))
        before += amount
    return tuple(pieces)


_TIMELINE_YEARS = 7
"""Of so many years at most the page says where they begin."""


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """A timeline, laid out.

    Parameters
    ----------
    pieces : tuple of Piece
        From left to right.
    years : tuple of (float, str)
        Where a year begins, and which.
    mark : (float, float) or None
        First and last day on which the corpus was collected, if that is known.
    """

    pieces: tuple[Piece, ...]
    years: tuple[tuple[float, str], ...]
    mark: tuple[float, float] | None


def timeline_bar(
    stretches: Sequence[Stretch], collected: DateRange | None, today: date
) -> TimelineBar:
    """Lay out what the verdict is for each day of collection.

    Parameters
    ----------
    stretches : sequence of Stretch
        In order of days.
    collected : DateRange or None
        When the corpus was collected.
    today : date
        Where the bar ends.
    """
    shown = span_of([stretches], today)
    first, until = shown.first or today, shown.until or today

    def at(day: date | None, otherwise: date) -> float:
        place = (max(min(day or otherwise, until), first) - first).days
        return round(100 * place / max((until - first).days, 1), 3)

    pieces = []
    for stretch in stretches:
        x, end = at(stretch.collected.first, first), at(stretch.collected.until, until)
        if end > x:
            pieces.append(Piece(x, round(end - x, 3), stretch.verdict))
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
"""The year of items of which nobody says when they were published."""

_MOST, _YEARS = 12, 25
"""Rows of one breakdown, and of that by year; what is smaller is counted together."""

_ROW_BITS = 40  # no file has more rows


@dataclass(frozen=True, slots=True)
class Part:
    """What was found in one place, or of one year.

    Parameters
    ----------
    key : str
        Which.
    tokens : dict of Verdict to int
        Matched words by verdict, the strictest first; none that has none.
    total : int
        All of them.
    documents, findings : int
        In how many documents, and how often.
    """

    key: str
    tokens: dict[Verdict, int]
    total: int
    documents: int
    findings: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Findings, counted by what they have in common.

    Parameters
    ----------
    by : str
        "file", "column" or "year" (of the item).
    parts : tuple of Part
        The largest first; years in their order.
    others : int
        How many smaller parts are left out.
    rest : int
        Matched words in those.
    """

    by: str
    parts: tuple[Part, ...]
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
        None where nothing was found.
    """
    if findings.num_rows == 0:
        return ()
    documents = _documents(findings)
    return tuple(_breakdown(findings, by, key(findings), documents) for by, key in _KEYS.items())


def _documents(findings: pa.Table) -> pa.ChunkedArray:
    """Give each row of each file a number: these are told apart in less time than names."""
    files = findings["file"].dictionary_encode().unify_dictionaries()
    numbers = pa.chunked_array([chunk.indices for chunk in files.chunks], pa.int32())
    return pc.add(pc.shift_left(numbers.cast(pa.int64()), _ROW_BITS), findings["row"])


def _column(findings: pa.Table) -> pa.ChunkedArray:
    """Name the column of a field: every message of a conversation is of one."""
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
    ordered = sorted(parts, key=lambda part: (-part.total, -part.findings, part.key))
    most = _YEARS if by == "year" else _MOST
    kept, left = ordered[:most], ordered[most:]
    if by == "year":
        kept.sort(key=lambda part: part.key)
    return Breakdown(by, tuple(kept), len(left), sum(part.total for part in left))


def _parts(table: pa.Table) -> list[Part]:
    tokens: dict[str, dict[str, int]] = {}
    for row in table.group_by(["k", "v"]).aggregate([("t", "sum")]).to_pylist():
        tokens.setdefault(row["k"], {})[row["v"]] = row["t_sum"]
    counted = table.group_by("k").aggregate([("p", "count_distinct"), ("p", "count")])
    parts = []
    for row in counted.to_pylist():
        of = tokens[row["k"]]
        by_verdict = {each: of[each] for each in Verdict if of.get(each)}
        total = sum(by_verdict.values())
        parts.append(Part(row["k"], by_verdict, total, row["p_count_distinct"], row["p_count"]))
    return parts
