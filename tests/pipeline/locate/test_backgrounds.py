"""Backgrounds: what many quote is contested; what stands beside it in the page is not."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from provenance.errors import PolicyError
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Texts, Tokens
from provenance.model.rules.policy import Agreement, Gate, Policy, Unit
from provenance.model.rules.terms import DateRange, Purpose, Verdict
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.locate.backgrounds import (
    TextPassages,
    find_background_items,
    min_bits,
    open_backgrounds,
    stretch_passages,
)
from provenance.pipeline.settings import Settings
from tests.pipeline.conftest import Writer


@pytest.fixture
def build(tmp_path: Path, write_lines):
    def made(name: str, texts: list[str], source: str = "background") -> str:
        rows = [{"id": f"{name}{row}", "text": text} for row, text in enumerate(texts)]
        dump = write_lines(tmp_path / f"{name}.jsonl", rows)
        build_registry(tmp_path / name, DumpSource([dump], source))
        return str(tmp_path / name)

    return made


@pytest.fixture
def compare(tmp_path: Path, registry: str, write_lines):
    def run(texts: list[str], *backgrounds: str, **policy):
        rows = [{"id": f"d{row}", "text": text} for row, text in enumerate(texts)]
        corpus = write_lines(tmp_path / "corpus.jsonl", rows)
        asked = Policy(registries=(registry,), backgrounds=backgrounds, **policy)
        return check([corpus], asked, Settings(threads=2))

    return run


def contested(made) -> dict[str, bool]:
    columns = (made.findings[name].to_pylist() for name in ("item", "contested"))
    return dict(zip(*columns, strict=True))


def share(made, by: str, key: str, unit: str = "tokens"):
    found = next(each for each in made.result.shares if (each.by, each.key) == (by, key))
    return getattr(found, unit)


def test_what_a_background_holds_too_is_contested_and_fails_no_gate(
    compare, build, posts, pages
) -> None:
    book = build("book", [f"{pages[0]} {posts[30]['text']} {pages[1]}"])
    texts = [*pages[2:60], f"{pages[60]} {posts[30]['text']} {pages[61]}"]

    without, beside = compare(texts), compare(texts, book)

    assert contested(without) == {"p30": False}
    assert contested(beside) == {"p30": True}
    assert (without.result.status, beside.result.status) == ("fail", "pass")
    before, after = share(without, "verdict", "forbidden"), share(beside, "verdict", "unknown")
    assert before.contested == 0
    assert after.contested == after.share == before.share > 0
    assert share(beside, "verdict", "forbidden").share == share(beside, "source", "x").share == 0


@pytest.mark.parametrize(
    ("source", "verdict", "is_contested", "failing"),
    [
        ("reddit", "forbidden", False, {Verdict.FORBIDDEN}),
        ("background", "unknown", True, set()),
        ("public-domain", "restricted", True, set()),
        ("cc0-1.0", "permitted", True, set()),
    ],
)
def test_the_terms_of_a_background_decide_and_gates_count_what_they_deny(
    compare, build, posts, pages, source, verdict, is_contested, failing
) -> None:
    book = build("book", [f"{pages[0]} {posts[30]['text']} {pages[1]}"], source)
    texts = [*pages[2:60], f"{pages[60]} {posts[30]['text']} {pages[61]}"]
    gates = tuple(Gate(each) for each in (Verdict.FORBIDDEN, Verdict.UNKNOWN))

    made = compare(texts, book, gates=gates)

    assert made.findings["origin"].to_pylist() == ["quotation"]
    assert made.findings["verdict"].to_pylist() == [verdict]
    assert contested(made) == {"p30": is_contested}
    assert {each.gate.verdict for each in made.result.gates if not each.passed} == failing


def test_a_post_in_a_page_of_a_background_is_not_in_the_background(
    compare, build, posts, pages
) -> None:
    book = build("book", pages[:80])
    halves = [page.split(". ") for page in pages[:40]]
    texts = [
        ". ".join([*half[:10], post["text"], *half[10:]])
        for half, post in zip(halves, posts, strict=False)
    ]

    made = compare(texts, book)

    assert made.findings.num_rows >= 38
    assert set(contested(made).values()) == {False}


def test_a_quotation_in_a_page_that_many_editions_hold_is_still_contested(
    compare, build, posts, pages
) -> None:
    # Twelve editions of the page outdo, over its stretch, the one book that the quotation is from.
    words = pages[0].split()
    editions = [" ".join([*words[:200], f"edition{n}", *words[200:]]) for n in range(12)]
    book = build("book", [*editions, f"{pages[1]} {posts[2]['text']} {pages[3]}"])
    page = " ".join([*words[:100], posts[2]["text"], *words[100:]])

    made = compare([*pages[4:60], page], book)

    assert contested(made) == {"p2": True}


def test_half_of_a_finding_decides(compare, build, posts, pages) -> None:
    words = {name: posts[name]["text"].split() for name in (39, 59)}
    assert {len(each) for each in words.values()} == {27}
    book = build(
        "book",
        [f"{pages[0]} {' '.join(words[39][:18])}", f"{pages[1]} {' '.join(words[59][:9])}"],
    )

    made = compare([*pages[2:60], posts[39]["text"], posts[59]["text"]], book)

    assert contested(made) == {"p39": True, "p59": False}


def test_items_of_a_background_hold_a_passage_together(compare, build, posts, pages) -> None:
    words = posts[39]["text"].split()
    verses = build("verses", [" ".join(words[first : first + 9]) for first in (0, 9, 18)])

    assert contested(compare([*pages[:60], posts[39]["text"]], verses)) == {"p39": True}


def test_several_backgrounds_each_count_and_their_order_does_not(
    compare, build, posts, pages
) -> None:
    one, other = build("one", [posts[10]["text"]]), build("other", [posts[11]["text"]])
    texts = [*pages[:60], *(posts[number]["text"] for number in (10, 11, 12))]

    made, again = compare(texts, one, other), compare(texts, other, one, other)

    assert contested(made) == {"p10": True, "p11": True, "p12": False}
    assert made.findings.equals(again.findings)
    assert made.result.backgrounds == again.result.backgrounds


def test_a_background_gets_no_share_and_stands_apart(compare, build, posts, pages) -> None:
    book = build("book", [posts[10]["text"], *pages[:10]])

    made = compare([*pages[:60], posts[10]["text"]], book)

    assert "background" not in {each.key for each in made.result.shares}
    assert "background" not in {each.source for each in made.result.rulings}
    (summary,) = made.result.backgrounds
    assert (summary.path, summary.items) == (book, 11)
    assert [each.source for each in summary.sources] == ["background"]
    assert book not in {each.path for each in made.result.registries}


def test_what_is_permitted_is_not_contested(compare, build, posts, pages) -> None:
    book = build("book", [posts[10]["text"]])
    agreement = Agreement("x", (Purpose.PRETRAINING,), DateRange(), "contract 1/2024")

    made = compare([*pages[:60], posts[10]["text"]], book, agreements=(agreement,))

    assert contested(made) == {"p10": False}


def test_the_band_holds_the_share_whatever_the_background(compare, build, posts, pages) -> None:
    book = build("book", [post["text"] for post in posts[:30:2]])
    texts = [f"{page} {post['text']}" for page, post in zip(pages, posts[:60], strict=False)]

    made = compare(texts, book)

    for each in made.result.shares:
        for unit in Unit:
            estimate = getattr(each, unit)
            assert 0 <= estimate.contested <= estimate.share <= estimate.any <= 1
    assert share(made, "verdict", str(Verdict.FORBIDDEN)).share > 0
    assert share(made, "verdict", str(Verdict.UNKNOWN)).contested > 0


def test_a_whole_text_from_a_source_s_host_is_contested_like_any_other(
    tmp_path: Path, registry: str, build, pages, write_lines
) -> None:
    rows = [{"text": page, "url": f"https://example.org/{row}"} for row, page in enumerate(pages)]
    for row in (4, 5):
        rows[row]["url"] = f"https://x.com/someone/status/{row}"
    corpus = write_lines(tmp_path / "pages.jsonl", rows)
    policy = Policy(registries=(registry,), backgrounds=(build("book", [pages[4]]),))

    made = check([corpus], policy)

    assert made.findings["evidence"].to_pylist() == ["link", "link"]
    assert made.findings["contested"].to_pylist() == [True, False]


def test_a_text_from_a_source_s_host_begins_where_it_does_whatever_stands_before(
    tmp_path: Path, registry: str, build, pages, posts, write_lines
) -> None:
    # The words around a passage, kept to look it up, lie beyond its excerpt.
    rows = [
        {"text": f"{pages[0]} {posts[0]['text']} {pages[1]}", "url": "https://example.org/1"},
        {"text": f"{pages[2]} {posts[1]['text']}", "url": "https://x.com/someone/status/2"},
    ]
    corpus = write_lines(tmp_path / "pages.jsonl", rows)
    policy = Policy(registries=(registry,), backgrounds=(build("book", pages[3:9]),))

    made = check([corpus], policy)

    assert made.findings["evidence"].to_pylist() == ["content", "link", "content"]
    assert made.findings["start"].to_pylist()[1] == 0
    first = len(pages[2].split())
    assert made.findings["tokens"].to_pylist()[1] == first


def test_a_registry_cannot_be_its_own_background(compare, registry, posts) -> None:
    with pytest.raises(PolicyError, match="a background and a registry"):
        compare([posts[0]["text"]], registry)


def test_gaps_of_a_passage_do_not_count(build) -> None:
    # The item matched the ends of the passage, the background what stands between them.
    writer = Writer(9)
    head, between, tail = (writer.sentence(length) for length in (8, 20, 8))
    text = f"{head} {between} {tail}"
    tokens = _tokens([text])
    (book,) = open_backgrounds([build("book", [between])], [])
    rows, firsts, lasts = np.array([0]), np.array([0]), np.array([35])
    ends = TextPassages(rows, firsts, lasts, np.array([[0, 0, 8], [0, 28, 36]]))

    assert held(stretch_passages(rows, firsts, lasts), tokens, [book]).tolist() == [True]
    assert held(ends, tokens, [book]).tolist() == [False]


def test_a_few_words_of_a_book_are_its_own_in_its_pages_and_anybody_s_elsewhere(
    build, pages
) -> None:
    phrase = " ".join(Writer(2).words[:5])  # the most frequent words of these pages
    (book,) = open_backgrounds(
        [build("book", [f"{pages[0]} {phrase} {pages[1]}", *pages[2:100]])], []
    )
    texts = [f"{pages[0]} {phrase} {pages[1]}", f"{pages[110]} {phrase} {pages[111]}"]
    tokens = _tokens(texts)
    firsts = np.array([len(pages[number].split()) for number in (0, 110)])

    found = stretch_passages(np.array([0, 1]), firsts, firsts + 4)

    assert held(found, tokens, [book]).tolist() == [True, False]


def test_half_of_a_passage_is_half_of_its_words_and_of_what_they_say(build, pages) -> None:
    words = Writer(2).words
    frequent = " ".join(words[:6])
    rare = "quokka zymurgy xebec jacquard fjeld wyvern"
    (book,) = open_backgrounds([build("book", [*pages[:20], frequent, f"{rare} fjord"])], [])
    (other,) = open_backgrounds([build("other", [*pages[:20], frequent])], [])
    texts = [frequent, f"{frequent} {rare}", f"{' '.join(words[:1] * 8)} {rare}"]
    ends = np.array([6, 12, 14]) - 1

    found = stretch_passages(np.arange(3), np.zeros(3, np.int64), ends)

    assert held(found, _tokens(texts), [other]).tolist() == [True, False, False]
    assert held(found, _tokens(texts), [book]).tolist() == [True, True, False]


def test_a_large_background_must_hold_more_of_a_passage_than_a_small_one() -> None:
    shipped = 4_100_000
    assert min_bits(100) == min_bits(shipped) == 50
    library = min_bits(28 * shipped)
    assert 65 < library < 75
    assert min_bits(56 * shipped) == pytest.approx(library + 4)


def test_of_nothing_backgrounds_hold_nothing(build) -> None:
    none = np.zeros(0, np.int64)
    (book,) = open_backgrounds([build("book", ["one two three four five six"])], [])

    assert held(stretch_passages(none, none, none), _tokens([]), [book]).tolist() == []


def held(passages: TextPassages, tokens: Tokens, backgrounds):
    return find_background_items(passages, tokens, backgrounds).backgrounds >= 0


def _tokens(texts: list[str]) -> Tokens:
    return tokenise(Texts.of(pa.array(texts, pa.large_string())))
