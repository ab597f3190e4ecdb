"""`provenance.check` in tests and notebooks."""

import subprocess
import sys
from html.parser import HTMLParser

import pytest

import provenance
from provenance.errors import PolicyError
from provenance.model.content.tables import FINDINGS
from provenance.model.rules.terms import Verdict
from provenance.report.files.report_reader import read_report
from provenance.report.formats.rendering import FORMATS


@pytest.fixture(scope="module")
def quoting(tmp_path_factory, pages, posts, write_lines):
    pairs = zip(pages, posts[20:30], strict=False)
    rows = [{"text": f"{page} {post['text']}"} for page, post in pairs]
    return write_lines(tmp_path_factory.mktemp("asked") / "quoting.jsonl", rows)


@pytest.fixture(scope="module")
def failed(quoting, registry):
    return provenance.check(quoting, registries=registry)


def test_an_outcome_says_what_a_test_wants_to_know(failed):
    assert failed.status == "fail"
    assert failed.share("x").tokens.share > 0
    assert failed.share(Verdict.FORBIDDEN).documents.count == 10
    assert failed.findings.schema.equals(FINDINGS)
    assert failed.findings.num_rows == 10
    assert failed.violations[0].gate == "forbidden=0%"
    with pytest.raises(KeyError, match="there are shares of"):
        failed.share("nowhere")


def test_a_failing_assertion_says_why(failed):
    with pytest.raises(AssertionError) as raised:
        assert failed, failed
    assert "FAIL: " in str(raised.value)
    assert "are forbidden for pretraining" in str(raised.value)
    assert "Next: " in str(raised.value)
    assert repr(failed).startswith("<FAIL: ")
    with pytest.raises(provenance.PolicyViolated, match="Strongest findings"):
        failed.expect_pass()


def test_what_the_policy_tolerates_is_true(quoting, registry, failed, tmp_path):
    assert provenance.check([quoting], registries=[registry], gates="forbidden=100%").expect_pass()
    failed.write(tmp_path / "before")
    again = provenance.check(quoting, registries=registry, baseline=tmp_path / "before")
    assert again
    assert again.result.baseline.unchanged == 10


def test_it_tells_itself_in_every_format(failed):
    for name in FORMATS:
        assert failed.render(name)
    with pytest.raises(ValueError, match="markdown"):
        failed.render("pdf")


def test_it_is_written_as_a_check_writes_it(failed, tmp_path):
    failed.write(str(tmp_path / "out"))
    assert read_report(tmp_path / "out").result == failed.result


class Frames(HTMLParser):
    """Collects the frames of a cell, and whatever else stands in it."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_a_notebook_shows_the_page_in_a_frame_that_runs_nothing(failed):
    frames = Frames()
    frames.feed(failed._repr_html_())
    ((tag, attributes),) = frames.found
    assert tag == "iframe"
    assert attributes["sandbox"] in {None, ""}
    assert attributes["srcdoc"] == failed.render("html")


def test_a_mistake_is_named(quoting, registry):
    with pytest.raises(TypeError, match=r"no option 'registry'; it is called registries="):
        provenance.check(quoting, registry=registry)
    with pytest.raises(PolicyError, match="no registry"):
        provenance.check(quoting)
    with pytest.raises(AttributeError, match="chek"):
        _ = provenance.chek


def test_names_are_completed_before_they_are_imported():
    code = "import provenance; print(*dir(provenance))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = set(done.stdout.split())
    assert set(provenance.__all__) <= names
    assert not names & {"TYPE_CHECKING", "import_module"}


def test_importing_costs_nothing():
    code = (
        "import sys, provenance\n"
        "assert provenance.__version__\n"
        "heavy = {'click', 'datasets', 'duckdb', 'numba', 'numpy', 'pyarrow'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
