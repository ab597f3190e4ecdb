"""Objects of JSON as rows: how deep they may be, and how their keys are written."""

import json
from collections.abc import Iterator, Sequence

from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus import skipped_rows as skips

DEEPEST = skips.MAX_NESTING
Record = dict[str, object]

_DIGITS = 4000
"""Python refuses to read integers of a few more; there is no text in them."""


def decode(text: str) -> object:
    """Parse one value.

    Raises
    ------
    json.JSONDecodeError
        If it is not JSON.
    RecursionError
        If it nests too deep.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return _LENIENT.decode(text)


def decode_at(text: str, at: int) -> tuple[object, int]:
    """Parse the value that begins at a place, as `decode`; return where it ends, too."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return _LENIENT.raw_decode(text, at)


def _integer(digits: str) -> float:
    return int(digits) if len(digits) < _DIGITS else float(digits)


_DECODER = json.JSONDecoder()
_LENIENT = json.JSONDecoder(parse_int=_integer)


def record_of(value: object) -> Record | str:
    """Return a parsed value as a row; what is none gives the reason.

    Lone surrogates in keys, which no column's name can hold, become U+FFFD.
    """
    if not isinstance(value, dict):
        return skips.NOT_OBJECT
    is_odd = False
    for depth, level in enumerate(_levels(value)):
        if depth == DEEPEST:
            return skips.TOO_DEEP
        is_odd = is_odd or any(map(_has_odd_key, level))
    return _renamed(value) if is_odd else value


def is_deep(value: object) -> bool:
    """Whether lists and objects nest more than `DEEPEST` levels deep."""
    return any(depth == DEEPEST for depth, _ in enumerate(_levels(value)))


def _levels(value: object) -> Iterator[Sequence["dict[str, object] | list[object]"]]:
    """Give the lists and objects of each level."""
    level = [value] if isinstance(value, dict | list) else []
    while level:
        yield level
        inside = (one.values() if isinstance(one, dict) else one for one in level)
        level = [one for inner in inside for one in inner if isinstance(one, dict | list)]


def _has_odd_key(value: object) -> bool:
    return isinstance(value, dict) and any(
        not key.isascii() and replace_surrogates(key) != key for key in value
    )


def _renamed(value: Record) -> Record:
    return {replace_surrogates(key): _renamed_within(inner) for key, inner in value.items()}


def _renamed_within(value: object) -> object:
    if isinstance(value, list):
        return [_renamed_within(inner) for inner in value]
    return _renamed(value) if isinstance(value, dict) else value
