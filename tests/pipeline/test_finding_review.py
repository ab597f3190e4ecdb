"""Reviews: the sample, labels from elsewhere, and shares corrected by them."""

import csv
import json
import threading
from collections import Counter
from dataclasses import asdict, replace
from hashlib import sha256

import numpy as np
import pytest

from provenance.errors import InputError
from provenance.match.estimation.intervals import clopper_pearson_interval
from provenance.model.results.calibration import CorrectedShare
from provenance.model.results.result import Report
from provenance.model.results.reviews import ReviewLabel, ReviewSample, ReviewScope
from provenance.pipeline.finding_review import (
    add_label,
    corrected_shares,
    draw_passages,
    export_sheet,
    import_labels,
    open_review,
    save_review,
)
from provenance.report.files.report_folder import write_report
from provenance.report.terminal.review_summary import review_summary
from provenance.report.terminal.terminal_style import TerminalStyle
from tests.report.sample_findings import finding, findings_table
from tests.report.samples import calibrated_report, sample_report

SIZES = {"x": [10, 30, 60], "reddit": [100, 200]}


def write(folder, *more):
    rows = [
        {
            **finding(f"page-{number}", source, "so [[we all live]] here", "we all live"),
            "tokens": size,
            "item": f"{source}-{number}",
            "origin": "item",
        }
        for source, sizes in SIZES.items()
        for number, size in enumerate(sizes)
    ]
    made = sample_report()
    corpus = replace(made.result.corpus, tokens=10_000)
    write_report(
        Report(replace(made.result, corpus=corpus), findings_table(rows + list(more))), folder
    )
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "report")


def labelled(review, label_of, count=None):
    for place in range(len(review.keys) if count is None else count):
        row = review.findings.slice(int(review.order[place]), 1).to_pylist()[0]
        review = add_label(review, place, label_of(row), "A. Osei")
    return review


def sample(seed, draws):
    return ReviewSample("", seed, draws, ReviewScope.COUNTED)


def test_a_passage_is_drawn_as_often_as_its_tokens_say():
    tokens = np.array([1, 2, 3, 4, 90])
    for seed in range(20):
        drawn = Counter(draw_passages(tokens, sample(seed, 500)).tolist())
        shares = [drawn[number] / 500 for number in range(5)]
        assert shares == pytest.approx(tokens / 100, abs=0.006)
    firsts = Counter(int(draw_passages(tokens, sample(seed, 1))[0]) for seed in range(20_000))
    assert [firsts[number] / 20_000 for number in range(5)] == pytest.approx(tokens / 100, abs=0.01)


def test_draws_can_be_repeated_by_hand_and_added_to():
    tokens = np.array([5, 1, 4])
    one, more = (draw_passages(tokens, sample(9, count)) for count in (3, 8))
    assert one.tolist() == more[:3].tolist()
    shift = int(sha256(b"9").hexdigest()[:16], 16) / 2**64
    numbers = [(reverse + shift) % 1 * 10 for reverse in (0, 1 / 2, 1 / 4)]
    assert one.tolist() == [0 if number < 5 else 1 if number < 6 else 2 for number in numbers]
    assert more.tolist() != draw_passages(tokens, sample(10, 8)).tolist()


def test_every_source_has_its_part_of_the_draws(tmp_path):
    """Independent draws would leave out one of ten sources in one sample of three."""
    rows = [
        {**finding(f"page-{number}", "x", None, None), "source": f"s{number % 10}", "item": f"{n}"}
        for n, number in enumerate(range(400))
    ]
    folder = write(tmp_path, *rows)
    for seed in range(20):
        review = open_review(folder, 100, seed)
        drawn = Counter(review.findings["source"].take(review.order).to_pylist())
        tokens = Counter()
        for source, size in zip(review.findings["source"].to_pylist(), review.tokens, strict=True):
            tokens[source] += int(size)
        for source, size in tokens.items():
            assert drawn[source] <= size / review.tokens.sum() * 100 + 2
            assert source in drawn


def test_a_passage_that_was_copied_is_asked_about_once(tmp_path):
    copies = [
        {**finding(f"copy-{number}", "x", None, None), "item": "i", "tokens": 40, "row": number}
        for number in range(6)
    ]
    review = open_review(write(tmp_path, *copies), 300)
    documents = review.findings["document"].to_pylist()
    assert [name for name in documents if name.startswith("copy")] == ["copy-0"]
    assert review.tokens[documents.index("copy-0")] == 240
    place = int(np.flatnonzero(review.order == documents.index("copy-0"))[0])
    drawn = int((review.draws == place).sum())
    assert drawn == pytest.approx(300 * 240 / 640, abs=2)
    says = labelled(
        review,
        lambda row: ReviewLabel.CHANCE if row["item"] == "i" else ReviewLabel.ITEM,
    )
    (chance,) = (e for e in corrected_shares(says) if e.label is ReviewLabel.CHANCE)
    assert chance.corrected == pytest.approx(0.024, rel=0.02)


def test_what_does_not_count_is_drawn_only_if_asked_for(tmp_path):
    quoted = {**finding("page-6", "x", "a", "a"), "origin": "quotation", "item": "q"}
    shared = {**finding("page-7", "x", "a", "a"), "contested": True, "item": "c"}
    folder = write(tmp_path, quoted, shared)
    assert not {"q", "c"} & set(open_review(folder).findings["item"].to_pylist())
    review = open_review(folder, scope=ReviewScope.ALL)
    assert {"q", "c"} < set(review.findings["item"].to_pylist())
    save_review(labelled(review, lambda _: ReviewLabel.ITEM, 1), folder)
    assert open_review(folder).sample.scope is ReviewScope.ALL
    with pytest.raises(InputError, match="--scope all"):
        open_review(folder, scope=ReviewScope.COUNTED)


def test_only_content_that_counts_is_drawn(tmp_path):
    planted = {**finding("page-8", "x", "a", "a"), "marked": True, "tokens": 10**6}
    linked = {**finding("page-9", "x", "a", "a"), "evidence": "link", "tokens": 10**6}
    review = open_review(write(tmp_path, planted, linked), 50)
    assert {row["document"] for row in review.findings.to_pylist()} == {
        "page-0",
        "page-1",
        "page-2",
    }


def test_a_report_without_content_has_nothing_to_review(tmp_path):
    made = sample_report()
    write_report(replace(made, findings=made.findings.slice(0, 0)), tmp_path)
    with pytest.raises(InputError, match="no finding of content"):
        open_review(tmp_path)


def test_labels_are_kept_and_the_review_continues(folder):
    begun = labelled(open_review(folder, 40, 3), lambda _: ReviewLabel.CHANCE, 2)
    save_review(begun, folder)
    resumed = open_review(folder)
    assert (resumed.sample, dict(resumed.labels)) == (begun.sample, dict(begun.labels))
    first = resumed.labels[resumed.keys[0]]
    assert first.labeller == "A. Osei"
    assert first.probability == pytest.approx(
        int(first.item == "reddit-1") * 0.5 or first.probability
    )
    assert {first.probability * 400} <= {10, 30, 60, 100, 200}
    assert open_review(folder, 60).keys[: len(begun.keys)] == begun.keys


def test_reviewers_who_save_at_once_lose_no_label(folder):
    """Each opened the review before the others saved, and saves after each answer."""
    opened = [open_review(folder, 300, 7) for _ in range(5)]
    start, failures = threading.Barrier(5), []

    def label(number):
        review = opened[number]
        start.wait(60)
        try:
            review = add_label(review, number, ReviewLabel.ITEM, f"reviewer {number}")
            save_review(review, folder)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=label, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    review = open_review(folder)
    assert len(review.keys) == 5
    assert {review.labels[key].labeller for key in review.keys} == {
        f"reviewer {number}" for number in range(5)
    }


def test_who_saves_sees_what_others_have_saved_meanwhile(folder):
    ours, theirs = open_review(folder, 300), open_review(folder, 400)
    save_review(add_label(theirs, 0, ReviewLabel.QUOTATION, "B. Ray"), folder)
    ours = save_review(add_label(ours, 1, ReviewLabel.ITEM, "A. Osei"), folder)
    assert {label.labeller for label in ours.labels.values()} == {"A. Osei", "B. Ray"}
    assert open_review(folder).sample.draws == 400
    # Whose own label it is may change it; a label that was not given here again is as it is there.
    save_review(add_label(theirs, 0, ReviewLabel.CHANCE, "B. Ray"), folder)
    save_review(add_label(ours, 2, ReviewLabel.ITEM, "A. Osei"), folder)
    review = open_review(folder)
    assert [review.labels[key].label for key in review.keys[:3]] == ["chance", "item", "item"]
    save_review(open_review(folder, 200), folder)
    assert open_review(folder).sample.draws == 200


def test_two_labels_of_one_finding_are_not_settled_by_who_saves_last(folder):
    ours, theirs = open_review(folder), open_review(folder)
    save_review(add_label(theirs, 0, ReviewLabel.QUOTATION, "B. Ray"), folder)
    with pytest.raises(InputError, match=r"labelled quotation by B\. Ray meanwhile, and item by"):
        save_review(add_label(ours, 0, ReviewLabel.ITEM, "A. Osei"), folder)
    save_review(add_label(ours, 0, ReviewLabel.QUOTATION, "A. Osei"), folder)
    review = open_review(folder)
    assert review.labels[review.keys[0]].labeller == "B. Ray"


def test_another_review_that_was_begun_meanwhile_is_not_overwritten(folder):
    ours = labelled(open_review(folder, 40, 3), lambda _: ReviewLabel.ITEM, 1)
    save_review(labelled(open_review(folder, 40, 4), lambda _: ReviewLabel.ITEM, 2), folder)
    with pytest.raises(InputError, match="begun another review"):
        save_review(ours, folder)
    assert len(open_review(folder).labels) == 2


def test_labels_of_another_sample_or_report_are_refused(folder):
    save_review(open_review(folder, 40, 3), folder)
    with pytest.raises(InputError, match="seed 3, not 4"):
        open_review(folder, seed=4)
    write(folder, finding("page-7", "x", "a", "a"))
    with pytest.raises(InputError, match="other findings"):
        open_review(folder)


def test_shares_are_corrected_by_source(folder):
    """All of x is the item's; reddit's findings are quotations, which the tool did not see."""
    review = open_review(folder, 300)
    assert len(review.keys) == 5
    says = {"x": ReviewLabel.ITEM, "reddit": ReviewLabel.QUOTATION}
    rows = {
        (each.source, each.label): each
        for each in corrected_shares(labelled(review, lambda row: says[row["source"]]))
    }
    item, reddit, x = (rows[source, ReviewLabel.ITEM] for source in (None, "reddit", "x"))
    assert [each.reported for each in (item, reddit, x)] == pytest.approx([0.04, 0.03, 0.01])
    assert (reddit.corrected, x.corrected) == (0, 0.01)
    assert item.draws == reddit.draws + x.draws == 300
    high = clopper_pearson_interval(0, reddit.draws)[1]
    assert reddit.high == pytest.approx(0.03 * high)
    assert item.low < 0.01 < item.high
    quoted = rows[None, ReviewLabel.QUOTATION]
    assert quoted.reported == 0
    assert quoted.low < 0.03 < quoted.high
    assert rows[None, ReviewLabel.CHANCE].corrected == 0


def test_what_somebody_passed_over_counts_as_skipped(folder):
    """Only two findings are labelled, out of order: the interval says that little is known."""
    review = open_review(folder, 300)
    chosen = labelled(review, lambda _: ReviewLabel.ITEM)
    first, last = chosen.keys[0], chosen.keys[-1]
    rest = {key: label for key, label in chosen.labels.items() if key in {first, last}}
    whole, part = (corrected_shares(each)[0] for each in (chosen, replace(chosen, labels=rest)))
    assert whole.draws == part.draws == 300
    assert part.high == whole.high == 0.04
    assert part.low < whole.low - 0.005


def test_a_calibration_adds_what_was_missed(folder):
    """Chance is left to the calibration: of the rest, two thirds are the item's."""
    review = open_review(folder, 300, scope=ReviewScope.ALL)
    assert all(each.with_missed is None for each in corrected_shares(review))
    made = calibrated_report().result
    content = next(share for share in made.shares if share.key == "content")
    calibrated = replace(content.tokens, corrected=CorrectedShare(0.06, 0.05, 0.08))
    shares = (replace(content, tokens=calibrated),)
    review = replace(review, result=replace(made, shares=shares))
    says = {200: ReviewLabel.ITEM, 100: ReviewLabel.QUOTATION}
    review = labelled(review, lambda row: says.get(row["tokens"], ReviewLabel.CHANCE))
    rows = {(each.source, each.label): each.with_missed for each in corrected_shares(review)}
    item, quoted = rows[None, ReviewLabel.ITEM], rows[None, ReviewLabel.QUOTATION]
    assert item is not None
    assert item.share == pytest.approx(0.04, rel=0.1)
    assert item.low < 0.05 * 2 / 3 < 0.08 * 2 / 3 < item.high
    assert quoted is not None
    assert item.share + quoted.share == pytest.approx(0.06)
    assert rows[None, ReviewLabel.CHANCE] is None
    assert rows["x", ReviewLabel.ITEM] is None
    lines = review_summary(review, corrected_shares(review), TerminalStyle(80, False)).splitlines()
    assert sum(line.startswith("  with what was missed") for line in lines) == 2
    assert "calibration of 2026-05-01" in " ".join(lines)
    assert max(map(len, lines)) <= 80


def test_later_findings_of_the_sample_do_not_count_yet(folder):
    review = open_review(folder, 300)
    one = corrected_shares(labelled(review, lambda _: ReviewLabel.ITEM, 1))[0]
    assert one.draws == int((review.draws > 0).argmax())


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.jsonl"])
def test_a_sheet_comes_back_with_labels(folder, tmp_path, name):
    review, path = open_review(folder, 300), tmp_path / name
    export_sheet(review, path)
    text = path.read_text("utf-8")
    assert "so [[we all live]] here" in text
    assert "origin" not in text.partition("\n")[0]
    if name.endswith("csv"):
        rows = list(csv.DictReader(text.splitlines()))
        rows[0] |= {"label": "Chance", "date": "2026-03-01", "labeller": "K. Lind"}
        rows[1]["label"] = "skip"
        lines = [
            ";".join([each["finding"], each["label"], each["labeller"], each["date"]])
            for each in rows
        ]
        path.write_text("\ufefffinding;label;labeller;date\n" + "\n".join(lines), "utf-8")
    else:
        rows = [json.loads(line) for line in text.splitlines()]
        rows[0] |= {"label": "chance", "date": "2026-03-01", "labeller": "K. Lind"}
        rows[1]["label"] = "skip"
        path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    labels = import_labels(review, path, "B. Ray").labels
    assert list(labels) == list(review.keys[:2])
    first, second = labels.values()
    assert (first.label, first.labeller, str(first.date)) == ("chance", "K. Lind", "2026-03-01")
    assert (second.label, second.labeller) == ("skip", "B. Ray")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"finding": "fdead", "label": "item"}, "line 1: the finding 'fdead' is not in the sample"),
        ({"label": "item"}, "line 1: there is no column 'finding'"),
        ({"finding": "KEY", "label": "maybe"}, "line 1: the label 'maybe' is unknown"),
        ({"finding": "KEY", "label": "item", "date": "1.3.2026"}, "Invalid isoformat"),
        ({"finding": "KEY", "label": "quotation", "labeller": "B"}, "chance by A. Osei and quot"),
    ],
)
def test_a_wrong_sheet_is_refused(folder, tmp_path, line, message):
    review = labelled(open_review(folder, 300), lambda _: ReviewLabel.CHANCE, 1)
    if line.get("finding") == "KEY":
        line = line | {"finding": review.keys[0]}
    (tmp_path / "sheet.jsonl").write_text(json.dumps(line))
    with pytest.raises(InputError, match=message):
        import_labels(review, tmp_path / "sheet.jsonl", "A. Osei")


def saved_labels(review, path, **head):
    """A file as the page saves it, of the review's own sample unless `head` says otherwise."""
    sample = {"schema": "provenance/review/1", **asdict(review.sample), **head}
    label = {"finding": review.keys[0], "label": "skip", "labeller": "王", "date": "2026-03-01"}
    path.write_text("\n".join(map(json.dumps, [sample, label])))
    return path


@pytest.mark.parametrize("draws", [300, 2])
def test_labels_that_a_page_saved_are_added(folder, tmp_path, draws):
    review = open_review(folder, 300, 7)
    path = saved_labels(review, tmp_path / "labels.jsonl", draws=draws)
    (label,) = import_labels(review, path, "A. Osei").labels.values()
    assert (label.finding, label.label) == (review.keys[0], "skip")
    assert (label.labeller, str(label.date)) == ("王", "2026-03-01")


@pytest.mark.parametrize(
    ("head", "message", "remedy"),
    [
        ({"findings": "7c" * 32}, "of the findings 7c7c7c7c7c7c…, and those of the report", "name"),
        ({"seed": 8}, "--seed 8 --sample 300, not of that with .*--seed 7 ", "--seed 8"),
        ({"draws": 301}, "--seed 7 --sample 301, not of that with", "--seed 7 --sample 301"),
        ({"schema": "provenance/review/9"}, "line 1: the schema is 'provenance/review/9'", "write"),
        ({"draws": "many"}, "line 1: ", "write"),
    ],
)
def test_labels_of_another_report_or_sample_are_refused(folder, tmp_path, head, message, remedy):
    review = open_review(folder, 300, 7)
    with pytest.raises(InputError, match=message) as refused:
        import_labels(review, saved_labels(review, tmp_path / "labels.jsonl", **head), "A. Osei")
    assert "labels.jsonl" in str(refused.value)
    assert remedy in refused.value.remedy


def test_the_review_of_a_colleague_is_added(folder, tmp_path):
    """They labelled a copy of the report; what they skipped, and their name, are kept."""
    theirs = labelled(open_review(folder, 300, 7), lambda _: ReviewLabel.SKIP, 2)
    save_review(theirs, tmp_path)
    ours = import_labels(open_review(folder, 300, 7), tmp_path / "review.jsonl", "B. Ray")
    assert dict(ours.labels) == dict(theirs.labels)


def test_one_may_correct_oneself_and_agree_with_others(folder, tmp_path):
    review = labelled(open_review(folder, 300), lambda _: ReviewLabel.CHANCE, 1)
    path = tmp_path / "sheet.jsonl"
    path.write_text(json.dumps({"finding": review.keys[0], "label": "item"}))
    assert import_labels(review, path, "A. Osei").labels[review.keys[0]].label == "item"
    path.write_text(json.dumps({"finding": review.keys[0], "label": "chance"}))
    assert import_labels(review, path, "B. Ray").labels[review.keys[0]].labeller == "A. Osei"


def test_from_draw_to_share_the_intervals_hold_what_people_would_say_of_all_findings(tmp_path):
    """One finding in four is a quotation, and the tool is often wrong about which."""
    rows = [
        {
            **finding(f"page-{number // 2}", "x", None, None),
            "start": number,
            "tokens": 10 + number * number % 211,
            "item": f"{number}",
            "origin": "quotation" if number % 5 == 0 else "item",
        }
        for number in range(160)
    ]
    made = sample_report()
    corpus = replace(made.result.corpus, tokens=100_000)
    write_report(Report(replace(made.result, corpus=corpus), findings_table(rows)), tmp_path)

    def says(row):
        return ReviewLabel.QUOTATION if int(row["item"]) % 8 < 2 else ReviewLabel.ITEM

    true = sum(row["tokens"] for row in rows if says(row) is ReviewLabel.ITEM) / 100_000
    held, corrected = [], []
    for seed in range(80):
        review = open_review(tmp_path, 90, seed, ReviewScope.ALL)
        share = corrected_shares(labelled(review, says))[0]
        held.append(share.low <= true <= share.high)
        corrected.append(share.corrected)
    assert share.reported != pytest.approx(true, rel=0.02)
    assert np.mean(corrected) == pytest.approx(true, rel=0.01)
    assert np.mean(held) >= 0.94
