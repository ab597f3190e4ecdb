"""Values that JSON states, held against the types of what they are for."""

from datetime import datetime
from typing import Any, TypeVar, get_origin, get_type_hints

T = TypeVar("T")

_MOST = 1 << 62


def typed(kind: type[T], stated: dict[str, Any]) -> T:
    """Make a dataclass, if each value is of the type of its field; tuples are the caller's.

    Raises
    ------
    TypeError
        If one is not, is missing, or has no field.
    """
    made = kind(**stated)
    for name, expected in get_type_hints(kind).items():
        value = getattr(made, name)
        if isinstance(value, int):
            count(value)
        if get_origin(expected) is not tuple and not isinstance(value, expected):
            raise TypeError(f"{name} is {value!r}")
    return made


def count(stated: object) -> int:
    """Take a number of things.

    Raises
    ------
    TypeError
        If it is none.
    """
    if not isinstance(stated, int) or isinstance(stated, bool) or not 0 <= stated < _MOST:
        raise TypeError(f"not a count: {stated!r}")
    return stated


def moment(stated: str) -> datetime:
    """Take a moment, with its offset.

    Raises
    ------
    ValueError, TypeError
        If it is none.
    """
    found = datetime.fromisoformat(stated)
    if found.tzinfo is None:
        raise ValueError(f"a moment without an offset: {stated}")
    return found
