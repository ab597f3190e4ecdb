"""Texts of others on a terminal: whatever would act there, or hide, is shown by its number."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but for tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the direction of writing
    "\u2028\u2029\u206a-\u206f\ufff9-\ufffb"  # break lines, or were meant for layout
    "\ud800-\udfff\U000e0000-\U000e007f"  # halves of characters, and invisible letters
)
"""Characters that are never shown as themselves, as the inside of a regular expression's set."""

HIDDEN_PATTERN = re.compile(f"[{HIDDEN}]")
_STYLES = re.compile("(\x1b\\[(?:0|1|(?:1;)?3[1-5])m)")
"""Escape sequences of our own styles."""


def visible(text: str) -> str:
    r"""Show what would act, or hide, by its number.

    Parameters
    ----------
    text : str
        Anybody's.

    Returns
    -------
    str
        Whatever hides, by its number; pictures of control characters are in too few fonts.

    Examples
    --------
    >>> visible("a\x1b[31mb\u202ec")
    'a[U+001B][31mb[U+202E]c'
    """
    # All that hides is among what Python calls not printable; most texts hold nothing of that.
    return text if text.isprintable() else HIDDEN_PATTERN.sub(_sign, text)


def visible_line(text: str) -> str:
    r"""Show a text as `visible` does, on one line.

    Examples
    --------
    >>> visible_line("a.jsonl\n::error::b")
    'a.jsonl[U+000A]::error::b'
    """
    return visible(text).replace("\n", "[U+000A]")


class InertStream:
    """A text stream that shows by its number whatever would act on a terminal.

    Parameters
    ----------
    stream : TextIO
        What is written to. On a terminal, our own bold and coloured words stay.
    may_be_lost : bool
        Whether nobody is told that something could not be written: there is no place to tell it.
    """

    def __init__(self, stream: TextIO, *, may_be_lost: bool) -> None:
        self._failures: tuple[type[OSError], ...] = (OSError,) if may_be_lost else ()
        self.unguarded = stream
        """For what moves the cursor itself, of texts that are inert: a bar of progress."""

    def write(self, text: str | bytes) -> int:
        """Write a text; bytes, which a stream that can write them would be given, are UTF-8."""
        if isinstance(text, bytes):
            text = text.decode("utf-8", "surrogateescape")
        parts = _STYLES.split(text) if self.unguarded.isatty() else [text]
        parts[::2] = map(visible, parts[::2])
        with suppress(*self._failures):
            self.unguarded.write("".join(parts))
        return len(text)

    def flush(self) -> None:
        """Write what is still to be written."""
        with suppress(*self._failures):
            self.unguarded.flush()

    def writelines(self, lines: list[str]) -> None:
        """Write texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # nobody writes past us
            raise AttributeError(name)
        return getattr(self.unguarded, name)


@contextmanager
def inert_streams() -> Iterator[None]:
    """Let nothing act on the terminal that is written to stdout or stderr meanwhile."""
    before = sys.stdout, sys.stderr
    sys.stdout = cast("TextIO", InertStream(unguarded(sys.stdout), may_be_lost=False))
    sys.stderr = cast("TextIO", InertStream(unguarded(sys.stderr), may_be_lost=True))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def unguarded(stream: TextIO) -> TextIO:
    """Return what stands behind a stream that is inert, or the stream itself."""
    return cast("TextIO", getattr(stream, "unguarded", stream))


def open_missing_streams() -> None:
    """Open what this process was started without, so that no other file takes its number.

    Nothing can be read then, and what goes to stderr is lost; but writing to stdout is an error.
    """
    for name, number, mode, flags in (
        ("stdin", 0, "r", os.O_RDONLY),
        ("stdout", 1, "w", os.O_RDONLY),
        ("stderr", 2, "w", os.O_WRONLY),
    ):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding lacks is no reason to fail.
        if stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _sign(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"
