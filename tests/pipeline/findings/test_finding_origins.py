"""Origins of findings: what an item quotes is not its source's, whatever the page does with it."""

from pathlib import Path

import pytest

from provenance import Matcher
from provenance.model.rules.policy import Gate, OriginRule, Policy, UndecidedRule, Unit
from provenance.model.rules.terms import Verdict
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.findings.exemptions import gate_mask
from provenance.pipeline.settings import Settings
from tests.pipeline.conftest import Writer

WRITER = Writer(77)
PHRASES = [WRITER.sentence(24) for _ in range(8)]
AROUND = [WRITER.sentence(40) for _ in range(16)]


def item(name: str, text: str, **more: str) -> dict[str, str]:
    return {"id": name, "text": text, "created_at": "2023-05-01T00:00:00Z", **more}


ITEMS = [
    item("own", f"{AROUND[0]}. {PHRASES[0]}. {AROUND[1]}."),
    item("quoting", f'{AROUND[2]}: "{PHRASES[1]}". {AROUND[3]}.'),
    item("block", f"{AROUND[4]}\n\n> {PHRASES[2]}\n\n{AROUND[5]}."),
    item("whole", f"{PHRASES[3]}."),
    item("signed", f"{PHRASES[4]}. - Ann Example"),
    item("half", f'{AROUND[6]}: {PHRASES[5][:60]} "{PHRASES[5][60:]}" {AROUND[7]}.'),
    item("first", f"{AROUND[8]} {PHRASES[6]} {AROUND[9]}.", author="one"),
    item("second", f"{AROUND[10]} {PHRASES[6]} {AROUND[11]}.", author="two"),
    item("again", f"{AROUND[12]} {PHRASES[7]} {AROUND[13]}.", author="three"),
    item("repost", f"{AROUND[12]} {PHRASES[7]} {AROUND[13]} again.", author="four"),
]
EXPECTED = ["item", "quotation", "quotation", "item", "quotation", "undecided", "quotation", "item"]


@pytest.fixture(scope="module")
def world(tmp_path_factory, pages, write_lines) -> Path:
    folder = tmp_path_factory.mktemp("origins")
    texts = [f"{page} {PHRASES[n]}. {page[:300]}" for n, page in enumerate(pages[:8])]
    rows = [{"id": f"d{row}", "text": text} for row, text in enumerate(texts)]
    write_lines(folder / "pages.jsonl", [*rows, *({"text": page} for page in pages[10:90])])
    dump = write_lines(folder / "items.jsonl", ITEMS)
    build_registry(folder / "registry", DumpSource([dump], "x"))
    build_registry(folder / "bare", DumpSource([dump], "x"), keep_texts=False)
    return folder


def run(world: Path, registry: str = "registry", threads: int = 2, **policy):
    asked = Policy(registries=(str(world / registry),), **policy)
    return check([str(world / "pages.jsonl")], asked, Settings(threads=threads))


def origins(report) -> list[str]:
    return report.findings["origin"].to_pylist()


def share(report, by: str, key: str):
    [found] = [each for each in report.result.shares if (each.by, each.key) == (by, key)]
    return found


def test_the_item_s_side_decides_whose_words_they_are(world):
    report = run(world)
    assert report.findings["document"].to_pylist() == [f"d{n}" for n in range(8)]
    assert origins(report) == EXPECTED
    reasons = dict(enumerate(report.findings["origin_reasons"].to_pylist()))
    assert reasons[0] == ["item-continues"]
    assert reasons[1] == ["item-continues", "item-quotes"]
    assert reasons[3] == ["whole-item"]
    assert "item-attributes" in reasons[4]
    assert reasons[6] == ["item-continues", "other-authors"]
    assert reasons[7] == ["item-continues"]


def test_a_document_may_say_that_a_whole_item_is_somebody_else_s(tmp_path, pages, write_lines):
    own = [WRITER.sentence(24) for _ in range(4)]
    rows = [item(f"i{n}", text) for n, text in enumerate(own)]
    dump = write_lines(tmp_path / "items.jsonl", rows)
    build_registry(tmp_path / "registry", DumpSource([dump], "x"))
    pasted = [
        f"{pages[0]}. {own[0]}. {pages[1]}",
        f"{pages[2]}. {own[1]}.\n\t-- Ann Example\n{pages[3]}",
        f"{pages[4]}. Everybody knew that {own[2]}. {pages[5]}",
        f"{pages[6]}. {own[3]}.\n- Ann Example (@ann), posted in May\n{pages[7]}",
    ]
    rows = [{"text": text} for text in [*pasted, *pages[10:40]]]
    corpus = write_lines(tmp_path / "c.jsonl", rows)
    policy = Policy(registries=(str(tmp_path / "registry"),))
    report = check([str(corpus)], policy, Settings())
    assert origins(report) == ["item", "quotation", "undecided", "item"]
    assert report.findings["origin_reasons"].to_pylist()[1:3] == [
        ["whole-item", "document-attributes"],
        ["whole-item", "document-continues"],
    ]


def test_the_title_of_a_link_is_the_linked_page_s(tmp_path, pages, write_lines):
    writer = Writer(78)
    titles = [writer.sentence(12).capitalize() for _ in range(5)]
    added = writer.sentence(24)

    def post(name: str, title: str, url: str, body: str = "") -> dict[str, object]:
        place = {"id": name, "created_utc": 1682899200, "subreddit": "boats", "author": name}
        return {"title": title, "selftext": body, "url": url, **place}

    dump = write_lines(
        tmp_path / "RS_2023-05.jsonl",
        [
            post("a1", titles[0], "https://harbour.example/news/1"),
            post("a2", titles[1], "https://www.reddit.com/r/boats/comments/a2/x/"),
            post("a3", titles[2], "https://i.imgur.com/boat"),
            post("a4", titles[3], "https://harbour.example/news/4", added),
            post("a5", titles[4], "https://harbour.example/news/5"),
        ],
    )
    build_registry(tmp_path / "registry", DumpSource([dump], "reddit"))
    rows = [
        *(
            {"text": f"{pages[n]}\n\n{title}\n\n{pages[n + 9]}"}
            for n, title in enumerate(titles[:3])
        ),
        {"text": f"{pages[4]}\n\n{titles[3]}\n\n{pages[5]}"},
        {"text": f"{pages[6]}\n\n{added}\n\n{pages[7]}"},
        {"text": titles[4]},
        {"text": titles[0], "url": "https://www.harbour.example/news/1"},
        {"text": f"Subreddit: boats\nTitle: {titles[0]}\nScore: 17\nComments: 4"},
        {
            "text": f"{pages[8]}\n\n{added}\n\n{pages[9]}",
            "url": "http://harbour.example/news/4/#boats",
        },
        *({"text": page} for page in pages[20:60]),
    ]
    corpus = write_lines(tmp_path / "c.jsonl", rows)
    report = check([corpus], Policy(registries=(str(tmp_path / "registry"),)))
    found = dict(zip(report.findings["row"].to_pylist(), origins(report), strict=True))
    assert found == {
        0: "quotation",  # on a page
        1: "item",  # the title of a post of the site's own
        2: "item",  # words above a picture
        3: "quotation",  # the title of a link, without what the poster added
        4: "item",  # what the poster added
        5: "item",  # a row that is the title was taken from the source, whoever wrote it
        6: "quotation",  # but not the linked page itself
        7: "item",  # and so was one in a template
        8: "quotation",  # what was added is also on the linked page, which the post quotes
    }
    reasons = report.findings["origin_reasons"].to_pylist()
    assert [("link-title" in each, "document-linked" in each) for each in reasons] == [
        *((True, False), (False, False), (False, False), (True, False), (False, False)),
        *((True, False), (True, True), (True, False), (False, True)),
    ]
    site = "https://harbour.example/news"
    linked = [1, None, None, 4, None, 5, 1, 1, 4]
    assert report.findings["quoted_url"].to_pylist() == [
        None if n is None else f"{site}/{n}" for n in linked
    ]


@pytest.mark.parametrize(("linked", "origin"), [(False, "undecided"), (True, "item")])
def test_what_is_written_like_a_title_is_one_unless_the_dump_tells(
    tmp_path, pages, write_lines, linked, origin
):
    """A plain table does not say which posts are links; a dump with links does."""
    writer = Writer(91)
    words = [word for word in writer.sentence(60).lower().split() if len(word) > 3]
    title, plain = " ".join(words[:9]).title(), " ".join(words[9:18])
    texts = {"t1": title, "t2": plain, "t3": writer.sentence(9)}
    dump = write_lines(tmp_path / "items.jsonl", [item(name, text) for name, text in texts.items()])
    if linked:
        address = "https://{}/r/boats/comments/{}/x/".format
        hosts = {"t1": "www.reddit.com", "t2": "www.reddit.com", "t3": "harbour.example"}
        place = {"subreddit": "boats", "created_utc": 1682899200, "selftext": ""}
        posts = [
            {"id": name, "author": name, "title": text, "url": address(hosts[name], name), **place}
            for name, text in texts.items()
        ]
        dump = write_lines(tmp_path / "RS_2023-05.jsonl", posts)
    build_registry(tmp_path / "registry", DumpSource([dump], "reddit" if linked else "x"))
    rows = [
        *(
            {"text": f"{pages[n]}\n\n{text}\n\n{pages[n + 9]}"}
            for n, text in enumerate((title, plain))
        ),
        {"text": title},
        *({"text": page} for page in pages[20:60]),
    ]
    corpus = write_lines(tmp_path / "c.jsonl", rows)
    report = check([corpus], Policy(registries=(str(tmp_path / "registry"),)))
    found = dict(zip(report.findings["row"].to_pylist(), origins(report), strict=True))
    assert found == {0: origin, 1: "item", 2: "item"}


def test_titles_edits_and_bullets_leave_a_whole_item_its_own(tmp_path, pages, write_lines):
    own = [WRITER.sentence(40) for _ in range(3)]
    texts = [f"Short Story: {own[0]}", f"{own[1]} (Edit: a typo)", f"{own[2]}.\n\n- Thanks for all"]
    rows = [item(f"i{n}", text) for n, text in enumerate(texts)]
    build_registry(
        tmp_path / "registry", DumpSource([write_lines(tmp_path / "items.jsonl", rows)], "x")
    )
    pasted = [f"{pages[n]} {text}. {pages[n + 5]}" for n, text in enumerate(own)]
    corpus = write_lines(
        tmp_path / "c.jsonl", [{"text": text} for text in [*pasted, *pages[10:40]]]
    )
    gates = (Gate(Verdict.FORBIDDEN),)
    policy = Policy(registries=(str(tmp_path / "registry"),), gates=gates)
    report = check([corpus], policy)
    assert origins(report) == ["item"] * 3
    assert [outcome.passed for outcome in report.result.gates] == [False]


def test_a_list_in_an_item_is_not_taken_for_the_verse_of_another(tmp_path, pages, write_lines):
    lines = "\n".join(WRITER.sentence(6).capitalize() for _ in range(6))
    rows = [item("sale", f"{AROUND[2]}:\n\n{lines}\n\n{AROUND[3]}.")]
    dump = write_lines(tmp_path / "items.jsonl", rows)
    build_registry(tmp_path / "registry", DumpSource([dump], "x"))
    texts = [f"{pages[0]}\n\n{lines}\n\n{pages[1]}", *pages[10:40]]
    corpus = write_lines(tmp_path / "c.jsonl", [{"text": text} for text in texts])
    report = check([corpus], Policy(registries=(str(tmp_path / "registry"),)))
    assert origins(report) == ["undecided"]
    assert report.findings["verdict"].to_pylist() == ["forbidden"]


def test_marks_in_the_page_alone_are_no_evidence_against_the_item(tmp_path, world, write_lines):
    texts = [f'As a paper wrote, "{PHRASES[0]}".', f"> {PHRASES[3]}\n\n{AROUND[15]}"]
    corpus = write_lines(tmp_path / "c.jsonl", [{"text": text} for text in texts])
    report = check([corpus], Policy(registries=(str(world / "registry"),)))
    assert origins(report) == ["item", "item"]


def test_a_quotation_counts_for_no_source_and_is_of_unknown_status(world):
    report = run(world)
    verdicts = report.findings["verdict"].to_pylist()
    assert {verdicts[row] for row, origin in enumerate(EXPECTED) if origin == "quotation"} == {
        "unknown"
    }
    tokens = report.findings["tokens"].to_pylist()
    by_origin = {
        origin: sum(n for n, each in zip(tokens, EXPECTED, strict=True) if each == origin)
        for origin in EXPECTED
    }
    for origin, count in by_origin.items():
        assert share(report, "origin", origin).tokens.count == pytest.approx(count, abs=3)
    own = by_origin["item"] + by_origin["undecided"]
    assert share(report, "source", "x").tokens.count == pytest.approx(own, abs=3)
    assert share(report, "source", "x").verdict is Verdict.FORBIDDEN
    basis = share(report, "basis", "unknown: quoted-work")
    assert basis.tokens == share(report, "origin", "quotation").tokens


def test_gates_count_quotations_by_verdict_and_for_no_source(world):
    findings = run(world).findings
    quotations = [each == "quotation" for each in EXPECTED]
    assert gate_mask(Gate(Verdict.UNKNOWN), findings).tolist() == quotations
    assert not gate_mask(Gate(Verdict.UNKNOWN, "x"), findings).any()
    forbidden = gate_mask(Gate(Verdict.FORBIDDEN, "x"), findings).tolist()
    assert forbidden == [not each for each in quotations]


def test_words_of_undecided_origin_count_as_the_policy_says(world):
    counted, contested = (
        run(world, origins=OriginRule(undecided=rule))
        for rule in (UndecidedRule.COUNT, UndecidedRule.CONTEST)
    )
    assert origins(counted) == origins(contested)
    unclear = [each == "undecided" for each in EXPECTED]
    assert not any(counted.findings["contested"].to_pylist())
    assert contested.findings["contested"].to_pylist() == unclear
    assert gate_mask(Gate(Verdict.FORBIDDEN), contested.findings).sum() == 3
    lows = []
    for report in (counted, contested):
        tokens = share(report, "source", "x").tokens
        certain = tokens.count - share(report, "origin", "undecided").tokens.count
        assert certain / report.result.corpus.tokens < tokens.share <= tokens.high
        lows.append(tokens.low)
    assert lows[1] <= certain / report.result.corpus.tokens
    assert lows[1] < lows[0]


def test_a_gate_has_the_low_end_that_the_shares_have(world):
    report = run(world, gates=(Gate(Verdict.FORBIDDEN),))
    [outcome] = report.result.gates
    assert outcome.low == share(report, "verdict", "forbidden").tokens.low
    assert share(report, "source", "x").tokens.low == outcome.low


def test_without_the_items_texts_a_part_is_undecided_and_a_whole_is_not(world):
    report = run(world, "bare")
    found = dict(zip(report.findings["document"].to_pylist(), origins(report), strict=True))
    assert (found["d0"], found["d1"], found["d3"]) == ("undecided", "undecided", "item")
    assert found["d6"] == "quotation"
    assert "text-unknown" in report.findings["origin_reasons"][0].as_py()


def test_a_page_that_is_older_than_the_item_cannot_have_taken_it(tmp_path, world, write_lines):
    days = "2023-04-30T23:00:00Z", "2023-05-02T00:00:00Z", "soon", "2023-04-30T23:00:00-05:00"
    rows = [
        {"text": f"{AROUND[14]}. {PHRASES[3]}.", "crawl_date": day, "url": f"https://a.example/{n}"}
        for n, day in enumerate(days)
    ]
    corpus = write_lines(tmp_path / "c.jsonl", rows)
    policy = Policy(registries=(str(world / "registry"),))
    report = check([corpus], policy)
    assert origins(report) == ["quotation", "item", "item", "item"]
    assert report.findings["origin_reasons"][0].as_py() == ["whole-item", "document-older"]


def test_a_date_that_may_be_that_of_publication_leaves_the_origin_open(
    tmp_path, world, write_lines
):
    rows = [
        {"text": f"{AROUND[14]}. {PHRASES[3]}.", "date": "2023-04-30", "url": "https://a.example/1"}
    ]
    corpus = write_lines(tmp_path / "c.jsonl", rows)
    report = check([corpus], Policy(registries=(str(world / "registry"),)))
    assert origins(report) == ["undecided"]
    assert report.findings["origin_reasons"][0].as_py() == ["whole-item", "document-dated"]
    rows[0]["date"] = "2023-06-01"
    corpus = write_lines(tmp_path / "c.jsonl", rows)
    assert origins(check([corpus], Policy(registries=(str(world / "registry"),)))) == ["item"]


def test_an_item_that_another_quotes_is_the_origin_of_its_words(
    tmp_path, world, pages, write_lines
):
    article = f"{AROUND[14]}. {PHRASES[1]}. {AROUND[15]}. {WRITER.sentence(300)}."
    rows = [item("article", article, licence="CC0-1.0")]
    dump = write_lines(tmp_path / "press.jsonl", rows)
    build_registry(tmp_path / "press", DumpSource([dump], "cc0-1.0"))
    both = (str(world / "registry"), str(tmp_path / "press"))
    policy = Policy(registries=both, common_background=False)
    report = check([str(world / "pages.jsonl")], policy)
    [row] = [row for row in report.findings.to_pylist() if row["document"] == "d1"]
    assert (row["source"], row["item"]) == ("cc0-1.0", "article")
    assert (row["origin"], row["verdict"], row["contested"]) == ("item", "permitted", False)
    quoting = {"source": "x", "item": "quoting", "share": 1.0, "same_words": False}
    assert row["alternatives"] == [quoting]
    assert share(report, "source", "cc0-1.0").tokens.count == row["tokens"] == 24
    of_x = share(run(world), "source", "x").tokens
    assert share(report, "source", "x").tokens.count == of_x.count
    matcher = Matcher(both, common_background=False)
    assert [each.item for each in matcher.find(f"{pages[0]} {PHRASES[1]}.")] == ["article"]


def test_what_another_source_quotes_counts_for_the_source_whose_words_it_is(
    tmp_path, pages, write_lines
):
    phrase = WRITER.sentence(30)
    owner = [item("owner", f"{WRITER.sentence(30)}. {phrase}. {WRITER.sentence(300)}.")]
    quoting = [item("quoting", f'{WRITER.sentence(9)}: "{phrase}". {WRITER.sentence(40)}.')]
    names = []
    for source, rows in (("reddit", owner), ("x", quoting), ("cc0-1.0", quoting)):
        dump = write_lines(tmp_path / f"{source}.jsonl", rows)
        names.append(str(tmp_path / source))
        build_registry(tmp_path / source, DumpSource([dump], source))
    texts = [f"{pages[0]} {phrase}. {pages[1]}", *pages[10:60]]
    corpus = write_lines(tmp_path / "c.jsonl", [{"text": text} for text in texts])
    gates = tuple(Gate(Verdict.FORBIDDEN, source) for source in ("reddit", "x", None))
    for registries in (names[:2], names[1::-1], names):
        report = check([corpus], Policy(registries=tuple(registries), gates=gates))
        [row] = report.findings.to_pylist()
        assert (row["item"], row["origin"], row["contested"]) == ("owner", "item", False)
        assert [outcome.passed for outcome in report.result.gates] == [False, True, False]
        assert share(report, "source", "reddit").tokens.count == 30
        assert share(report, "source", "x").tokens.count == 0


@pytest.mark.parametrize("comment", ["Yes", "Who would have thought that this was so"])
@pytest.mark.parametrize("source", ["reddit", "cc0-1.0"])
def test_a_short_comment_on_a_quotation_does_not_make_it_a_copy(
    tmp_path, pages, write_lines, comment, source
):
    phrase = WRITER.sentence(30)
    quoting = [item("quoting", f"“{phrase}”\n\n{comment}")]
    texts = [f"{pages[0]} “{phrase}”\n\n{comment}", *pages[10:40]]
    owners = [item("owner", f"{phrase}.")]
    row = find_owned(tmp_path, write_lines, owners, quoting, texts, source)
    assert (row["source"], row["item"]) == ("x", "owner")
    assert (row["origin"], row["verdict"], row["contested"]) == ("item", "forbidden", False)


@pytest.mark.parametrize(("words", "template"), [(18, "“{}”\n\nYes"), (30, "“{}” - Ann Example")])
def test_a_saying_that_two_sources_have_is_not_the_one_s_that_does_not_quote_it(
    tmp_path, pages, write_lines, words, template
):
    quoting = [item("quoting", template.format(WRITER.sentence(words)))]
    owners = [item("owner", quoting[0]["text"].split("”")[0][1:])]
    texts = [f"{pages[0]} {quoting[0]['text']}", *pages[10:40]]
    row = find_owned(tmp_path, write_lines, owners, quoting, texts)
    assert (row["source"], row["origin"]) == ("reddit", "quotation")


def test_words_that_are_equal_by_chance_do_not_keep_words_from_their_owner(
    tmp_path, pages, write_lines
):
    phrase, before = WRITER.sentence(12), WRITER.sentence(9).split()
    quoting = [item("quoting", f"{' '.join(before)}: “{phrase}”. {WRITER.sentence(60)}.")]
    chance = f"{before[5]} {before[0]} {before[7]} {before[1]}"
    texts = [f"{pages[0]} {chance}\n\n{phrase}.\n\n{pages[1]}", *pages[10:40]]
    row = find_owned(tmp_path, write_lines, [item("owner", f"{phrase}.")], quoting, texts)
    assert (row["source"], row["item"]) == ("x", "owner")
    assert texts[0][row["start"] : row["end"]].rstrip(".") == phrase


@pytest.mark.parametrize("next_words", ["", "Meanwhile", "Meanwhile the"])
def test_a_word_behind_a_whole_item_does_not_give_it_to_a_longer_one(
    tmp_path, pages, write_lines, next_words
):
    phrase = WRITER.sentence(24).capitalize()
    longer = [item("longer", f"{WRITER.sentence(30)}. {phrase}. Meanwhile the {pages[2][:300]}")]
    texts = [f"{pages[0]}\n\n{phrase}. {next_words} {pages[1]}", *pages[10:40]]
    row = find_owned(tmp_path, write_lines, [item("owner", f"{phrase}.")], longer, texts)
    assert (row["source"], row["item"]) == ("x", "owner")
    assert (row["origin"], row["verdict"]) == ("undecided", "forbidden")
    assert not row["contested"]


def find_owned(folder, write_lines, owners, others, texts, other="reddit"):
    """Check texts against items of x and of another source; return the finding."""
    registries = []
    for source, rows in (("x", owners), (other, others)):
        dump = write_lines(folder / f"{source}.jsonl", rows)
        build_registry(folder / source, DumpSource([dump], source))
        registries.append(str(folder / source))
    corpus = write_lines(folder / "c.jsonl", [{"text": text} for text in texts])
    [row] = check([corpus], Policy(registries=tuple(registries))).findings.to_pylist()
    return row


def test_items_of_other_sources_that_do_not_quote_or_both_do_change_nothing(
    tmp_path, pages, write_lines
):
    phrase = WRITER.sentence(30)
    shorter = " ".join(phrase.split()[3:])
    registries = []
    for source, text in (("x", f'"{phrase}"'), ("reddit", f"\n\n> {shorter}\n\n")):
        rows = [item(source, f"{WRITER.sentence(20)} {text} {WRITER.sentence(200)}")]
        build_registry(
            tmp_path / source, DumpSource([write_lines(tmp_path / f"{source}.jsonl", rows)], source)
        )
        registries.append(str(tmp_path / source))
    texts = [f"{pages[0]} {phrase}. {pages[1]}", *pages[10:40]]
    corpus = write_lines(tmp_path / "c.jsonl", [{"text": text} for text in texts])
    alone = check([corpus], Policy(registries=tuple(registries[:1])))
    assert origins(alone) == ["quotation"]
    both = check([corpus], Policy(registries=tuple(registries)))
    assert origins(both) == ["quotation"]
    assert both.findings["source"].to_pylist() == ["x"]
    assert both.findings["verdict"].to_pylist() == ["unknown"]


def test_an_item_that_others_quote_is_not_a_quotation_for_that(tmp_path, pages, write_lines):
    own, phrase = WRITER.sentence(60), WRITER.sentence(24)
    rows = [
        item("origin", f"{own}. {phrase}. {WRITER.sentence(30)}.", author="one"),
        item("quoting", f"{WRITER.sentence(40)}\n\n> {phrase}\n\nSo.", author="two"),
    ]
    dump = write_lines(tmp_path / "items.jsonl", rows)
    build_registry(tmp_path / "registry", DumpSource([dump], "x"))
    # The words before the passage make the first item the likelier one.
    texts = [f"{pages[0]} {own[-60:]}. {phrase}.", *pages[1:40]]
    corpus = write_lines(tmp_path / "c.jsonl", [{"text": text} for text in texts])
    report = check([corpus], Policy(registries=(str(tmp_path / "registry"),)))
    assert report.findings["item"].to_pylist() == ["origin"]
    assert report.findings["origin_reasons"].to_pylist() == [["item-continues"]]
    assert origins(report) == ["item"]


def test_threads_change_nothing(world):
    assert run(world, threads=1).findings.equals(run(world, threads=4).findings)


def test_a_matcher_decides_as_a_check_does(world, pages):
    matcher = Matcher(str(world / "registry"))
    texts = [f"{page} {PHRASES[n]}. {page[:300]}" for n, page in enumerate(pages[:8])]
    found = [matcher.find(text) for text in texts]
    assert [[match.origin for match in matches] for matches in found] == [[e] for e in EXPECTED]


def test_documents_are_counted_for_what_they_hold(world):
    report = run(world)
    documents = {
        origin: getattr(share(report, "origin", origin), str(Unit.DOCUMENTS)).count
        for origin in ("item", "quotation", "undecided")
    }
    assert documents == {"item": 3, "quotation": 4, "undecided": 1}
