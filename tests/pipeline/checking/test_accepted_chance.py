"""How many chance matches are accepted decides what is reported, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from provenance.errors import PolicyError
from provenance.match.scoring.evalue import chance_threshold
from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.calibration.calibrate import PlantingOptions, calibrate
from provenance.pipeline.settings import Settings
from provenance.read.policy.policy_file import load_policy, override
from provenance.report.files.calibration_json import write_calibration
from provenance.report.text.caveats import coverage_caveats

KEYS = ["document", "start", "end", "item", "strength"]


@pytest.fixture
def run(tmp_path: Path, registry: str, posts, pages, write_lines):
    """Check whole posts, and a few words from the middle of posts in pages, with a cache."""
    excerpts = [
        " ".join(post["text"].split()[2 : 6 + number % 4])
        for number, post in enumerate(posts[:200])
    ]
    texts = [
        f"{pages[number % len(pages)][:-1]} {excerpt} {pages[(number + 1) % len(pages)]}"
        for number, excerpt in enumerate(excerpts)
    ]
    texts += [post["text"] for post in posts[200:220]]
    corpus = write_lines(
        tmp_path / "corpus.jsonl",
        [{"id": str(row), "text": text} for row, text in enumerate(texts)],
    )

    def check_at(chance: float, *, cached: bool = True, calibration: str | None = None) -> Report:
        policy = Policy(registries=(registry,), chance=chance, calibration=calibration)
        cache = tmp_path / "cache" if cached else None
        return check([corpus], policy, Settings(threads=2, cache=cache))

    return check_at


def rows(report: Report) -> list[tuple]:
    return [tuple(row.values()) for row in report.findings.select(KEYS).to_pylist()]


def test_more_accepted_chance_reports_more_and_changes_no_strength(run):
    found = {chance: rows(run(chance)) for chance in (0.001, 0.003, 0.01, 0.1, 1)}
    sizes = [len(each) for each in found.values()]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[1] < sizes[2]
    for chance, each in found.items():
        threshold = chance_threshold(chance)
        assert all(row[-1] >= threshold for row in each)
        # All of them were found that are strong enough: no other competes for their words.
        strong = [row for row in found[1] if row[-1] >= threshold]
        assert each == strong


def test_a_cache_keeps_readings_of_each_level_apart(run):
    for chance in (10, 0.1, 10, 1):
        assert rows(run(chance)) == rows(run(chance, cached=False))


def test_a_report_says_what_was_accepted(run):
    usual, fewer = run(1).result, run(0.1).result
    assert fewer.method.chance_per_million == pytest.approx(usual.method.chance_per_million / 10)
    assert not any("accepts" in line for line in coverage_caveats(usual))
    [said] = [line for line in coverage_caveats(fewer) if "accepts" in line]
    assert "as --chance 0.1 accepts" in said


def test_a_calibration_counts_at_the_level_it_was_made_at(run, tmp_path, registry):
    corpus = str(tmp_path / "corpus.jsonl")
    policy = Policy(registries=(registry,), chance=0.1)
    calibration = calibrate([corpus], policy, PlantingOptions(plants=300))
    path = tmp_path / "calibration.json"
    write_calibration(calibration, path)
    assert calibration.threshold == chance_threshold(0.1)
    assert run(0.1, calibration=str(path)).result.calibration is not None
    with pytest.raises(PolicyError, match="threshold") as raised:
        run(1, calibration=str(path))
    assert "--chance" in raised.value.remedy


def test_the_option_takes_the_place_of_the_policy_s_level(tmp_path):
    (tmp_path / "provenance.toml").write_text("[check]\nchance = 0.1\n")
    policy = load_policy(None, tmp_path)
    assert (policy.chance, override(policy).chance) == (0.1, 0.1)
    assert override(policy, chance=10).chance == 10
    assert override(policy, chance=10).digest != policy.digest
    assert replace(policy, chance=1.0, digest="", path=None) == replace(Policy(), digest="")


@pytest.mark.parametrize("value", ["0", "-1", "1000", '"1"', "true", "nan"])
def test_what_is_no_number_of_chance_matches_is_refused(tmp_path, value):
    (tmp_path / "provenance.toml").write_text(f"[check]\nchance = {value}\n")
    with pytest.raises(PolicyError, match=r"check\.chance"):
        load_policy(None, tmp_path)
