"""JSON of any shape: documents, rows that are counted, or an error that names the file."""

import json
import time

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provenance.errors import InputError
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import open_dump

NAMES = st.sampled_from(
    ["text", "id", "url", "created_at", "author", "license", "meta", "a.b", "a", "title", "date"]
) | st.text(max_size=5)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**30, 10**31)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\ud800", "x \udc00 y", "2024-01-01", "some words that are prose", ""])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
ROWS = st.lists(st.dictionaries(NAMES, VALUES, max_size=5) | VALUES, min_size=1, max_size=8)


def nested(depth, leaf="words are here"):
    value = leaf
    for level in range(depth):
        value = {"a": value} if level % 2 else [value]
    return value


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(ROWS, st.sampled_from(["jsonl", "json"]))
@example([{"text": "a", "created_at": {"day": 1}}] * 3, "jsonl")
@example([{"text": "a", "created_at": True}] * 3, "jsonl")
@example([{"\ud800": "a lone surrogate in a key", "text": "b"}], "jsonl")
@example([{"a.b": "a column with a dot", "a": {"b": "another"}}], "json")
def test_any_rows_are_documents_or_an_error_that_names_the_file(tmp_path, rows, form):
    path = tmp_path / f"rows.{form}"
    path.write_text(
        json.dumps(rows) if form == "json" else "\n".join(map(json.dumps, rows)), "ascii"
    )
    for read in (_documents, _items):
        error = _error_of(read, path)
        assert error is None or (path.name in error.message and error.remedy)


def _error_of(read, path):
    try:
        read(path)
    except InputError as error:
        return error
    return None


def _documents(path):
    return [batch for part in open_corpus([str(path)]).parts for batch in part.batches()]


def _items(path):
    return list(open_dump(str(path), source="x"))


def test_a_row_that_nests_too_deep_is_told_as_that_wherever_it_does(tmp_path):
    path = tmp_path / "rows.jsonl"
    row = json.dumps({"text": "some words of a document"})
    path.write_text("\n".join([row, '{"a":' * 200_000 + "1" + "}" * 200_000, row]))
    (skipped,) = [one for batch in _documents(path) for one in batch.skipped]
    assert (skipped.reason, skipped.rows) == ("nested more than 64 levels deep", (1,))


def test_a_member_with_a_huge_name_is_no_column_and_takes_no_time(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [{"k" * 20_000_000: "some words", "text": "a few words"}, {"text": "and others"}]
    path.write_text("\n".join(map(json.dumps, rows)))
    begun = time.process_time()
    corpus = open_corpus([str(path)])
    assert sum(len(batch.batch) for part in corpus.parts for batch in part.batches()) == 2
    assert time.process_time() - begun < 3
    assert corpus.text_columns == ("text",)
