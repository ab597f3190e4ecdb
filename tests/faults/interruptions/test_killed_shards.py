"""A shard that is killed continues, and its report is that of a single check."""

import shutil
from pathlib import Path

import pytest

from provenance.atomic_output import PREFIX
from provenance.model.rules.policy import Policy
from provenance.pipeline import Shard, check, scan_shard
from provenance.pipeline.settings import Settings
from tests.faults.interruptions.killed_writers import long
from tests.pipeline.checking.sharded_checks import contents
from tests.pipeline.conftest import pages, posts, registry, write_lines  # noqa: F401 (fixtures)


@pytest.fixture
def corpus(tmp_path, pages, posts, write_lines) -> str:  # noqa: F811
    (tmp_path / "data").mkdir()
    for number in range(4):
        rows = [
            {"text": f"{pages[row]} {posts[row]['text']}"}
            for row in range(number * 4, number * 4 + 4)
        ]
        write_lines(tmp_path / "data" / f"{number}.jsonl", rows)
    return str(tmp_path / "data")


@pytest.mark.parametrize("every", [9, *long([(1,)])])
def test_a_shard_that_is_killed_at_any_step_continues(
    child,
    tmp_path,
    corpus,
    registry,  # noqa: F811
    every,
) -> None:
    policy, tasks = Policy(registries=(str(registry),)), tmp_path / "tasks"
    expected = contents(check([corpus], policy, Settings()), tmp_path / "single")
    scan_shard([corpus], policy, Settings(tasks=str(tmp_path / "second")), Shard(2, 2))
    given = corpus, str(tasks), str(registry), "1/2"
    steps = child.run("scan_a_shard", *given)
    assert len(steps) >= 10
    for step in range(1, len(steps) + 1, every):
        shutil.rmtree(tasks)
        assert child.run("scan_a_shard", *given, step=step) is None
        done = entries(tasks)
        child.run("scan_a_shard", *given)
        assert {path: entries(tasks)[path] for path in done} == done  # nothing is done twice
        shutil.copytree(tmp_path / "second", tasks, dirs_exist_ok=True)
        merged = check([corpus], policy, Settings(tasks=str(tasks), shards=2))
        assert contents(merged, tmp_path / "merged") == expected
        shutil.rmtree(tmp_path / "merged")


def entries(tasks: Path) -> dict[Path, int]:
    """Return the tasks that are done, and when."""
    return {
        path: path.stat().st_mtime_ns
        for path in tasks.rglob("*")
        if path.is_file() and not path.name.startswith(PREFIX)
    }
