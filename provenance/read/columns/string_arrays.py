"""Strings, in Arrow columns and alone, whatever their width, encoding or damage."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Flags, Int64s

_SURROGATE = re.compile("[\ud800-\udfff]")


def is_textual(kind: pa.DataType) -> bool:
    """Whether values of `kind` are strings, stored plainly, as views or in a dictionary."""
    if pa.types.is_dictionary(kind):
        return is_textual(kind.value_type)
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def is_bytes(kind: pa.DataType) -> bool:
    """Whether values of `kind` are bytes that may turn out to be UTF-8."""
    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
    )


def strings(column: pa.Array) -> pa.Array:
    """Return `column` as `large_string`; bytes are taken as they are, and not yet believed."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if is_bytes(column.type):
        # A plain cast would refuse the whole column for one bad byte.
        return pc.cast(column, options=pc.CastOptions(pa.large_string(), allow_invalid_utf8=True))
    return pc.cast(column, pa.large_string())


def words(column: pa.Array) -> pa.Array:
    """Return `column` as strings, numbers and dates written out; null where there is no way.

    What is written where a number is missing, NaN, is none, and neither are infinities.
    """
    if is_textual(column.type) or is_bytes(column.type):
        return readable(strings(column))
    try:
        return pc.cast(finite(column), pa.large_string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.nulls(len(column), pa.large_string())


def finite(column: pa.Array) -> pa.Array:
    """Return `column`; of floats, those that are numbers, and null for others."""
    if not pa.types.is_floating(column.type):
        return column
    return pc.if_else(pc.is_finite(column), column, None)


def invalid(texts: pa.Array) -> Flags | None:
    """Find the texts that are not UTF-8; None, which is the rule, where all are."""
    if _sound(texts):
        return None
    bad = np.zeros(len(texts), bool)
    # Few are bad, so halving finds them in fewer looks than there are rows.
    spans = [(0, len(texts))]
    while spans:
        first, end = spans.pop()
        if _sound(texts.slice(first, end - first)):
            continue
        if end - first == 1:
            bad[first] = True
            continue
        middle = (first + end) // 2
        spans += [(first, middle), (middle, end)]
    return bad


def readable(texts: pa.Array) -> pa.Array:
    """Return texts, and null for those that are not UTF-8."""
    bad = invalid(texts)
    return texts if bad is None else pc.if_else(pa.array(bad), None, texts)


def blank(texts: pa.Array) -> Flags:
    """Find the texts of white space alone; all must be UTF-8, or null, which is not blank."""
    if texts.null_count:
        # Beneath a null there may be anything, and Arrow looks at it.
        texts = pc.fill_null(texts, "-")
    empty = pc.equal(pc.binary_length(texts), 0)
    return flags_of(pc.or_(empty, pc.utf8_is_space(texts)))


def flags_of(values: pa.Array) -> Flags:
    """Return truth values, of which none is null, as an array of numpy."""
    return np.asarray(values.to_numpy(zero_copy_only=False))


def sizes(texts: pa.Array) -> Int64s:
    """Return the bytes of each text; a null has none."""
    lengths = pc.fill_null(pc.binary_length(texts), 0)
    return np.asarray(lengths.to_numpy(zero_copy_only=False)).astype(np.int64)


def _sound(texts: pa.Array) -> bool:
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def is_utf8(data: bytes) -> bool:
    """Whether `data` is UTF-8."""
    offsets = pa.py_buffer(np.array([0, len(data)], np.int64))
    return _sound(pa.LargeStringArray.from_buffers(1, offsets, pa.py_buffer(data)))


def writable(text: str) -> str:
    """Put U+FFFD for lone surrogates, which JSON can escape and UTF-8 cannot hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
