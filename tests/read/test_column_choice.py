"""Text is found where people put it."""

import pyarrow as pa
import pytest

from provenance.errors import ColumnMissing
from provenance.read.columns.column_choice import ColumnChoice, find_columns


def find(rows: dict[str, list[object]], *named: str) -> ColumnChoice:
    table = pa.table(rows)
    return find_columns(table.schema, named, table.select, file="f")


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        (["id", "title", "text", "body"], ("text",)),
        (["title", "content"], ("content",)),
        (["Title", "Text"], ("Text",)),
        (["label", "Tweet Text"], ("Tweet Text",)),
        (["prompt", "completion", "text"], ("text",)),
        (["output", "instruction", "input", "n"], ("instruction", "input", "output")),
        (["rejected", "chosen", "prompt"], ("prompt", "chosen", "rejected")),
        (["question", "answer", "url"], ("question", "answer")),
    ],
)
def test_well_known_names_are_found(names, texts):
    assert find({name: ["a text"] for name in names}).texts == texts


def test_a_name_alone_does_not_make_text():
    assert find({"text": [1], "content": ["words"]}).texts == ("content",)


def test_of_names_that_differ_in_case_the_first_counts():
    assert find({"Text": ["a"], "text": ["b"], "TEXT": ["c"]}).texts == ("Text",)


def test_turns_of_a_chat_are_text():
    turns = [[{"role": "user", "content": "hello"}]]
    assert find({"messages": turns, "prompt": ["p"]}).texts == ("messages",)
    assert find({"conversations": [[{"from": "human", "value": "v"}]]}).texts == ("conversations",)


def test_without_a_known_name_the_most_text_wins():
    rows = {"label": ["joy"], "lyrics": ["la la " * 20], "url": ["https://a.example/" + "x" * 500]}
    assert find(rows).texts == ("lyrics",)


def test_columns_with_about_as_much_text_are_read_too():
    assert find({"en": ["a sentence"], "de": ["ein Satz"], "x": ["y"]}).texts == ("en", "de")


def test_a_member_of_a_structure_can_be_named():
    rows = {"meta": [{"text": "inner", "n": 1}], "text": ["outer"], "a.b": ["dotted"]}
    assert find(rows, "meta.text").texts == ("meta.text",)
    assert find(rows, "a.b").texts == ("a.b",)


def test_id_address_and_licence_are_found():
    columns = find(
        {
            "ID": [1],
            "text": ["t"],
            "source_url": ["u"],
            "meta": [{"url": "m", "n": 1}],
            "host": ["h"],
            "License": ["mit"],
        }
    )
    assert columns == ColumnChoice(
        ("text",), ("ID",), ("source_url", "meta.url", "host"), ("License",)
    )


def test_a_typing_error_is_pointed_out():
    with pytest.raises(ColumnMissing) as caught:
        find({"content": ["a"], "id": ["b"]}, "contnet")
    assert caught.value.message == (
        "f: column 'contnet' is missing; the table has ['content', 'id']"
    )
    assert caught.value.remedy.startswith("did you mean 'content'?")


def test_a_named_column_of_numbers_is_refused():
    with pytest.raises(
        ColumnMissing, match="holds int64, not text; columns with text are \\['a'\\]"
    ):
        find({"a": ["x"], "n": [1]}, "n")


@pytest.mark.parametrize("rows", [{"n": [1], "x": [2.5]}, {"s": [None, ""]}, {}])
def test_a_table_without_text_is_an_error(rows):
    with pytest.raises(ColumnMissing, match="no column holds text; the table has") as caught:
        find(rows)
    assert "--text-column" in caught.value.remedy


def test_an_error_names_the_strings_in_structures():
    with pytest.raises(ColumnMissing) as caught:
        find({"id": [1], "meta": [{"more": {"body": "b"}, "n": 1, "text": "words"}]})
    assert caught.value.remedy.endswith("there are strings in ['meta.more.body', 'meta.text'].")
