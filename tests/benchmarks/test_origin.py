"""The benchmark of origins plants what it says, where it says."""

import random
from collections import Counter
from types import SimpleNamespace

import pyarrow.parquet as pq

from benchmarks.origin import Plant, excerpt, plant, score, without_edge
from tests.report.sample_findings import finding, findings_table

SENTENCES = [f"This is sentence {n} of a post, and it is of some length." for n in range(20)]


def test_excerpts_are_whole_sentences_from_the_middle():
    dice = random.Random(1)
    found = [excerpt(" ".join(SENTENCES), dice) for _ in range(50)]
    for text in filter(None, found):
        assert not text.startswith(SENTENCES[0])
        assert not text.endswith(SENTENCES[-1])
        assert text in " ".join(SENTENCES[1:-1])
    assert sum(text is not None for text in found) > 25
    assert excerpt(" ".join(SENTENCES[:2]), dice) is None


def test_posts_are_cut_by_a_line_at_one_end():
    dice = random.Random(1)
    lines = [" ".join([f"Line {n} of a post", *["words"] * 12]) for n in range(3)]
    found = {without_edge("\n".join(lines), dice) for _ in range(20)}
    assert found == {"\n".join(lines[1:]), "\n".join(lines[:-1])}
    assert without_edge("one line of a post with more words than a dozen, so long", dice) is None


def test_plants_stand_where_they_are_said_to(tmp_path):
    posts = [" ".join([f"Post {n}.", *SENTENCES[: n % 12]]) for n in range(40)]
    pages = [f"A page {n}. It has sentences. They end here." for n in range(7)]
    plants = plant(posts, pages, tmp_path / "planted.parquet")
    texts = {
        row["id"]: row["text"] for row in pq.read_table(tmp_path / "planted.parquet").to_pylist()
    }
    assert {each.kind for each in plants} == {"excerpt", "whole post"}
    for each in plants:
        piece = texts[each.document][each.start : each.end].strip('"')
        assert any(piece in post for post in posts)
        if each.kind == "whole post":
            assert piece in posts


def test_the_origin_of_the_longest_finding_of_a_plant_counts():
    rows = [
        finding("1", "x", "[[a few words]]", None, start=0, end=20, tokens=5, origin="item"),
        finding("1", "x", "[[a few words]]", None, start=20, end=40, tokens=9, origin="quotation"),
        finding("2", "x", "[[a few words]]", None, start=90, end=99, tokens=9, origin="item"),
    ]
    plants = [Plant("1", 10, 30, "excerpt"), Plant("2", 0, 50, "excerpt")]
    report = SimpleNamespace(findings=findings_table(rows))
    assert score(report, plants) == {"excerpt": (2, Counter(quotation=1))}
