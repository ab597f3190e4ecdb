"""Conversion and validation of strings in Arrow arrays of any string, binary or dictionary type."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, Int64s

_SURROGATE = re.compile("[\ud800-\udfff]")


def is_textual(kind: pa.DataType) -> bool:
    """Return whether values of `kind` are strings, however they are stored."""
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return is_textual(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return is_textual(kind.storage_type)
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def is_bytes(kind: pa.DataType) -> bool:
    """Return whether values of `kind` are bytes, which may be UTF-8."""
    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
    )


def as_strings(column: pa.Array) -> pa.Array:
    """Return `column` as `large_string`; bytes are not validated."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if pa.types.is_run_end_encoded(column.type):
        column = pc.run_end_decode(column)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if is_bytes(column.type):
        # A plain cast fails for the whole column at one invalid byte.
        return pc.cast(column, options=pc.CastOptions(pa.large_string(), allow_invalid_utf8=True))
    return pc.cast(column, pa.large_string())


def format_values(column: pa.Array) -> pa.Array:
    """Return `column` as strings, with numbers and dates formatted; null for other types.

    NaN and infinities become null.
    """
    if is_textual(column.type) or is_bytes(column.type):
        return null_invalid_utf8(as_strings(column))
    try:
        return pc.cast(finite_or_null(column), pa.large_string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.nulls(len(column), pa.large_string())


def finite_or_null(column: pa.Array) -> pa.Array:
    """Return `column` with null for floats that are not finite."""
    if not pa.types.is_floating(column.type):
        return column
    return pc.if_else(pc.is_finite(column), column, None)


def invalid_utf8(texts: pa.Array) -> Flags | None:
    """Return a mask of the texts that are not valid UTF-8; None, the usual case, if all are."""
    if _is_valid(texts):
        return None
    bad = np.zeros(len(texts), bool)
    # Few are invalid, so bisection needs fewer validations than there are rows.
    spans = [(0, len(texts))]
    while spans:
        first, end = spans.pop()
        if _is_valid(texts.slice(first, end - first)):
            continue
        if end - first == 1:
            bad[first] = True
            continue
        middle = (first + end) // 2
        spans += [(first, middle), (middle, end)]
    return bad


def null_invalid_utf8(texts: pa.Array) -> pa.Array:
    """Return texts with null for those that are not valid UTF-8."""
    bad = invalid_utf8(texts)
    return texts if bad is None else null_where(pa.array(bad), texts)


def null_where(mask: pa.Array, texts: pa.Array) -> pa.Array:
    """Return texts with null where `mask` is true or null.

    Before version 24, `pyarrow.compute.if_else` with a null scalar garbles the texts of a slice.
    """
    if not mask.null_count and not mask.true_count:
        return texts
    return pc.if_else(mask, pa.nulls(len(texts), texts.type), texts)


def is_blank(texts: pa.Array) -> Flags:
    """Return a mask of the texts of white space alone; they have to be valid UTF-8, or null."""
    if texts.null_count:
        # Arrow also looks at the bytes beneath a null, which may be anything.
        texts = pc.fill_null(texts, "-")
    empty = pc.equal(pc.binary_length(texts), 0)
    return to_flags(pc.or_(empty, pc.utf8_is_space(texts)))


def to_flags(values: pa.Array) -> Flags:
    """Return a boolean array without nulls as a numpy array."""
    return np.asarray(values.to_numpy(zero_copy_only=False))


def text_sizes(texts: pa.Array) -> Int64s:
    """Return the size of each text in bytes; 0 for null."""
    lengths = pc.fill_null(pc.binary_length(texts), 0)
    return np.asarray(lengths.to_numpy(zero_copy_only=False)).astype(np.int64)


def _is_valid(texts: pa.Array) -> bool:
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def is_utf8(data: bytes) -> bool:
    """Return whether `data` is valid UTF-8."""
    offsets = pa.py_buffer(np.array([0, len(data)], np.int64))
    return _is_valid(pa.LargeStringArray.from_buffers(1, offsets, pa.py_buffer(data)))


def replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which JSON can escape but UTF-8 cannot encode, with U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
