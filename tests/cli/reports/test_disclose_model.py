"""`provenance disclose --model`: one summary on all datasets of a model, from the ledger."""

import json
import re
import shutil
from datetime import UTC, datetime

import pytest

import provenance
from provenance.errors import InputError
from tests.cli.commandline import provenance as run

pytest.importorskip("py3langid", reason="the extra `disclose` is not installed")
pytest.importorskip("publicsuffixlist", reason="the extra `disclose` is not installed")


_MEASURED = r"^(languages|files|collected|first_used) = .*"


def ok(folder, *arguments, code=0):
    done = run(*arguments, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def pages(number):
    return [
        {
            "text": f"Page {place} tells of the harbour, of gulls and of the ferry that is late.",
            "url": f"https://www.site-{place % 12}.example/{place}",
        }
        for place in range(number)
    ]


def write(path, rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A ledger with two checked datasets of a model, and one of another; answers to everything."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "provenance.toml").write_text('[ledger]\npath = "ledger"\n')
    write(folder / "pages.jsonl", pages(40))
    write(folder / "news.jsonl", [{**row, "text": f"News. {row['text']}"} for row in pages(25)])
    write(folder / "other.jsonl", [{**row, "text": f"Other. {row['text']}"} for row in pages(9)])
    for name, collected in (("pages", "2024"), ("news", "2025"), ("other", "2023")):
        check = ("check", f"{name}.jsonl", "--declared-only", "-o", f"report-{name}", "-q")
        ok(folder, *check)
        add = ("ledger", "add", "dataset", f"{name}@1", "--report", f"report-{name}")
        ok(folder, *add, "--collected", collected)
    for name in ("pages@1", "news@1"):
        use(folder, name, "Lantern 2", "2026-02")
    use(folder, "other@1", "Lantern 1", "2025-02")
    ok(folder, "disclose", "--init", "template.toml")
    template = (folder / "template.toml").read_text("utf-8")
    answers = re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", template, flags=re.MULTILINE)
    answers = re.sub(
        r"^(languages|files|collected|first_used) = .*", "", answers, flags=re.MULTILINE
    )
    (folder / "summary.toml").write_text(answers, "utf-8")
    return folder


def use(folder, dataset, model, dates):
    ok(folder, "ledger", "add", "use", dataset, "--model", model, "--when", dates)


def disclosed(folder, *arguments, code=0):
    return ok(folder, "disclose", "--model", "Lantern 2", "--answers", "summary.toml", *arguments,
              code=code)  # fmt: skip


def summary(folder, *arguments):
    done = disclosed(folder, "--format", "eu-summary-json", *arguments)
    document = json.loads(done.stdout)
    return document, {each["id"]: each for each in document["entries"]}


def test_one_summary_covers_all_datasets(case):
    document, entries = summary(case)
    assert [each["name"] for each in document["datasets"]] == ["pages@1", "news@1"]
    size = entries["1.3/text-size"]
    assert (size["status"], size["value"]["documents"]) == ("measured", 65)
    assert any(line.startswith("news@1: 25 documents") for line in size["lines"])
    assert entries["2.3/domains"]["value"]["documents"] == 65
    assert entries["2.3/domains"]["value"]["domains"] == 12
    assert entries["1.3/latest-acquisition"]["value"] == "12/2025"
    checks = entries["3.2/check"]
    assert [each["dataset"] for each in checks["value"]] == ["pages@1", "news@1"]
    assert any(line.startswith("pages@1: ") for line in checks["lines"])


def test_digests_of_the_files_are_listed(case):
    document, _ = summary(case)
    for each in document["datasets"]:
        result = json.loads((case / f"report-{each['name'][:-2]}" / "result.json").read_text())
        assert each["digest"] == result["corpus"]["digest"]
        assert each["files"] == result["corpus"]["contents"]


def test_all_documents_on_a_model_are_written(case, tmp_path):
    disclosed(case, "-o", str(tmp_path / "out"))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("eu-summary.md", "eu-summary.json", "eu-domains.csv", "eu-self-check.md"),
        *("ab-2013.md", "ab-2013.json"),
    }
    text = (tmp_path / "out" / "eu-summary.md").read_text("utf-8").replace("`", "")
    assert "- Dataset: pages@1, digest" in text
    assert "- Dataset: news@1, digest" in text
    first = json.loads((tmp_path / "out" / "ab-2013.json").read_text("utf-8"))
    entries = {each["id"]: each for each in first["entries"]}
    assert entries["11/first-use"]["value"] == "2026-02-01"


def test_a_dataset_that_was_never_checked_is_named(case, tmp_path):
    folder = copy_of(case, tmp_path)
    ok(folder, "ledger", "add", "dataset", "letters@1", "--collected", "2024")
    use(folder, "letters@1", "Lantern 2", "2026-03")
    use(folder, "scans@1", "Lantern 2", "2026-03")
    done = disclosed(folder, "--format", "eu-summary", code=2)
    assert "the size of letters@1 (never checked" in done.stderr
    assert "scans@1" in done.stderr
    done = disclosed(folder, "--format", "eu-summary", "--allow-incomplete")
    text = done.stdout.replace("`", "")
    assert "- Dataset: letters@1, digest not known: never checked" in text
    assert "- Dataset: scans@1, digest not known: used, but no record says" in text
    assert "**Training data size: text** (to-be-provided): the size of letters@1" in text
    assert "  - letters@1: never checked" in text


def test_a_dataset_whose_name_was_corrected_is_one_of_its_model(case, tmp_path):
    folder = copy_of(case, tmp_path)
    shown = ok(folder, "ledger", "export").stdout.splitlines()
    digest = next(row["digest"] for row in map(json.loads, shown) if "news@1" in str(row["facts"]))
    named = ("news@2025", "--collected", "2025", "--corrects", digest)
    ok(folder, "ledger", "add", "dataset", *named)
    document, entries = summary(folder)
    assert [each["name"] for each in document["datasets"]] == ["pages@1", "news@2025"]
    assert entries["1.3/text-size"]["value"]["documents"] == 65


def test_a_dataset_that_was_destroyed_is_named(case, tmp_path):
    folder = copy_of(case, tmp_path)
    today = datetime.now(UTC).date().isoformat()
    destroyed = ("ledger", "add", "destruction", "news@1", "--on", today)
    ok(folder, *destroyed)
    document, entries = summary(folder)
    assert document["datasets"][1]["note"].startswith(f"destroyed on {today} (record ")
    assert entries["1.3/text-size"]["value"]["documents"] == 65
    (folder / "news.jsonl").unlink()
    done = disclosed(folder, "--format", "eu-summary", code=2)
    assert "dataset.languages" in done.stderr


@pytest.mark.parametrize(
    ("records", "answer", "message"),
    [
        (
            [("dataset", "pages@1", "--route", "purchase")],
            ("purchased = .*", "purchased = false"),
            "pages@1 was obtained by the route purchase, and california.purchased = false",
        ),
        (
            [("access", "x", "--route", "purchase", "--dataset", "news@1")],
            ("purchased = .*", "purchased = false"),
            "x was obtained by the route purchase, and california.purchased = false",
        ),
        (
            [("destruction", "pages@1", "--on", "2025-12-01")],
            None,
            "pages@1 was destroyed on 2025-12-01, but an application that is not named",
        ),
        (
            [("destruction", "pages@1", "--on", "2026-05-01"),
             ("destruction", "pages@1", "--on", "2026-06-01")],
            None,
            "pages@1 was destroyed twice: on 2026-05-01, and on 2026-06-01",
        ),
        (
            [("use", "pages@1", "--model", "Lantern 2", "--when", "2020-01")],
            None,
            "used pages@1 from 2020-01-01 to 2020-01-31, but it was collected",
        ),
        (
            [],
            ('name = "Lantern 2"', 'name = "Beacon"'),
            "the model is 'Lantern 2', and models of the answers has 'Beacon'",
        ),
    ],
)  # fmt: skip
def test_what_the_ledger_contradicts_is_refused(case, tmp_path, records, answer, message):
    folder = copy_of(case, tmp_path)
    for record in records:
        more = ("--report", "report-pages") if record[0] == "dataset" else ()
        ok(folder, "ledger", "add", *record, *more)
    if answer is not None:
        path = folder / "summary.toml"
        path.write_text(re.sub(*answer, path.read_text("utf-8")), "utf-8")
    done = disclosed(folder, "-o", "out", "--allow-incomplete", code=2)
    assert "the ledger contradicts what would be stated" in done.stderr
    assert message in " ".join(done.stderr.split())
    assert "(record " in done.stderr
    assert not (folder / "out").exists()


def test_a_report_is_compared_with_the_ledger_too(case, tmp_path):
    folder = copy_of(case, tmp_path)
    add = ("ledger", "add", "dataset", "pages@1", "--route", "purchase")
    ok(folder, *add, "--report", "report-pages")
    path = folder / "summary.toml"
    path.write_text(re.sub("purchased = .*", "purchased = false", path.read_text("utf-8")))
    options = ("--answers", "summary.toml", "--format", "ab-2013")
    done = ok(folder, "disclose", "report-pages", *options, code=2)
    assert "california.purchased = false in the answers" in " ".join(done.stderr.split())
    path.write_text(re.sub("purchased = .*", "purchased = true", path.read_text("utf-8")))
    path.write_text(re.sub("(?s)(third_party.*?used =) false", r"\1 true", path.read_text("utf-8")))
    ok(folder, "disclose", "report-pages", *options, "--allow-incomplete")


def test_what_is_about_one_dataset_is_not_about_a_model(case, tmp_path):
    done = disclosed(case, "--format", "croissant", code=2)
    assert "croissant is about one dataset, not about all of a model: it lists" in done.stderr
    done = ok(case, "disclose", "--model", "Beacon", "--format", "eu-summary", code=2)
    assert "no use of a dataset names the model 'Beacon'" in done.stderr
    assert "Lantern 1, Lantern 2" in done.stderr
    both = ok(case, "disclose", "report-pages", "--model", "Lantern 2", "-o", "out", code=2)
    assert "name a REPORT, or a model of the ledger with --model" in both.stderr
    neither = ok(case, "disclose", "-o", "out", code=2)
    assert "name a REPORT, or a model of the ledger with --model" in neither.stderr
    done = run("disclose", "--model", "Lantern 2", "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "none is named" in done.stderr


def test_datasets_elsewhere_are_named_with_corpus(case, tmp_path):
    folder = copy_of(case, tmp_path)
    (folder / "moved").mkdir()
    for name in ("pages", "news"):
        (folder / f"{name}.jsonl").rename(folder / "moved" / f"{name}-2.jsonl")
    corpora = ("--corpus", "moved/news-2.jsonl", "--corpus", "moved/pages-2.jsonl")
    _, entries = summary(folder, *corpora)
    assert entries["2.3/domains"]["value"]["documents"] == 65
    done = disclosed(folder, "--format", "eu-summary", *corpora[:2], code=2)
    assert "is the dataset that was checked as pages.jsonl" in " ".join(done.stderr.split())


def test_python_takes_a_model(case, monkeypatch):
    monkeypatch.chdir(case)
    made = provenance.disclose(
        None, "eu-summary", model="Lantern 2", ledger="ledger", answers="summary.toml"
    )
    assert "news@1" in made.files["eu-summary.md"]
    with pytest.raises(InputError, match="no report is named"):
        provenance.disclose(formats="eu-summary")


def copy_of(case, tmp_path):
    shutil.copytree(case, tmp_path / "case")
    return tmp_path / "case"


_POST = (
    "Yesterday a heron stood on the third bollard beside our crane for an hour, ignored every "
    "deckhand, swallowed an eel as long as my arm and left without paying its mooring fee."
)


def two_checks(folder, *later, later_posts=()):
    """Check a dataset whose row has a post, and then once more with other options."""
    write(folder / "pages.jsonl", [{"text": _POST}, *pages(20)])
    write(folder / "posts.jsonl", [{"id": "77", "text": _POST}])
    unrelated = f"Nothing here is like it: {' '.join(f'word{n}' for n in range(40))}."
    write(folder / "few.jsonl", [*later_posts, {"id": "9", "text": unrelated}])
    for name in ("posts", "few"):
        build = ("registry", "build", f"reg-{name}", "--source", "x", f"{name}.jsonl", "-q")
        ok(folder, *build)
    first = ("check", "pages.jsonl", "--registry", "reg-posts", "-o", "full", "-q")
    ok(folder, *first, code=1)
    add = ("ledger", "add", "dataset", "pages@1", "--report", "full", "--collected", "2024")
    ok(folder, *add)
    ok(folder, "check", "pages.jsonl", "--registry", "reg-few", "-o", "later", "-q", *later)
    use(folder, "pages@1", "Lantern 2", "2026-02")


@pytest.mark.parametrize("later", [(), ("--sample", "50%")])
def test_a_later_check_that_finds_less_replaces_no_earlier_one(case, tmp_path, later):
    folder = empty_copy_of(case, tmp_path)
    two_checks(folder, *later)
    form, entries = summary(folder, "--allow-incomplete")
    checks = entries["3.2/check"]["value"]
    assert {each["value"]["status"] for each in checks} == {"fail", "pass"}
    assert entries["1.3/text-size"]["value"]["documents"] == 21
    assert len(form["datasets"][0]["checks"]) == 2
    options = ("--format", "ab-2013-json", "--allow-incomplete")
    document = json.loads(disclosed(folder, *options).stdout)
    found = next(each for each in document["entries"] if each["id"] == "1/sources-found")
    assert sorted(len(check["value"]) for check in found["value"]) == [0, 1]
    self_check = disclosed(folder, "--format", "eu-self-check", "--allow-incomplete").stdout
    assert "1 of 2 checks ended with 'fail'" in " ".join(self_check.split())


def test_a_report_is_joined_with_the_other_checks_in_the_ledger(case, tmp_path):
    folder = empty_copy_of(case, tmp_path)
    two_checks(folder)
    options = ("--answers", "summary.toml", "--allow-incomplete", "--format", "ab-2013-json")
    document = json.loads(ok(folder, "disclose", "later", *options).stdout)
    found = next(each for each in document["entries"] if each["id"] == "1/sources-found")
    assert [[each["source"] for each in check["value"]] for check in found["value"]] == [[], ["x"]]


def test_what_a_dataset_was_made_from_is_covered(case, tmp_path):
    folder = empty_copy_of(case, tmp_path)
    two_checks(folder)
    write(folder / "small.jsonl", pages(5))
    ok(folder, "check", "small.jsonl", "--declared-only", "-o", "small", "-q")
    add = ("ledger", "add", "dataset", "small@1", "--report", "small", "--made-from", "pages@1")
    ok(folder, *add)
    use(folder, "small@1", "Lantern 3", "2026-03")
    path = folder / "summary.toml"
    path.write_text(path.read_text("utf-8").replace('name = "Lantern 2"', 'name = "Lantern 3"'))
    options = ("disclose", "--model", "Lantern 3", "--answers", "summary.toml")
    done = ok(folder, *options, "--format", "eu-summary-json", "--allow-incomplete")
    form = json.loads(done.stdout)
    entries = {each["id"]: each for each in form["entries"]}
    assert [each["name"] for each in form["datasets"]] == ["small@1", "pages@1"]
    assert form["datasets"][1]["note"] == "small@1 was made from it"
    assert entries["1.3/text-size"]["value"]["documents"] == 5
    assert entries["1.3/latest-acquisition"]["value"] == "12/2024"
    assert entries["2.3/domains"]["value"]["documents"] == 5
    assert "fail" in json.dumps(entries["3.2/check"]["value"])
    path.write_text(re.sub("purchased = .*", "purchased = false", path.read_text("utf-8")))
    ok(folder, "ledger", "add", "access", "x", "--route", "purchase", "--dataset", "pages@1")
    done = ok(folder, *options, "-o", "out", "--allow-incomplete", code=2)
    assert "x was obtained by the route purchase" in " ".join(done.stderr.split())


def empty_copy_of(case, tmp_path):
    """Copy the answers and the policy, without datasets and ledger."""
    for name in ("provenance.toml", "summary.toml"):
        shutil.copy(case / name, tmp_path / name)
    return tmp_path
