"""Whenever the power fails, there is the old or the new; and the new, once a command has ended."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from provenance.pipeline.caching.result_cache import ResultCache
from provenance.registry.verification import verify_files
from tests.faults.interruptions.disk_states import DISKS
from tests.faults.interruptions.killed_writers import content, is_late
from tests.faults.interruptions.replaced_reports import which


@pytest.fixture
def outcomes(child, tmp_path) -> Callable[..., dict[str, list[str]]]:
    """Let a writer lose power at every step; give what each disk then holds, one a step."""

    def lose(writer: str, *given: str, state: Callable[[Path], str]) -> dict[str, list[str]]:
        root, dumps = tmp_path / "root", tmp_path / "dumps"
        root.mkdir(exist_ok=True)
        child.run("lose_power_at", str(root), str(dumps), writer, *given)
        steps = {disk: sorted((dumps / disk).iterdir()) for disk in DISKS}
        assert len(steps["journal"]) >= 5
        return {disk: [state(folder) for folder in steps[disk]] for disk in DISKS}

    return lose


@pytest.mark.parametrize("beside", ["nothing", "other files"])
def test_a_report_is_replaced_whole(child, outcomes, tmp_path, beside) -> None:
    out = tmp_path / "root" / "out"
    child.run("save_report", str(out), "first")
    if beside == "other files":
        (out / "mine.txt").write_text("mine")

    def state(root: Path) -> str:
        if beside == "other files":
            assert (root / "out" / "mine.txt").read_text() == "mine"
        return which(root / "out") or "none"

    for found in outcomes("save_report", str(out), "second", state=state).values():
        assert set(found) == {"first", "second"}
        assert is_late([one == "second" for one in found])


def test_a_report_is_finished_whole_where_another_was_begun(child, outcomes, tmp_path) -> None:
    out = tmp_path / "root" / "out"
    child.run("save_report", str(out), "first")
    (out / "mine.txt").write_text("mine")
    steps = child.run("save_report", str(out), "second")
    child.run("save_report", str(out), "first")
    moved = [place for place, step in enumerate(steps, 1) if step == "os.rename"]
    child.run("save_report", str(out), "second", step=moved[-2])
    assert (out / ".provenance-report").is_dir()

    def state(root: Path) -> str:
        return which(root / "out") or "none"

    for found in outcomes("save_report", str(out), "third", state=state).values():
        assert set(found) == {"second", "third"}
        assert is_late([one == "third" for one in found])


def test_a_new_report_is_there_whole_or_not_at_all(outcomes, tmp_path) -> None:
    out = tmp_path / "root" / "deep" / "er" / "out"

    def state(root: Path) -> str:
        return which(root / "deep" / "er" / "out") or "none"

    for found in outcomes("save_report", str(out), "first", state=state).values():
        assert is_late([one == "first" for one in found])


def test_a_calibration_is_old_or_new(child, outcomes, tmp_path) -> None:
    path = tmp_path / "root" / "calibration.json"
    child.run("write_measured", str(path), "1")

    def state(root: Path) -> str:
        return str(json.loads((root / path.name).read_text())["seed"])

    for found in outcomes("write_measured", str(path), "2", state=state).values():
        assert is_late([one == "2" for one in found])


def test_a_rendering_is_old_or_new(child, outcomes, tmp_path) -> None:
    path = tmp_path / "root" / "report.md"
    child.run("write_rendering", str(path), "a")

    def state(root: Path) -> str:
        text = (root / path.name).read_text()
        assert text in {"a" * 1000, "b" * 1000}
        return text[0]

    for found in outcomes("write_rendering", str(path), "b", state=state).values():
        assert is_late([one == "b" for one in found])


@pytest.mark.parametrize("writer", ["begin_policy", "unpack_sample"])
def test_what_is_laid_out_is_there_whole_or_not_at_all(child, outcomes, tmp_path, writer) -> None:
    whole = tmp_path / "whole"
    child.run(writer, str(whole))

    def state(root: Path) -> str:
        if not (root / "out").exists():
            return "none"
        assert content(root / "out") == content(whole)
        return "whole"

    for found in outcomes(writer, str(tmp_path / "root" / "out"), state=state).values():
        assert is_late([one == "whole" for one in found])


def test_an_entry_that_was_not_synced_is_not_believed(child, outcomes, tmp_path) -> None:
    def state(root: Path) -> str:
        memory = ResultCache(root / "cache", "")
        found = memory.load(memory.key("one"))
        assert found is None or found.tobytes() == b"a" * 1000
        return "whole" if found is not None else "none"

    outcomes("keep_entry", str(tmp_path / "root" / "cache"), "one", "a", state=state)


def test_a_writer_that_syncs_nothing_is_caught(outcomes, tmp_path) -> None:
    """The disks lose what was not synced, or these tests would show nothing."""
    lost = outcomes(
        "write_carelessly",
        str(tmp_path / "root" / "file"),
        state=lambda root: (root / "file").read_text() if (root / "file").exists() else "none",
    )
    assert lost["journal"][-1] == ""
    assert lost["strict"][-1] == "none"


def test_a_cleaned_corpus_is_there_whole_or_not_at_all(cleaning, tmp_path) -> None:
    child, data = cleaning
    root, whole, dumps = tmp_path / "root", tmp_path / "whole", tmp_path / "dumps"
    root.mkdir()
    child.run("clean_corpus", str(data), str(whole))
    given = ("clean_corpus", str(data), str(root / "out"))
    child.run("lose_power_at", str(root), str(dumps), *given)
    for disk in DISKS:
        found = [folder / "out" for folder in sorted((dumps / disk).iterdir())]
        assert all(content(out) == content(whole) for out in found if out.exists())
        assert is_late([out.exists() for out in found])


@pytest.mark.long
def test_a_registry_is_old_or_new(cleaning, tmp_path) -> None:
    child, data = cleaning
    root, dumps = tmp_path / "root", tmp_path / "dumps"
    root.mkdir()
    posts, registry = str(data.parent / "posts.jsonl"), str(root / "registry")
    child.run("build", registry, posts)
    old = verify_files(root / "registry").digest
    child.run("lose_power_at", str(root), str(dumps), "add", registry, str(data / "0.jsonl"))
    new = verify_files(root / "registry").digest
    for disk in DISKS:
        found = [
            verify_files(folder / "registry").digest for folder in sorted((dumps / disk).iterdir())
        ]
        assert set(found) == {old, new}
        assert is_late([digest == new for digest in found])
