"""Copies of items in a corpus: distinct documents, and occurrences."""

from collections import Counter

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from provenance.report.aggregates.repeated_items import repeated_items


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


def test_items_of_several_sites_with_the_same_id_are_counted_apart(
    tmp_path, posts, pages, write_lines
):
    rows = [
        {"id": "17", "url": f"https://{site}.stackexchange.com/q/17", "text": posts[n]["text"]}
        for n, site in enumerate(("cooking", "physics"))
    ]
    dump = write_lines(tmp_path / "items.jsonl", rows)
    build_registry(tmp_path / "registry", DumpSource([dump], "stackexchange"))
    texts = [f"{pages[n]} {posts[n % 2]['text']}. {pages[n + 9]}" for n in range(5)]
    corpus = write_lines(tmp_path / "c.jsonl", [{"text": text} for text in [*texts, *pages[20:60]]])
    report = check([corpus], Policy(registries=(str(tmp_path / "registry"),)))
    assert report.findings["copies"].to_pylist() == [3, 2, 3, 2, 3]
    repeated = repeated_items(report.findings, 10)
    assert [(each.url, each.copies) for each in repeated] == [
        (rows[0]["url"], 3),
        (rows[1]["url"], 2),
    ]


def test_quotations_and_rows_without_an_item_have_no_copies(tmp_path, registry, pages, write_lines):
    rows = [{"text": page, "url": f"https://x.com/a/status/{n}"} for n, page in enumerate(pages)]
    corpus = write_lines(tmp_path / "c.jsonl", rows[:3])
    report = check([corpus], Policy(registries=(registry,)))
    assert report.findings["evidence"].to_pylist() == ["link"] * 3
    assert report.findings["copies"].to_pylist() == [None] * 3
    assert repeated_items(report.findings, 10) == ()
