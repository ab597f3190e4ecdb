"""`provenance review`, as its user meets it."""

import json
import shutil

import pytest


@pytest.fixture
def report(provenance, world, tmp_path):
    """A folder with the report of a check with three findings."""
    done = provenance(
        *("check", "train.jsonl", "--registry", "reg", "-q", "-o", str(tmp_path / "report")),
        cwd=world,
    )
    assert done.returncode == 1, done.stderr
    return tmp_path


def answer(process, report, text, *arguments):
    command = ("review", "report", "--labeller", "A. Osei", *arguments)
    return process(*command, cwd=report, input=text)


def labels(report):
    head, *rows = map(json.loads, (report / "report" / "review.jsonl").read_text().splitlines())
    return head, [row["label"] for row in rows]


def test_answers_are_saved_one_by_one_and_the_next_call_goes_on(process, report):
    begun = answer(process, report, "maybe\nchance\nx\n", "--sample", "60", "--seed", "5")
    assert (begun.returncode, begun.stderr) == (0, "")
    assert "> One letter, please" in begun.stdout
    assert "1 of 3 findings looked at" in begun.stdout
    assert max(map(len, begun.stdout.replace("> ", "\n").splitlines())) <= 80
    head, given = labels(report)
    assert (head["seed"], head["draws"], given) == (5, 60, ["chance"])
    ended = answer(process, report, "b\ni\ni\nq\n")
    assert "Finding 2 of 3" in ended.stdout.partition("> ")[0]
    assert "Finding 1 of 3: 14 words in common, labelled chance" in ended.stdout
    assert labels(report)[1] == ["item", "item", "quotation"]
    assert "3 of 3 findings looked at, 0 of them skipped, by A. Osei, on 20" in ended.stdout


def test_the_end_of_the_input_is_an_exit_and_its_absence_an_error(process, report):
    assert answer(process, report, "i\n").returncode == 0
    assert labels(report)[1] == ["item"]
    empty = answer(process, report, "")
    assert empty.returncode == 2
    assert "nobody to ask" in empty.stderr
    assert "--export" in empty.stderr


def test_a_colleague_labels_elsewhere(provenance, report):
    done = provenance("review", "report", "--export", "sheet.csv", cwd=report)
    assert (done.returncode, done.stdout) == (0, "Written: sheet.csv\n"), done.stderr
    head, *rows = (report / "sheet.csv").read_text().splitlines()
    assert head.endswith(",label,labeller,date")
    filled = [row.removesuffix(",,,") + ",item,K. Lind,2026-03-01" for row in rows]
    (report / "sheet.csv").write_text("\n".join([head, *filled]))
    done = provenance("review", "report", "--labels", "sheet.csv", cwd=report)
    assert done.returncode == 0, done.stderr
    assert "3 of 3 findings looked at, 0 of them skipped, by K. Lind, on 2026-03-01" in " ".join(
        done.stdout.split()
    )
    assert provenance("review", "report", "--summary", cwd=report).stdout == done.stdout
    # The report and its labels belong together, wherever they go, and the check forgets neither.
    shutil.move(report / "report", report / "moved")
    assert provenance("review", "moved", "--summary", cwd=report).stdout == done.stdout


def test_a_colleague_labels_on_a_page(provenance, report):
    done = provenance("review", "report", "--seed", "4", "--export", "sheet.html", cwd=report)
    assert (done.returncode, done.stdout) == (0, "Written: sheet.html\n"), done.stderr
    page = (report / "sheet.html").read_text()
    data = json.loads(page.partition('id="review-data">')[2].partition("</script>")[0])
    label = {"label": "item", "labeller": "K. Lind", "date": "2026-03-01"}
    lines = [data["sample"], *({"finding": f["finding"], **label} for f in data["findings"])]
    (report / "labels.jsonl").write_text("\n".join(map(json.dumps, lines)))
    refused = provenance("review", "report", "--labels", "labels.jsonl", cwd=report)
    assert refused.returncode == 2
    assert "Try: add --scope counted --seed 4 --sample 100" in refused.stderr
    added = ("--seed", "4", "--labels", "labels.jsonl")
    done = provenance("review", "report", *added, cwd=report)
    assert done.returncode == 0, done.stderr
    assert "3 of 3 findings looked at, 0 of them skipped, by K. Lind, on 2026-03-01" in " ".join(
        done.stdout.split()
    )


def test_the_same_check_again_keeps_the_labels(provenance, process, world, report):
    answer(process, report, "i\nq\nc\n")
    before = labels(report)
    again = ("check", "train.jsonl", "--registry", "reg", "-q", "-o", str(report / "report"))
    assert provenance(*again, cwd=world).returncode == 1
    assert labels(report) == before
    assert provenance("review", "report", "--summary", cwd=report).returncode == 0


def test_programs_read_who_labelled_how_many_and_when(provenance, process, report):
    answer(process, report, "i\ns\n", "--seed", "2", "--sample", "90")
    named = "report/result.json"
    done = provenance("review", named, "--summary", "--format", "json", cwd=report)
    told = json.loads(done.stdout)
    assert told["schema"] == "provenance/reviewed-shares/1"
    assert (told["sample"]["seed"], told["sample"]["draws"], told["findings"]) == (2, 90, 3)
    assert told["labels"] == {"item": 1, "skip": 1}
    (one,) = told["labellers"]
    assert (one["labeller"], one["labels"]) == ("A. Osei", 2)
    assert one["first"] <= one["last"]
    shown = {(share["source"], share["label"]): share for share in told["shares"]}
    assert set(shown) == {(None, "item"), ("x", "item"), (None, "quotation"), (None, "chance")}
    assert all(share["low"] <= share["corrected"] <= share["high"] for share in told["shares"])
    asked = provenance("review", "report", "--format", "json", cwd=report)
    assert asked.returncode == 2
    assert "needs --summary" in asked.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent"], "no report"),
        (["report", "--sample", "0"], "0 is not in the range"),
        (["report", "--labels", "absent.csv"], "does not exist"),
    ],
)
def test_what_cannot_be_reviewed_is_an_error(provenance, report, arguments, message):
    done = provenance("review", *arguments, "--summary", cwd=report)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Try: " in done.stderr
