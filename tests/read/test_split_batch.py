"""Stretches are cut out of JSON, cells and texts; what stands beside them keeps its letters."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.corpus.corpora import open_corpus
from provenance.read.rewriting.json_strings import edit_json, find_strings
from provenance.read.rewriting.removal_plan import Removals, replace_spans
from provenance.read.rewriting.rewrite_file import rewrite_file


def written(path: Path, cuts: Removals) -> Path:
    (file,) = open_corpus([str(path)], text_columns=["wide"]).files
    made = path.parent / "made" / path.name
    assert rewrite_file(file, made, cuts)
    return made


def test_untouched_cells_are_written_as_they_were(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b'"id",wide,"note"\r\n'
        b'"1",  spaced , "not quoted"\r\n'
        b"\r\n"
        b'2,"two\r\nlines, ""both"" bad",""\r\n'
        b'3,plain,"x"\r\n'
    )
    made = written(path, Removals(frozenset({2}), {1: {"wide": ((0, 3),)}}, 'a "b"'))
    assert made.read_bytes() == (
        b'"id",wide,"note"\r\n'
        b'"1",  spaced , "not quoted"\r\n'
        b"\r\n"
        b'2,"a ""b""\r\nlines, ""both"" bad",""\r\n'
    )


def test_a_lone_cell_that_is_left_empty_is_still_a_row(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"wide\nfirst words\nsecond words\n")
    made = written(path, Removals(spans={0: {"wide": ((0, 11),)}}))
    assert made.read_bytes() == b'wide\n""\nsecond words\n'


def test_of_a_line_only_the_string_that_is_cut_is_written_anew(tmp_path) -> None:
    path = tmp_path / "a.jsonl"
    line = '{ "n" : 1.0e5,"wide" :  "caf\\u00e9 \\ud83d\\ude00 gone \\ud800 end", "o": ["\\/"] }'
    path.write_text(line + "\n")
    made = written(path, Removals(spans={0: {"wide": ((7, 12),)}}, replacement="é"))
    assert made.read_text("utf-8") == line.replace("gone ", "\\u00e9") + "\n"
    before, after = json.loads(line), json.loads(made.read_text("utf-8"))
    assert after == {**before, "wide": before["wide"].replace("gone ", "é")}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_every_string_of_a_value_is_found_where_it_is_written(value, plain, indent) -> None:
    text = json.dumps(value, ensure_ascii=plain, indent=indent)
    for path, place in find_strings(text).items():
        inner = value
        for step in path:
            inner = inner[step]
        assert inner == place.value == json.loads(text[place.start : place.end])
    count = sum(1 for _ in _strings(value))
    assert len(find_strings(text)) == count


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def test_of_two_places_with_one_name_the_one_that_is_read_is_cut() -> None:
    text = '{"a": {"b": "deep text"}, "a.b": "flat text"}'
    own = Removals(spans={0: {"a.b": ((0, 4),)}}, replacement="#").of(0, "f")
    assert edit_json(text, own) == '{"a": {"b": "deep text"}, "a.b": "# text"}'


@pytest.mark.parametrize(
    ("text", "spans", "left"),
    [
        ("abcdef", [(1, 3), (3, 5)], "a#f"),
        ("abcdef", [(1, 4), (2, 5)], "a#f"),
        ("abcdef", [(3, 5), (0, 1)], "#bc#f"),
        ("abe\u0301\u0323f", [(1, 3)], "a#f"),
        ("a\U0001f600b", [(1, 2)], "a#b"),
        ("a\r\nb", [(0, 1)], "#\r\nb"),
        ("abc", [(0, 3)], "#"),
        ("be\u0301\u0323d", [(0, 2), (4, 5)], "#"),
    ],
)
def test_stretches_are_replaced(text, spans, left) -> None:
    assert replace_spans(text, spans, "#") == left


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x2FF)), st.data())
def test_what_no_stretch_covers_stays_in_order(text, data) -> None:
    place = st.integers(0, len(text))
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(place, place)))]
    covered = np.zeros(len(text), bool)
    for start, end in spans:
        covered[start:end] = True
    kept = "".join(sign for sign, gone in zip(text, covered, strict=True) if not gone)
    assert replace_spans(text, spans, "") == kept
