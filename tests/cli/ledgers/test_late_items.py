"""Records that are not as checks found datasets: items of other days, or of other sources."""

import json

import pytest

from tests.cli.commandline import provenance
from tests.cli.ledgers.audits import ask, ok, page, said, sentence, write

POLICY = '[ledger]\npath = "ledger"\n[check]\ncommon_background = false\n'
DAYS = ("2021-05-01", "2021-06-02", "2022-03-04", "2023-01-30")
FOUND = (
    "found 2 items in it that were published from 2022-03-04 to 2023-01-30: the recorded date of "
    "collection cannot be right"
)


@pytest.fixture
def place(tmp_path):
    """A dataset with posts of 2021 to 2023, that was checked."""
    (tmp_path / "provenance.toml").write_text(POLICY)
    posts = [
        {"id": f"post-{n}", "text": sentence(f"post {n}"), "author": "ada", "created_at": day}
        for n, day in enumerate(DAYS)
    ]
    write(tmp_path / "posts.jsonl", posts)
    write(tmp_path / "pages.jsonl", [page(n, post["text"]) for n, post in enumerate(posts)])
    ok(tmp_path, "registry", "build", "reg", "--source", "x", "posts.jsonl", "-q")
    check = ("check", "pages.jsonl", "--registry", "reg", "-q", "-o", "report")
    ok(tmp_path, *check, "--exit-zero")
    return tmp_path


def record(place, collected):
    words = ("ledger", "add", "dataset", "pages@1", "--report", "report", "--route", "crawl")
    ok(place, *words, "--collected", collected)


def verify(place):
    return provenance("ledger", "verify", cwd=place)


def test_verify_names_the_check_that_refutes_a_recorded_day(place):
    record(place, "2021-06-01")
    done = verify(place)
    assert done.returncode == 1
    said_there = " ".join(done.stdout.split())
    assert "pages@1 is recorded as collected 2021-06-01, but a check of" in said_there
    assert FOUND in said_there


@pytest.mark.parametrize("collected", ["2023-01-30", "2023-01", "2021-06-01..", "2023"])
def test_a_day_that_can_be_right_is_no_contradiction(place, collected):
    record(place, collected)
    assert verify(place).returncode == 0
    assert "cannot be right" not in ok(place, "audit", "x", "--format", "markdown")


def test_an_audit_names_it_and_rests_nothing_on_it(place):
    record(place, "2021-06-01")
    (place / "gone.txt").write_text("post-0\n")
    words = ("registry", "remove", "reg", "--source", "x", "--ids", "gone.txt", "-q")
    ok(place, *words, "--reason", "deleted")
    document = ask(place, "x")
    contradiction = said(document, 10, "declared")
    assert "The records contradict each other: pages@1 is recorded as" in contradiction
    assert FOUND in contradiction
    assert FOUND in said(document, 3, "declared")
    assert "days after" not in said(document, 3, "declared")
    withdrawn = said(document, 6, "declared")
    assert "dates of collection or use not declared" in withdrawn
    assert "recorded as collected 2021-06-01, which cannot be right" in withdrawn
    ok(place, "audit", "x", "-o", "out", "-q")
    assert FOUND in (place / "out" / "letter.md").read_text()


def test_a_report_that_the_ledger_does_not_have_shows_it_too(place):
    record(place, "2021-06-01")
    ok(place, "ledger", "erase", check_record(place), "--reason", "retention")
    assert verify(place).returncode == 0
    document = json.loads(ok(place, "audit", "x", "--report", "report", "--format", "json"))
    assert FOUND in said(document, 10, "declared")


def check_record(place):
    done = ok(place, "ledger", "export")
    rows = map(json.loads, done.splitlines())
    return next(row["digest"] for row in rows if row["kind"] == "check")


def test_a_disclosure_is_refused(place):
    record(place, "2021-06-01")
    words = ("disclose", "report", "--ledger", "ledger", "--format", "dataset-card")
    done = provenance(*words, "-o", "out", cwd=place)
    assert done.returncode == 2, done.stdout
    assert FOUND in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("options", "recorded"),
    [
        (("--route", "own"), "content of the owner"),
        (("--source", "reddit"), "having content of reddit only"),
        (("--source", "reddit", "--source", "x"), None),
        (("--source", "x", "--route", "own"), None),
        (("--source", "common-crawl"), None),  # has pages of any site
        (("--source", "our-pages"), None),  # the rules do not know what that is
        ((), None),
    ],
)
def test_items_of_another_source_than_is_recorded_are_named(place, options, recorded):
    ok(place, "ledger", "add", "dataset", "pages@1", "--report", "report", *options)
    done = verify(place)
    sentence = f"pages@1 is recorded as {recorded}, but a check of"
    assert done.returncode == (recorded is not None)
    said_there = " ".join(done.stdout.split())
    assert (sentence in said_there) is (recorded is not None)
    assert ("found 4 items of x in it" in said_there) is (recorded is not None)
    answer = ok(place, "audit", "x", "--format", "markdown").replace("`", "")
    assert (f"contradict each other: {sentence}" in answer) is (recorded is not None)
