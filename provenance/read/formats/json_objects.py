"""Parsing of JSON objects as rows, with a limit on nesting and without surrogates in keys."""

import json

import msgspec
import numpy as np

from provenance.model.content.fingerprints import Int64s
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus import skipped_rows

MAX_DEPTH = skipped_rows.MAX_NESTING
Record = dict[str, object]
"""A row. Values that are bytes are not text in UTF-8."""

_CONTAINERS = (dict, list)
_CONTAINER_TYPES = frozenset(_CONTAINERS)
_LONG_CHARS = 1 << 16
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
PARSE_ERRORS = (msgspec.DecodeError, RecursionError, UnicodeError)
"""Exceptions that `parse` raises for values that it refuses."""

_DECODER = json.JSONDecoder()
parse_at = _DECODER.raw_decode
"""As `decode_at`, but integers of over 4,300 digits are errors, and it takes half the time."""

_LENIENT = json.JSONDecoder(parse_int=_parse_integer)


def to_record(value: object, *, has_clean_keys: bool = False) -> Record | str:
    """Return a parsed value as a row, or the reason why it is not a row.

    Lone surrogates in keys, which column names cannot contain, become U+FFFD; `has_clean_keys` says
    that there are none.
    """
    if not isinstance(value, dict):
        return skipped_rows.NOT_OBJECT
    if are_plain([value], has_clean_keys=has_clean_keys):
        return value
    return skipped_rows.TOO_DEEP if is_too_deep(value) else _clean_keys(value)


def are_plain(values: list[object], *, has_clean_keys: bool = False) -> bool:
    """Return whether no value nests too deep, and no key has a lone surrogate.

    `has_clean_keys` says the latter of all.
    """
    level = [value for value in values if isinstance(value, _CONTAINERS)]
    keys: set[str] = set()
    for _ in range(MAX_DEPTH):
        for item in () if has_clean_keys else level:
            if isinstance(item, dict):
                keys.update(item)
        level = _inner_containers(level)
        if not level:
            # A joined string knows whether it is ASCII.
            joined = "".join(keys)
            return replace_surrogates(joined) == joined
    return False


def is_shallow(source: str | bytes) -> bool:
    """Return whether a value written so cannot nest too deep."""
    if isinstance(source, str):
        # Of a long value, the beginning tells.
        if len(source) > _LONG_CHARS and source.count("{", 0, _LONG_CHARS) > MAX_DEPTH:
            return False
        return source.count("{") + source.count("[") <= MAX_DEPTH
    if len(source) > _LONG_CHARS and source.count(b"{", 0, _LONG_CHARS) > MAX_DEPTH:
        return False
    return source.count(b"{") + source.count(b"[") <= MAX_DEPTH


def are_shallow(data: bytes, ends: Int64s) -> bool:
    """Return whether values cannot nest too deep, which takes less time than to ask of each.

    Parameters
    ----------
    data : bytes
        What is written.
    ends : ndarray of int64
        Where each value ends.
    """
    codes = np.frombuffer(data, np.uint8)
    openings = np.flatnonzero((codes == ord("{")) | (codes == ord("[")))
    counts = np.diff(np.searchsorted(openings, ends), prepend=0)
    return bool(counts.max() <= MAX_DEPTH)


def has_surrogates(source: str) -> bool:
    """Return whether surrogates are escaped in the source of a value, alone or in pairs."""
    # A single character is found far faster than several.
    return "\\" in source and ("\\ud" in source or "\\uD" in source)


def is_too_deep(value: object) -> bool:
    """Return whether lists and objects nest more than `MAX_DEPTH` levels deep."""
    level = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = _inner_containers(level)
    return bool(level)


def _inner_containers(level: list[Record | list[object]]) -> list[Record | list[object]]:
    inner: list[Record | list[object]] = []
    for item in level:
        values = item.values() if isinstance(item, dict) else item
        if not _CONTAINER_TYPES.isdisjoint(map(type, values)):
            inner += [value for value in values if isinstance(value, _CONTAINERS)]
    return inner


def _clean_keys(value: Record) -> Record:
    return {replace_surrogates(key): _clean_value(inner) for key, inner in value.items()}


def _clean_value(value: object) -> object:
    if isinstance(value, list):
        return [_clean_value(inner) for inner in value]
    return _clean_keys(value) if isinstance(value, dict) else value
