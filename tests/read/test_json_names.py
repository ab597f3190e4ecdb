"""Names of members in lines of JSON that a sample of them lacks."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
