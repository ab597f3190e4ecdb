"""A short `repr` for results with long content."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

_SHOWN_CHARS = 40


def short_repr(self: Any) -> str:
    """Return the name of a dataclass and its numbers, texts cut, and the sizes of all else.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Outcome:
    ...     items: int
    ...     ids: tuple[str, ...]
    ...     __repr__ = short_repr
    >>> Outcome(2, ("a", "b"))
    <Outcome items=2 ids=(2 entries)>
    """
    return f"<{' '.join([type(self).__name__, *_shown_fields(self)])}>"


def _shown_fields(value: Any) -> Iterator[str]:
    for field in fields(value):
        part = getattr(value, field.name)
        if isinstance(part, str) and len(part) > _SHOWN_CHARS:
            shown = f"{part[:_SHOWN_CHARS]!r}…"
        elif isinstance(part, str | int | float | None) or _is_short(part):
            shown = repr(part)
        elif isinstance(part, date):
            shown = str(part)
        elif hasattr(part, "num_rows"):
            shown = f"({part.num_rows} {'row' if part.num_rows == 1 else 'rows'})"
        elif isinstance(part, tuple | list | Mapping):
            shown = f"({len(part)} {'entry' if len(part) == 1 else 'entries'})"
        else:
            continue
        yield f"{field.name}={shown}"


def _is_short(value: object) -> bool:
    return type(value).__repr__ is short_repr
