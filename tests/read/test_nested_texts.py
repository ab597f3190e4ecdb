"""Texts inside nested columns."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.columns.nested_texts import TextLeaves, holds_text, texts_within


def found(values: list[object], kind: pa.DataType | None = None, name: str = "c"):
    leaves = TextLeaves.of({name: pa.array(values, kind)})
    return list(
        zip(leaves.rows.tolist(), leaves.fields.to_pylist(), leaves.texts.to_pylist(), strict=True)
    )


def test_a_plain_column_is_its_own_place():
    assert found(["a", None, ""]) == [(0, "c", "a"), (1, "c", None), (2, "c", "")]


def test_a_list_numbers_its_places():
    assert found([["a", "b"], None, [], ["d"]]) == [
        (0, "c[0]", "a"),
        (0, "c[1]", "b"),
        (3, "c[0]", "d"),
    ]


LISTS = [pa.list_, pa.large_list, pa.list_view, pa.large_list_view, lambda of: pa.list_(of, 2)]


@pytest.mark.parametrize("kind", LISTS)
def test_lists_of_every_type_are_read(kind):
    assert holds_text(kind(pa.string()))
    assert found([["a", "b"], ["c", "d"]], kind(pa.string())) == [
        (0, "c[0]", "a"),
        (0, "c[1]", "b"),
        (1, "c[0]", "c"),
        (1, "c[1]", "d"),
    ]


def test_values_of_a_map_are_read_and_keys_are_not():
    kind = pa.map_(pa.string(), pa.string())
    assert holds_text(kind)
    assert not holds_text(pa.map_(pa.string(), pa.int64()))
    assert found([[("k", "a"), ("l", "b")], None, [], [("k", None)]], kind) == [
        (0, "c[0].value", "a"),
        (0, "c[1].value", "b"),
        (3, "c[0].value", None),
    ]


def test_a_slice_is_read_from_its_own_first_row():
    column = pa.array([["no"], ["a", "b"], None, ["c"], ["no"]]).slice(1, 3)
    leaves = TextLeaves.of({"c": column})
    assert leaves.rows.tolist() == [0, 0, 2]
    assert leaves.fields.to_pylist() == ["c[0]", "c[1]", "c[0]"]
    assert leaves.texts.to_pylist() == ["a", "b", "c"]


def test_of_a_turn_only_what_was_said_is_text():
    turns = [
        [{"role": "user", "content": "hello", "name": "me"}, {"role": "bot", "content": "hi"}],
        [{"role": "user", "content": None, "name": "me"}],
    ]
    assert found(turns, name="messages") == [
        (0, "messages[0].content", "hello"),
        (0, "messages[1].content", "hi"),
        (1, "messages[0].content", None),
    ]
    turn = {"from": "gpt", "value": "v", "mood": "calm", "tools": ["call"]}
    assert found([[turn]]) == [(0, "c[0].value", "v")]
    assert list(texts_within([turn], "c")) == [("c[0].value", "v")]


def test_of_a_structure_every_text_is_read_but_labels():
    assert found([{"de": "eins", "en": "one", "id": "x", "n": 1}]) == [
        (0, "c.de", "eins"),
        (0, "c.en", "one"),
    ]


def test_of_a_turn_thoughts_and_replies_are_read_too():
    # In the order in which older versions of pyarrow have the members of a structure.
    tree = {
        "model": "m",
        "replies": [{"text": "Because.", "thinking": "Hm.", "tool": "search"}],
        "role": "prompter",
        "text": "Why?",
        "tool": "none",
    }
    texts = [("replies[0].text", "Because."), ("replies[0].thinking", "Hm."), ("text", "Why?")]
    assert found([tree]) == [(0, f"c.{name}", text) for name, text in texts]
    assert list(texts_within(tree, "c")) == [(f"c.{name}", text) for name, text in texts]


def test_of_a_slice_of_views_each_value_is_in_its_row():
    column = pa.array([["no"], None, ["a", "b"], ["c"]], pa.list_view(pa.string())).slice(1)
    assert found(column) == [(1, "c[0]", "a"), (1, "c[1]", "b"), (2, "c[0]", "c")]


CALL = "Write that the tide is late again."


def test_beside_the_text_of_a_structure_passages_are_read_and_labels_are_not():
    call = {"name": "write", "arguments": f'{{"note": "{CALL}"}}'}
    turns = [
        {"role": "bot", "content": "Done.", "tool_calls": [{"id": "c1", "function": call}]},
        {"role": "bot", "content": "Hm.", "plan": "潮の満ち引きを毎朝きちんと書き留める"},
        {"role": "bot", "content": None, "plan": "First look, then write it down."},
        {"role": "bot", "content": "No.", "plan": "none", "source": "a form that we keep here"},
    ]
    names = ("role", "content", "tool_calls", "plan", "source")
    turns = [{name: turn.get(name) for name in names} for turn in turns]
    expected = [
        ("c[0].content", "Done."),
        ("c[0].tool_calls[0].function.arguments", call["arguments"]),
        ("c[1].content", "Hm."),
        ("c[1].plan", turns[1]["plan"]),
        ("c[2].plan", turns[2]["plan"]),
        ("c[3].content", "No."),
    ]
    assert sorted((name, text) for _, name, text in found([turns]) if text) == expected
    assert sorted(texts_within(turns, "c")) == expected


def test_a_copy_of_a_text_beside_it_counts_once():
    rows = [{"text": f"So: {CALL}", "copy": CALL}, {"text": "So:", "copy": CALL}]
    expected = [(0, "c.text", f"So: {CALL}"), (1, "c.copy", CALL), (1, "c.text", "So:")]
    assert sorted(found(rows)) == expected
    one_by_one = ((row, *leaf) for row in (0, 1) for leaf in texts_within(rows[row], "c"))
    assert sorted(one_by_one) == expected


def test_lists_within_lists_have_two_numbers():
    assert found([[["a"], ["b", "c"]], [[], ["d"]]]) == [
        (0, "c[0][0]", "a"),
        (0, "c[1][0]", "b"),
        (0, "c[1][1]", "c"),
        (1, "c[1][0]", "d"),
    ]


def test_the_texts_of_a_row_follow_the_order_of_its_columns():
    leaves = TextLeaves.of({"q": pa.array(["q0", "q1"]), "a": pa.array([["x", "y"], ["z"]])})
    assert leaves.rows.tolist() == [0, 0, 0, 1, 1]
    assert leaves.fields.to_pylist() == ["q", "a[0]", "a[1]", "q", "a[0]"]


def test_texts_of_a_row_are_joined_without_the_blank_ones():
    leaves = TextLeaves.of({"q": pa.array(["t", None, " "]), "a": pa.array(["b", None, "only"])})
    assert leaves.join_rows(3, "\n\n").to_pylist() == ["t\n\nb", None, "only"]


def test_numbers_hold_no_text():
    assert not holds_text(pa.list_(pa.int64()))
    assert not holds_text(pa.struct([("id", pa.string()), ("n", pa.int64())]))
    assert holds_text(pa.list_(pa.struct([("text", pa.string())])))


NESTED = st.recursive(
    st.text(max_size=3).filter(lambda text: text.isprintable()),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.lists(st.lists(st.text(max_size=3)))), st.data())
def test_columns_and_objects_name_their_places_alike(values, data):
    values = [[[t.encode("utf-8", "replace").decode() for t in x] for x in y] for y in values]
    one_by_one = [
        (row, *leaf) for row, value in enumerate(values) for leaf in texts_within(value, "c")
    ]
    assert found(values, pa.list_(pa.list_(pa.string()))) == one_by_one


TURNS = st.lists(
    st.fixed_dictionaries({"role": st.just("user"), "content": st.none() | st.just("said")})
)


@given(st.lists(TURNS))
def test_columns_and_objects_find_the_same_turns(values):
    kind = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
    one_by_one = [
        (row, *leaf) for row, value in enumerate(values) for leaf in texts_within(value, "c")
    ]
    assert [one for one in found(values, kind) if one[2] is not None] == one_by_one


PARTS = [
    {"type": "thinking", "thinking": "The tide is late again today.", "signature": "a8" * 40},
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "b7" * 40}},
    {"type": "tool_use", "call_id": "c6" * 9, "input": {"query": "Oslo", "format": "short"}},
    {"type": "text", "text": "Late."},
]


@pytest.mark.parametrize("parts", [PARTS, PARTS[:2]])
def test_signatures_images_and_short_arguments_of_parts_are_no_texts(parts):
    texts = [text for _, text in texts_within([{"role": "user", "content": parts}], "chat")]
    assert texts == [PARTS[0]["thinking"], "Late."][: len(parts) // 2]
    kind = pa.array([[{"role": "user", "content": PARTS}]]).type
    leaves = found([[{"role": "user", "content": parts}]], kind)
    # Members are in the order of the type, which older releases of Arrow infer by name.
    assert sorted(text for _, _, text in leaves if text) == sorted(texts)


def test_a_label_beside_no_text_is_read_where_it_is_a_passage():
    pair = {"en": "Short.", "id": "Kapal itu pulang sore ini juga."}
    assert found([pair]) == [(0, "c.en", "Short."), (0, "c.id", pair["id"])]
    assert list(texts_within(pair, "c")) == [("c.en", "Short."), ("c.id", pair["id"])]
    about = {"question": "Why?", "lang": "en", "user": "Ann", "source_url": "a.example"}
    assert dict(texts_within(about, "c")) == {"c.question": "Why?", "c.user": "Ann"}
    assert [text for _, _, text in found([about])] == ["Why?", "Ann"]
