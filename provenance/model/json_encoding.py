"""Conversion of the model's dataclasses to JSON values and back."""

import re
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

SCHEMA_HEAD_BYTES = 1 << 8
"""How much of a document `names_schema` needs."""


def names_schema(head: bytes, schema: str) -> bool:
    """Return whether a JSON document begins with the name of a schema, of any version.

    Parameters
    ----------
    head : bytes
        Beginning of the document.
    schema : str
        The name with its version, such as "provenance/result/1".
    """
    name = re.escape(schema.rpartition("/")[0].encode())
    return re.match(rb'\{\s*"schema":\s*"' + name + b"/", head) is not None


_MAX_FLOAT = float.fromhex("0x1.fffffffffffffp+1023")


def to_json_value(value: Any) -> Any:
    """Convert a value of the model to a JSON value.

    Parameters
    ----------
    value : dataclass, tuple, StrEnum, date, datetime, str, int, float, bool or None
        Fields of a dataclass become keys, in the order of declaration.

    Returns
    -------
    dict, list, str, int, float, bool or None
        Dates are in ISO 8601; times are in UTC, with a Z.
    """
    if is_dataclass(value):
        return {part.name: to_json_value(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple):
        return [to_json_value(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def from_json_value(kind: type[T], value: Any) -> T:
    """Convert JSON values back to a dataclass.

    Parameters
    ----------
    kind : type
        A dataclass whose fields have types that `to_json_value` knows. Keys that it does not have
        are ignored; an absent key takes the field's default, as older versions did not write it.
    value : dict
        From `to_json_value`.

    Returns
    -------
    dataclass
        Equal to the original.

    Raises
    ------
    ValueError, TypeError or KeyError
        If `value` does not fit `kind`.
    """
    converters, optional = _fields(cast("Any", kind))
    return kind(
        **{
            name: convert(value[name])
            for name, convert in converters.items()
            if name in value or name not in optional
        }
    )


@cache
def _fields(kind: type) -> tuple[dict[str, Callable[[Any], Any]], frozenset[str]]:
    """Return the converters of a dataclass's fields, and the names of those with a default."""
    optional = [part.name for part in fields(cast("Any", kind)) if part.default is not MISSING]
    hints = get_type_hints(kind)
    return {name: _converter(hint) for name, hint in hints.items()}, frozenset(optional)


def _converter(kind: Any) -> Callable[[Any], Any]:
    """Return the function that converts JSON values to a type."""
    if get_origin(kind) is UnionType:  # all unions in the model are of one type and None
        (kind,) = [part for part in get_args(kind) if part is not NoneType]
        convert = _converter(kind)
        return lambda value: None if value is None else convert(value)
    if get_origin(kind) is tuple:
        convert = _converter(get_args(kind)[0])
        return lambda value: tuple(map(convert, _expect(list, value)))
    if is_dataclass(kind):
        return lambda value: from_json_value(cast("type", kind), _expect(dict, value))
    return _scalar_converter(kind)


def _scalar_converter(kind: Any) -> Callable[[Any], Any]:
    if kind is float:
        return _finite_float
    if issubclass(kind, StrEnum):
        return cast("Callable[[Any], Any]", kind)
    if issubclass(kind, datetime):
        return lambda value: _instant(kind.fromisoformat(value))
    if issubclass(kind, date):
        return cast("Callable[[Any], Any]", kind.fromisoformat)
    if kind is int:
        return lambda value: _int64(_expect(int, value))
    return partial(_expect, kind)


def _instant(value: datetime) -> datetime:
    # The time must also exist in other time zones, and so must the days before and after it.
    if not date.min.year < value.year < date.max.year:
        raise ValueError(f"{value} is not a date between the years 2 and 9998")
    return value


def _int64(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise ValueError("an integer has more than 64 bits")
    return value


def _finite_float(value: Any) -> float:
    # Compared before conversion: JSON integers may exceed the range of floats; Python reads NaN.
    if type(value) not in {int, float} or not abs(value) <= _MAX_FLOAT:
        raise TypeError(f"{value!r} is not a finite number")
    return float(value)


def _expect(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value
