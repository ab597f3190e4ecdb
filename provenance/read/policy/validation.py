"""Validation of values in files written by people, with errors that name the place."""

import re
import reprlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from provenance.errors import ProvenanceError

EnumWord = TypeVar("EnumWord", bound=StrEnum)

_SHA256 = re.compile(r"[0-9a-f]{64}")

_MAX_SUGGESTED_CHARS = 200
"""Length up to which an unknown word is compared with the known ones."""

LEFT_OUT = object()
"""A value, of a table or a list, that is passed over as if it were not there."""

_REPR = reprlib.Repr()
_REPR.maxlevel, _REPR.maxstring, _REPR.maxother = 4, 200, 200


def format_value(value: object) -> str:
    """Return a value as Python writes it, shortened for a message.

    Examples
    --------
    >>> format_value("x"), format_value(10**5000)
    ("'x'", 'a number with too many digits')
    """
    try:
        return _REPR.repr(value)
    except ValueError:  # Python refuses to format integers of over 4,300 digits
        return "a number with too many digits"


def _shorten(value: object) -> str:
    return value[:_MAX_SUGGESTED_CHARS] if isinstance(value, str) else format_value(value)


@dataclass(frozen=True, slots=True)
class UncheckedValue:
    """A parsed value that has not been validated yet.

    Parameters
    ----------
    value : object
        As the parser returned it.
    file : str
        "rules/sources/x.yaml".
    kind : type of ProvenanceError
        The error to raise if it is invalid.
    steps : tuple of str or int
        Keys and indices that lead to it in the file.
    """

    value: object
    file: str
    kind: type[ProvenanceError]
    steps: tuple[str | int, ...] = ()

    @property
    def path(self) -> str:
        """Where it is in the file: "documents[0].periods[2].verdict"."""
        steps = (f".{step}" if isinstance(step, str) else f"[{step}]" for step in self.steps)
        return "".join(steps).lstrip(".")

    def wrong(self, message: str, remedy: str) -> ProvenanceError:
        """Return the error for this value."""
        where = f"{self.file}: {self.path}" if self.path else self.file
        error = self.kind(f"{where}: {message}", remedy=remedy)
        error.steps = self.steps
        return error

    def table(
        self, allowed: Collection[str], required: Collection[str] = ()
    ) -> dict[str, "UncheckedValue"]:
        """Return the value as a table of known keys."""
        entries = self.entries()
        for key, entry in entries.items():
            if key not in allowed:
                raise entry.wrong(f"unknown key {format_value(key)}", self._nearest(key, allowed))
        missing = [key for key in required if key not in entries]
        if missing:
            raise self.wrong(f"{missing[0]!r} is missing", f"add `{missing[0]}`.")
        return entries

    def entries(self) -> dict[str, "UncheckedValue"]:
        """Return the value as a table of any keys."""
        if not isinstance(self.value, Mapping):
            raise self.wrong(
                f"{format_value(self.value)} is not a table", "write keys and values here."
            )
        for key in self.value:
            if not isinstance(key, str):
                raise self.wrong(
                    f"the key {format_value(key)} is not text",
                    f'write it in quotes: "{format_value(key)}".',
                )
        return {
            key: self._at(key, value) for key, value in self.value.items() if value is not LEFT_OUT
        }

    def list(self) -> list["UncheckedValue"]:
        """Return the value as a list."""
        if not isinstance(self.value, list):
            suggestion = "each entry" if isinstance(self.value, Mapping) else _shorten(self.value)
            if isinstance(self.value, str):
                suggestion = f'"{suggestion}"'  # TOML needs the quotes
            raise self.wrong(
                f"{format_value(self.value)} is not a list", f"write a list: [{suggestion}]."
            )
        return [
            self._at(index, value)
            for index, value in enumerate(self.value)
            if value is not LEFT_OUT
        ]

    def text(self) -> str:
        """Return the value as a non-empty string."""
        if isinstance(self.value, str) and self.value.strip():
            return self.value.strip()
        if isinstance(self.value, str):
            raise self.wrong("the text is empty", "write it, or leave the key out.")
        raise self.wrong(f"{format_value(self.value)} is not text", "put the value in quotes.")

    def file_path(self) -> str:
        """Return the value as a path."""
        path = self.text()
        if "\0" in path:
            raise self.wrong("the path contains a NUL", "remove it: file names cannot have one.")
        return path

    def truth(self) -> bool:
        """Return the value as a boolean."""
        if isinstance(self.value, bool):
            return self.value
        raise self.wrong(
            f"{format_value(self.value)} is neither true nor false", "write true or false."
        )

    def whole_number(self) -> int:
        """Return the value as a whole number that is not negative."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise self.wrong(f"{self.value!r} is no whole number", "write it in digits.")
        return self.value

    def word(self, allowed: Collection[str]) -> str:
        """Return the value as one of the known words."""
        word = self.text()
        if word not in allowed:
            raise self.wrong(
                f"{format_value(word)} is not a known value",
                self._nearest(word, allowed),
            )
        return word

    def one_of(self, words: type[EnumWord]) -> EnumWord:
        """Return the value as a member of an enumeration."""
        return words(self.word([word.value for word in words]))

    def day(self, remedy: str = "write it as year-month-day: 2023-06-01.") -> date:
        """Return the value as a day; an error says how to write it."""
        if isinstance(self.value, date) and not isinstance(self.value, datetime):
            return self.value
        try:
            return date.fromisoformat(self.text())
        except ValueError as error:
            raise self.wrong(f"{format_value(self.value)} is not a day", remedy) from error

    def sha256(self) -> str:
        """Return the value as a SHA-256."""
        if not _SHA256.fullmatch(self.text()):
            raise self.wrong(
                f"{format_value(self.text())} is not a SHA-256", "write 64 hexadecimal digits."
            )
        return self.text()

    def part(self, text: str) -> "UncheckedValue":
        """Return a part of the value, to be validated separately, with the same place in errors."""
        return replace(self, value=text)

    def _at(self, step: str | int, value: object) -> "UncheckedValue":
        return UncheckedValue(value, self.file, self.kind, (*self.steps, step))

    @staticmethod
    def _nearest(word: str, allowed: Collection[str]) -> str:
        matches = get_close_matches(word[:_MAX_SUGGESTED_CHARS], allowed, n=1, cutoff=0.6)
        choices = ", ".join(allowed)
        return f"did you mean {matches[0]!r}?" if matches else f"choose one of: {choices}."
