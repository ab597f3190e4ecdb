"""Columns of any table, as the user names them."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import ColumnMissing, InputError


def test_every_column_can_be_named(read, table):
    row = {
        "k": "7",
        "said": "some words",
        "when": "2020-01-01T00:00:00Z",
        "where": "https://a.example/7",
        "who": "ann",
        "terms": "cc0-1.0",
        "text": "other",
        "id": "8",
    }
    (found,) = read(
        table([row]),
        text_column="said",
        id_column="k",
        date_column="when",
        url_column="where",
        author_column="who",
        licence_column="terms",
    ).rows
    assert found["created_at"].isoformat() == "2020-01-01T00:00:00+00:00"
    assert [found[name] for name in ("item", "text", "url", "author", "licence")] == [
        *("7", "some words", "https://a.example/7", "ann", "cc0-1.0")
    ]


def test_text_columns_are_joined(read, table):
    rows = [
        {"id": "1", "head": "a", "lead": "", "body": "b"},
        {"id": "2", "head": " ", "lead": "c", "body": ""},
        {"id": "3", "head": "", "lead": "", "body": " "},
    ]
    found = read(table(rows), text_columns=("head", "lead", "body"))
    assert found.column("text") == ["a\n\nb", "c"]
    assert found.skipped == {"empty text": 1}


def test_a_template_says_how(read, table):
    rows = [{"id": "1", "title": "a", "body": "b"}, {"id": "2", "title": "", "body": ""}]
    found = read(table(rows), template=r"# {title}\n{body}!")
    assert found.column("text") == ["# a\nb!"]
    assert found.skipped == {"empty text": 1}


def test_a_template_without_columns_is_an_error(read, table):
    with pytest.raises(InputError, match="names no column"):
        read(table([{"text": "a"}]), template="words")


NESTED = [
    {"commit": {"record": {"text": "one", "at": 1_577_836_800}, "cid": "c1"}},
    {"commit": {"record": {"text": "two", "at": 1_577_836_801}, "cid": "c2"}},
]


@pytest.mark.parametrize("name", ["p.jsonl", "p.json", "p.parquet"])
def test_paths_lead_into_structures(read, write, tmp_path, name):
    write(tmp_path / name, NESTED)
    found = read(
        tmp_path / name,
        text_column="commit.record.text",
        id_column="commit.cid",
        date_column="commit.record.at",
    )
    assert found.column("text") == ["one", "two"]
    assert found.column("item") == ["c1", "c2"]
    assert [date.second for date in found.column("created_at")] == [0, 1]


REPOSITORIES = [
    {
        "repo": "a/b",
        "files": [
            {"path": "x", "content": "first", "licence": "mit"},
            {"path": "y", "content": "second", "licence": "isc"},
            {"path": "z", "content": "", "licence": "isc"},
        ],
    },
    {"repo": "c/d", "files": []},
]


@pytest.mark.parametrize("name", ["p.jsonl", "p.json", "p.parquet"])
def test_every_element_of_a_list_can_be_an_item(read, write, tmp_path, name):
    write(tmp_path / name, REPOSITORIES)
    found = read(
        tmp_path / name,
        text_column="files[].content",
        id_column="repo",
        licence_column="files[].licence",
    )
    assert [(row["item"], row["text"], row["licence"]) for row in found.rows] == [
        ("a/b.0", "first", "mit"),
        ("a/b.1", "second", "isc"),
    ]
    assert found.skipped == {"null text": 1, "empty text": 1}
    found = read(tmp_path / name, text_column="files[].content", id_column="files[].path")
    assert found.column("item") == ["x", "y"]


@pytest.mark.parametrize("name", ["p.jsonl", "p.parquet"])
def test_items_of_one_row_without_ids_differ(read, write, tmp_path, name):
    write(tmp_path / name, REPOSITORIES)
    ids = read(tmp_path / name, text_column="files[].content").column("item")
    assert [native.rpartition("#")[2] for native in ids] == ["0.0", "0.1"]


def test_elements_of_two_lists_do_not_go_together(read, write, tmp_path):
    write(tmp_path / "p.jsonl", REPOSITORIES)
    with pytest.raises(InputError, match="several lists"):
        read(tmp_path / "p.jsonl", text_columns=("files[].content", "others[].content"))


def test_a_path_that_leads_nowhere_is_an_error(read, write, tmp_path):
    write(tmp_path / "p.parquet", REPOSITORIES)
    for path in ("files[].text", "repo[].text", "repo.text"):
        with pytest.raises(ColumnMissing, match="is missing"):
            read(tmp_path / "p.parquet", text_column=path)
    with pytest.raises(ColumnMissing, match="not text") as caught:
        read(tmp_path / "p.parquet", text_column="files")
    assert "files[]" in caught.value.remedy


def test_columns_without_a_header_are_numbered(read, tmp_path):
    path = tmp_path / "p.tsv"
    path.write_text("some words\t27\tabc\nother words\t4\tdef\n")
    found = read(path, text_column="column0", id_column="column2")
    assert found.column("text") == ["some words", "other words"]
    assert found.column("item") == ["abc", "def"]


def test_lists_of_names_are_joined(read, tmp_path):
    rows = {"text": ["a"], "licences": [["mit", "isc"]], "authors": [["ann", "ben"]]}
    pq.write_table(pa.table(rows), tmp_path / "p.parquet")
    (tmp_path / "p.jsonl").write_text(
        '{"text":"a","licences":["mit","isc"],"authors":["ann","ben"]}'
    )
    for name in ("p.parquet", "p.jsonl"):
        (row,) = read(tmp_path / name).rows
        assert (row["licence"], row["author"]) == ("mit, isc", "ann, ben")


@pytest.mark.parametrize("name", ["p.jsonl", "p.json", "p.parquet", "p.csv"])
@pytest.mark.parametrize("form", [json.dumps, dict])
def test_metadata_has_what_the_table_lacks(read, write, tmp_path, name, form):
    if name == "p.csv" and form is dict:
        pytest.skip("CSV has no structures")
    inner = {"license": ["mit", "isc"], "url": "https://a.example", "created": 1_577_836_800}
    write(tmp_path / name, [{"id": "1", "text": "a", "metadata": form(inner)}])
    (row,) = read(tmp_path / name).rows
    assert (row["licence"], row["url"]) == ("mit, isc", "https://a.example")
    assert row["created_at"].isoformat() == "2020-01-01T00:00:00+00:00"


def test_metadata_that_is_no_json_is_left_alone(read, table):
    rows = [{"id": "1", "text": "a", "meta": "words"}, {"id": "2", "text": "b", "meta": "{}"}]
    assert read(table(rows)).column("url") == [None, None]
    rows[1]["meta"] = '{"url": "https://a.example"}'
    assert read(table(rows)).column("url") == [None, "https://a.example"]


def test_a_kind_of_licence_is_no_licence(read, table):
    row = {"id": "1", "text": "a", "license_type": "permissive"}
    assert read(table([row])).column("licence") == [None]
