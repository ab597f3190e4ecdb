"""What is found does not depend on the segments that the items of a registry are in."""

import json

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.settings import Settings
from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.report.files.report_folder import write_report
from tests.pipeline.overlapping_items import World
from tests.registry.conftest import batch_of, create_in_segments

UNMERGED = BuildLimits(merged_tokens=0)


def add_all(path, parts, dice):
    """Add part by part, some twice, merging or not."""
    create_registry(path, [batch_of(parts[0])])
    for number, part in enumerate(parts[1:], 1):
        limits = dice.choice((UNMERGED, BuildLimits()))
        extend_registry(path, [batch_of(part)], limits=limits)
        if number % 2:
            current = {row["item"] for later in parts[number + 1 :] for row in later}
            again = [row for row in part if row["item"] not in current]
            extend_registry(path, [batch_of(again)], limits=limits)


@pytest.fixture
def findings(tmp_path, write_lines):
    """Check pages against a registry; give the findings, and what the result says of them."""

    def work(path, pages):
        corpus = write_lines(tmp_path / "pages.jsonl", pages)
        out = tmp_path / f"{path.name}-report"
        report = check([corpus], Policy(registries=(str(path),)), Settings(threads=2))
        write_report(report, out)
        result = json.loads((out / "result.json").read_text("utf-8"))
        for registry in result["registries"]:
            for name in ("path", "digest", "created"):
                registry.pop(name, None)
        return (out / "findings.parquet").read_bytes(), result["shares"], result["registries"]

    return work


@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=() if n in (0, 8) else pytest.mark.long) for n in range(12)]
)
def test_findings_are_the_same_however_items_came_and_are_split(seed, tmp_path, findings):
    world = World(seed)
    pages = world.pages()
    create_registry(tmp_path / "one", [batch_of(world.rows)])
    create_in_segments(tmp_path / "split", world.parts(5))
    add_all(tmp_path / "added", world.parts(6), world.dice)
    expected = findings(tmp_path / "one", pages)
    assert findings(tmp_path / "split", pages) == expected
    assert findings(tmp_path / "added", pages) == expected
    compact_registry(tmp_path / "split")
    assert findings(tmp_path / "split", pages) == expected
