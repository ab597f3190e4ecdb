"""Licence tags and notices at the beginning of a file."""

import re
from collections.abc import Iterable

from provenance.judge.licence_expressions import ALL, CHOICE, join_expressions, normalise_expression
from provenance.read.dumps.checkouts.licence_texts import licence_within, words_of

_TAG = re.compile(r"SPDX-License-Identifier:[ \t]*([A-Za-z0-9(][A-Za-z0-9.+:() \t-]*)")
_HEAD_LINES, _HEAD_CHARACTERS = 60, 4000
_MAX_LINE_CHARACTERS = 1000

_FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("affero general public license", ("AGPL",)),
    ("lesser general public license", ("LGPL",)),
    ("library general public license", ("LGPL",)),
    ("gnu general public license", ("GPL", "LGPL", "AGPL")),
    ("gpl", ("GPL", "LGPL", "AGPL")),
    ("apache license", ("Apache",)),
    ("mozilla public license", ("MPL",)),
    ("eclipse public license", ("EPL",)),
    ("boost software license", ("BSL",)),
    ("redistribution and use in source and binary forms", ("BSD",)),
    ("bsd license", ("BSD",)),
    ("permission is hereby granted free of charge", ("MIT", "BSL")),
    ("mit license", ("MIT",)),
    ("permission to use copy modify and", ("ISC", "0BSD", "PostgreSQL")),
    ("creative commons", ("CC", "CC0")),
)
"""Words by which a file refers to a licence, and how the identifiers of such licences begin."""
_CHOICES = ("dual licensed", "duallicensed", "triple licensed", "tri licensed", "trilicensed")
_EXCEPTIONS = ("special exception", "classpath exception", "additional permission")


class Head:
    """The beginning of a file, in which it may say what its licence is.

    Parameters
    ----------
    text : str
        The file.
    """

    def __init__(self, text: str) -> None:
        lines = text[:_HEAD_CHARACTERS].split("\n", _HEAD_LINES)[:_HEAD_LINES]
        self.text = "\n".join(line[:_MAX_LINE_CHARACTERS] for line in lines)
        self._words = words_of(self.text)
        self._phrases = f" {' '.join(self._words)} "

    def tagged_licence(self) -> str | None:
        """Return the licence expression in its SPDX tags; of several, all apply.

        Examples
        --------
        >>> Head("/* SPDX-License-Identifier: GPL-2.0-only WITH a-1.0 */").tagged_licence()
        'GPL-2.0-only WITH a-1.0'
        """
        return join_expressions(all_tags(self.text), ALL)

    def noticed_licence(self) -> str | None:
        """Return the licence whose text, or usual notice, is all that is said of any.

        None if there is none, or others are referred to, a choice, or an exception.
        """
        licence = licence_within(self._words)
        if licence is None or self._says_any((*_CHOICES, *_EXCEPTIONS)):
            return None
        return licence if all(_is_of(licence, family) for family in self._families()) else None

    def contradicts(self, licence: str) -> bool:
        """Return whether licences are referred to, but not the one that is assumed.

        Examples
        --------
        >>> head = Head("# Under the GNU General Public License, see COPYING.")
        >>> head.contradicts("MIT"), head.contradicts("GPL-2.0")
        (True, False)
        """
        names, families = licence.replace("(", "").split(), self._families()
        if self._says_any(_CHOICES) and CHOICE not in names:
            return True
        return bool(families) and not any(
            _is_of(name, family) for name in names for family in families
        )

    def _families(self) -> list[tuple[str, ...]]:
        return [family for phrase, family in _FAMILIES if f" {phrase} " in self._phrases]

    def _says_any(self, phrases: Iterable[str]) -> bool:
        return any(f" {phrase} " in self._phrases for phrase in phrases)


def all_tags(text: str) -> list[str]:
    """Return the licence expressions of all SPDX tags in a text."""
    found = (normalise_expression(tag[1].rstrip(" \t-")) for tag in _TAG.finditer(text))
    return [expression for expression in found if expression is not None]


def _is_of(name: str, family: tuple[str, ...]) -> bool:
    return any(name == start or name.startswith(f"{start}-") for start in family)
