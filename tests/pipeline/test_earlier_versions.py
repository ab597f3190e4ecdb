"""Files that an earlier version wrote still work: registry, report, baseline, model, calibration.

`earlier` was written by commit 1742d7b: a registry of posts, a dataset that quotes them, a
policy with a waiver, the report of a check, and a calibration. All of its texts are our own.
"""

import shutil
from pathlib import Path

import pytest

from provenance.model.results.baseline import FindingState
from provenance.pipeline import check, diff, effective_policy, upgrade, verify_registry
from provenance.pipeline.settings import Settings
from provenance.report.files.report_reader import read_model, read_report
from provenance.report.formats.rendering import FORMATS, render

_EARLIER = Path(__file__).parent / "earlier"
_SAME = ("document", "start", "end", "source", "item", "verdict", "waiver", "bits")
"""Without the strength, which did not grow with the length of a copy then."""


@pytest.fixture
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(_EARLIER, tmp_path / "earlier")
    upgrade(tmp_path / "earlier" / "registry")
    monkeypatch.chdir(tmp_path / "earlier")
    return tmp_path / "earlier"


def same(report) -> list[dict]:
    return report.findings.select(_SAME).to_pylist()


def test_a_check_with_its_registry_and_policy_finds_what_it_found(earlier):
    manifest, _ = verify_registry(earlier / "registry")
    assert manifest.items == 122
    before = read_report(earlier / "report")
    after = check(["pages.jsonl"], effective_policy(None), Settings())
    assert same(after) == same(before)
    assert len(after.findings) == 14
    assert sum(waiver is not None for waiver in after.findings["waiver"].to_pylist()) == 2
    shares = [share for share in after.result.shares if share.by != "origin"]
    assert [(share.tokens.count, share.tokens.share) for share in shares] == [
        (share.tokens.count, share.tokens.share) for share in before.result.shares
    ]


def test_its_report_is_a_baseline_and_a_model(earlier):
    settings = Settings(baseline=earlier / "report")
    known = check(["pages.jsonl"], effective_policy(None), settings)
    assert set(known.findings["state"].to_pylist()) == {str(FindingState.UNCHANGED)}
    assert known.result.status == "pass"
    scored = check(["pages.jsonl"], effective_policy(None), Settings(model_of=earlier / "report"))
    assert scored.result.corpus_model.digest == read_model(earlier / "report").digest
    assert same(scored) == same(known)


def test_its_report_is_rendered_and_compared(earlier):
    before = read_report(earlier / "report")
    assert all(render(form, before) for form in FORMATS)
    changes = diff("report", "pages.jsonl", effective_policy(None), Settings())
    assert (len(changes.appeared), len(changes.vanished), changes.kept) == (0, 0, 14)
    assert any("does not decide whose words" in caveat for caveat in changes.reservations)
    assert any("different backgrounds" in caveat for caveat in changes.reservations)


def test_its_calibration_corrects_shares(earlier):
    policy = effective_policy(None, calibration="calibration.json")
    report = check(["pages.jsonl"], policy, Settings())
    assert report.result.calibration is not None
    [forbidden] = [share for share in report.result.shares if share.key == "forbidden"]
    assert forbidden.tokens.corrected is not None
