"""docs/comparison.md shows the figures that were measured last. `make docs` copies them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "comparison.md"
SECTIONS = {
    "REAL.md": ("Checks, by registry", "Cores", "Posts looked for in posts"),
    "RESULTS.md": ("Fingerprints: text to signatures", "Posts looked for in pages"),
}
"""Titles of the sections whose tables are copied, by the page that has them."""


def figures(name: str) -> str:
    """Give the tables of a page's sections, under their titles."""
    results = (ROOT / "benchmarks" / name).read_text("utf-8")
    told = []
    for title in SECTIONS[name]:
        section = results.partition(f"## {title}\n")[2].partition("\n## ")[0]
        table = "\n".join(line for line in section.splitlines() if line.startswith("|"))
        assert table, f"{name} has no table under {title!r}"
        told.append(f"\n#### {title}\n\n{table}\n")
    return "".join(told) + "\n"


def pattern(name: str) -> str:
    begin = f"<!-- from {name}: written by `make docs` -->\n"
    return f"({re.escape(begin)})(.*)({re.escape(f'<!-- end of the figures of {name} -->')})"


@pytest.mark.parametrize("name", SECTIONS)
def test_the_figures_are_those_of_the_results(name):
    found = re.search(pattern(name), PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    assert found[2] == figures(name), "run `make docs`"


def test_figures_of_real_text_come_first():
    page = PAGE.read_text("utf-8")
    assert page.index("from REAL.md:") < page.index("from RESULTS.md:")


if __name__ == "__main__":
    text = PAGE.read_text("utf-8")
    for name in SECTIONS:
        first, last = re.search(pattern(name), text, re.DOTALL).span(2)
        text = text[:first] + figures(name) + text[last:]
    PAGE.write_text(text, "utf-8")
