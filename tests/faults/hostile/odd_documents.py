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


TOML = (
    *("true", "0", "-1", "9" * 400, "1" * 5000, "0x" + "f" * 5000, "1e999", "nan", "inf", '""'),
    *('" "', '"\\u001b[31m"', "[]", "[[]]", '[""]', "[{}]", "{}", "{a = 1}", "[" * 900 + "]" * 900),
    *("1979-05-27", "9999-12-31", "0001-01-01", "1979-05-27T07:32:00Z", "07:32:00", "2023-13-01"),
    *('"9999-12-31"', '"0001"', '"..."', '".."', '"9999..0001"', '"1e999%"', '"-1%"', '"nan%"'),
    *('"\u0661%"', '"0.1%"', '"100.0000001%"', "{from = 9999-12-31}", "{until = 0001-01-01}"),
    *('{from = "x", until = 3}', '"\ud7ff\ue000"', "'''\n'''", '["scraper", "scraper"]', "1_000"),
)


YAML = (
    *(
        "!!timestamp x",
        "!!timestamp 2023-99-99",
        "!!bool maybe",
        "!!int x",
        "!!int ''",
        "!!float x",
    ),
    *("!!null x", "!!binary x", "!!binary '='", "!!set {a, b}", "!!omap [a: 1]", "!!pairs [a: 1]"),
    *(
        "!!python/object:os.system x",
        "!!python/name:os.system ''",
        "!unknown x",
        "!!str",
        "!!map x",
    ),
    *(
        "!!seq x",
        "!!merge x",
        "!!value x",
        "=",
        "<<",
        "? a",
        "{? [a] : b}",
        "{[a]: b}",
        "{{a: b}: c}",
    ),
    *("2023-13-45", "2023-02-30T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00+23:59"),
    *(
        "0x" + "f" * 5000,
        "9" * 5000,
        "1:" * 2000 + "1",
        "0b" + "1" * 20_000,
        ".inf",
        ".nan",
        "-.inf",
    ),
    *(
        ".nan",
        "*nothing",
        "&a [*a]",
        "&a {b: *a}",
        "{<<: 3}",
        "{<<: [1]}",
        "{<<: {a: b}}",
        "[" * 3000,
    ),
    *("yes", "~", "''", '"\\ud800"', '"\\x1b[31m"', "- a", "@", "`", "%", "{1: a}", "{null: a}"),
    *("[a, b, a]", "{a: 1, a: 2}", "1_000", "12:30:45", "0o17", "+.inf", "!!timestamp [2023]"),
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
