"""Copies of items in a corpus: distinct documents, and occurrences."""

from collections import Counter

from provenance.model import Policy
from provenance.pipeline import check
from provenance.pipeline.settings import Settings
from provenance.report.text.repeated_items import repeated_items


def test_documents_and_occurrences_of_each_item_are_counted(
    tmp_path, registry, posts, pages, write_lines
):
    numbers = [(3,), (3, 3), (5,), (3, 5), (7,)]
    texts = [
        " ".join([pages[n], *(f"{posts[number]['text']}. {pages[n + 20]}" for number in own)])
        for n, own in enumerate(numbers)
    ]
    for part in range(2):
        rows = [{"text": text} for text in texts[part::2]]
        write_lines(tmp_path / f"{part}.jsonl", [*rows, *({"text": page} for page in pages[60:90])])
    corpus = [str(tmp_path / f"{part}.jsonl") for part in range(2)]
    report = check(corpus, Policy(registries=(registry,)), Settings(threads=2))

    rows = report.findings.to_pylist()
    occurrences = Counter(number for own in numbers for number in own)
    copies = Counter(number for own in numbers for number in set(own))
    assert len(rows) == occurrences.total()
    for row in rows:
        number = int(row["item"][1:])
        assert (row["copies"], row["occurrences"]) == (copies[number], occurrences[number])
    repeated = repeated_items(report.findings, 10)
    assert [(each.item, each.copies, each.occurrences) for each in repeated] == [
        ("p3", 3, 4),
        ("p5", 2, 2),
    ]
    assert [each.item for each in repeated_items(report.findings, 1)] == ["p3"]


def test_quotations_and_rows_without_an_item_have_no_copies(tmp_path, registry, pages, write_lines):
    rows = [{"text": page, "url": f"https://x.com/a/status/{n}"} for n, page in enumerate(pages)]
    corpus = write_lines(tmp_path / "c.jsonl", rows[:3])
    report = check([corpus], Policy(registries=(registry,)))
    assert report.findings["evidence"].to_pylist() == ["link"] * 3
    assert report.findings["copies"].to_pylist() == [None] * 3
    assert repeated_items(report.findings, 10) == ()
