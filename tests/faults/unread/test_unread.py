"""What cannot be read is named, the rest is checked, and no verdict stands on less than all."""

import json
from random import Random

import pytest

import provenance as package
from provenance.model.content.tables import Unread, merge_unread
from provenance.read.formats.compression import compress_into
from provenance.report.files.result_json import dumps, loads
from provenance.report.formats.rendering import render
from tests.faults.conftest import found, names, nothing_but_zeros, page, spoil, write_corpus


@pytest.mark.parametrize("seed", range(5))
def test_what_is_broken_is_named_and_the_rest_is_checked_as_if_it_was_all(tmp_path, checked, seed):
    random = Random(seed)
    paths = write_corpus(tmp_path / "all")
    write_corpus(tmp_path / "rest")
    broken = random.sample(paths, 1 + seed % 4)
    for path in broken:
        spoil(path, random)
        (tmp_path / "rest" / path.relative_to(tmp_path / "all")).unlink()

    both = checked(tmp_path / "all", threads=1), checked(tmp_path / "all", threads=4)
    rest = checked(tmp_path / "rest")

    for report in both:
        expected = sorted(str(path.relative_to(tmp_path / "all")) for path in broken)
        assert names(report.result.unread) == expected
        assert all(one.reason and one.remedy for one in report.result.unread)
        assert report.result.status == "incomplete"
        assert found(report) == found(rest)
        assert report.result.shares == rest.result.shares
        assert report.result.gates == rest.result.gates
        assert report.result.corpus.documents == rest.result.corpus.documents
    assert both[0].result.unread == both[1].result.unread


def test_so_many_are_accepted_and_still_named(tmp_path, checked, registry, provenance):
    paths = write_corpus(tmp_path / "data")
    for path in paths[:2]:
        nothing_but_zeros(path)
    refused = checked(tmp_path / "data", allow_unread=1)
    accepted = checked(tmp_path / "data", allow_unread=2)
    assert refused.result.status == "incomplete"
    assert accepted.result.status == "fail"
    assert accepted.result.unread == refused.result.unread

    def exit_code(*options):
        command = ("check", "data", "--registry", registry, "-q", "--no-cache", *options)
        return provenance(*command, cwd=tmp_path).returncode

    assert exit_code() == 2
    assert exit_code("--exit-zero") == 2
    assert exit_code("--allow-unread", "1") == 2
    assert exit_code("--allow-unread", "2") == 1
    assert exit_code("--allow-unread", "2", "--exit-zero") == 0


def test_a_gate_that_fails_is_told_beside_what_is_not_read(tmp_path, checked):
    nothing_but_zeros(write_corpus(tmp_path)[0])
    report = checked(tmp_path)
    assert report.result.violations
    text = render("terminal", report)
    assert text.startswith("INCOMPLETE  1 file could not be read to the end.")
    assert "forbidden=0% FAILS" in text


@pytest.mark.parametrize(
    "form", ["terminal", "html", "markdown", "json", "sarif", "junit", "github"]
)
def test_every_report_with_a_verdict_names_what_is_not_read(tmp_path, checked, form):
    nothing_but_zeros(write_corpus(tmp_path)[0])
    report = checked(tmp_path)
    text = render(form, report)
    assert "a.jsonl" in text
    assert "UTF-16" in text  # the reason
    assert "incomplete" in text.lower() or form == "junit"
    assert loads(dumps(report.result)) == report.result


def test_sarif_and_junit_tell_programs_that_the_work_was_not_done(tmp_path, checked):
    nothing_but_zeros(write_corpus(tmp_path)[0])
    report = checked(tmp_path)
    (invocation,) = json.loads(render("sarif", report))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    unread, passing = invocation["toolExecutionNotifications"]
    assert (unread["level"], passing["level"]) == ("error", "note")
    assert "a.jsonl" in unread["message"]["text"]
    assert "no gate limits all of it" in passing["message"]["text"]
    assert 'errors="1"' in render("junit", report)


def test_nothing_readable_at_all_is_an_error(tmp_path, registry, provenance):
    for path in write_corpus(tmp_path / "data"):
        nothing_but_zeros(path)
    done = provenance("check", "data", "--registry", registry, "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "Error: data/a.jsonl: the encoding is UTF-16" in done.stderr
    assert not (tmp_path / "out").exists()


def test_python_is_told_too(tmp_path, registry):
    nothing_but_zeros(write_corpus(tmp_path)[0])
    outcome = package.check(tmp_path, registries=registry)
    assert outcome.status == "incomplete"
    assert not outcome
    assert names(outcome.unread) == ["a.jsonl"]
    accepted = package.check(tmp_path, registries=registry, allow_unread=1)
    assert accepted.status == "fail"


def test_of_several_faults_of_a_file_the_first_row_counts():
    whole = Unread("a", "no", "do")
    later, first = Unread("a", "no", "do", 9, 90), Unread("a", "no", "do", 3)
    other = Unread("b", "no", "do")
    assert merge_unread([whole, later, other, first, later]) == (first, other)


@pytest.mark.parametrize("compression", ["gz", "zst", "bz2", "xz"])
def test_of_a_compressed_file_that_is_cut_short_the_beginning_is_checked(
    tmp_path, checked, compression
):
    texts = (f"{page(n)} {' '.join(str(n * k) for k in range(7000, 7040))}" for n in range(3000))
    lines = [json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts)]
    path = tmp_path / f"a.jsonl.{compression}"
    with path.open("wb") as sink, compress_into(sink, compression) as stream:
        stream.write("".join(lines).encode())
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    report = checked(path)
    (unread,) = report.result.unread
    assert unread.row
    assert 0 < unread.row < 3000
    assert report.result.corpus.documents == unread.row
    assert report.result.status == "incomplete"
    (tmp_path / "rest.jsonl").write_text("".join(lines[: unread.row]))
    rest = checked(tmp_path / "rest.jsonl")
    for column in ("row", "start", "item", "excerpt"):
        assert report.findings[column].equals(rest.findings[column])
