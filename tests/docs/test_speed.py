"""docs/how-sure.md states the speed on real text that was measured last. `make docs` writes it."""

import re
from pathlib import Path

from benchmarks.real.figures import Figures
from benchmarks.real.page import summary

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-sure.md"
BEGIN, END = "<!-- from real.json: written by `make docs` -->\n", "<!-- end of the figures -->"


def figures() -> str:
    """Give the paragraph."""
    return f"\n{summary(Figures.load(ROOT / 'benchmarks' / 'real.json'))}\n\n"


def test_the_speed_is_that_of_the_last_run():
    found = re.search(f"{re.escape(BEGIN)}(.*){re.escape(END)}", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    assert found[1] == figures(), "run `make docs`"


if __name__ == "__main__":
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + figures() + END + rest.partition(END)[2], "utf-8")
