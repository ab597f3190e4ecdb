"""Whole reports, compared with files that git tracks.

PROVENANCE_UPDATE_GOLDEN=1 rewrites them; git shows the difference. The golden pages have
placeholders for the style sheet and the script, which are compared with the templates: a changed
line of these changes no golden file.
"""

import re
from importlib import resources
from pathlib import Path

import pytest

from provenance.report.formats.html_review import review_page
from provenance.report.formats.rendering import FORMATS, render
from tests.golden.golden_files import assert_golden
from tests.report.samples import clear_report, compared_report, sample_report, sample_review

HERE = Path(__file__).parent
REPORTS = {"fails": sample_report, "clear": clear_report, "compared": compared_report}

TEMPLATES = resources.files("provenance.report") / "templates"

_STYLE = re.compile(r"(?<=<style>).*?(?=</style>)", re.DOTALL)
_SCRIPT = re.compile(r"(?<=<script>).*?(?=</script>)", re.DOTALL)
_DIGEST = re.compile("(?<=-src &#39;sha256-)[A-Za-z0-9+/=]{44}")


def without_assets(page: str) -> str:
    """Put placeholders in place of the style sheet, the script and their digests."""
    page = _SCRIPT.sub("/* script */", _STYLE.sub("/* style sheet */", page))
    return _DIGEST.sub("…", page)


def test_each_format_has_a_file_of_its_own():
    assert len({form.extension for form in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", sorted(REPORTS))
@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_a_report_matches_its_golden_file(name, kind):
    text = render(kind, REPORTS[name]())
    page = without_assets(text) if kind == "html" else text
    assert_golden(HERE / f"{name}.{FORMATS[kind].extension}", page)


def test_the_page_of_a_review_matches_its_golden_file():
    assert_golden(HERE / "review.html", without_assets(review_page(sample_review())))


def test_every_page_contains_the_style_sheet_and_the_scripts_as_they_ship():
    style = (TEMPLATES / "report.css").read_text("utf-8").strip()
    scripts = [
        (TEMPLATES / name).read_text("utf-8").strip()
        for name in ("elements.js", "rows.js", "finding.js", "table.js")
    ]
    for make in REPORTS.values():
        page = render("html", make())
        assert [found.strip() for found in _STYLE.findall(page)] == [style]
        for found in _SCRIPT.findall(page):
            assert found.startswith('"use strict";')
            assert all(script in found for script in scripts)
    assert len(_SCRIPT.findall(render("html", sample_report()))) == 1
    page = review_page(sample_review())
    (ours,) = _STYLE.findall(page)
    assert ours.strip() == f"{style}\n\n{(TEMPLATES / 'review.css').read_text('utf-8')}".strip()
    (ours,) = _SCRIPT.findall(page)
    for name in ("elements.js", "review.js"):
        assert (TEMPLATES / name).read_text("utf-8").strip() in ours
