"""Values of a file that people write, each with its place, so that every error can name it."""

import re
import reprlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from provenance.errors import ProvenanceError

Word = TypeVar("Word", bound=StrEnum)

_SHA256 = re.compile(r"[0-9a-f]{64}")

_LONGEST = 200
"""Characters of a word that may be meant for another."""

_REPR = reprlib.Repr()
_REPR.maxlevel, _REPR.maxstring, _REPR.maxother = 4, 200, 200


def shown(value: object) -> str:
    """Show a value as Python writes it, cut to what fits into a message.

    Examples
    --------
    >>> shown("x"), shown(10**5000)
    ("'x'", 'a number of more digits than can be')
    """
    try:
        return _REPR.repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of more digits than can be"


def _shortened(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else shown(value)


@dataclass(frozen=True, slots=True)
class Checked:
    """A value that has been read, but not yet believed.

    Parameters
    ----------
    value : object
        As the parser gave it.
    file, path : str
        "rules/sources/x.yaml", "documents[0].periods[2].verdict".
    kind : type of ProvenanceError
        What to raise where it is wrong.
    """

    value: object
    file: str
    path: str
    kind: type[ProvenanceError]

    def wrong(self, message: str, remedy: str) -> ProvenanceError:
        """Return the error that this value deserves."""
        where = f"{self.file}: {self.path}" if self.path else self.file
        return self.kind(f"{where}: {message}", remedy=remedy)

    def table(self, known: Collection[str], needed: Collection[str] = ()) -> dict[str, "Checked"]:
        """Take the value as a table of known keys."""
        entries = self.entries()
        for key, entry in entries.items():
            if key not in known:
                raise entry.wrong(f"unknown key {shown(key)}", self._nearest(key, known))
        missing = [key for key in needed if key not in entries]
        if missing:
            raise self.wrong(f"{missing[0]!r} is missing", f"add `{missing[0]}`.")
        return entries

    def entries(self) -> dict[str, "Checked"]:
        """Take the value as a table of any keys."""
        if not isinstance(self.value, Mapping):
            raise self.wrong(f"{shown(self.value)} is not a table", "write keys and values here.")
        for key in self.value:
            if not isinstance(key, str):
                raise self.wrong(
                    f"the key {shown(key)} is not text", f'write it in quotes: "{shown(key)}".'
                )
        return {key: self._at(f".{key}", value) for key, value in self.value.items()}

    def list(self) -> list["Checked"]:
        """Take the value as a list."""
        if not isinstance(self.value, list):
            listed = "each entry" if isinstance(self.value, Mapping) else _shortened(self.value)
            raise self.wrong(f"{shown(self.value)} is not a list", f"write a list: [{listed}].")
        return [self._at(f"[{index}]", value) for index, value in enumerate(self.value)]

    def text(self) -> str:
        """Take the value as text that is not empty."""
        if isinstance(self.value, str) and self.value.strip():
            return self.value.strip()
        if isinstance(self.value, str):
            raise self.wrong("the text is empty", "write it, or leave the key out.")
        raise self.wrong(f"{shown(self.value)} is not text", "put the value in quotes.")

    def file_path(self) -> str:
        """Take the value as a path."""
        path = self.text()
        if "\0" in path:
            raise self.wrong("a NUL is in the path", "take it out: no file's name has one.")
        return path

    def truth(self) -> bool:
        """Take the value as true or false."""
        if isinstance(self.value, bool):
            return self.value
        raise self.wrong(f"{shown(self.value)} is neither true nor false", "write true or false.")

    def word(self, known: Collection[str]) -> str:
        """Take the value as one of some words."""
        word = self.text()
        if word not in known:
            raise self.wrong(
                f"{shown(word)} is not one of the words known here", self._nearest(word, known)
            )
        return word

    def one_of(self, words: type[Word]) -> Word:
        """Take the value as a member of an enumeration."""
        return words(self.word([word.value for word in words]))

    def day(self) -> date:
        """Take the value as a day."""
        if isinstance(self.value, date) and not isinstance(self.value, datetime):
            return self.value
        try:
            return date.fromisoformat(self.text())
        except ValueError as error:
            raise self.wrong(
                f"{shown(self.value)} is not a day", "write it as year-month-day: 2023-06-01."
            ) from error

    def sha256(self) -> str:
        """Take the value as a SHA-256."""
        if not _SHA256.fullmatch(self.text()):
            raise self.wrong(
                f"{shown(self.text())} is not a SHA-256", "write 64 hexadecimal digits."
            )
        return self.text()

    def part(self, text: str) -> "Checked":
        """Return a part of the value, which is looked at by itself and stands in the same place."""
        return replace(self, value=text)

    def _at(self, step: str, value: object) -> "Checked":
        return Checked(value, self.file, f"{self.path}{step}".lstrip("."), self.kind)

    @staticmethod
    def _nearest(word: str, known: Collection[str]) -> str:
        near = get_close_matches(word[:_LONGEST], known, n=1, cutoff=0.6)
        choices = ", ".join(known)
        return f"did you mean {near[0]!r}?" if near else f"choose one of: {choices}."
