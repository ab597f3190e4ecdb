"""Documents whose writer is killed are all the old or all the new ones."""

import shutil

import pytest

from tests.faults.interruptions.killed_writers import is_late


@pytest.mark.parametrize("old", [None, "first"])
def test_a_kill_leaves_the_old_documents_or_the_new_ones(child, tmp_path, old) -> None:
    out, outcomes = tmp_path / "place" / "out", []

    def texts():
        return {path.read_text().split()[0] for path in out.glob("*.*") if path.is_file()}

    def start() -> None:
        shutil.rmtree(out.parent, ignore_errors=True)
        out.parent.mkdir()
        if old:
            child.run("save_documents", str(out), old)

    start()
    steps = child.run("save_documents", str(out), "second")
    assert texts() == {"second"}
    for step in range(1, len(steps) + 1):
        start()
        assert child.run("save_documents", str(out), "second", step=step) is None
        assert texts() in ({old} - {None}, {"second"}), step
        outcomes.append(texts() == {"second"})
    assert is_late(outcomes)
