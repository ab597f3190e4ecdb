"""docs/comparison.md shows the figures that were measured last. `make docs` copies them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE, RESULTS = ROOT / "docs" / "comparison.md", ROOT / "benchmarks" / "RESULTS.md"
BEGIN = "<!-- from RESULTS.md: written by `make docs` -->\n"
END = "<!-- end of the figures -->"
SECTIONS = ("## Fingerprints: text to signatures", "## Posts looked for in pages")


def figures() -> str:
    """Give the tables of `SECTIONS`, under their titles."""
    results = RESULTS.read_text("utf-8")
    told = []
    for title in SECTIONS:
        section = results.partition(f"{title}\n")[2].partition("\n## ")[0]
        table = "\n".join(line for line in section.splitlines() if line.startswith("|"))
        assert table, f"RESULTS.md has no table under {title!r}"
        told.append(f"\n#{title}\n\n{table}\n")
    return "".join(told) + "\n"


def test_the_figures_are_those_of_the_results():
    found = re.search(f"{re.escape(BEGIN)}(.*){re.escape(END)}", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    assert found[1] == figures(), "run `make docs`"


if __name__ == "__main__":
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + figures() + END + rest.partition(END)[2], "utf-8")
