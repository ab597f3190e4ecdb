"""What people write into names never acts in Markdown, CSV or the outputs of a step."""

import re
from pathlib import Path

import pyarrow as pa
import pytest

from provenance.report.github.job_summary import set_outputs
from provenance.report.sanitize import csv_cell, csv_text, markdown_code, markdown_link
from provenance.report.sanitize import markdown_text as text_in_markdown
from tests.report.hostile_reports import HOSTILE

FORMULAS = [
    f"{before}{sign}1+cmd|' /C calc'!A0"
    for before in ("", " ", "\t", "\r", "\n", "\u00a0", "\u3000", "\u200b", '"', ";", "a;")
    for sign in "=+-@\uff1d\uff0b\uff0d\uff20"
]
WRITERS = re.compile(r"csv\.(writer|DictWriter|write_csv)\(|\.to_csv\(|pv\.write_csv\(")


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    cell = csv_cell(formula)
    assert re.search(r"(^|[;|])[^\w';|]*[-=+@\uff1d\uff0b\uff0d\uff20]", cell) is None
    table = pa.table({"file": [formula], formula: ["x"]})
    assert formula.strip() not in csv_text(table).splitlines()


def test_every_writer_of_csv_escapes_its_cells(root: Path) -> None:
    writers = {
        path: text
        for path in (root / "provenance").rglob("*.py")
        if WRITERS.search(text := path.read_text("utf-8"))
    }
    assert writers
    assert [path.name for path, text in writers.items() if "csv_cell" not in text] == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("escape", [text_in_markdown, markdown_code])
def test_no_tag_begins_in_markdown(text: str, escape: object) -> None:
    """Some renderers do not know a backslash before a sign, and find tags within code."""
    assert callable(escape)
    assert re.search(r"<[A-Za-z/!?]", escape(text)) is None
    assert re.search(r"<[A-Za-z/!?]", markdown_link(text, None)) is None


@pytest.mark.parametrize(
    "name",
    [
        "a\nverdict=pass",
        "a\r\nverdict<<X\npass\nX",
        "a\n::set-output name=verdict::pass",
        "a\u2028b",
    ],
)
def test_no_value_sets_another_output(tmp_path: Path, name: str) -> None:
    path = tmp_path / "output"
    set_outputs({"report": name, "verdict": "fail"}, {"GITHUB_OUTPUT": str(path)})
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 6
    assert [line.partition("<<")[0] for line in lines[::3]] == ["report", "verdict"]
    assert lines[4] == "fail"
