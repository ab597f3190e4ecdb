"""Apply waivers and baselines: findings that gates do not count."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.baselines import compare_findings
from provenance.judge.gates import WAIVER_COLUMNS, waive
from provenance.model.content.fingerprints import Flags
from provenance.model.content.tables import FINDINGS
from provenance.model.results.baseline import BaselineSummary, FindingState
from provenance.model.results.origin import Origin
from provenance.model.results.result import Report, WaiverOutcome
from provenance.model.rules.policy import Gate, Policy, WaiverReason
from provenance.pipeline.findings.finding_table import FindingSet
from provenance.report.files.report_reader import findings_digest, read_report


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier result, whose findings are known.

    Parameters
    ----------
    report : Report
        The result.
    path, digest : str
        Its folder as named by the user, and the SHA-256 of its findings.
    """

    report: Report
    path: str
    digest: str


def load_baseline(path: Path | None) -> Baseline | None:
    """Load an earlier result, so that errors appear before the scan; None where none was named."""
    if path is None:
        return None
    folder = path.parent if path.is_file() else path
    return Baseline(read_report(folder), str(path), findings_digest(folder))


@dataclass(frozen=True, slots=True)
class ExemptedFindings:
    """Findings with their exemptions.

    Parameters
    ----------
    finding_set : FindingSet
        With columns `waiver` and `state` filled.
    waivers : tuple of WaiverOutcome
        Outcome of every waiver, and of every dispute of an item that was found.
    baseline : BaselineSummary or None
        Comparison with the baseline's findings.
    """

    finding_set: FindingSet
    waivers: tuple[WaiverOutcome, ...]
    baseline: BaselineSummary | None


def apply_exemptions(
    finding_set: FindingSet, policy: Policy, today: date, baseline: Baseline | None
) -> ExemptedFindings:
    """Record for each finding the waiver that excuses it, and whether the baseline has it too.

    Parameters
    ----------
    finding_set : FindingSet
        All findings.
    policy : Policy
        Its waivers.
    today : date
        A waiver applies until the day before it expires.
    baseline : Baseline or None
        The earlier result.
    """
    findings, outcomes = finding_set.findings, tuple[WaiverOutcome, ...]()
    if policy.waivers:  # without any, the column is filled already
        columns = {name: findings[name].to_pylist() for name in WAIVER_COLUMNS.values()}
        waiver_ids, outcomes = waive(policy.waivers, today, columns)
        # Notes are kept for many datasets: those on items that are not in this one say nothing.
        outcomes = tuple(
            each
            for each in outcomes
            if each.findings or each.waiver.reason is not WaiverReason.DISPUTED
        )
        findings = _set_column(findings, "waiver", waiver_ids)
    if baseline is None:
        return ExemptedFindings(replace(finding_set, findings=findings), outcomes, None)
    comparison = compare_findings(findings, baseline.report.findings)
    known_count = comparison.states.count(FindingState.UNCHANGED)
    absent_count = sum(group.findings for group in comparison.absent)
    summary = BaselineSummary(
        path=baseline.path,
        digest=baseline.digest,
        created=baseline.report.result.created,
        new=len(comparison.states) - known_count,
        unchanged=known_count,
        absent=absent_count,
        gone=comparison.absent,
        # What is neither absent nor unchanged was matched with a finding that counts as new.
        stricter=baseline.report.findings.num_rows - absent_count - known_count,
    )
    findings = _set_column(findings, "state", [str(state) for state in comparison.states])
    return ExemptedFindings(replace(finding_set, findings=findings), outcomes, summary)


def gate_mask(gate: Gate, findings: pa.Table) -> Flags:
    """Return which findings a gate counts: uncontested, unwaived and not in the baseline.

    Quotations count by the verdict on the quoted work, but for no source.
    """
    counted = pc.and_(
        pc.equal(findings["verdict"], str(gate.verdict)), pc.is_null(findings["waiver"])
    )
    counted = pc.and_not(counted, findings["contested"])
    is_known = pc.equal(findings["state"], str(FindingState.UNCHANGED))
    counted = pc.and_not(counted, pc.fill_null(is_known, fill_value=False))
    if gate.source is not None:
        counted = pc.and_(counted, pc.equal(findings["source"], gate.source))
        is_quotation = pc.equal(findings["origin"], str(Origin.QUOTATION))
        counted = pc.and_not(counted, pc.fill_null(is_quotation, fill_value=False))
    if gate.basis is not None:
        counted = pc.and_(counted, pc.fill_null(pc.equal(findings["basis"], gate.basis), False))
    flags: Flags = counted.to_numpy()
    return flags


def _set_column(findings: pa.Table, name: str, values: list[str | None] | list[str]) -> pa.Table:
    place, field = FINDINGS.get_field_index(name), FINDINGS.field(name)
    return findings.set_column(place, field, pa.chunked_array([pa.array(values, pa.string())]))
