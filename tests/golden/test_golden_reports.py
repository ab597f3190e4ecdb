"""Whole reports, compared with files that git tracks.

PROVENANCE_UPDATE_GOLDEN=1 rewrites them; git shows the difference. The style sheet and the scripts
of the HTML page are files of their own, `report.css` and `report.js`: a changed line of them
changes one golden file, and the pages have placeholders in their place.
"""

import os
import re
from pathlib import Path

import pytest

from provenance.report.formats.rendering import FORMATS, render
from tests.report.samples import clear_report, compared_report, sample_report

HERE = Path(__file__).parent
REPORTS = {"fails": sample_report, "clear": clear_report, "compared": compared_report}

_ASSETS = {
    "report.css": re.compile(r"(?<=<style>).*?(?=</style>)", re.DOTALL),
    "report.js": re.compile(r"(?<=<script>).*?(?=</script>)", re.DOTALL),
}
_DIGEST = re.compile("(?<=-src &#39;sha256-)[A-Za-z0-9+/=]{44}")


def assert_golden(path: Path, text: str):
    if os.environ.get("PROVENANCE_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), "PROVENANCE_UPDATE_GOLDEN=1 accepts this"


def without_assets(page: str) -> str:
    """Put placeholders in place of the style sheet, the script and their digests."""
    for name, pattern in _ASSETS.items():
        page = pattern.sub(f"/* {name} */", page)
    return _DIGEST.sub("…", page)


def test_each_format_has_a_file_of_its_own():
    assert len({form.extension for form in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", sorted(REPORTS))
@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_a_report_matches_its_golden_file(name, kind):
    text = render(kind, REPORTS[name]())
    page = without_assets(text) if kind == "html" else text
    assert_golden(HERE / f"{name}.{FORMATS[kind].extension}", page)


@pytest.mark.parametrize("asset", sorted(_ASSETS))
def test_the_assets_of_the_page_match_their_golden_files(asset):
    found = _ASSETS[asset].findall(render("html", sample_report()))
    assert len(found) == 1
    assert_golden(HERE / asset, found[0])


def test_all_pages_have_the_same_style_sheet_and_at_most_the_same_script():
    pages = [render("html", make()) for make in REPORTS.values()]
    assert len({tuple(_ASSETS["report.css"].findall(page)) for page in pages}) == 1
    assert len({one for page in pages for one in _ASSETS["report.js"].findall(page)}) == 1
