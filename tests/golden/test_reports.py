"""Whole reports, as they should be.

PROVENANCE_UPDATE_GOLDEN=1 rewrites them; git shows the difference.
"""

import os
from pathlib import Path

import pytest

from provenance.report import FORMATS, render
from tests.report.samples import clear_report, compared_report, sample_report

HERE = Path(__file__).parent
REPORTS = {"fails": sample_report, "clear": clear_report, "compared": compared_report}


def test_each_format_has_a_file_of_its_own():
    assert len({form.ending for form in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", sorted(REPORTS))
@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_a_report_is_as_it_should_be(name, kind):
    path = HERE / f"{name}.{FORMATS[kind].ending}"
    text = render(kind, REPORTS[name]())
    if os.environ.get("PROVENANCE_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), "PROVENANCE_UPDATE_GOLDEN=1 accepts this"
