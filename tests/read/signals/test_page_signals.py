"""ai.txt, tdmrep.json, tags and cards: each by its own rules, and none to be broken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.rules.signals import Stance
from provenance.read.signals import PageMetadata, page_notices, parse_card, parse_files
from provenance.read.signals.dataset_cards import card_notice
from provenance.read.signals.meta_tags import parse_tags
from provenance.read.signals.page_signals import noai_notice
from provenance.read.signals.path_patterns import url_path
from provenance.read.signals.robots_txt import ai_notice, parse_robots
from provenance.read.signals.tdmrep import mining_notice, parse_locations

NO, YES, SILENT = Stance.DISALLOWS, Stance.ALLOWS, Stance.SILENT
AGENTS = {"robots-txt/training-agents": ("GPTBot",), "robots-txt/training-tokens": ("Google-Ext",)}


@pytest.mark.parametrize(
    ("text", "address", "stance"),
    [
        ("User-Agent: *\nDisallow: *.html\nAllow: *.jpg\n", "https://a.example/x.html", NO),
        ("User-Agent: *\nDisallow: *.html\n", "https://a.example/essay", NO),  # a page
        ("User-Agent: *\nDisallow: *.html\n", "https://a.example/essay?page=2", NO),
        ("User-Agent: *\nDisallow: *.jpg\nAllow: *.html\n", "https://a.example/essay", YES),
        ("User-Agent: *\nDisallow: *.jpg\n", "https://a.example/essay", SILENT),
        ("User-Agent: *\nDisallow: /\n", "https://a.example", NO),
        ("User-Agent: *\nDisallow: *\n", "https://a.example/x.pdf", NO),
        ("User-Agent: a\nAllow: /\nUser-Agent: b\nDisallow: /\n", "https://a.example", NO),
        ("", "https://a.example", SILENT),
    ],
)
def test_ai_txt(text, address, stance):
    assert ai_notice(parse_robots(text.encode()), url_path(address)).stance is stance


@pytest.mark.parametrize(
    ("line", "captured", "stances"),
    [
        ("https://a.example/licences/ai.xml", {}, [NO]),
        ("https://a.example/rsl.XML?v=1", {}, [NO]),
        ("https://creativecommons.org/licenses/by/4.0/", {}, []),
        (
            "https://a.example/rsl.xml",
            {
                "rsl.xml": b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
                b'<permits type="usage">all</permits></license></content></rsl>'
            },
            [YES],
        ),
    ],
)
def test_robots_txt_names_a_licence_that_was_not_captured(line, captured, stances):
    files = parse_files({"robots.txt": f"License: {line}\n".encode(), **captured})
    notices = page_notices(PageMetadata("https://a.example/x"), files, AGENTS)
    assert [each.stance for each in notices if each.signal == "rsl-1.0"] == stances


def mining(rules, path="/a", headers=None, tags=None):
    locations = None if rules is None else parse_locations(json.dumps(rules).encode())
    notice = mining_notice(locations, path, headers or {}, tags or {})
    return None if notice is None else notice.stance


def rule(location, reservation, **more):
    return {"location": location, "tdm-reservation": reservation, **more}


@pytest.mark.parametrize(
    ("rules", "stance"),
    [
        ([rule("/", 1)], NO),
        ([rule("/", 0)], YES),
        ([rule("/", 2)], SILENT),  # an error of the protocol counts as unset
        ([rule("/", True)], SILENT),
        ([rule("/", "1")], NO),
        ([rule("/b", 1)], SILENT),
        ([rule("/a", 0), rule("/", 1)], YES),  # the first that matches
        ([rule("/", 1), rule("/a", 0)], NO),
        ([{"location": 3}, "x", None, rule("/*a$", 1)], NO),
        ([{"tdm-reservation": 1}], SILENT),
        (rule("/", 1), NO),  # one rule that is no list
        ([], SILENT),
    ],
)
def test_tdmrep_json(rules, stance):
    assert mining(rules) is stance


def test_of_tdmrep_the_later_place_has_the_last_word():
    reserved, free = {"tdm-reservation": "1"}, {"tdm-reservation": "0"}
    assert mining([rule("/", 1)], headers=free) is YES
    assert mining([rule("/", 0)], headers=reserved) is NO
    assert mining([rule("/", 1)], headers=reserved, tags=free) is YES
    assert mining(None, headers=free, tags=reserved) is NO
    assert mining(None, headers={"tdm-reservation": " 1 "}) is NO
    # What is an error is not set, so what came before still counts.
    assert mining([rule("/", 1)], headers={"tdm-reservation": "no"}) is NO
    assert mining(None) is None


def test_tdmrep_names_the_policy():
    locations = parse_locations(json.dumps([rule("/", 1, **{"tdm-policy": "/p.json"})]).encode())
    notice = mining_notice(locations, "/a", {}, {})
    assert notice.why == ('tdmrep.json, rule 1 for /: "tdm-reservation: 1"; its policy: /p.json')


@pytest.mark.parametrize("content", [b"", b"{", b'"x"', b"\xff\xfe", b"[" * 100_000, b"1" * 5000])
def test_what_is_no_tdmrep_json_is_none(content):
    assert parse_locations(content) is None


@pytest.mark.parametrize(
    ("value", "stance"),
    [
        ("noai", NO),
        ("noindex, NOAI, noimageai", NO),
        ("otherbot: noai", NO),
        ("noimageai", SILENT),  # pictures
        ("noindex, nofollow", SILENT),
        ("x-noai, noai-x", SILENT),
        ("", SILENT),
    ],
)
def test_noai(value, stance):
    assert noai_notice("header", value).stance is stance


def test_tags_are_found_in_the_head_alone():
    page = """<!doctype html><head>
    <META NAME='Robots' CONTENT="noai, noimageai"><meta content=1 name=tdm-reservation />
    <meta name="tdm-policy" content="https://a.example/?a&amp;b"><meta name="description"
    content="x > y"><meta name="gptbot" content="noai"><!-- <meta name=robots content=none> -->
    </head><body><meta name="robots" content="all">"""
    assert parse_tags(page) == [
        ("robots", "noai, noimageai"),
        ("tdm-reservation", "1"),
        ("tdm-policy", "https://a.example/?a&b"),
        ("gptbot", "noai"),
    ]


@pytest.mark.parametrize("piece", ["<!--", "<meta ", "<meta a=", "<meta a='", "<", '"', "<meta x"])
def test_a_page_of_nothing_but_beginnings_takes_no_time_to_speak_of(piece):
    assert parse_tags(piece * 200_000) == []


def card(text: str) -> tuple[str | None, tuple[str, ...]] | None:
    found = parse_card(text.encode())
    return None if found is None else (found.licence, found.gated)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("---\nlicense: cc-by-4.0\n---\n# X", ("cc-by-4.0", ())),
        ("---\r\nlicense:\r\n- mit\r\n- odc-by\r\n---\r\n", ("mit, odc-by", ())),
        ("---\nlicense: other\nlicense_name: own-1\nlicense_link: LICENSE\n---", ("own-1", ())),
        ("---\nlicense: other\nlicense_link: //a.example/l\n---", ("//a.example/l", ())),
        ("---\nlicense: other\n---", ("other", ())),
        ("---\nextra_gated_prompt: agree\nextra_gated_fields:\n  n: text\n---",
         (None, ("extra_gated_prompt", "extra_gated_fields"))),
        ("---\nlicense: no\n---", (None, ())),
        ("# no fields", None),
        ("---\nlicense: mit\n", None),
        ("---\n- a\n---", None),
        ("---\n{\n---", None),
        ("---\na: &a [1]\nb: [*a, *a]\nlicense: mit\n---", None),  # aliases make much of little
    ],
)  # fmt: skip
def test_cards(text, found):
    assert card(text) == found


def test_a_card_is_silent_on_training():
    notice = card_notice(parse_card(b"---\nlicense: mit\nextra_gated_prompt: x\n---"))
    assert (notice.stance, notice.why) == (
        SILENT,
        "the card says: licence mit; access is gated (extra_gated_prompt)",
    )


ALL = {
    "robots.txt": b"User-agent: GPTBot\nDisallow: /\nContent-Usage: / train-ai=n\n",
    "ai.txt": b"User-agent: *\nDisallow: /\n",
    "tdmrep.json": b'[{"location": "/", "tdm-reservation": 1}]',
    "rsl.xml": b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
    b'<prohibits type="usage">ai-train</prohibits></license></content></rsl>',
}
FIELDS = (
    ("x-robots-tag", "noai"),
    ("content-signal", "ai-train=no"),
    ("content-usage", "train-ai=y"),
)


def test_all_that_came_with_a_page_is_heard_together():
    page = PageMetadata("https://a.example/x", FIELDS, (("robots", "index"),))
    heard = {n.signal: n.stance for n in page_notices(page, parse_files(ALL), AGENTS)}
    assert heard == {
        "robots-txt/training-agents": NO,
        "robots-txt/training-tokens": SILENT,
        "aipref": NO,  # the line disallows what the header allows
        "content-signals": NO,
        "ai-txt": NO,
        "rsl-1.0": NO,
        "tdmrep": NO,
        "noai": NO,
    }


def test_a_file_that_is_not_what_it_is_called_is_told():
    files = parse_files({"tdmrep.json": b"<html>", "rsl.xml": b"<html>", "robots.txt": b"\0"})
    assert files.unread == ("tdmrep.json", "rsl.xml")


@given(
    st.dictionaries(st.sampled_from(sorted(ALL)), st.binary(max_size=80)),
    st.lists(st.tuples(st.sampled_from([n for n, _ in FIELDS]), st.text(max_size=20))),
    st.text(max_size=20),
)
def test_no_bytes_are_an_error(contents, headers, text):
    page_notices(
        PageMetadata(text, tuple(headers), tuple(parse_tags(text))), parse_files(contents), AGENTS
    )
    parse_card(text.encode())


@given(st.sets(st.sampled_from(sorted(ALL))), st.sampled_from(sorted(ALL)))
def test_another_file_that_disallows_never_makes_it_laxer(names, more):
    def disallowing(chosen):
        heard = page_notices(PageMetadata("/x"), parse_files({n: ALL[n] for n in chosen}), AGENTS)
        return {notice.signal for notice in heard if notice.stance is NO}

    assert disallowing(names) <= disallowing({*names, more})
