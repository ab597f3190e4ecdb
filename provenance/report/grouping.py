"""Findings summed up by source and statement: what a list of problems has one entry for.

A group of findings as an entry in somebody else's list of problems: level, words, remedy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Gate, Gone, Report, Result, Ruling, State, Terms, Verdict
from provenance.report.sanitize import short
from provenance.report.text.number_format import count
from provenance.report.text.sentences import BASES, remedy_of, standing

_KEYS = ["source", "verdict", "basis", "terms"]
_ROWS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A file with findings.

    Parameters
    ----------
    file : str
        Of the corpus.
    findings : int
        How many stand in it.
    rows : tuple of int
        The first few rows that hold one, 0-based.
    """

    file: str
    findings: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one source under one statement.

    Parameters
    ----------
    source, name : str
        Whose content: its id, and what people call it.
    verdict, basis, terms : Verdict, str or None, str or None
        What the statement says.
    findings, documents, tokens : int
        How many findings, in how many rows, of how many matched tokens.
    counted, waived, contested, new : int
        Of the findings: how many gates look at, are excused, are contested, a baseline has not.
    places : tuple of Place
        Where, the files with most findings first.
    gates : tuple of Gate
        Failed gates that these findings count for.
    ruling : Ruling or None
        Why.
    """

    source: str
    name: str
    verdict: Verdict
    basis: str | None
    terms: str | None
    findings: int
    documents: int
    tokens: int
    counted: int
    waived: int
    contested: int
    new: int
    places: tuple[Place, ...]
    gates: tuple[Gate, ...]
    ruling: Ruling | None

    @property
    def rule(self) -> str:
        """Id of the statement, as `rule_of` names it."""
        return rule_of(self)

    @property
    def decisive(self) -> Terms | None:
        """The statement itself."""
        reasons = self.ruling.reasons if self.ruling else ()
        return next((each.terms for each in reasons if each.terms.id == self.terms), None)


def rule_of(group: Group | Gone) -> str:
    """Name a statement: its terms, and what they come to.

    Examples
    --------
    >>> rule_of(Gone("x", Verdict.FORBIDDEN, "explicit-ml", "x/terms/2024-11-15", 3))
    'x/terms/2024-11-15#forbidden/explicit-ml'
    """
    return f"{group.terms or 'no-terms'}#{group.verdict}/{group.basis or 'no-basis'}"


def grouped(report: Report) -> tuple[Group, ...]:
    """Sum findings up by source and statement.

    Parameters
    ----------
    report : Report
        All findings.

    Returns
    -------
    tuple of Group
        Those first that fail the check, then the strictest, then the largest.
    """
    result = report.result
    table = _weighed(report.findings)
    places: dict[tuple[Any, ...], list[Place]] = {}
    for row in table.group_by([*_KEYS, "file"]).aggregate([("row", "list")]).to_pylist():
        rows = row["row_list"]
        place = Place(row["file"], len(rows), tuple(sorted(set(rows))[:_ROWS]))
        places.setdefault(tuple(row[key] for key in _KEYS), []).append(place)
    sums = table.group_by(_KEYS).aggregate(
        [
            *(("tokens", function) for function in ("sum", "count")),
            ("place", "count_distinct"),
            *((name, "sum") for name in ("counted", "waived", "contested", "new")),
        ]
    )
    groups = [_group(row, places, result) for row in sums.to_pylist()]
    return tuple(sorted(groups, key=_rank))


def breaching(report: Report) -> pa.Table:
    """Pick the findings that failed gates count: those that a reviewer looks at first."""
    findings = report.findings
    counted = _weighed(findings)["counted"]
    chosen = pa.chunked_array([pa.array([False] * findings.num_rows, pa.bool_())])
    for outcome in report.result.gates:
        if not outcome.passed:
            chosen = pc.or_(chosen, _about(outcome.gate, findings))
    return findings.filter(pc.and_(chosen, counted))


def _about(gate: Gate, findings: pa.Table) -> pa.ChunkedArray:
    about = pc.equal(findings["verdict"], str(gate.verdict))
    for column, wanted in (("source", gate.source), ("basis", gate.basis)):
        if wanted is not None:
            about = pc.and_(about, pc.fill_null(pc.equal(findings[column], wanted), False))
    return about


def _weighed(findings: pa.Table) -> pa.Table:
    """Keep what is summed up, and say of each finding whether gates look at it."""
    waived = pc.is_valid(findings["waiver"])
    known = pc.fill_null(pc.equal(findings["state"], str(State.UNCHANGED)), fill_value=False)
    excused = pc.or_(pc.or_(waived, findings["contested"]), known)
    row = findings["row"].cast(pa.string())
    return pa.table(
        {
            **{name: findings[name] for name in (*_KEYS, "file", "row", "tokens", "contested")},
            "place": pc.binary_join_element_wise(findings["file"], row, "#"),
            "waived": waived,
            "counted": pc.invert(excused),
            "new": pc.fill_null(pc.equal(findings["state"], str(State.NEW)), fill_value=False),
        }
    )


def _group(
    row: dict[str, Any], places: dict[tuple[Any, ...], list[Place]], result: Result
) -> Group:
    source, verdict, basis, terms = key = tuple(row[name] for name in _KEYS)
    rulings = [each for each in result.rulings if each.source == source]
    fitting = [each.ruling for each in rulings if each.ruling.terms == terms]
    counted = row["counted_sum"] or 0
    return Group(
        source=source,
        name=rulings[0].name if rulings else source,
        verdict=Verdict(verdict),
        basis=basis,
        terms=terms,
        findings=row["tokens_count"],
        documents=row["place_count_distinct"],
        tokens=row["tokens_sum"],
        counted=counted,
        waived=row["waived_sum"] or 0,
        contested=row["contested_sum"] or 0,
        new=row["new_sum"] or 0,
        places=tuple(sorted(places[key], key=lambda each: (-each.findings, each.file))),
        gates=_failed(result, source, Verdict(verdict), basis) if counted else (),
        ruling=next((each for each in fitting if each.verdict == verdict), None),
    )


def _failed(result: Result, source: str, verdict: Verdict, basis: str | None) -> tuple[Gate, ...]:
    return tuple(
        outcome.gate
        for outcome in result.gates
        if not outcome.passed
        and outcome.gate.verdict is verdict
        and outcome.gate.source in {None, source}
        and outcome.gate.basis in {None, basis}
    )


def _rank(group: Group) -> tuple[Any, ...]:
    return (
        not group.gates,
        -group.verdict.strictness,
        -group.tokens,
        group.source,
        group.rule,
        group.basis or "",
    )


def where(places: Sequence[Place], limit: int) -> str:
    """Say where findings stand.

    Examples
    --------
    >>> where([Place("a.parquet", 3, (1, 7, 9)), Place("b.parquet", 1, (0,))], limit=1)
    'a.parquet (rows 1, 7, 9) and 1 more file'
    """
    said = []
    for place in places[:limit]:
        more = ", …" if place.findings > len(place.rows) else ""
        noun = "row" if len(place.rows) == 1 and not more else "rows"
        said.append(f"{place.file} ({noun} {', '.join(map(str, place.rows))}{more})")
    left = len(places) - limit
    if left > 0:
        return f"{', '.join(said)} and {left:,} more file{'' if left == 1 else 's'}"
    return ", ".join(said)


ERROR, WARNING, NOTE = "error", "warning", "note"

_LEVELS = {Verdict.FORBIDDEN: WARNING, Verdict.UNKNOWN: WARNING}


def level(group: Group) -> str:
    """Tell how bad it is: an error where a gate fails over it, and never where all is excused."""
    if group.gates:
        return ERROR
    return _LEVELS.get(group.verdict, NOTE) if group.counted else NOTE


def sentence(group: Group, result: Result) -> str:
    """Say what was found.

    Parameters
    ----------
    group : Group
        What.
    result : Result
        For which use.

    Returns
    -------
    str
        "4 findings of X (Twitter) in 3 documents are forbidden for pretraining: names the training
        of models."
    """
    verb = "is" if group.findings == 1 else "are"
    why = BASES.get(group.basis or "", group.basis)
    return (
        f"{count(group.findings, 'finding')} of {short(group.name, 80)} in "
        f"{count(group.documents, 'document')} {verb} {standing(group.verdict, result)}"
        f"{f': {short(why, 120)}' if why else ''}.{_parts(group, result)}"
    )


def gone_sentence(gone: Gone) -> str:
    """Say what a baseline had and this result has not."""
    findings = count(gone.findings, "finding")
    return f"{findings} of {short(gone.source, 80)} ({gone.verdict}) of the baseline are gone."


def places(group: Group, limit: int = 5) -> str:
    """Say where it stands, on one line."""
    return short(where(group.places, limit), 600)


def advice(group: Group) -> str:
    """Say what to do about it."""
    said = remedy_of(group.ruling) if group.ruling else None
    return short(said or "Remove it, sign an agreement, or waive it in the policy.", 500)


def _parts(group: Group, result: Result) -> str:
    parts = []
    if result.baseline is not None:
        parts.append(f"{group.new:,} new since the baseline")
    if group.waived:
        parts.append(f"{group.waived:,} waived")
    if group.contested:
        parts.append(f"{group.contested:,} contested")
    return f" Of these {', '.join(parts)}." if parts else ""
