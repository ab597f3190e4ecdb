"""An answer whose writer is killed is the old or the new one, whole, beside files of others."""

import shutil
from pathlib import Path

import pytest

from tests.faults.interruptions.killable_writes import REPORTS
from tests.faults.interruptions.killed_writers import is_late, long


def files_of(folder: Path) -> dict[str, bytes]:
    """The files in a folder, without temporaries."""
    if not folder.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def answers(child, tmp_path_factory) -> Path:
    """A folder of each answer."""
    folder = tmp_path_factory.mktemp("answers")
    for name in REPORTS:
        child.run("save_answer", str(folder / name), name)
    return folder


@pytest.fixture(scope="module")
def known(answers) -> dict[str, dict[str, bytes]]:
    return {name: files_of(answers / name) for name in REPORTS}


NOTHING, FILES = {}, {"notes.txt": b"ours", "more.csv": b"1,2"}
FAST = [(None, "first", NOTHING), ("first", "second", NOTHING), ("second", "third", FILES)]
LONG = [(None, "first", FILES), ("first", "second", FILES), ("second", "third", NOTHING)]


@pytest.mark.parametrize(("old", "new", "others"), [*FAST, *long(LONG)])
def test_a_kill_leaves_the_old_answer_or_the_new_one(
    child, answers, known, tmp_path, old, new, others
) -> None:
    out, outcomes = tmp_path / "place" / "out", []

    def start() -> None:
        shutil.rmtree(out.parent, ignore_errors=True)
        if old:
            shutil.copytree(answers / old, out)
        elif others:
            out.mkdir(parents=True)
        for name, content in others.items():
            (out / name).write_bytes(content)

    start()
    steps = child.run("save_answer", str(out), new)
    assert files_of(out) == {**known[new], **others}
    for step in range(1, len(steps) + 1):
        start()
        assert child.run("save_answer", str(out), new, step=step) is None
        there = files_of(out)
        assert there in ({**known.get(old, {}), **others}, {**known[new], **others}), step
        outcomes.append("audit.json" in there and there["audit.json"] == known[new]["audit.json"])
        child.run("save_answer", str(out), "third")
        assert files_of(out) == {**known["third"], **others}
        assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert is_late(outcomes)


def test_beside_folders_of_others_an_interrupted_answer_is_completed(
    child, known, tmp_path
) -> None:
    """They cannot change places with it: until its files are moved, no answer is there."""
    out = tmp_path / "out"
    (out / "ours").mkdir(parents=True)
    (out / "ours" / "notes.txt").write_text("kept")
    child.run("save_answer", str(out), "second")
    before = shutil.copytree(out, tmp_path / "before")
    steps = child.run("save_answer", str(out), "third")
    assert files_of(out) == known["third"]
    for step in range(1, len(steps) + 1):
        shutil.rmtree(out)
        shutil.copytree(before, out)
        assert child.run("save_answer", str(out), "third", step=step) is None
        there = files_of(out)
        if "audit.json" in there:
            assert there in (known["second"], known["third"])
        child.run("save_answer", str(out), "first")
        assert files_of(out) == known["first"]
        assert sorted(path.name for path in out.iterdir()) == sorted([*known["first"], "ours"])
    assert (out / "ours" / "notes.txt").read_text() == "kept"
