"""Strings in Arrow arrays of any type."""

import pyarrow as pa
import pytest

from provenance.read.columns.string_arrays import null_where

TEXTS = ["first", "a longer second", "", None, "third", "fourth", "last"]
MASK = [True, False, None, False, True, False, False]
EXPECTED = [None, "a longer second", None, None, None, "fourth", "last"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("size", range(1, 4))
def test_texts_of_a_slice_are_null_where_the_mask_is_true_or_null(kind, start, size) -> None:
    texts = pa.array(TEXTS, kind).slice(start, size)
    masked = null_where(pa.array(MASK).slice(start, size), texts)
    masked.validate(full=True)
    assert masked.type == kind
    assert masked.to_pylist() == EXPECTED[start : start + size]


def test_a_slice_without_rows_stays_empty() -> None:
    texts = pa.array(TEXTS, pa.large_string()).slice(2, 0)
    assert null_where(pa.array([], pa.bool_()), texts).to_pylist() == []
