"""Baselines and waivers of whole checks: what a gate counts, and what comes of the rest."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from provenance.errors import CorruptFile, DatasetNotFound, RegistryError
from provenance.model.rules.policy import Policy, Waiver, WaiverReason
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from provenance.report.files.report_folder import write_report
from provenance.report.files.report_reader import read_report
from provenance.report.formats.rendering import render


@pytest.fixture
def held(tmp_path, registry, write_lines, pages):
    """Check rows of a corpus, beside an earlier report where one is named."""

    def run(rows, baseline=None, waivers=(), name="corpus.jsonl"):
        corpus = write_lines(tmp_path / name, rows)
        policy = Policy(registries=(registry,), waivers=waivers)
        return check([corpus], policy, Settings(baseline=baseline))

    return run


@pytest.fixture
def rows(pages, posts):
    clean = [{"text": page} for page in pages[:30]]
    quoting = [
        {"text": f"{page} {post['text']}"}
        for page, post in zip(pages[30:34], posts[20:24], strict=True)
    ]
    return [*clean, *quoting]


def earlier(report, folder: Path) -> Path:
    write_report(report, folder)
    return folder


def test_what_was_there_before_passes(held, rows, tmp_path):
    first = held(rows)
    assert first.result.status == "fail"
    again = held(rows, earlier(first, tmp_path / "before"))

    assert again.result.status == "pass"
    made = again.result.baseline
    assert (made.new, made.unchanged, made.absent) == (0, first.result.findings, 0)
    assert set(again.findings["state"].to_pylist()) == {"unchanged"}
    assert again.result.gates[0].share == 0
    assert [s.tokens for s in again.result.shares] == [s.tokens for s in first.result.shares]


def test_a_new_row_fails_alone(held, rows, posts, pages, tmp_path):
    first = held(rows)
    added = {"text": f"{pages[50]} {posts[60]['text']}"}
    again = held([added, *rows], earlier(first, tmp_path / "before"))

    assert again.result.status == "fail"
    made = again.result.baseline
    assert (made.new, made.unchanged, made.absent) == (1, first.result.findings, 0)
    assert made.stricter == 0
    (new,) = [row for row in again.findings.to_pylist() if row["state"] == "new"]
    assert (new["row"], new["item"]) == (0, posts[60]["id"])
    everything = held([added, *rows])
    assert 0 < again.result.gates[0].share < everything.result.gates[0].share
    assert "new content" in again.result.violations[0].message
    assert "new and forbidden" in render("terminal", again)


def test_moving_rows_to_other_files_changes_nothing(held, rows, tmp_path):
    before = earlier(held(rows), tmp_path / "before")
    again = held(rows[::-1], before, name="other.jsonl")

    assert again.result.status == "pass"
    assert again.result.baseline.unchanged == len(again.findings) > 0


def test_what_was_removed_is_gone(held, rows, tmp_path):
    before = earlier(held(rows), tmp_path / "before")
    again = held(rows[:30], before)

    assert again.result.status == "pass"
    assert again.result.baseline.absent == 4
    assert '"baselineState": "absent"' in render("sarif", again)


def test_a_waiver_that_ended_is_no_baseline(held, rows, tmp_path):
    waiver = Waiver(
        WaiverReason.RISK_ACCEPTED, "for the pilot", "legal", date(2100, 1, 1), source="x"
    )
    waived = held(rows, waivers=(waiver,))
    assert waived.result.status == "pass"
    before = earlier(waived, tmp_path / "before")
    over = replace(waiver, expires=date(2020, 1, 1))
    again = held(rows, before, waivers=(over,))

    assert again.result.status == "fail"
    compared = again.result.baseline
    assert compared.new == compared.stricter == len(again.findings)
    assert f"{compared.stricter} of the new findings are in the baseline, too" in " ".join(
        render("terminal", again).split()
    )
    assert again.result.waivers[0].expired
    for name in ("terminal", "markdown", "html"):
        assert "expired" in render(name, again).lower()
    assert held(rows, before, waivers=(waiver,)).result.status == "pass"


def test_the_outcome_comes_back_from_its_folder(held, rows, tmp_path):
    before = earlier(held(rows), tmp_path / "before")
    again = held(rows[1:], before)
    back = read_report(earlier(again, tmp_path / "after"))
    assert back.result == again.result
    assert back.findings.equals(again.findings)
    assert len(back.result.baseline.digest) == 64


@pytest.mark.parametrize("damage", ["absent", "cut"])
def test_a_baseline_that_cannot_be_read_is_refused_before_the_work(held, tmp_path, rows, damage):
    place = tmp_path / "before"
    if damage == "cut":
        write_report(held(rows), place)
        (place / "findings.parquet").write_bytes(b"PAR1")
    with pytest.raises((DatasetNotFound, CorruptFile)) as raised:
        held([{"text": ""}], place)
    assert raised.value.remedy


def test_a_registry_in_which_nothing_can_be_found_clears_nothing(tmp_path, write_lines, pages):
    dump = write_lines(tmp_path / "short.jsonl", [{"id": "1", "text": "so it is"}])
    build_registry(tmp_path / "short", DumpSource([dump], "x"))
    corpus = write_lines(tmp_path / "c.jsonl", [{"text": page} for page in pages[:3]])
    with pytest.raises(RegistryError, match="nothing can be found") as raised:
        check([corpus], Policy(registries=(str(tmp_path / "short"),)))
    assert "registry add" in raised.value.remedy
