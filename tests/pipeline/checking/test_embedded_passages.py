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
        for source, given in items.items():
            row = {"id": "1", **given} if isinstance(given, dict) else {"id": "1", "text": given}
            dump = write_lines(tmp_path / f"{source}.jsonl", [row])
            build_registry(tmp_path / source, DumpSource([dump], source))
            registries.append(str(tmp_path / source))
        corpus = write_lines(tmp_path / "corpus.jsonl", [{"text": text} for text in texts])
        outcome = check([corpus], Policy(registries=tuple(registries)))
        rows = outcome.findings.sort_by("start").to_pylist()
        return [
            (row["source"], texts[0][row["start"] : row["end"]].strip(" \n.>“”"), row["verdict"])
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


@pytest.mark.parametrize("words", [40, 150])
def test_what_two_items_share_hides_nothing_of_the_one_that_does_not_get_it(found, words):
    first, shared, last = (WRITER.sentence(words) for _ in range(3))
    items = {"x": f"{first}. {shared}.", "cc0-1.0": f"{shared}. {last}."}
    spans = found([f"{first}. {shared}. {last}."], items)
    passages = {source: text for source, text, _ in spans}
    assert first in passages["x"]
    assert last in passages["cc0-1.0"]


def test_a_passage_between_insertions_is_as_strong_as_its_words(found):
    passages, inserted = ([WRITER.sentence(30) for _ in range(6)] for _ in range(2))
    lines = [line for pair in zip(passages, inserted, strict=True) for line in pair]
    # Another item has the end of a passage and the beginning of what was inserted.
    other = " ".join([*passages[2].split()[-12:], *inserted[2].split()[:12]])
    spans = found([". ".join(lines)], {"x": ". ".join(passages), "cc0-1.0": other})
    assert sum(len(text.split()) for source, text, _ in spans if source == "x") >= 6 * 30 - 12


def quoting(post, quotation="“{}”"):
    return f"{HEAD}\n\n{quotation.format(post)}\n\n{TAIL}"


@pytest.mark.parametrize("quotation", ["“{}”", "> {}"])
@pytest.mark.parametrize("words", [20, 24])
def test_a_post_that_an_article_quotes_is_found_in_the_whole_article(found, words, quotation):
    post = " ".join(INSERTED.split()[:words])
    article = quoting(post, quotation)
    assert found([article], {"x": post, "cc0-1.0": article}) == [
        ("cc0-1.0", HEAD.strip("."), "permitted"),
        ("x", post, "forbidden"),
        ("cc0-1.0", TAIL.strip("."), "permitted"),
    ]


def test_a_saying_in_quotation_marks_is_not_taken_out_of_its_item(found):
    saying = " ".join(INSERTED.split()[:16])
    text = quoting(saying)
    assert [source for source, *_ in found([text], {"reddit": saying, "x": text})] == ["x"]


def test_a_short_item_keeps_what_it_says_around_a_quotation(found):
    own = WRITER.sentence(18).split()
    text = f"{' '.join(own[:9])} “{INSERTED}” {' '.join(own[9:])}"
    spans = found([text], {"reddit": INSERTED, "x": text})
    assert [source for source, *_ in spans] == ["x", "reddit", "x"]


def test_posts_that_an_article_quotes_are_each_found(found):
    middle, *posts = (WRITER.sentence(21) for _ in range(3))
    article = f"{quoting(posts[0])}\n\n{middle}.\n\n“{posts[1]}”"
    items = {"x": posts[0], "reddit": posts[1], "cc0-1.0": article}
    sources = [source for source, *_ in found([article], items)]
    assert sources == ["cc0-1.0", "x", "cc0-1.0", "reddit"]


@pytest.mark.parametrize(
    ("post", "article", "is_found"),
    [
        ({"created_at": "2021-05-01"}, {"created_at": "2021-06-01"}, True),
        ({"created_at": "2021-05-01"}, {"created_at": "2021-05-01"}, True),
        ({"created_at": "2021-06-01"}, {"created_at": "2021-05-01"}, False),
        ({"created_at": "2021-06-01"}, {}, True),
        ({}, {"created_at": "2021-05-01"}, True),
    ],
)
def test_an_article_does_not_quote_what_is_later(found, post, article, is_found):
    text = quoting(INSERTED)
    items = {"x": {"text": INSERTED, **post}, "cc0-1.0": {"text": text, **article}}
    assert ("x" in {source for source, *_ in found([text], items)}) == is_found


def test_what_an_article_has_without_quoting_it_is_the_articles(found):
    text = quoting(INSERTED, "{}")
    findings = found([text], {"x": INSERTED, "cc0-1.0": text})
    assert {source for source, *_ in findings} == {"cc0-1.0"}
