"""Documents in which one value is not what it should be."""

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any


def nested(depth: int) -> list[Any]:
    """Return lists in lists."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


ODD = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1 << 70,
        10**400,
        10**4200,
        0.5,
        -0.5,
        1e300,
        float("nan"),
        float("inf"),
    ),
    *("", " ", "\ud800", "\x1b[31m\n", "9" * 5000, "2023-13-45", "9999-12-31", "0001-01-01T00:00"),
    *([], [None], [[]], ["a", "a"], [{}], {}, {"": None}, {"a": {"b": 1}}, nested(400)),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of each value within a document; of a list, those in its first element."""
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a document with another value in a place."""
    if not path:
        return value
    changed = copy.deepcopy(document)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def without(document: Any, path: tuple[Any, ...]) -> Any:
    """Return a document that lacks a value."""
    changed = copy.deepcopy(document)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return changed


Mutant = tuple[str, Callable[[], Any]]
"""What is odd in a document, and what makes it."""


def mutants(document: Any) -> Iterator[Mutant]:
    """Give documents in which one value is odd, or missing."""
    for path in places(document):
        name = ".".join(map(str, path)) or "all"
        if path:
            yield f"{name} is missing", partial(without, document, path)
        for value in ODD:
            yield f"{name} = {value!r:.40}", partial(replaced, document, path, value)
