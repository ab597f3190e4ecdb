"""The report of a check that an earlier version wrote is read and rendered.

`earlier` was written by commit 1742d7b; all of its texts are our own.
"""

from pathlib import Path

from provenance.report.files.report_reader import read_model, read_report
from provenance.report.formats.rendering import FORMATS, render

_EARLIER = Path(__file__).parent / "earlier" / "report"


def test_its_report_is_rendered():
    report = read_report(_EARLIER)
    assert len(report.findings) == 14
    assert all(render(form, report) for form in FORMATS)


def test_its_model_is_read():
    assert read_model(_EARLIER).digest
