"""A report whose writer is killed is the old or the new one, and the next leaves nothing else."""

import itertools
import random
import shutil
import time
from pathlib import Path

import pytest

from tests.faults.interruptions.killable_writes import REPORTS
from tests.faults.interruptions.killed_writers import is_late, long
from tests.faults.interruptions.replaced_reports import FILES, which, which_to_others


@pytest.fixture(scope="module")
def reports(child, tmp_path_factory) -> Path:
    """A folder of each report."""
    folder = tmp_path_factory.mktemp("known")
    for name in REPORTS:
        child.run("save_report", str(folder / name), name)
        assert {path.name for path in (folder / name).iterdir()} == FILES[name]
    return folder


@pytest.fixture(scope="module")
def known(reports) -> dict[str, dict[str, bytes]]:
    """The files of each report."""
    return {
        name: {path.name: path.read_bytes() for path in (reports / name).iterdir()}
        for name in REPORTS
    }


def test_a_new_report_is_there_whole_or_not_at_all_at_every_step(child, known, tmp_path) -> None:
    out, outcomes = tmp_path / "new" / "out", []
    steps = child.run("save_report", str(out), "first")
    for step in range(1, len(steps) + 1):
        shutil.rmtree(tmp_path / "new")
        assert child.run("save_report", str(out), "first", step=step) is None
        assert which(out) == which_to_others(out, known)
        outcomes.append(which(out) == "first")
        child.run("save_report", str(out), "second")
        assert which(out) == which_to_others(out, known) == "second"
        assert [path.name for path in tmp_path.rglob("*")][:2] == ["new", "out"]
        assert {path.name for path in out.iterdir()} == FILES["second"]
        assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert is_late(outcomes)


FAST, LONG = [REPORTS], [*itertools.permutations(REPORTS)]


@pytest.mark.parametrize(("old", "new", "last"), [*FAST, *long(LONG)])
def test_a_report_is_replaced_in_one_moment_for_everybody(
    child, reports, known, tmp_path, old, new, last
) -> None:
    out, outcomes = tmp_path / "out", []
    shutil.copytree(reports / old, out)
    steps = child.run("save_report", str(out), new)
    for step in range(1, len(steps) + 1):
        shutil.rmtree(out)
        shutil.copytree(reports / old, out)
        assert child.run("save_report", str(out), new, step=step) is None
        assert which(out) == which_to_others(out, known)
        outcomes.append(which(out) == new)
        assert which(out) in {old, new}
        child.run("save_report", str(out), last)
        assert which(out) == which_to_others(out, known) == last
        assert {path.name for path in out.iterdir()} == FILES[last]
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert is_late(outcomes)


@pytest.mark.parametrize(("old", "new", "last"), [*FAST, *long(LONG)])
def test_beside_other_files_too_a_report_is_old_or_new_and_never_a_mixture(
    child, known, tmp_path, old, new, last
) -> None:
    out, outcomes = tmp_path / "out", []
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    child.run("save_report", str(out), old)
    before = shutil.copytree(out, tmp_path.with_name(f"{tmp_path.name}-before"))
    steps = child.run("save_report", str(out), new)
    for step in range(1, len(steps) + 1):
        shutil.rmtree(out)
        shutil.copytree(before, out)
        assert child.run("save_report", str(out), new, step=step) is None
        outcomes.append(which(out) == new)
        assert which(out) in {old, new}
        assert which_to_others(out, known) in {old, new, None}
        child.run("save_report", str(out), last)
        assert which(out) == which_to_others(out, known) == last
        assert {path.name for path in out.iterdir()} == {*FILES[last], "mine.txt"}
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert is_late(outcomes)


@pytest.mark.parametrize("turns", [10, *long([(300,)])])
def test_what_was_begun_by_one_that_was_killed_is_finished_by_one_that_is_killed_too(
    child, known, tmp_path, turns
) -> None:
    out, dice = tmp_path / "out", random.Random(time.time_ns())
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    steps = len(child.run("save_report", str(out), "first"))
    there = "first"
    for _ in range(turns):
        name = dice.choice(REPORTS)
        child.run("save_report", str(out), name, step=dice.randint(1, steps + 8))
        assert which(out) in {there, name}
        there = which(out)
    child.run("save_report", str(out), "third")
    assert which(out) == which_to_others(out, known) == "third"
    assert {path.name for path in out.iterdir()} == {*FILES["third"], "mine.txt"}


BESIDE = ["nothing", "other files", "no folder"]


@pytest.mark.parametrize(
    ("beside", "turns"), [*((one, 4) for one in BESIDE), *long([(one, 100) for one in BESIDE])]
)
def test_of_two_that_write_one_report_either_wins_whole(
    child, known, tmp_path, beside, turns
) -> None:
    out, dice = tmp_path / "out", random.Random(f"{beside} {turns}")
    for turn in range(turns):
        shutil.rmtree(out, ignore_errors=True)
        if beside != "no folder":
            child.run("save_report", str(out), "third")
        if beside == "other files":
            (out / "mine.txt").write_text("mine")
        # One of them may be killed at it.
        last = dice.randint(1, 40) if turn % 2 else 0
        child.run_together(
            [
                ("save_report", (str(out), "first"), 0),
                ("save_report", (str(out), "second"), last),
            ]
        )
        assert which(out) in {"first", "second"}
        child.run("save_report", str(out), "first")
        assert which(out) == which_to_others(out, known) == "first"
        others = {"mine.txt"} if beside == "other files" else set()
        assert {path.name for path in out.iterdir()} == FILES["first"] | others
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_who_reads_while_a_report_is_replaced_again_and_again_reads_a_whole_one(
    child, tmp_path
) -> None:
    for name in ("alone", "beside"):
        (tmp_path / name).mkdir()
    (tmp_path / "beside" / "mine.txt").write_text("mine")
    for name in ("alone", "beside"):
        out = tmp_path / name
        child.run("save_report", str(out), "first")
        child.run_together(
            [("rewrite_and_read", (str(out), part), 0) for part in ("read", "write")]
        )


@pytest.mark.long
@pytest.mark.parametrize("beside", BESIDE)
def test_a_report_is_old_or_new_whenever_its_writer_is_killed(child, known, tmp_path, beside):
    out, dice = tmp_path / "out", random.Random(time.time_ns())
    if beside != "no folder":
        child.run("save_report", str(out), "first")
    if beside == "other files":
        (out / "mine.txt").write_text("mine")
    began = time.monotonic()
    child.run("save_report", str(out), "first")
    longest = time.monotonic() - began
    for _ in range(200):
        if beside == "no folder":
            shutil.rmtree(out)
        there = which(out)
        name = dice.choice(REPORTS)
        child.run("save_report", str(out), name, seconds=dice.uniform(0, longest))
        assert which(out) in {there, name}
        child.run("save_report", str(out), "third")
        assert which(out) == which_to_others(out, known) == "third"
        others = {"mine.txt"} if beside == "other files" else set()
        assert {path.name for path in out.iterdir()} == FILES["third"] | others
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
