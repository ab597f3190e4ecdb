"""Licences of files as the REUSE specification states them elsewhere: REUSE.toml, .reuse/dep5."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from provenance.judge.licence_expressions import ALL, join_expressions, normalise_expression

NAME, OLD_NAME, TEXTS_FOLDER = "REUSE.toml", ".reuse/dep5", "LICENSES"
BESIDE = ".license"
"""End of the name of a file that states the licence of the one beside it."""
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_FIELD = re.compile(r"^(Files|License):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_PART = re.compile(r"\\.|\*+|.", re.DOTALL)
_MAX_ANNOTATIONS = 1000
"""Annotations that are read of a file."""


class PathPattern:
    """A pattern for paths.

    The positions that a path can have reached are the bits of a number, so that no pattern takes
    more than time in proportion to both lengths.

    Parameters
    ----------
    pattern : str
        Backslashes escape what follows them.
    has_deep_stars : bool
        Whether `*` also matches `/`, and `?` any character, as in dep5. Else only `**` does so.

    Examples
    --------
    >>> PathPattern("docs/*.md").matches("docs/a.md"), PathPattern("*").matches("docs/a.md")
    (True, False)
    """

    def __init__(self, pattern: str, *, has_deep_stars: bool = False) -> None:
        self._letters: dict[str, int] = {}
        self._any = self._stars = self._deep_stars = 0
        parts = _PART.findall(pattern)
        for place, part in enumerate(parts):
            bit = 1 << place
            if part.startswith("*"):
                self._stars |= bit
                self._deep_stars |= bit if has_deep_stars or len(part) > 1 else 0
            elif part == "?" and has_deep_stars:
                self._any |= bit
            else:
                self._letters[part[-1]] = self._letters.get(part[-1], 0) | bit
        self._end = 1 << len(parts)

    def matches(self, path: str) -> bool:
        """Return whether a whole path matches."""
        states = self._past_stars(1)
        for letter in path:
            stars = self._deep_stars if letter == "/" else self._stars
            advanced = states & (self._letters.get(letter, 0) | self._any)
            states = self._past_stars(advanced << 1 | states & stars)
        return states & self._end != 0

    def _past_stars(self, states: int) -> int:
        return states | (states & self._stars) << 1


class Annotation(NamedTuple):
    """A licence of the files whose paths match a pattern.

    Parameters
    ----------
    pattern : PathPattern
        For a path relative to the folder of what states it.
    licence : str
        A licence expression.
    is_stronger : bool
        Whether it counts instead of what a file says itself.
    """

    pattern: PathPattern
    licence: str
    is_stronger: bool = False


def parse_reuse(content: str) -> list[Annotation]:
    """Return the annotations of a REUSE.toml."""
    try:
        tables = tomllib.loads(content).get("annotations", [])
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    found = _annotations(tables) if isinstance(tables, list) else iter(())
    return [*islice(found, _MAX_ANNOTATIONS)]


def _annotations(tables: Sequence[object]) -> Iterator[Annotation]:
    for table in tables:
        if not isinstance(table, dict):
            continue
        licences = map(normalise_expression, _texts(table.get("SPDX-License-Identifier")))
        licence = join_expressions(licences, ALL)
        if licence is None:
            continue
        for path in _texts(table.get("path")):
            yield Annotation(PathPattern(path), licence, table.get("precedence") == "override")


def parse_dep5(content: str) -> list[Annotation]:
    """Return the annotations of a file in Debian's format of copyrights."""
    found = []
    for paragraph in _PARAGRAPH.split(content.replace("\r\n", "\n")):
        fields = {match[1]: match[2] for match in _FIELD.finditer(paragraph)}
        licence = normalise_expression(fields.get("License", "").partition("\n")[0])
        if licence is None:
            continue
        paths = fields.get("Files", "").split()
        found += [Annotation(PathPattern(path, has_deep_stars=True), licence) for path in paths]
    return found[:_MAX_ANNOTATIONS]


def find_annotation(by_folder: Mapping[str, Sequence[Annotation]], path: str) -> Annotation | None:
    """Return the annotation that counts for a path.

    Of one folder that is the last one that matches; of several folders, that of the nearest one,
    unless one further above overrides what others say.

    Parameters
    ----------
    by_folder : mapping of str to sequence of Annotation
        By the folder that states them.
    path : str
        Relative to the root.
    """
    if not by_folder:
        return None
    found, folder, inner = list[Annotation](), path, ""
    while folder:
        folder, _, name = folder.rpartition("/")
        inner = f"{name}/{inner}" if inner else name
        stated = reversed(by_folder.get(folder, ()))
        found += islice((each for each in stated if each.pattern.matches(inner)), 1)
    stronger = [each for each in found if each.is_stronger]
    return stronger[-1] if stronger else next(iter(found), None)


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]
