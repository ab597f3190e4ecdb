"""Columns whose names have dots, and members of structures that are called alike."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import ColumnMissing

FORMS = ["jsonl", "json", "parquet", "arrow"]


def written(tmp_path, form, rows):
    path = tmp_path / f"rows.{form}"
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif form == "arrow":
        table = pa.Table.from_pylist(rows)
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    else:
        text = json.dumps(rows) if form == "json" else "\n".join(map(json.dumps, rows))
        path.write_text(text)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_a_column_with_a_dot_in_its_name_is_read(tmp_path, hear, form):
    rows = [{"a.b": f"some words of row {number}", "n": number} for number in range(3)]
    path = written(tmp_path, form, rows)
    expected = [(row, "a.b", rows[row]["a.b"]) for row in range(3)]
    assert hear(path).places == expected
    assert hear(path, text_columns=["a.b"]).places == expected


@pytest.mark.parametrize("form", FORMS)
def test_a_column_called_like_a_path_wins_over_the_member(tmp_path, hear, form):
    rows = [{"a": {"b": "the member", "c": "another"}, "a.b": "the column", "x.y": {"z": "deep"}}]
    path = written(tmp_path, form, rows)
    assert hear(path, text_columns=["a.b"]).places == [(0, "a.b", "the column")]
    assert hear(path, text_columns=["a.c"]).places == [(0, "a.c", "another")]
    assert hear(path, text_columns=["x.y.z"]).places == [(0, "x.y.z", "deep")]
    with pytest.raises(ColumnMissing, match=r"a\.d"):
        hear(path, text_columns=["a.d"])


def test_a_table_of_cells_may_have_dots_in_its_header(tmp_path, hear):
    path = tmp_path / "rows.csv"
    path.write_text("id,a.b\n1,some words\n2,other words\n")
    assert hear(path, text_columns=["a.b"]).texts == ["some words", "other words"]


def test_an_error_about_a_wide_table_lists_a_few_columns(tmp_path, hear):
    path = written(tmp_path, "jsonl", [{f"c{number}": "a" for number in range(500)}])
    with pytest.raises(ColumnMissing) as caught:
        hear(path, text_columns=["body"])
    assert "'c0', 'c1'" in caught.value.message
    assert "and 490 more" in caught.value.message
    assert len(caught.value.message) < 300 + len(str(path))
