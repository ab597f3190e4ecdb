"""Dataclasses of the model as plain JSON values, both ways."""

import sys
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def plain(value: Any) -> Any:
    """Turn a model's value into what `json` writes.

    Parameters
    ----------
    value : dataclass, tuple, StrEnum, date, datetime, str, int, float, bool or None
        Fields of a dataclass become keys, in their declared order.

    Returns
    -------
    dict, list, str, int, float, bool or None
        Dates as ISO 8601; moments in UTC, with a Z.
    """
    if is_dataclass(value):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def revived(kind: type[T], value: Any) -> T:
    """Turn plain values back into the dataclass that they were made from.

    Parameters
    ----------
    kind : type
        A dataclass whose fields are those that `plain` knows. Keys it does not have are ignored;
        a key that is absent takes the field's default, for an older version knew nothing of it.
    value : dict
        As `plain` gave it.

    Returns
    -------
    dataclass
        Equal to the original.

    Raises
    ------
    ValueError, TypeError or KeyError
        If `value` does not fit `kind`.
    """
    optional = {part.name for part in fields(cast("Any", kind)) if part.default is not MISSING}
    hints = get_type_hints(kind)
    given = (name for name in hints if name in value or name not in optional)
    return kind(**{name: _value(hints[name], value[name]) for name in given})


def _value(kind: Any, value: Any) -> Any:
    if get_origin(kind) is UnionType:  # all our unions are of one type with None
        (kind,) = [part for part in get_args(kind) if part is not NoneType]
        return None if value is None else _value(kind, value)
    if get_origin(kind) is tuple:
        _expect(list, value)
        return tuple(_value(get_args(kind)[0], part) for part in value)
    if is_dataclass(kind):
        return revived(cast("type", kind), _expect(dict, value))
    return _scalar(kind, value)


def _scalar(kind: Any, value: Any) -> Any:
    if kind is float:
        return _finite(value)
    if issubclass(kind, StrEnum):
        return kind(value)
    if issubclass(kind, date):
        return kind.fromisoformat(value)
    return _expect(kind, value)


def _finite(value: Any) -> float:
    # Compared before it is converted: JSON has integers that no float holds, and Python's has NaN.
    if type(value) not in {int, float} or not abs(value) <= sys.float_info.max:
        raise TypeError(f"{value!r} is not a number that can be")
    return float(value)


def _expect(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value
