"""What long work tells of itself: a line every half minute where no terminal shows a bar."""

import time
from collections.abc import Callable
from io import StringIO

import pytest

from provenance.pipeline.execution import progress


@pytest.fixture
def wait(monkeypatch) -> Callable[[float], None]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])

    def pass_by(seconds: float) -> None:
        now[0] += seconds

    return pass_by


def test_a_line_every_half_minute_says_how_far_how_fast_and_how_long(wait, capsys) -> None:
    with progress.show_progress("reading", 1000, "B") as shown:
        wait(29)
        shown.advance(100, 290, "3 candidates")
        assert capsys.readouterr().err == ""
        wait(31)
        shown.advance(100, 310, "7 candidates")
        assert capsys.readouterr().err == (
            "reading: 20%, 4 min left, 10 documents/s, 7 candidates\n"
        )
        wait(29)
        shown.advance(100, 10, "8 candidates")
        assert capsys.readouterr().err == ""


def test_the_end_is_not_told(wait, capsys) -> None:
    with progress.show_progress("reading", 100, "B") as shown:
        wait(60)
        shown.advance(100, 1)
    assert capsys.readouterr().err == ""


def test_work_of_unknown_size_says_how_much_is_done(wait, capsys) -> None:
    with progress.show_progress("reading", None, "B") as shown:
        wait(40)
        shown.advance(12_345)
        assert capsys.readouterr().err == "reading: 12,345 so far\n"


def test_quiet_work_says_nothing(wait, capsys) -> None:
    with progress.show_progress("reading", 10, "B", quiet=True) as shown:
        wait(100)
        shown.advance(10, 5, "x")
    assert capsys.readouterr().err == ""


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_work_that_does_not_advance_and_clears_it(monkeypatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(progress.sys, "stderr", terminal)
    end = time.monotonic() + 10
    with progress.show_progress("compiling", 2, " steps"):
        while "compiling" not in terminal.getvalue() and time.monotonic() < end:
            time.sleep(0.01)
    assert "compiling:   0%" in terminal.getvalue()
    assert " 0/2 " in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")
    assert not terminal.getvalue().rpartition("\r")[0].rpartition("\r")[2].strip()
