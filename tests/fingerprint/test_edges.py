"""Spans cover what normalisation drops at an item's edges, where the document has it too."""

# Signs that look like others are what this is about.
# ruff: noqa: RUF001

import html
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint.span_edges import Spans, dropped_edges, widen_spans
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import DroppedEdges
from tests.fingerprint.oracles import spans_of, texts_of

LINK, AT_NAME, REPOST = 1, 2, 3
SIGN = st.sampled_from(list("\"'«»“”()[]!?.…—–-#*/ \n\t😀❤\u2028")) | st.sampled_from(
    ["https://t.example/x ", "@name ", " 👩\u200d👩\u200d👧", "❤\ufe0f", "<url>", " http "]
)
SIGNS = st.lists(SIGN, max_size=6).map("".join)


def run_bounds(*texts: str) -> DroppedEdges:
    return dropped_edges(texts_of(*texts), tokenise(texts_of(*texts)))


def pieces(text: str) -> tuple[list[int], list[int]]:
    found = run_bounds(text)
    return found.lead.tolist(), found.trail.tolist()


def widened(document: str, item: str, *, low: int | None = None, high: int | None = None) -> str:
    """Find the words of `item` in `document`, and give the text of the widened span."""
    raw = document.encode()
    spans = spans_of(document)
    size = len(spans_of(item))
    first = next(
        place for place in range(len(spans)) if raw[spans[place][0] :].startswith(b"alpha")
    )
    start, end = spans[first][0], spans[first + size - 1][1]
    before = spans[first - 1][1] if first else 0
    after = spans[first + size][0] if first + size < len(spans) else len(raw)
    starts, ends = widen_spans(
        texts_of("another text", document),
        Spans(
            np.array([1]),
            np.array([start]),
            np.array([end]),
            np.array([before if low is None else low]),
            np.array([after if high is None else high]),
        ),
        run_bounds(item),
    )
    assert starts[0] <= start
    assert ends[0] >= end
    assert starts[0] >= min(start, before if low is None else low)
    assert ends[0] <= max(end, after if high is None else high)
    return raw[starts[0] : ends[0]].decode()


@pytest.mark.parametrize(
    ("text", "lead", "trail"),
    [
        ("word", [], []),
        ("", [], []),
        ("😀", [], []),
        ("“word”", [0x22], [0x22]),
        ("«word» …", [0x22], [0x22, 0x2E]),
        ("—word–", [0x2D], [0x2D]),
        ("‘word’", [0x27], [0x27]),
        ("@name: word https://t.example/x", [0x3A, AT_NAME], [LINK]),
        ("RT @name: word", [0x3A, AT_NAME, REPOST], []),
        ("word <url>", [], [0x3C, LINK, 0x3E]),
        ("word http", [], [LINK]),
        ("word www.example.com/x!", [], [LINK]),
        ("word pic.twitter.com/abcdef", [], [LINK]),
        ("word https : / / t . co / x", [], [LINK]),
        ("word &#104;ttp://t.example/x", [], [LINK]),
        ("word &quot; &lt;3 x", [], []),
        ("word &amp;quot;&hellip;", [], [0x22, 0x2E]),
        ("word ❤\ufe0f👩\u200d👧", [], [0x2764, 0x1F469, 0x1F467]),
        ("word" + "!" * 99, [], [0x21] * 32),
        ("?" * 99 + "word", [0x3F] * 32, []),
    ],
)
def test_the_pieces_of_an_edge_are_counted_outward(text, lead, trail):
    assert pieces(text) == (lead, trail)


def test_edges_of_a_batch_are_those_of_its_texts():
    texts = ["“a”", "", "b!", "😀", "@n c https://t.example/x ?"]
    found = run_bounds(*texts)
    for place, text in enumerate(texts):
        lead = found.lead[found.lead_offsets[place] : found.lead_offsets[place + 1]]
        trail = found.trail[found.trail_offsets[place] : found.trail_offsets[place + 1]]
        assert (lead.tolist(), trail.tolist()) == pieces(text)


@pytest.mark.parametrize(
    ("item", "document", "covered"),
    [
        ("alpha beta https://t.co/x", "so alpha beta https://t.co/y and", "alpha beta https://t.co/y"),
        ("alpha beta https://t.co/x", "so alpha beta http and", "alpha beta http"),
        ("alpha beta https://t.co/x", "so alpha beta <url> and", "alpha beta <url>"),
        ("alpha beta https://t.co/x", "so alpha beta [URL]. And", "alpha beta [URL]"),
        ("https://t.co/x alpha beta", "so, <url> alpha beta <url> and", "<url> alpha beta"),
        ("alpha beta https://t.co/x", "alpha beta https : / / t . co / x", None),
        ("@you alpha beta", "see @user alpha beta so", "@user alpha beta"),
        ("@you alpha beta", "see @ user alpha beta so", "@ user alpha beta"),
        ("@you: alpha beta", "see @me alpha beta so", "@me alpha beta"),
        ("RT @you: alpha beta", "RT @me: alpha beta", None),
        ("alpha beta 😀", "so alpha beta 😀 and", "alpha beta 😀"),
        ("alpha beta ❤\ufe0f", "so alpha beta ❤\ufe0f!", "alpha beta ❤\ufe0f"),
        ("alpha beta ❤", "so alpha beta ❤\ufe0f!", "alpha beta ❤\ufe0f"),
        ("“alpha beta”", 'He said "alpha beta" then', '"alpha beta"'),
        ("alpha beta", 'He said "alpha beta" then', "alpha beta"),
        ('"alpha beta"', "&quot;alpha beta&quot; then", "&quot;alpha beta&quot;"),
        ('"alpha beta"', 'x\\n\\"alpha beta\\"\\nthen', '"alpha beta\\"'),
        ("alpha beta 😀", "alpha beta \\ud83d\\ude00\\nthen", "alpha beta \\ud83d\\ude00"),
        ("alpha beta http", "alpha beta http:\\/\\/t.c\\/x\\n", "alpha beta http:\\/\\/t.c\\/x"),
        ("RT @you: alpha beta", "so RT @me: alpha beta", "RT @me: alpha beta"),
        ('"alpha beta"', "&amp;quot;alpha beta&#34; then", "&amp;quot;alpha beta&#34;"),
        ("alpha beta!", "so alpha beta. Then", "alpha beta"),
        ("alpha beta!?", "so alpha beta?! Then", "alpha beta?"),
        ("alpha beta …", "alpha beta...", "alpha beta."),
        ("alpha beta'", "so ‘alpha beta’ then", "alpha beta’"),
        ("(alpha beta)", "x\r\n( alpha beta\u3000)\r\ny", "( alpha beta\u3000)"),
        ("alpha beta", "😀 alpha beta 😀", "alpha beta"),
    ],
)  # fmt: skip
def test_a_span_is_widened_over_what_the_item_has_there_too(item, document, covered):
    assert widened(document, item) == (document if covered is None else covered)


@settings(max_examples=200)
@given(SIGNS, SIGNS)
def test_a_verbatim_copy_is_covered_to_its_last_piece(before, after):
    item = f"{before} alpha beta {after}"
    lead, trail = pieces(item)
    found = widened(f"word {item} word", item)
    assert pieces(found) == (lead, trail)


QUOTES = st.lists(st.sampled_from(list("\"'<>&")), max_size=6).map("".join)


@given(QUOTES, QUOTES)
def test_an_escaped_copy_is_covered_like_a_plain_one(before, after):
    item = f"{before}alpha beta{after}"
    escaped = html.escape(item)
    assert html.unescape(widened(f"word {escaped} word", item)) == widened(
        f"word {item} word", item
    )


@settings(max_examples=200)
@given(SIGNS, SIGNS)
def test_a_copy_escaped_as_json_does_is_covered_like_a_plain_one(before, after):
    item = f"{before}alpha beta{after}"
    found = widened(f"word {json.dumps(item)[1:-1]} word", item)
    assert pieces(found) == pieces(widened(f"word {item} word", item))


@settings(max_examples=300)
@given(SIGNS, SIGNS, SIGNS, SIGNS, st.integers(0, 30), st.integers(0, 30))
def test_a_span_never_shrinks_nor_passes_its_bounds(before, after, mine, theirs, low, high):
    item = f"{mine} alpha beta {theirs}"
    document = f"word {before} alpha beta {after} word"
    start = document.encode().index(b"alpha")
    low = len(f"word {before} "[: 5 + low].encode())  # `widened` asserts that these are kept
    high = start + len(f"alpha beta {after}"[: 10 + high].encode())
    assert "alpha beta" in widened(document, item, low=low, high=high)
    assert "alpha beta" in widened(document, item)


def test_bounds_that_are_the_span_itself_keep_it():
    assert widened("so “alpha beta” so", "“alpha beta”", low=6, high=16) == "alpha beta"


def test_a_far_edge_is_covered_as_far_as_the_pieces_reach():
    address = "https://t.example/" + "x" * 3000
    assert widened(f"alpha beta {address} so", f"alpha beta {address}").startswith("alpha beta")
    assert widened(f"{'!' * 5000} alpha beta", "!alpha beta") == "! alpha beta"
