"""`provenance disclose`: from a report and answers to documents."""

import json
import re
import socket
import sys
from hashlib import sha256

import pytest

import provenance
from provenance.errors import InputError, OutputError
from provenance.report.disclosure.disclosure_formats import DISCLOSURE_FORMATS
from tests.cli.commandline import provenance as run

pytest.importorskip("py3langid", reason="the extra `disclose` is not installed")
pytest.importorskip("publicsuffixlist", reason="the extra `disclose` is not installed")


def ok(folder, *arguments, code=0):
    done = run(*arguments, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def pages(number):
    return [
        {
            "id": f"page-{place}",
            "text": f"Page {place} tells of the harbour, of gulls and of the ferry that is late.",
            "url": f"https://www.site-{place % 12}.example/{place}",
        }
        for place in range(number)
    ]


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A dataset with its report, and a file that answers everything."""
    folder = tmp_path_factory.mktemp("case")
    rows = "".join(json.dumps(row) + "\n" for row in pages(60))
    (folder / "pages.jsonl").write_text(rows)
    ok(folder, "check", "pages.jsonl", "--declared-only", "-o", "report", "-q")
    ok(folder, "disclose", "report", "--init", "template.toml")
    template = (folder / "template.toml").read_text("utf-8")
    answers = re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", template, flags=re.MULTILINE)
    answers = re.sub(r"^(languages|files) = .*", "", answers, flags=re.MULTILINE)
    (folder / "summary.toml").write_text(answers, "utf-8")
    return folder


def test_documents_are_written(case, tmp_path):
    done = ok(case, "disclose", "report", "--answers", "summary.toml", "-o", str(tmp_path / "out"))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        each.file for each in DISCLOSURE_FORMATS.values()
    }
    assert "to be provided" not in done.stderr
    document = json.loads((tmp_path / "out" / "eu-summary.json").read_text())
    assert {each["status"] for each in document["entries"]} == {"measured", "declared"}
    entries = {each["id"]: each for each in document["entries"]}
    assert entries["1.3/languages"]["value"][0]["code"] == "en"
    domains = (tmp_path / "out" / "eu-domains.csv").read_bytes()
    assert entries["2.3/domains"]["value"]["sha256"] == sha256(domains).hexdigest()
    assert len(domains.splitlines()) == 3  # two of twelve
    assert (
        entries["3.2/check"]["digest"]
        == sha256((case / "report" / "result.json").read_bytes()).hexdigest()
    )


def test_the_same_input_gives_the_same_bytes(case, tmp_path):
    for name in ("a", "b"):
        ok(case, "disclose", "report", "--answers", "summary.toml", "-o", str(tmp_path / name))
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_all_missing_answers_are_named_at_once(case, tmp_path):
    (tmp_path / "few.toml").write_text("[crawl]\nused = true\n[public]\nused = false\n")
    few = ("--answers", str(tmp_path / "few.toml"))
    done = ok(case, "disclose", "report", *few, "--format", "eu-summary", code=2)
    for key in ("provider.name", "models", "crawl.crawlers", "rights.policy", "provider.small"):
        assert key in done.stderr
    for key in ("public.datasets", "synthetic.models", "dataset.languages", "crawl.used"):
        assert key not in done.stderr
    assert "--allow-incomplete" in done.stderr
    assert done.stdout == ""


def test_missing_answers_can_be_marked(case):
    done = ok(case, "disclose", "report", "--format", "eu-summary", "--allow-incomplete")
    assert (
        "contact details** (to-be-provided): answer provider.name and provider.contact"
        in done.stdout
    )
    assert "Note: to be provided: provider.name" in done.stderr


def test_a_format_is_printed(case):
    done = ok(case, "disclose", "report", "--answers", "summary.toml", "--format", "eu-domains")
    assert done.stdout.startswith("domain,bytes,documents\n")
    done = ok(case, "disclose", "report", "--answers", "summary.toml", code=2)
    assert "give --output DIR, or one --format" in done.stderr


def test_a_version_lists_what_changed(case, tmp_path):
    ok(case, "disclose", "report", "--answers", "summary.toml", "-o", str(tmp_path / "first"))
    text = (case / "summary.toml").read_text("utf-8")
    (tmp_path / "new.toml").write_text(text.replace("Harbour Models GmbH", "Quay Models Ltd"))
    options = ("--answers", str(tmp_path / "new.toml"), "--format", "eu-summary")
    previous = tmp_path / "first" / "eu-summary.json"
    done = ok(case, "disclose", "report", *options, "--previous", str(previous))
    assert "- Version: 2\n" in done.stdout
    assert "- **Provider name and contact details**: was " in done.stdout
    done = ok(case, "disclose", "report", *options, "--previous", "pages.jsonl", code=2)
    assert "is not the JSON of an earlier summary" in done.stderr


def test_a_dataset_that_is_not_there_is_not_measured(case, tmp_path):
    (tmp_path / "empty").mkdir()
    report, options = str(case / "report"), ("--format", "eu-summary", "--allow-incomplete")
    done = ok(tmp_path / "empty", "disclose", report, *options)
    assert "not measured (the dataset is not where it was checked" in done.stdout
    answers = ("--answers", str(case / "summary.toml"))
    done = ok(tmp_path / "empty", "disclose", report, *answers, "--format", "eu-summary", code=2)
    assert "dataset.languages" in done.stderr
    assert "the domains (the dataset is not where it was checked" in done.stderr


def test_another_dataset_is_refused(case, tmp_path):
    (tmp_path / "pages.jsonl").write_text(json.dumps(pages(1)[0]) + "\n")
    options = ("--answers", str(case / "summary.toml"), "--format", "eu-summary")
    report = str(case / "report")
    done = ok(tmp_path, "disclose", report, *options, "--corpus", "pages.jsonl", code=2)
    assert "is not the dataset that was checked" in done.stderr
    # Found at the address of the report, it is a reason why nothing was measured.
    done = ok(tmp_path, "disclose", report, *options, code=2)
    assert "is not the dataset that was checked" in done.stderr
    assert f"not answered in {case / 'summary.toml'}: dataset.languages" in done.stderr
    moved = str(case / "pages.jsonl")
    ok(tmp_path, "disclose", report, *options, "--corpus", moved)


def test_domains_of_some_files_can_be_listed(tmp_path):
    for place, rows in enumerate((pages(30)[:10], pages(30)[10:])):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"part-{place}.jsonl").write_text(lines)
    ok(tmp_path, "check", "part-*.jsonl", "--declared-only", "-o", "report", "-q")
    (tmp_path / "a.toml").write_text('[crawl]\nused = true\nfiles = ["part-0*"]\n')
    options = ("--answers", "a.toml", "--allow-incomplete", "--format", "eu-summary-json")
    document = json.loads(ok(tmp_path, "disclose", "report", *options).stdout)
    [domains] = [each for each in document["entries"] if each["id"] == "2.3/domains"]
    assert domains["value"]["domains"] == 10
    assert domains["value"]["documents_with_address"] == 10
    assert domains["value"]["documents"] == 30


def test_what_the_ledger_says_needs_no_answer(case, tmp_path):
    report = str(case / "report")
    ledger = str(tmp_path / "ledger")
    add = ("ledger", "add", "dataset", "pages@1", "--ledger", ledger, "--report", report)
    ok(case, *add, "--collected", "2024")
    text = (case / "summary.toml").read_text("utf-8")
    (tmp_path / "a.toml").write_text(re.sub(r"^collected = .*", "", text, flags=re.MULTILINE))
    options = ("--answers", str(tmp_path / "a.toml"), "--format", "eu-summary")
    assert "dataset.collected" in ok(case, "disclose", "report", *options, code=2).stderr
    done = ok(case, "disclose", "report", *options, "--ledger", ledger)
    assert "for model training** (declared): 12/2024" in done.stdout
    assert "Dataset: pages@1, SHA-256" in done.stdout or "Dataset: " in done.stdout


def test_a_template_is_not_overwritten(case):
    done = ok(case, "disclose", "report", "--init", "summary.toml", code=2)
    assert "summary.toml already exists" in done.stderr


def test_without_the_libraries_nothing_is_measured(case, monkeypatch):
    monkeypatch.setitem(sys.modules, "py3langid", None)
    report = case / "report"
    made = provenance.disclose(report, "eu-summary", allow_incomplete=True)
    said = "not measured (the libraries that measure languages and domains are missing"
    assert said in made.files["eu-summary.md"]
    with pytest.raises(OutputError, match="libraries"):
        provenance.disclose(report, "eu-summary", corpora=case / "pages.jsonl")


def test_documents_are_made_in_python(case, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(case)
    made = provenance.disclose("report", answers="summary.toml", signed_by="R. Osei")
    assert made.missing == ()
    made.write(tmp_path / "out")
    assert (tmp_path / "out" / "eu-summary.md").read_text("utf-8") == made.files["eu-summary.md"]
    with pytest.raises(InputError, match=r"not answered: provider\.name"):
        provenance.disclose("report", ["eu-summary"])
    with pytest.raises(ValueError, match="'eu' is not a format"):
        provenance.disclose("report", "eu")
    with pytest.raises(TypeError, match="'corpus'"):
        provenance.disclose("report", corpus="pages.jsonl")
    provenance.disclose("report", "eu-summary", init=tmp_path / "t.toml")
    assert (tmp_path / "t.toml").read_text("utf-8").startswith("# Answers")
    assert capfd.readouterr() == ("", "")


def test_files_that_cannot_be_read_are_named_and_left_out(tmp_path):
    rows = "".join(json.dumps(row) + "\n" for row in pages(20))
    (tmp_path / "good.jsonl").write_text(rows)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no table PAR1")
    checked = ("check", "*.*", "--declared-only", "-o", "report", "-q")
    ok(tmp_path, *checked, code=2)
    done = ok(tmp_path, "disclose", "report", "--format", "croissant", code=2)
    assert "files that the check could not read" in done.stderr
    options = ("--format", "croissant", "--allow-incomplete")
    document = json.loads(ok(tmp_path, "disclose", "report", *options).stdout)
    assert [each["name"] for each in document["distribution"]] == ["good.jsonl"]


def test_nothing_is_fetched(case, monkeypatch, tmp_path):
    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    done = ok(case, "disclose", "report", "--answers", "summary.toml", "-o", str(tmp_path / "out"))
    assert done.stderr == ""
