"""Findings do not depend on how many parts are scored, located and judged at a time."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import calibrate, check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.calibration.calibrate import PlantingOptions
from provenance.pipeline.checking import corpus_findings
from provenance.pipeline.scan import corpus_scan, part_scan, reading_store, readings
from provenance.pipeline.settings import Settings
from provenance.report.files.calibration_json import write_calibration
from provenance.report.files.report_folder import write_report
from provenance.report.formats.rendering import render
from tests.pipeline.smaller_slices import scan_in_slices


@pytest.fixture
def corpus(tmp_path, posts, pages, write_lines) -> str:
    """Ten files: pages with posts, near-duplicates of articles, rows with addresses."""
    for number in range(10):
        own = pages[number * 7 : number * 7 + 7]
        rows = [
            {
                "text": f"{page} {posts[(number * 5 + row) % 40]['text']}. {page[:90]}",
                "url": f"https://x.com/i/status/{number}" if row == 2 else None,
            }
            for row, page in enumerate(own)
        ]
        rows.append({"text": pages[100 + number % 3].replace(".", " indeed.", 3), "url": None})
        (tmp_path / "corpus").mkdir(exist_ok=True)
        write_lines(tmp_path / "corpus" / f"{number}.jsonl", rows)
    return str(tmp_path / "corpus")


@pytest.fixture
def registries(tmp_path, registry, pages, write_lines) -> tuple[str, str]:
    rows = [{"id": f"a{row}", "text": page} for row, page in enumerate(pages[100:])]
    dump = write_lines(tmp_path / "articles.jsonl", rows)
    build_registry(tmp_path / "articles", DumpSource([dump], "gazette"))
    return str(registry), str(tmp_path / "articles")


@pytest.fixture
def control(tmp_path, posts, write_lines) -> str:
    turned = [{**post, "text": " ".join(post["text"].split()[::-1])} for post in posts]
    dump = write_lines(tmp_path / "turned.jsonl", turned)
    build_registry(tmp_path / "control", DumpSource([dump], "y"))
    return str(tmp_path / "control")


def timeless(report: Report) -> Report:
    return replace(report, result=replace(report.result, created=datetime(2026, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize("sample", [None, pytest.param(0.6, marks=pytest.mark.long)])
def test_reports_are_the_same_however_many_parts_are_in_memory(
    tmp_path, corpus, registries, control, monkeypatch, sample
) -> None:
    calibration = calibrate(
        [corpus], Policy(registries=registries), PlantingOptions(60, 1, control), Settings()
    )
    write_calibration(calibration, tmp_path / "calibration")
    policy = Policy(registries=registries, calibration=str(tmp_path / "calibration"))
    reports = []
    for batch, memory, slice_bytes in (
        (1 << 26, 1 << 25, 1 << 23),
        (1, 1 << 25, 1 << 23),
        (3000, 1, 1),  # and parts have several readings
    ):
        monkeypatch.setattr(readings, "_MAX_BATCH_BYTES", batch)
        monkeypatch.setattr(reading_store, "_MAX_BYTES_IN_MEMORY", memory)
        monkeypatch.setattr(corpus_findings, "_MAX_FINDING_BYTES", memory)
        scan_in_slices(monkeypatch, slice_bytes)
        monkeypatch.setattr(part_scan, "_MAX_READING_BYTES", 32 * slice_bytes)
        made = timeless(check([corpus], policy, Settings(control=control, sample=sample)))
        write_report(made, tmp_path / str(batch))
        reports.append(made)
    first, *others = reports
    kinds = set(first.findings["evidence"].to_pylist())
    assert kinds >= {"content", "link"}
    assert len(first.findings) >= 30
    for made, batch in zip(others, (1, 3000), strict=True):
        assert render("json", made) == render("json", first)
        for name in ("findings.parquet", "model.parquet", "report.html"):
            expected = (tmp_path / str(1 << 26) / name).read_bytes()
            assert (tmp_path / str(batch) / name).read_bytes() == expected, name


def test_calibrations_are_the_same_however_many_parts_are_in_memory(
    corpus, registries, control, monkeypatch
) -> None:
    made = []
    for batch in (1 << 26, 1):
        monkeypatch.setattr(readings, "_MAX_BATCH_BYTES", batch)
        one = calibrate(
            [corpus], Policy(registries=registries), PlantingOptions(60, 1, control), Settings()
        )
        made.append(replace(one, created=datetime(2026, 1, 1, tzinfo=UTC), plants=None))
    assert made[0] == made[1]


def test_a_calibration_continues_from_what_an_earlier_one_read(
    tmp_path, corpus, registries, control, monkeypatch
) -> None:
    policy, planting = Policy(registries=registries), PlantingOptions(60, 1, control)
    scanned = []
    inner = corpus_scan.read_part

    def read_part(part, *arguments):
        if not part.file.startswith("."):
            scanned.append(part.file)
        return inner(part, *arguments)

    monkeypatch.setattr(corpus_scan, "read_part", read_part)
    made = []
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        scanned.clear()
        made.append(calibrate([corpus], policy, planting, Settings(cache=cache)))
        assert sum(name.endswith(".jsonl") for name in scanned) == (0 if len(made) == 3 else 10)
    first, *others = (
        replace(one, created=datetime(2026, 1, 1, tzinfo=UTC), plants=None) for one in made
    )
    assert others == [first, first]
    assert all(one.plants.equals(made[0].plants) for one in made)
