"""Findings grouped by source and statement, for formats that list one entry per problem.

Each group has a severity, a sentence and a remedy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.results.baseline import AbsentFindings, FindingState
from provenance.model.results.origin import Origin
from provenance.model.results.result import Report, Result, SourceRuling
from provenance.model.rules.policy import Gate, WaiverReason
from provenance.model.rules.rulings import Ruling
from provenance.model.rules.terms import Terms, Verdict
from provenance.report.sanitize import shorten_line
from provenance.report.text.number_format import count
from provenance.report.text.sentences import (
    BASIS_MEANINGS,
    Outcome,
    Statement,
    explained_rulings,
    ruling_outcome,
    ruling_remedy,
    verdict_phrase,
)

_KEYS = ["source", "verdict", "basis", "terms"]
_EXCUSES = {
    "waived": "waived",
    "disputed": "disputed",
    "contested": "contested",
    "unchanged": "in the baseline",
}
"""Columns of findings that gates leave out, with what to call these findings."""
_ROWS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A file with findings.

    Parameters
    ----------
    file : str
        Name in the corpus.
    findings : int
        Number of findings in the file.
    rows : tuple of int
        The first rows with a finding, 0-based: those with one that is new since the baseline, then
        others.
    new : int
        Number of findings that are new since the baseline.
    """

    file: str
    findings: int
    rows: tuple[int, ...]
    new: int = 0


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """The findings of one source under one statement.

    Parameters
    ----------
    source, name : str
        Id and display name of the source.
    verdict, basis, terms : Verdict, str or None, str or None
        The statement.
    findings, documents, tokens : int
        Numbers of findings, of rows with one, and of matched tokens.
    counted, waived, disputed, contested, new : int
        Numbers of findings that gates count, that are waived, disputed, contested, or not in the
        baseline.
    quotations, undecided : int
        Numbers of findings that are quotations, and of which it is unclear.
    places : tuple of Place
        Files, those with most new findings first, then those with most findings.
    gates : tuple of Gate
        Failed gates that count these findings.
    ruling : Ruling or None
        Ruling on the source under this statement.
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
    disputed: int
    contested: int
    new: int
    quotations: int
    undecided: int
    places: tuple[Place, ...]
    gates: tuple[Gate, ...]
    ruling: Ruling | None

    @property
    def rule(self) -> str:
        """Id of the statement, from `statement_id`."""
        return statement_id(self)

    @property
    def decisive(self) -> Terms | None:
        """Terms of the statement."""
        reasons = self.ruling.reasons if self.ruling else ()
        return next((each.terms for each in reasons if each.terms.id == self.terms), None)


@dataclass(frozen=True, slots=True)
class GateContent:
    """What a gate counts.

    Parameters
    ----------
    documents : int
        Number of rows with a finding that it counts.
    excuses : tuple of str
        Why it leaves other findings out: "waived", "disputed", "contested" or "in the baseline".
    """

    documents: int
    excuses: tuple[str, ...]


def statement_id(group: FindingGroup | AbsentFindings) -> str:
    """Return the id of a statement: its terms, verdict and basis.

    Examples
    --------
    >>> statement_id(AbsentFindings("x", Verdict.FORBIDDEN, "explicit-ml", "x/terms/2024-11-15", 3))
    'x/terms/2024-11-15#forbidden/explicit-ml'
    """
    return f"{group.terms or 'no-terms'}#{group.verdict}/{group.basis or 'no-basis'}"


def group_findings(report: Report) -> tuple[FindingGroup, ...]:
    """Group findings by source and statement.

    Parameters
    ----------
    report : Report
        Result and findings.

    Returns
    -------
    tuple of FindingGroup
        Groups of failed gates first, then by strictness and number of tokens.
    """
    result = report.result
    table = _countable(report.findings)
    places: dict[tuple[Any, ...], list[Place]] = {}
    listed = [("row", "list"), ("new", "list")]
    for row in table.group_by([*_KEYS, "file"]).aggregate(listed).to_pylist():
        is_new = row["new_list"]
        ordered = sorted(
            {(not new, number) for number, new in zip(row["row_list"], is_new, strict=True)}
        )
        rows = tuple(dict.fromkeys(number for _, number in ordered))
        place = Place(row["file"], len(is_new), rows[:_ROWS], sum(is_new))
        places.setdefault(tuple(row[key] for key in _KEYS), []).append(place)
    sums = table.group_by(_KEYS).aggregate(
        [
            *(("tokens", function) for function in ("sum", "count")),
            ("place", "count_distinct"),
            *((name, "sum") for name in ("counted", "waived", "disputed", "contested", "new")),
            *((name, "sum") for name in ("quotations", "undecided")),
        ]
    )
    explained = explained_rulings(result.rulings)
    groups = [_group(row, places, result, explained) for row in sums.to_pylist()]
    return tuple(sorted(groups, key=_rank))


def outcome_documents(report: Report) -> dict[Outcome, int]:
    """Return the number of documents with each outcome of a source, over all its rulings."""
    findings = report.findings
    keys = [*_KEYS, "collection"]
    places = _countable(findings)["place"]
    table = findings.select(keys).append_column("place", places)
    sums = table.group_by(keys).aggregate([("place", "count_distinct")])
    counts = {
        tuple(row[key] for key in keys): row["place_count_distinct"] for row in sums.to_pylist()
    }
    documents: dict[Outcome, int] = {}
    for each in report.result.rulings:
        outcome = ruling_outcome(each)
        counted = documents.get(outcome, counts.get(outcome, 0))
        documents[outcome] = max(counted, each.documents)
    return documents


def violating_findings(report: Report) -> pa.Table:
    """Return the findings that failed gates count."""
    findings = report.findings
    is_counted = _countable(findings)["counted"]
    is_violating = pa.chunked_array([pa.array([False] * findings.num_rows, pa.bool_())])
    for outcome in report.result.gates:
        if not outcome.passed:
            is_violating = pc.or_(is_violating, _gate_mask(outcome.gate, findings))
    return findings.filter(pc.and_(is_violating, is_counted))


def gate_content(gate: Gate, findings: pa.Table) -> GateContent:
    """Return what a gate counts of some findings, and why it leaves the others out."""
    table = _countable(findings).filter(_gate_mask(gate, findings))
    counted = table.filter(table["counted"])
    excused = table.filter(pc.invert(table["counted"]))
    excuses = (what for name, what in _EXCUSES.items() if pc.any(excused[name]).as_py())
    return GateContent(pc.count_distinct(counted["place"]).as_py(), tuple(excuses))


def failing_sources(report: Report) -> frozenset[str] | None:
    """Return the sources of the findings that failed gates count; None if none failed."""
    if all(outcome.passed for outcome in report.result.gates):
        return None
    return frozenset(violating_findings(report)["source"].unique().to_pylist())


def _gate_mask(gate: Gate, findings: pa.Table) -> pa.ChunkedArray:
    mask = pc.equal(findings["verdict"], str(gate.verdict))
    if gate.source is not None:  # quotations count for no source
        mask = pc.and_not(mask, _has_origin(findings, Origin.QUOTATION))
    for column, required in (("source", gate.source), ("basis", gate.basis)):
        if required is not None:
            # Arrow text cannot contain the lone surrogates that an altered result may have.
            required_bytes = required.encode("utf-8", "surrogatepass")
            values = findings[column].cast(pa.binary())
            mask = pc.and_(mask, pc.fill_null(pc.equal(values, required_bytes), False))
    return mask


def _has_origin(findings: pa.Table, origin: Origin) -> pa.ChunkedArray:
    return pc.fill_null(pc.equal(findings["origin"], str(origin)), fill_value=False)


def _countable(findings: pa.Table) -> pa.Table:
    """Return the columns to aggregate, with a mask of the findings that gates count."""
    is_waived = pc.is_valid(findings["waiver"])
    prefix = f"{WaiverReason.DISPUTED}: "  # of the ids of disputes
    is_disputed = pc.fill_null(pc.starts_with(findings["waiver"], prefix), fill_value=False)
    is_unchanged = pc.fill_null(
        pc.equal(findings["state"], str(FindingState.UNCHANGED)), fill_value=False
    )
    is_excused = pc.or_(pc.or_(is_waived, findings["contested"]), is_unchanged)
    row = findings["row"].cast(pa.string())
    return pa.table(
        {
            **{name: findings[name] for name in (*_KEYS, "file", "row", "tokens", "contested")},
            "place": pc.binary_join_element_wise(findings["file"], row, "#"),
            "waived": pc.and_not(is_waived, is_disputed),
            "disputed": is_disputed,
            "unchanged": is_unchanged,
            "counted": pc.invert(is_excused),
            "quotations": _has_origin(findings, Origin.QUOTATION),
            "undecided": _has_origin(findings, Origin.UNDECIDED),
            "new": pc.fill_null(
                pc.equal(findings["state"], str(FindingState.NEW)), fill_value=False
            ),
        }
    )


def _group(
    row: dict[str, Any],
    places: dict[tuple[Any, ...], list[Place]],
    result: Result,
    explained: Mapping[Statement, SourceRuling],
) -> FindingGroup:
    source, verdict, basis, terms = key = tuple(row[name] for name in _KEYS)
    names = (each.name for each in result.rulings if each.source == source)
    ruling = explained.get(key)
    counted_findings = row["counted_sum"] or 0
    return FindingGroup(
        source=source,
        name=next(names, source),
        verdict=Verdict(verdict),
        basis=basis,
        terms=terms,
        findings=row["tokens_count"],
        documents=row["place_count_distinct"],
        tokens=row["tokens_sum"],
        counted=counted_findings,
        waived=row["waived_sum"] or 0,
        disputed=row["disputed_sum"] or 0,
        contested=row["contested_sum"] or 0,
        new=row["new_sum"] or 0,
        quotations=row["quotations_sum"] or 0,
        undecided=row["undecided_sum"] or 0,
        places=tuple(sorted(places[key], key=lambda each: (-each.new, -each.findings, each.file))),
        gates=_failed_gates(result, source, Verdict(verdict), basis) if counted_findings else (),
        ruling=None if ruling is None else ruling.ruling,
    )


def _failed_gates(
    result: Result, source: str, verdict: Verdict, basis: str | None
) -> tuple[Gate, ...]:
    return tuple(
        outcome.gate
        for outcome in result.gates
        if not outcome.passed
        and outcome.gate.verdict is verdict
        and outcome.gate.source in {None, source}
        and outcome.gate.basis in {None, basis}
    )


def _rank(group: FindingGroup) -> tuple[Any, ...]:
    return (
        not group.gates,
        -group.verdict.strictness,
        -group.tokens,
        group.source,
        group.rule,
        group.basis or "",
    )


def format_places(places: Sequence[Place], limit: int) -> str:
    """Format files and rows with findings.

    Examples
    --------
    >>> format_places([Place("a.parquet", 3, (1, 7, 9)), Place("b.parquet", 1, (0,))], limit=1)
    'a.parquet (rows 1, 7, 9) and 1 more file'
    """
    parts = []
    for place in places[:limit]:
        more = ", …" if place.findings > len(place.rows) else ""
        noun = "row" if len(place.rows) == 1 and not more else "rows"
        parts.append(f"{place.file} ({noun} {', '.join(map(str, place.rows))}{more})")
    more_files = len(places) - limit
    if more_files > 0:
        return f"{', '.join(parts)} and {more_files:,} more file{'' if more_files == 1 else 's'}"
    return ", ".join(parts)


ERROR, WARNING, NOTE = "error", "warning", "note"

_LEVELS = {Verdict.FORBIDDEN: WARNING, Verdict.UNKNOWN: WARNING}


def severity(group: FindingGroup) -> str:
    """Return ERROR if a failed gate counts the group, NOTE if no gate does, else by verdict."""
    if group.gates:
        return ERROR
    return _LEVELS.get(group.verdict, NOTE) if group.counted else NOTE


def group_sentence(group: FindingGroup, result: Result) -> str:
    """Return a sentence on what was found and its verdict.

    Parameters
    ----------
    group : FindingGroup
        The findings.
    result : Result
        States the purpose.

    Returns
    -------
    str
        "4 findings of X (Twitter) in 3 documents are forbidden for pretraining: names the training
        of models."
    """
    verb = "is" if group.findings == 1 else "are"
    reason = BASIS_MEANINGS.get(group.basis or "", group.basis)
    return (
        f"{count(group.findings, 'finding')} of {shorten_line(group.name, 80)} in "
        f"{count(group.documents, 'document')} {verb} {verdict_phrase(group.verdict, result)}"
        f"{f': {shorten_line(reason, 120)}' if reason else ''}.{_parts(group, result)}"
    )


def absent_sentence(absent: AbsentFindings) -> str:
    """Return a sentence on findings of the baseline that are gone."""
    findings = count(absent.findings, "finding")
    source = shorten_line(absent.source, 80)
    return f"{findings} of {source} ({absent.verdict}) of the baseline are gone."


def group_places(group: FindingGroup, limit: int = 5) -> str:
    """Return the files and rows of a group on one line."""
    return shorten_line(format_places(group.places, limit), 600)


def group_remedy(group: FindingGroup) -> str:
    """Return what to do about a group."""
    remedy = ruling_remedy(group.ruling) if group.ruling else None
    return shorten_line(remedy or "Remove it, sign an agreement, or waive it in the policy.", 500)


def _parts(group: FindingGroup, result: Result) -> str:
    parts = []
    if result.baseline is not None:
        order = " (named first)" if 0 < group.new < group.findings else ""
        parts.append(f"{group.new:,} new since the baseline{order}")
    if group.waived:
        parts.append(f"{group.waived:,} waived")
    if group.disputed:
        parts.append(f"{group.disputed:,} disputed")
    if group.quotations:
        parts.append(count(group.quotations, "quotation"))
    if group.undecided:
        parts.append(f"{group.undecided:,} of undecided origin")
    if group.contested:
        parts.append(f"{group.contested:,} contested")
    return f" Of these {', '.join(parts)}." if parts else ""
