"""What gates do not look at: findings that somebody answers for, and those of a baseline."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.baselines import beside
from provenance.judge.gates import WAIVED, waive
from provenance.model import (
    FINDINGS,
    BaselineSummary,
    Flags,
    Gate,
    Policy,
    Report,
    State,
    WaiverOutcome,
)
from provenance.pipeline.findings.finding_table import Found
from provenance.report.files.report_reader import findings_digest, read_report


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier result, whose findings are known.

    Parameters
    ----------
    report : Report
        The result.
    path, digest : str
        Its folder as it was named, and the SHA-256 of its findings.
    """

    report: Report
    path: str
    digest: str


def open_baseline(path: Path | None) -> Baseline | None:
    """Read an earlier result, before hours of work; None where none was named."""
    if path is None:
        return None
    folder = path.parent if path.is_file() else path
    return Baseline(read_report(folder), str(path), findings_digest(folder))


@dataclass(frozen=True, slots=True)
class Excused:
    """Findings, with what excuses each.

    Parameters
    ----------
    found : Found
        With their columns `waiver` and `state` filled.
    waivers : tuple of WaiverOutcome
        What came of every waiver.
    baseline : BaselineSummary or None
        What came of the baseline's findings.
    """

    found: Found
    waivers: tuple[WaiverOutcome, ...]
    baseline: BaselineSummary | None


def excused(found: Found, policy: Policy, today: date, baseline: Baseline | None) -> Excused:
    """Say of each finding whether a waiver excuses it, and whether a baseline has it too.

    Parameters
    ----------
    found : Found
        All findings.
    policy : Policy
        Its waivers.
    today : date
        A waiver counts until the day before it expires.
    baseline : Baseline or None
        The earlier result.
    """
    findings, outcomes = found.findings, tuple[WaiverOutcome, ...]()
    if policy.waivers:  # without any, the column is filled already
        columns = {name: findings[name].to_pylist() for name in WAIVED.values()}
        waived, outcomes = waive(policy.waivers, today, columns)
        findings = _with(findings, "waiver", waived)
    if baseline is None:
        return Excused(replace(found, findings=findings), outcomes, None)
    compared = beside(findings, baseline.report.findings)
    known = compared.states.count(State.UNCHANGED)
    summary = BaselineSummary(
        path=baseline.path,
        digest=baseline.digest,
        created=baseline.report.result.created,
        new=len(compared.states) - known,
        unchanged=known,
        absent=sum(each.findings for each in compared.gone),
        gone=compared.gone,
    )
    findings = _with(findings, "state", [str(state) for state in compared.states])
    return Excused(replace(found, findings=findings), outcomes, summary)


def counted(gate: Gate, findings: pa.Table) -> Flags:
    """Tell which findings a gate counts: its own, uncontested, unwaived, and in no baseline."""
    chosen = pc.and_(
        pc.equal(findings["verdict"], str(gate.verdict)), pc.is_null(findings["waiver"])
    )
    chosen = pc.and_not(chosen, findings["contested"])
    known = pc.equal(findings["state"], str(State.UNCHANGED))
    chosen = pc.and_not(chosen, pc.fill_null(known, fill_value=False))
    if gate.source is not None:
        chosen = pc.and_(chosen, pc.equal(findings["source"], gate.source))
    if gate.basis is not None:
        chosen = pc.and_(chosen, pc.fill_null(pc.equal(findings["basis"], gate.basis), False))
    flags: Flags = chosen.to_numpy()
    return flags


def _with(findings: pa.Table, name: str, values: list[str | None] | list[str]) -> pa.Table:
    place, field = FINDINGS.get_field_index(name), FINDINGS.field(name)
    return findings.set_column(place, field, pa.chunked_array([pa.array(values, pa.string())]))
