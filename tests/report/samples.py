"""Reports made by hand: rich enough that every part of every format has something to show."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from provenance.model.content.tables import FINDINGS, Skipped
from provenance.model.results.baseline import AbsentFindings, BaselineSummary
from provenance.model.results.calibration import CalibrationSummary, CorrectedShare
from provenance.model.results.corpus_files import CorpusFile, corpus_digest
from provenance.model.results.method import MeasuredRecall, Method, Parameter
from provenance.model.results.result import (
    CorpusSummary,
    GateOutcome,
    Report,
    Result,
    SampleSummary,
    Violation,
    WaiverOutcome,
)
from provenance.model.results.reviews import (
    FindingLabel,
    Review,
    ReviewLabel,
    ReviewSample,
    ReviewScope,
)
from provenance.model.results.shares import Estimate, Share
from provenance.model.rules.policy import Agreement, Gate, Policy, Unit, Waiver, WaiverReason
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Purpose, Verdict
from tests.report.sample_findings import FOUND, findings_table
from tests.report.sample_registries import BOOKS, CONTROL, REGISTRIES
from tests.report.sample_rulings import RULINGS

WAIVER = Waiver(
    reason=WaiverReason.OWN_CONTENT,
    statement="These pages quote our own account.",
    approver="Legal, R. Osei",
    expires=date(2027, 1, 31),
    source="x",
    documents="faq-*",
)
EXPIRED = Waiver(
    reason=WaiverReason.RISK_ACCEPTED,
    statement="Accepted for the pilot.",
    approver="M. Duarte",
    expires=date(2026, 3, 1),
    source="reddit",
)


CONTENTS = (
    CorpusFile("part-0.parquet", 901_234, "9a" * 32),
    CorpusFile("part-2.jsonl", 54_321, "9c" * 32),
    CorpusFile("sub/part-1.jsonl.zst", 12_345, "9b" * 32),
)


def sample_report() -> Report:
    """A corpus that fails: X forbidden, Reddit by agreement, Stack Exchange, an unknown forum."""
    return Report(_result(), findings_table(FOUND))


def sample_review(report: Report | None = None) -> Review:
    """A review of the findings of a report, one of them labelled."""
    made = report or sample_report()
    keys = tuple(f"f{number:016x}" for number in range(made.findings.num_rows))
    day = date(2026, 3, 1)
    label = FindingLabel(keys[-1], ReviewLabel.SKIP, "R. <b>Osei", day, 0.1, "page-7", "x", None)
    order = np.arange(len(keys))
    sample = ReviewSample("7c" * 32, 3, len(keys), ReviewScope.ALL)
    tokens = np.maximum(made.findings["tokens"].to_numpy(), 1)
    return Review(made.result, made.findings, tokens, keys, order, order, sample, {keys[-1]: label})


def many_report() -> Report:
    """The corpus that fails, with more findings than a page holds."""
    rows = [
        {**finding, "document": f"{finding['document']}-{number}", "row": number}
        for number in range(10_400 // len(FOUND))
        for finding in FOUND
    ]
    return Report(replace(_result(), findings=len(rows)), findings_table(rows))


def calibrated_report() -> Report:
    """The corpus that fails, its shares corrected by a calibration made on another."""
    result = _result()
    shares = tuple(
        replace(share, **{unit: _corrected(getattr(share, unit)) for unit in Unit})
        for share in result.shares
    )
    made = CalibrationSummary(
        path="calibration.json",
        digest="7c" * 32,
        created=datetime(2026, 5, 1, 9, 0, tzinfo=UTC),
        tool="0.1.0",
        planted=3761,
        recall=0.885,
        false_basis="control",
        reservations=("recall was measured on another corpus",),
    )
    return Report(replace(result, shares=shares, calibration=made), findings_table(FOUND))


def sampled_report() -> Report:
    """The corpus that fails, of which a tenth was looked at; one gate is undecided."""
    result = _result()
    failed, passed = result.gates
    return Report(
        replace(
            result,
            sample=SampleSummary(0.1, 1204, 12_077, 1_874_700, 18_800_112),
            gates=(failed, replace(passed, undecided=True)),
        ),
        findings_table(FOUND),
    )


def compared_report() -> Report:
    """The corpus that fails beside an earlier result: one post is new, another is gone."""
    result = _result()
    made = BaselineSummary(
        path="earlier",
        digest="2a" * 32,
        created=datetime(2026, 4, 1, 7, 0, tzinfo=UTC),
        new=1,
        unchanged=len(FOUND) - 1,
        absent=3,
        gone=(
            AbsentFindings("x", Verdict.FORBIDDEN, "explicit-ml", "x/terms/2024-11-15", 2),
            AbsentFindings("reddit", Verdict.PERMITTED, "agreement", None, 1),
        ),
    )
    states = [{**row, "state": "unchanged" if n else "new"} for n, row in enumerate(FOUND)]
    return Report(replace(result, baseline=made), findings_table(states))


def _corrected(estimate: Estimate) -> Estimate:
    share = min(estimate.share * 1.1, 1.0)
    return replace(estimate, corrected=CorrectedShare(share, share * 0.95, min(share * 1.06, 1.0)))


def clear_report() -> Report:
    """A corpus in which nothing was found, with one gate."""
    none = Estimate(0, 0.0, 0.0, 0.0000098, 0.0, 0.0)
    result = _result()
    clear = Result(
        tool=result.tool,
        created=result.created,
        corpus=CorpusSummary(
            ("poems.jsonl",), 1, 310, 310, 402_112, 2_310_004, "5" * 64, ("text",), ()
        ),
        registries=result.registries[:1],
        rules_digest=result.rules_digest,
        policy=Policy(digest="0" * 64),
        shares=(
            *(
                Share("source", s, v, none, none, none)
                for s, v in ((each.source, each.ruling.verdict) for each in RULINGS)
            ),
            *(Share("verdict", v, v, none, none, none) for v in Verdict),
        ),
        rulings=tuple(_unfound(each) for each in RULINGS),
        gates=(GateOutcome(Gate(Verdict.FORBIDDEN), 0.0, 0.0, passed=True),),
        violations=(),
        waivers=(),
        findings=0,
        method=result.method,
    )
    return Report(clear, FINDINGS.empty_table())


def _share(by: str, key: str, verdict: Verdict | None, tokens: int, documents: int) -> Share:
    def estimate(number: int, total: int, extra: float = 0.0) -> Estimate:
        share = number / total
        return Estimate(
            count=number,
            share=share,
            low=max(share * 0.9 - 0.00002, 0.0),
            high=min(share * 1.18 + 0.00004, 1.0),
            any=min(share * (1.12 if extra else 1.0), 1.0),
            contested=share * extra,
        )

    extra = 0.1 if verdict is Verdict.FORBIDDEN else 0.0
    return Share(
        by,
        key,
        verdict,
        documents=estimate(documents, 1204, extra),
        tokens=estimate(tokens, 312_450, extra),
        bytes=estimate(tokens * 6, 312_450 * 6, extra),
    )


SHARES = (
    _share("source", "x", Verdict.FORBIDDEN, 6610, 212),
    _share("source", "forum.example", Verdict.UNKNOWN, 412, 9),
    _share("source", "stackexchange", Verdict.RESTRICTED, 3105, 96),
    _share("source", "reddit", Verdict.PERMITTED, 1240, 51),
    _share("source", "mastodon", Verdict.RESTRICTED, 0, 0),
    _share("verdict", "forbidden", Verdict.FORBIDDEN, 6610, 212),
    _share("verdict", "unknown", Verdict.UNKNOWN, 412, 9),
    _share("verdict", "restricted", Verdict.RESTRICTED, 3105, 96),
    _share("verdict", "permitted", Verdict.PERMITTED, 1240, 51),
    _share("basis", "forbidden: explicit-ml", Verdict.FORBIDDEN, 6610, 212),
    _share("basis", "unknown: no-rule", Verdict.UNKNOWN, 412, 9),
    _share("basis", "restricted: copyright-licence", Verdict.RESTRICTED, 3105, 96),
    _share("basis", "permitted: agreement", Verdict.PERMITTED, 1240, 51),
    _share("terms", "x/developer-agreement/2025-06-04", Verdict.FORBIDDEN, 6610, 212),
    _share("terms", "stackexchange/content-licence/2018-05-02", Verdict.RESTRICTED, 2500, 77),
    _share("evidence", "content", None, 11_201, 360),
    _share("evidence", "link", Verdict.RESTRICTED, 166, 3),
)


def _result() -> Result:
    forbidden, documents = (
        Gate(Verdict.FORBIDDEN),
        Gate(Verdict.RESTRICTED, "stackexchange", Unit.DOCUMENTS, 0.1),
    )
    return Result(
        tool="0.1.0",
        created=datetime(2026, 5, 4, 8, 15, 30, tzinfo=UTC),
        corpus=CorpusSummary(
            addresses=("data/pages",),
            files=3,
            documents=1204,
            texts=1204,
            tokens=312_450,
            bytes=1_874_700,
            digest=corpus_digest(CONTENTS),
            text_columns=("text",),
            skipped=(
                Skipped("part-0.parquet", "null text", 3, (17, 18, 402)),
                Skipped("part-2.jsonl", "not valid JSON", 1, (9,)),
            ),
            contents=CONTENTS,
        ),
        registries=REGISTRIES,
        rules_digest="e3" * 32,
        policy=Policy(
            circumstances=Circumstances(Purpose.PRETRAINING),
            gates=(forbidden, documents),
            agreements=(
                Agreement(
                    "reddit",
                    (Purpose.PRETRAINING, Purpose.FINE_TUNING),
                    DateRange(date(2024, 2, 1), date(2027, 2, 1)),
                    "contract 17/2024",
                ),
            ),
            waivers=(WAIVER, EXPIRED),
            path="provenance.toml",
            digest="a4" * 32,
        ),
        shares=SHARES,
        rulings=RULINGS,
        gates=(
            GateOutcome(forbidden, 0.01904, 0.0171, passed=False),
            GateOutcome(documents, 0.0797, 0.0717, passed=True),
        ),
        violations=(
            Violation(
                "forbidden=0%",
                "1.9% of the tokens are forbidden for pretraining, 0% is allowed",
                "remove the forbidden documents with `provenance clean`, sign an agreement with x, "
                "or waive findings that are excused.",
            ),
        ),
        waivers=(
            WaiverOutcome(WAIVER, expired=False, findings=1),
            WaiverOutcome(EXPIRED, expired=True, findings=51),
        ),
        findings=len(FOUND),
        method=Method(
            parameters=(
                Parameter("normalisation", "1", "version of the rules that turn text into tokens"),
                Parameter("seed_width", "4", "words a shingle that starts a match"),
                Parameter(
                    "threshold", "4 per million", "chance documents accepted, per million tokens"
                ),
            ),
            recall=(
                MeasuredRecall("verbatim", "5-7", 0.861),
                MeasuredRecall("verbatim", "8+", 0.996),
                MeasuredRecall("cut to 70%", "8+", 0.883),
                MeasuredRecall("change10", "8+", 0.931),
            ),
            chance_per_million=0.52,
        ),
        backgrounds=(BOOKS,),
        control=CONTROL,
    )


def _unfound(each: Any) -> Any:
    return type(each)(each.source, each.name, 0, 0, each.ruling, each.agreement)
