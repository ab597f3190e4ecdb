"""Findings counted by file, column and year: where in a corpus they lie, and how old they are."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Verdict

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
