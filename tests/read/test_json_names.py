"""Members that only later rows have are read, whatever the rows are in."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.corpus import python_objects
from provenance.read.formats.json_names import has_other_texts, member_names

SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("reasoning_content", pa.string()),
        ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("Frage zur Möwe", pa.string()),
    ]
)
NAMES = ("id", "reasoning_content", "messages", "role", "content", "Frage zur Möwe")
ROW = {"id": 1, "messages": [{"role": "a", "content": "b"}], "Frage zur Möwe": "c"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"", False),
        (b'{"notes":"a"}\n', True),
        (b'{"notes" : "a"}\n', True),
        (b'{"messages": [{"notes": ["a"]}]}\n', True),
        (b'{"raw_content": {"a": 1}}\n', True),
        (b'{"reasoning_in_content": "a"}\n', True),
        (b'{"content_": "a"}\n', True),
        (b'{"a": ""}', True),
        (b'{"n": 1, "m": null}\n', False),
        (b'{"user_id": "a", "sha256": "b"}\n', False),
        (rb'{"content": "a \"notes\": \"b\""}', False),
        (rb'{"content": "{\"notes\": [1]}"}', False),
        (rb'{"content": "notes: \"a\""}', False),
        (b'{"content": ":-("}\n', False),
    ],
)
def test_names_that_a_sample_lacks_are_found(line, expected):
    lines = (json.dumps(ROW) + "\n" + json.dumps(ROW, ensure_ascii=False) + "\n").encode()
    assert has_other_texts(lines + line, member_names(SCHEMA)) == expected


def names_of_texts(value):
    if isinstance(value, list):
        return [name for inner in value for name in names_of_texts(inner)]
    if not isinstance(value, dict):
        return []
    within = [name for inner in value.values() for name in names_of_texts(inner)]
    return [
        *within,
        *(name for name, inner in value.items() if isinstance(inner, str | list | dict)),
    ]


names = st.sampled_from([*NAMES, "n", "notes", "content_", "contents", "reasoning-content"])
values = st.recursive(
    st.none() | st.integers() | st.text('a"\\: é', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
)


@given(
    st.lists(st.dictionaries(names, values, max_size=4), max_size=3),
    st.sampled_from([(", ", ": "), (",", ":"), (" , ", " : ")]),
    st.booleans(),
)
def test_names_are_found_as_a_parser_finds_them(rows, separators, escapes):
    lines = (json.dumps(row, separators=separators, ensure_ascii=escapes) + "\n" for row in rows)
    found = has_other_texts("".join(lines).encode(), member_names(SCHEMA))
    assert found >= any(name not in NAMES for name in names_of_texts(rows))


def rows_with_late_members():
    rows = [{"id": n, "messages": [{"content": f"Boat {n} left early."}]} for n in range(6000)]
    rows[-2] |= {"notes": "Nobody saw the second boat leave."}
    rows[-1]["messages"][0] |= {"thoughts": "Where might the last boat be now?"}
    return rows


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "b.json", "a.parquet"])
def test_members_of_later_rows_are_read_beside_their_text(tmp_path, hear, name):
    rows, path = rows_with_late_members(), tmp_path / name
    lines = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    if name == "a.parquet":
        pq.write_table(pa.Table.from_struct_array(pa.array(rows)), path)
    elif name == "a.jsonl.gz":
        path.write_bytes(gzip.compress(lines))
    elif name == "a.jsonl":
        path.write_bytes(lines)
    else:
        path.write_text(json.dumps(rows, indent=1 if name == "b.json" else None))
    assert_late_members(hear(path).places)


def test_members_of_later_rows_of_a_program_are_read():
    corpus = python_objects.corpus_of_objects(rows_with_late_members())
    batches = [one.batch for part in corpus.parts for one in part.read()]
    table = pa.Table.from_batches(batches).select(["row", "field", "text"]).to_pydict()
    assert_late_members(list(zip(*table.values(), strict=True)))


def assert_late_members(places):
    assert sorted(places)[-4:] == [
        (5998, "messages[0].content", "Boat 5998 left early."),
        (5998, "notes", "Nobody saw the second boat leave."),
        (5999, "messages[0].content", "Boat 5999 left early."),
        (5999, "messages[0].thoughts", "Where might the last boat be now?"),
    ]
