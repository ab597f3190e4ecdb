"""Parsing of JSON objects as rows, with a limit on nesting and without surrogates in keys."""

import json
from collections.abc import Iterator, Sequence

import msgspec

from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus import skipped_rows

MAX_DEPTH = skipped_rows.MAX_NESTING
Record = dict[str, object]
"""A row. Values that are bytes are not text in UTF-8."""

_CONTAINERS = (dict, list)
_MAX_DIGITS = 4000
"""Integers with at least as many digits become floats; Python refuses over 4,300 digits."""


def decode(text: str) -> object:
    """Parse a value.

    Raises
    ------
    json.JSONDecodeError
        If it is not JSON.
    RecursionError
        If it nests too deep.
    """
    try:
        return parse(text)
    except PARSE_ERRORS:
        pass
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return _LENIENT.decode(text)


def decode_at(text: str, at: int) -> tuple[object, int]:
    """Parse the value at an offset, as `decode`; also return its end."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return _LENIENT.raw_decode(text, at)


def _parse_integer(digits: str) -> float:
    return int(digits) if len(digits) < _MAX_DIGITS else float(digits)


parse = msgspec.json.Decoder().decode
"""Parses a value, as text or in UTF-8, as `decode`, but refuses surrogates, NaN and infinity."""
PARSE_ERRORS = (msgspec.DecodeError, RecursionError, UnicodeEncodeError)
"""What `parse` raises for what it refuses."""

_DECODER = json.JSONDecoder()
parse_at = _DECODER.raw_decode
"""As `decode_at`, but integers of over 4,300 digits are errors, and it takes half the time."""

_LENIENT = json.JSONDecoder(parse_int=_parse_integer)


def to_record(value: object) -> Record | str:
    """Return a parsed value as a row, or the reason why it is not a row.

    Lone surrogates in keys, which column names cannot contain, become U+FFFD.
    """
    if not isinstance(value, dict):
        return skipped_rows.NOT_OBJECT
    is_odd = False
    level: list[Record | list[object]] = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Record | list[object]] = []
        for item in level:
            if isinstance(item, dict):
                # A joined string knows whether it is ASCII.
                is_odd = is_odd or not ("".join(item).isascii() or _has_clean_keys(item))
                inner += [each for each in item.values() if isinstance(each, _CONTAINERS)]
            else:
                inner += [each for each in item if isinstance(each, _CONTAINERS)]
        if not inner:
            return _clean_keys(value) if is_odd else value
        level = inner
    return skipped_rows.TOO_DEEP


def is_shallow(source: bytes) -> bool:
    """Return whether a value written so cannot nest too deep."""
    return source.count(b"{") + source.count(b"[") <= MAX_DEPTH


def is_simple(source: str) -> bool:
    """Return whether an object written so cannot nest too deep, nor have surrogates in its keys."""
    if source.count("{") + source.count("[") > MAX_DEPTH:
        return False
    return "\\ud" not in source and "\\uD" not in source


def is_too_deep(value: object) -> bool:
    """Return whether lists and objects nest more than `MAX_DEPTH` levels deep."""
    return any(depth == MAX_DEPTH for depth, _ in enumerate(_nesting_levels(value)))


def _nesting_levels(value: object) -> Iterator[Sequence["dict[str, object] | list[object]"]]:
    """Yield the lists and objects of each level."""
    level = [value] if isinstance(value, dict | list) else []
    while level:
        yield level
        inside = (item.values() if isinstance(item, dict) else item for item in level)
        level = [item for inner in inside for item in inner if isinstance(item, dict | list)]


def _has_clean_keys(value: Record) -> bool:
    return all(key.isascii() or replace_surrogates(key) == key for key in value)


def _clean_keys(value: Record) -> Record:
    return {replace_surrogates(key): _clean_value(inner) for key, inner in value.items()}


def _clean_value(value: object) -> object:
    if isinstance(value, list):
        return [_clean_value(inner) for inner in value]
    return _clean_keys(value) if isinstance(value, dict) else value
