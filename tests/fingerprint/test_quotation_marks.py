"""Quotations in texts: what is between marks of any language, in quoted lines, italics, verse."""

import numpy as np
import pyarrow as pa
import pytest

from provenance.fingerprint.quotation_marks import (
    IN_BLOCK,
    IN_ITALICS,
    IN_QUOTES,
    IN_VERSE,
    quotation_flags,
    widen_to_marks,
)
from provenance.model.content.fingerprints import Texts


def flagged(text: str, flag: int) -> list[str]:
    """Return the stretches of a text that have a flag."""
    texts = Texts.of(pa.array([text], pa.large_string()))
    has_flag = np.concatenate([[0], (quotation_flags(texts) & flag) > 0, [0]]).astype(int)
    steps = np.diff(has_flag)
    data = text.encode()
    bounds = zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True)
    return [data[first:last].decode() for first, last in bounds]


@pytest.mark.parametrize(
    ("text", "quotations"),
    [
        ('She said "rain is near" and left.', ['"rain is near"']),
        ("She said “rain, \u2018heavy\u2019 rain” and left.", ["“rain, \u2018heavy\u2019 rain”"]),
        ("Sie sagte: „es regnet“ und ging.", ["„es regnet“"]),
        ("Elle dit : « il pleut » puis rien.", ["« il pleut »"]),
        ("Er rief »es regnet« und ging.", ["»es regnet«"]),
        ("他说\uff1a“下雨了”然后走了。", ["“下雨了”"]),
        ("彼は「雨だ」と言った。", ["「雨だ」"]),
        ("He wrote &quot;rain is near&quot; there.", ["&quot;rain is near&quot;"]),
        ("It's the boys' idea, isn't it", []),
        ("the '90s were great, for the kids' toys", []),
        ("the \u201990s were great, said James\u2019 dog", []),
        ("'tis the season and 'twas James' dog; get 'em 'til noon' then", []),
        ("'Embers fade', she said, 'timidly.'", ["'Embers fade'", "'timidly.'"]),
        ("She said 'I saw the dogs' loudly, not 'cats'.", ["'cats'"]),
        ("He wrote 'rain for the boys', and left.", ["'rain for the boys'"]),
        ('a 5" pipe and a 6" pipe', []),
        ('"first paragraph\n\n"and the second" after', ['"first paragraph\n\n"and the second"']),
        ('"@ann: the ferry is late" again', []),
        ('def f():\n    """Return the rain of a day."""\n    return "rain"', ['"rain"']),
        ("x = '''it rains''' and 'it poured' then", ["'it poured'"]),
        ("no marks at all", []),
    ],
)
def test_text_between_quotation_marks_is_found(text, quotations):
    assert flagged(text, IN_QUOTES) == quotations


@pytest.mark.parametrize(
    ("text", "quotations"),
    [
        ("> one line\nmine", ["> one line"]),
        ("&gt;one line\n  > two", ["&gt;one line", "> two"]),
        ("a > b", []),
        (">>> rain(3)\n3", []),
        (">>> first\n>> second\nmine", [">>> first", ">> second"]),
        ("> > > first\n> third\nmine", ["> > > first", "> third"]),
        ("<blockquote>theirs</blockquote>mine", ["<blockquote>theirs"]),
        ("[QUOTE]theirs[/QUOTE]mine", ["[QUOTE]theirs"]),
        ("[quote=ann]theirs[/quote]mine", ["[quote=ann]theirs"]),
        ("[quote author=ann]theirs[/quote]mine", ["[quote author=ann]theirs"]),
        ("[quote][quote=a]one[/quote] two[/quote]mine", ["[quote][quote=a]one[/quote] two"]),
        ('<blockquote class="a">theirs</blockquote>mine', ['<blockquote class="a">theirs']),
        ("[Quotes of the day](https://a.example) are mine.\n\nAll of it.", []),
        ("[quote](https://a.example) is mine [/quoted] too", []),
        ("[quote-unquote] is mine [/quote-unquote]", []),
        ("<blockquote>never closed, so mine", []),
        ("[quote]not closed by the other kind</blockquote>", []),
        ("<quote>no tag</quote> [blockquote]no tag[/blockquote]", []),
        (f"<blockquote>{'mine. ' * 2000}</blockquote>", []),
        (f"[quote]{'mine. ' * 2000}[quote]theirs[/quote]", ["[quote]theirs"]),
    ],
)
def test_quoted_lines_and_blocks_are_found(text, quotations):
    assert flagged(text, IN_BLOCK) == quotations


@pytest.mark.parametrize(
    ("text", "italics"),
    [
        ("so *this is it* then", ["*this is it*"]),
        ("so _this is it_ then", ["_this is it_"]),
        ("**bold** and snake_case_name and 2 * 3 * 4", []),
        ("* one\n* two", []),
        ("*open\n\nclosed*", []),
        ("<i>theirs</i> mine", ["<i>theirs"]),
        (
            "<em lang='la'>theirs</em> [i]and theirs[/i] mine",
            ["<em lang='la'>theirs", "[i]and theirs"],
        ),
        ("<i>never closed, so mine", []),
        ("[I think] that is mine [/I]", []),
        ("<img> and <emphasis>mine</emphasis>", []),
    ],
)
def test_italics_are_found_and_bold_and_lists_are_not(text, italics):
    assert flagged(text, IN_ITALICS) == italics


def test_four_short_lines_with_capitals_are_verse():
    verse = "The rain comes down on the roof,\nThe wind goes round the house;\n\n"
    verse += "A door is heard to move,\nAnd under it a mouse."
    assert flagged(f"so I found this and liked it.\n{verse}\nnice, no?", IN_VERSE) == [verse]
    assert flagged("The rain comes down.\nThe wind goes round.\nA door is heard.", IN_VERSE) == []
    assert flagged("\n".join(["the rain comes down on us"] * 6), IN_VERSE) == []


def test_a_range_is_widened_to_the_ends_of_its_quotation():
    text = 'He said "rain is near, and so is snow" then.'
    texts = Texts.of(pa.array(["other", text], pa.large_string()))
    first = text.index("is near")
    span = np.array([first]), np.array([first + 7])
    starts, ends = widen_to_marks(texts, quotation_flags(texts), np.array([1]), span)
    assert text[starts[0] : ends[0]] == '"rain is near, and so is snow"'
    plain = np.array([0]), np.array([7])
    starts, ends = widen_to_marks(texts, quotation_flags(texts), np.array([1]), plain)
    assert (starts[0], ends[0]) == (0, 7)
