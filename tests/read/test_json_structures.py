"""Chats as strings in JSON are read as chats in lists are."""

import csv
import json

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import CorruptFile
from provenance.read.columns.json_structures import are_structures, structure_leaves
from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.rewriting.json_strings import edit_text
from provenance.read.rewriting.removal_plan import RowRemovals

TURNS = st.fixed_dictionaries({"role": st.sampled_from(["user", "bot"]), "content": st.text()})


@given(st.lists(st.lists(TURNS, max_size=3) | st.none()), st.booleans())
def test_a_list_in_a_string_has_the_texts_of_the_list(values, ascii_only):
    values = json.loads(json.dumps(values).encode("utf-8", "replace"))
    kind = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
    written = [
        None if value is None else json.dumps(value, ensure_ascii=ascii_only) for value in values
    ]
    found = structure_leaves("c", pa.array(written, pa.string())).readable()
    expected = TextLeaves.of({"c": pa.array(values, kind)}).readable()
    assert found.rows.tolist() == expected.rows.tolist()
    assert found.fields.to_pylist() == expected.fields.to_pylist()
    assert found.texts.to_pylist() == expected.texts.to_pylist()


def test_most_texts_must_be_structures_with_texts():
    assert are_structures(['[{"content": "a"}]', "", None, '["b"]', "[sic]"])
    assert not are_structures(['[{"content": "a"}]', "[sic]"])
    assert not are_structures(["[1, 2]", "[]"])
    assert are_structures(['{"content": "a"}', '{"content": null}'])
    assert not are_structures(['{"id": "a", "n": 1}', "{}", "{a}"])
    assert not are_structures(["[" * 100_000])


CHATS = [
    {
        "id": n,
        "prompt": json.dumps([f"Où est la gare numéro {n}, s'il vous plaît?"]),
        "response_a": json.dumps([f"Elle est là-bas,\nderrière le café numéro {n}."]),
        "response_b": json.dumps([f"Le café numéro {n} est fermé le dimanche."]),
        "winner": "a",
    }
    for n in range(9)
]


@pytest.fixture(params=["a.csv", "a.parquet", "a.jsonl", "a.json"])
def chats(request, tmp_path):
    path = tmp_path / request.param
    table = pa.Table.from_pylist(CHATS)
    if path.suffix == ".csv":
        pc.write_csv(table, path)
    elif path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        lines = [json.dumps(row) for row in CHATS]
        path.write_text("\n".join(lines) if path.suffix == ".jsonl" else f"[{','.join(lines)}]")
    return path


def test_every_column_of_lists_is_read_in_every_format(chats, hear):
    assert hear(chats).places[:3] == [
        (0, "prompt[0]", "Où est la gare numéro 0, s'il vous plaît?"),
        (0, "response_a[0]", "Elle est là-bas,\nderrière le café numéro 0."),
        (0, "response_b[0]", "Le café numéro 0 est fermé le dimanche."),
    ]


def test_a_column_that_the_user_names_is_read_alike(chats, hear):
    heard = hear(chats, text_columns=["response_a"])
    assert heard.texts[1] == "Elle est là-bas,\nderrière le café numéro 1."


def test_a_cell_that_is_no_list_is_read_as_it_stands(tmp_path, hear):
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "messages"])
        writer.writerows([n, '[{"content": "caf\\u00e9 and bread"}]'] for n in range(5))
        writer.writerow([5, "[sic] no list at all"])
    assert hear(path).places[-2:] == [
        (4, "messages[0].content", "café and bread"),
        (5, "messages", "[sic] no list at all"),
    ]


def test_files_of_source_code_in_json_are_read_as_they_stand(tmp_path, hear):
    path = tmp_path / "a.parquet"
    codes = [f'[\n  "package {n}",\n  "caf\\u00e9"\n]' for n in range(5)]
    pq.write_table(pa.table({"content": codes}), path)
    assert hear(path).texts == codes


@pytest.mark.parametrize("text", ["[", '["', '["a', "{", ""])
def test_a_list_that_is_damaged_since_the_check_is_an_error(text):
    with pytest.raises(CorruptFile, match="differs"):
        edit_text(text, "chat", RowRemovals({"chat[0]": ((0, 2),)}, "", "a.csv, row 1"))


def test_a_text_that_was_a_list_when_checked_is_an_error():
    removals = RowRemovals({"chat[0]": ((0, 2),)}, "", "a.csv, row 1")
    assert edit_text("no list", "chat", removals) == "no list"
    with pytest.raises(CorruptFile, match="differs"):
        removals.check()


CHOICES = [
    {
        "question": f"Which of the boats left harbour number {n}?",
        "choices": {"text": [f"The red one of day {n}.", "None."], "label": ["A", "B"]},
        "extra": {"request_id": f"a{n}", "finish": "stop"},
    }
    for n in range(9)
]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.jsonl"])
def test_objects_in_strings_have_the_texts_of_the_objects(tmp_path, hear, name):
    rows = [
        {key: value if key == "question" else json.dumps(value) for key, value in row.items()}
        for row in CHOICES
    ]
    path = tmp_path / name
    if path.suffix == ".jsonl":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    else:
        table = pa.Table.from_pylist(rows)
        (pc.write_csv if path.suffix == ".csv" else pq.write_table)(table, path)
    pq.write_table(pa.Table.from_pylist(CHOICES), tmp_path / "b.parquet")
    assert hear(path).places == hear(tmp_path / "b.parquet").places
    assert len(hear(path).places) == 3 * len(CHOICES)


def test_a_text_within_an_object_is_edited_in_place():
    removals = RowRemovals({"doc.text[1]": ((0, 4),)}, "", "a.csv, row 1")
    text = '{"id": 1, "text": ["one",  "caf\\u00e9s"]}'
    assert edit_text(text, "doc", removals) == '{"id": 1, "text": ["one",  "s"]}'
    removals.check()


def test_a_column_that_is_empty_at_first_may_be_json_later(tmp_path, hear):
    turns = json.dumps([{"role": "user", "content": "Who saw the last boat go?"}])
    rows = [{"text": f"Boat {n} left early.", "turns": ""} for n in range(300)]
    rows.append({"text": "The last boat left.", "turns": turns})
    pc.write_csv(pa.Table.from_pylist(rows), tmp_path / "a.csv")
    assert hear(tmp_path / "a.csv").places[-1] == (
        (300, "turns[0].content", "Who saw the last boat go?")
    )
