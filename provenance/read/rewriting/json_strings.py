"""JSON as it is written: where its strings stand, so that one is changed and nothing else is."""

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # undocumented, and old
from typing import NamedTuple

from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.rewriting.removal_plan import RowCuts

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")

Path = tuple[str | int, ...]


class Written(NamedTuple):
    """A string, and where it is written, its quotation marks included."""

    value: str
    start: int
    end: int


def edited(text: str, cuts: RowCuts, *, bare: str = "text") -> str:
    """Write a value again with stretches of its strings replaced, all else as it was.

    Parameters
    ----------
    text : str
        One JSON value.
    cuts : RowCuts
        What goes.
    bare : str
        The field's name, where the value is a string by itself.
    """
    pieces, at = [], 0
    places: dict[str, Written] = {}
    # Of two places with one name the reader takes the one that is less deep.
    for path, place in sorted(strings_in(text).items(), key=lambda each: -len(each[0])):
        places[_name(path) or bare] = place
    for name, place in sorted(places.items(), key=lambda each: each[1].start):
        if name not in cuts.spans:
            continue
        literal = text[place.start : place.end]
        value = cuts.edit(name, place.value)
        pieces += [text[at : place.start], _literal(value, plain=literal.isascii())]
        at = place.end
    cuts.check()
    return "".join((*pieces, text[at:]))


def strings_in(text: str) -> dict[Path, Written]:
    """Find every string that is a value; of a member that stands twice, the last."""
    found: dict[Path, Written] = {}
    _walk(text, 0, (), found)
    return found


def elements_in(text: str, start: int) -> list[tuple[int, int]]:
    """Find where the elements of the array that begins at `start` stand."""
    found, at = [], _pass(text, start + 1)
    while text[at] != "]":
        end = _walk(text, at, (), {})
        found.append((at, end))
        at = _pass(text, end)
        if text[at] == ",":
            at = _pass(text, at + 1)
    return found


def members_in(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Give the members of the object that begins at `start`, and where their values begin."""
    at = _pass(text, start + 1)
    while text[at] != "}":
        key, at = scanstring(text, at + 1, False)
        at = _pass(text, _pass(text, at) + 1)
        yield key, at
        at = _pass(text, _walk(text, at, (), {}))
        if text[at] == ",":
            at = _pass(text, at + 1)


def _walk(text: str, at: int, path: Path, found: dict[Path, Written]) -> int:
    """Note the strings of the value at `at`; give where it ends."""
    at = _pass(text, at)
    match text[at]:
        case '"':
            value, end = scanstring(text, at + 1, False)
            found[path] = Written(value, at, end)
            return int(end)
        case "[":
            at, place = _pass(text, at + 1), 0
            while text[at] != "]":
                at = _pass(text, _walk(text, at, (*path, place), found))
                at, place = (_pass(text, at + 1), place + 1) if text[at] == "," else (at, place)
            return at + 1
        case "{":
            at = _pass(text, at + 1)
            while text[at] != "}":
                key, at = scanstring(text, at + 1, False)
                at = _pass(text, _walk(text, _pass(text, at) + 1, (*path, key), found))
                at = _pass(text, at + 1) if text[at] == "," else at
            return at + 1
    return _end(_SCALAR.match(text, at), at)


def _pass(text: str, at: int) -> int:
    return _end(_SPACE.match(text, at), at)


def _end(match: re.Match[str] | None, at: int) -> int:
    return match.end() if match else at


def _name(path: Path) -> str:
    """Name a place as the reader does."""
    steps = [
        f"[{step}]" if isinstance(step, int) else f".{replace_surrogates(step)}" for step in path
    ]
    return "".join(steps).removeprefix(".")


def _literal(value: str, *, plain: bool) -> str:
    return json.dumps(value, ensure_ascii=plain or value != replace_surrogates(value))
