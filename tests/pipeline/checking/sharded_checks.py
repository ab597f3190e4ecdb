"""A corpus of several files, its shards, and the report that they come to."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import Shard, check, scan_shard
from provenance.pipeline.settings import Settings
from provenance.report.files.report_folder import write_report

FILES = 9


@pytest.fixture
def corpus(tmp_path: Path, posts, pages, write_lines) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(FILES):
        rows = [
            {
                "text": f"{page} {posts[number * 5 + row]['text']}. {page[:90]}",
                "id": f"{number}-{row}",
            }
            for row, page in enumerate(pages[number * 5 : number * 5 + 5])
        ]
        write_lines(folder / f"{number}.jsonl", rows)
    return folder


@pytest.fixture
def policy(registry) -> Policy:
    return Policy(registries=(str(registry),))


def run_shards(corpus, policy, tasks, count, numbers=None) -> None:
    for number in numbers or range(count, 0, -1):
        scan_shard([str(corpus)], policy, Settings(tasks=str(tasks)), Shard(number, count))


def merge(corpus, policy, tasks, count) -> Report:
    return check([str(corpus)], policy, Settings(tasks=str(tasks), shards=count))


def contents(report: Report, folder: Path) -> dict[str, bytes]:
    timeless = replace(
        report, result=replace(report.result, created=datetime(2026, 1, 1, tzinfo=UTC))
    )
    write_report(timeless, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}
