"""An answer to a rights-holder in a real browser: all of it can be read, on a phone, too."""

import pytest

from provenance.model.records.audit import (
    Audit,
    AuditQuery,
    AuditRequest,
    AuditSection,
    Standing,
    Statement,
)
from provenance.report.audit.audit_html import html

LINE = Statement(
    Standing.UNKNOWABLE,
    f"pages@2023-01: checked against registries/x (122 items, digest {'0f' * 32}).",
    ("record 7f5a0121e5cc",),
)


@pytest.mark.parametrize("width", [390, 768, 1160])
def test_the_answer_fits_and_its_lines_are_wide_enough(browser, tmp_path, width):
    sections = (AuditSection(1, "The request, and what was searched", (LINE, LINE)),)
    audit = Audit("1", AuditQuery("x"), AuditRequest(), False, (), sections)
    path = tmp_path / "audit.html"
    path.write_text(html(audit))
    browser.open(path, width=width)
    assert browser.complaints() == []
    assert browser.requests() == [path.as_uri()]
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    cell = "document.querySelector('#line-1-1 td:nth-child(3)').getBoundingClientRect().width"
    assert browser.evaluate(cell) > 300
