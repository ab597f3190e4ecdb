"""What tests of the page share: a browser, and pages to look at."""

import pytest

from provenance.report.files.report_folder import write_report
from provenance.report.formats.html_review import review_page
from tests.report.chromium.chromium_process import chromium, running
from tests.report.samples import clear_report, many_report, sample_report, sample_review


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, cut off from any network."""
    executable = chromium()
    if executable is None:
        pytest.skip("Chromium is not installed")
    with running(executable) as started:
        yield started


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """Reports on disk: one that fails, a clear one, one of very many findings; and a review."""
    folder = tmp_path_factory.mktemp("reports")
    reports = {"fails": sample_report(), "clear": clear_report(), "many": many_report()}
    for name, report in reports.items():
        write_report(report, folder / name)
    (folder / "review.html").write_text(review_page(sample_review()), "utf-8")
    paths = {name: folder / name / "report.html" for name in reports}
    return paths | {"review": folder / "review.html"}
