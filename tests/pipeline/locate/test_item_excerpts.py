"""What is shown of items: some of their own text, with what was matched marked."""

from pathlib import Path

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings


@pytest.fixture
def world(tmp_path: Path, posts, write_lines):
    """Give findings of pages that quote posts, one with a word in place of another."""
    quoted = posts[:9]
    dump = write_lines(tmp_path / "posts.jsonl", quoted)
    words = quoted[0]["text"].split()
    words[len(words) // 2] = "replaced"
    pages = [" ".join(words), *(post["text"] for post in quoted[1:])]
    corpus = str(tmp_path / "pages.jsonl")

    def findings(name: str, *, keep_texts: bool = True, times: int = 1):
        registry = tmp_path / name
        build_registry(registry, DumpSource([dump], "x"), keep_texts=keep_texts)
        write_lines(tmp_path / "pages.jsonl", [{"text": page} for page in pages * times])
        made = check([corpus], Policy(registries=(str(registry),)), Settings(threads=2))
        return made.findings.to_pylist(), {post["id"]: post["text"] for post in quoted}, words

    return findings


def test_an_item_is_shown_by_its_own_words_and_what_was_matched_is_marked(world):
    rows, texts, words = world("registry")
    assert len(rows) == 9
    for row in rows:
        assert row["item_excerpt"] == texts[row["item"]]
        marked = " ".join(row["item_excerpt"][low:high] for low, high in row["item_marks"])
        lost = set(row["item_excerpt"].split()) - set(marked.split())
        assert len(lost) == (row["row"] == 0)
        assert not lost & set(words)


def test_items_of_thousands_of_findings_are_shown_alike(world):
    rows, texts, _ = world("registry", times=1000)
    assert len(rows) == 9000
    shown = {(row["item"], row["item_excerpt"], str(row["item_marks"])) for row in rows}
    assert {(item, excerpt) for item, excerpt, _ in shown} == set(texts.items())
    assert len(shown) == 9


def test_where_no_texts_are_kept_no_item_is_shown(world):
    rows, *_ = world("bare", keep_texts=False)
    assert len(rows) == 9
    assert {(row["item_excerpt"], row["item_marks"]) for row in rows} == {(None, None)}
