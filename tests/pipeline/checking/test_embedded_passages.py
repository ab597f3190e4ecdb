"""A post within an article that another registry has, too, is found, and so is the article."""

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from tests.pipeline.conftest import Writer

WRITER = Writer(17)
HEAD, TAIL = (f"{WRITER.sentence(21).capitalize()}." for _ in range(2))
ARTICLE = f"{HEAD} {TAIL} {WRITER.sentence(30)}."
INSERTED = WRITER.sentence(24)


@pytest.fixture
def found(tmp_path, write_lines):
    """Check texts against registries, given by source; return findings by what they cover."""

    def found(texts, items):
        registries = []
        for source, text in items.items():
            dump = write_lines(tmp_path / f"{source}.jsonl", [{"id": "1", "text": text}])
            build_registry(tmp_path / source, DumpSource([dump], source))
            registries.append(str(tmp_path / source))
        corpus = write_lines(tmp_path / "corpus.jsonl", [{"text": text} for text in texts])
        outcome = check([corpus], Policy(registries=tuple(registries)))
        rows = outcome.findings.sort_by("start").to_pylist()
        return [
            (row["source"], texts[0][row["start"] : row["end"]].strip(" ."), row["verdict"])
            for row in rows
        ]

    return found


@pytest.mark.parametrize("words", [8, 12, 16, 17, 20, 24])
def test_a_post_within_an_article_is_found(found, words):
    post = " ".join(INSERTED.split()[:words])
    text = f"{HEAD} {post}. {TAIL}"
    assert found([text], {"x": post, "cc0-1.0": ARTICLE}) == [
        ("cc0-1.0", HEAD.strip("."), "permitted"),
        ("x", post, "forbidden"),
        ("cc0-1.0", TAIL.strip("."), "permitted"),
    ]


def test_an_article_that_is_not_permitted_counts_around_what_is(found):
    post = " ".join(INSERTED.split()[:12])
    text = f"{HEAD} {post}. {TAIL}"
    verdicts = [verdict for *_, verdict in found([text], {"cc0-1.0": post, "x": ARTICLE})]
    assert verdicts == ["forbidden", "permitted", "forbidden"]


@pytest.mark.parametrize(("words", "passages"), [(3, 1), (24, 2)])
def test_many_words_that_are_nobodys_are_not_the_articles(found, words, passages):
    inserted = " ".join(INSERTED.split()[:words])
    spans = found([f"{HEAD} {inserted}. {TAIL}"], {"x": ARTICLE})
    assert len(spans) == passages
    assert any(inserted in text for _, text, _ in spans) == (passages == 1)
