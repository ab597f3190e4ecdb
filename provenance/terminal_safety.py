"""Escape text from outside before it reaches a terminal.

Control characters and invisible characters are shown as code points.
"""

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters except tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks
    "\u2028\u2029\u206a-\u206f\ufff9-\ufffb"  # line separators, deprecated format characters
    "\ud800-\udfff\U000e0000-\U000e007f"  # surrogates and tags
)
"""Escaped characters, as the inside of a regular expression's character set."""

HIDDEN_PATTERN = re.compile(f"[{HIDDEN}]")
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_OLD_COMMAND = "##["
"""Runners of jobs obey lines of output that begin with the one, or contain the other."""
_STYLES = re.compile("(\x1b\\[(?:0|1|(?:1;)?3[1-5])m)")
"""Escape sequences of our own styles."""


def escape_text(text: str) -> str:
    r"""Replace control characters and invisible characters by their code points.

    Parameters
    ----------
    text : str
        Untrusted text.

    Returns
    -------
    str
        With `[U+XXXX]` for each of them; few fonts have pictures of control characters.

    Examples
    --------
    >>> escape_text("a\x1b[31mb\u202ec")
    'a[U+001B][31mb[U+202E]c'
    """
    # All escaped characters are non-printable for Python; most texts have none.
    return text if text.isprintable() else HIDDEN_PATTERN.sub(_escape_match, text)


def escape_line(text: str) -> str:
    r"""Escape a text as `escape_text` does, and its line breaks too.

    Examples
    --------
    >>> escape_line("a.jsonl\n::error::b")
    'a.jsonl[U+000A]::error::b'
    """
    return escape_text(text).replace("\n", "[U+000A]")


def escape_commands(text: str) -> str:
    r"""Escape what a runner of jobs would take for a command.

    Examples
    --------
    >>> escape_commands("  ::stop-commands::x\n a::b")
    '  [U+003A]:stop-commands::x\n a::b'
    """
    escaped = _COMMAND.sub(r"\1[U+003A]", text) if "::" in text else text
    return escaped.replace(_OLD_COMMAND, "#[U+0023][")


class EscapingStream:
    """A text stream that escapes control and invisible characters, and commands to runners.

    Parameters
    ----------
    stream : TextIO
        The underlying stream. On a terminal, our own styles are kept.
    ignore_errors : bool
        Whether to ignore errors of writing.
    """

    def __init__(self, stream: TextIO, *, ignore_errors: bool) -> None:
        self._ignored_errors: tuple[type[OSError], ...] = (OSError,) if ignore_errors else ()
        self.underlying = stream
        """For progress bars, which move the cursor themselves and print only escaped text."""
        self._is_line_begun = False

    def write(self, text: str | bytes) -> int:
        """Write text; bytes are decoded as UTF-8."""
        if isinstance(text, bytes):
            text = text.decode("utf-8", "surrogateescape")
        size = len(text)
        begun = "." * self._is_line_begun
        self.write_commands(escape_commands(begun + text).removeprefix(begun))
        return size

    def write_commands(self, text: str) -> None:
        """Write text that may have commands to a runner."""
        if text:
            self._is_line_begun = bool((self._is_line_begun * "." + text).split("\n")[-1].strip())
        parts = _STYLES.split(text) if self.underlying.isatty() else [text]
        parts[::2] = map(escape_text, parts[::2])
        with suppress(*self._ignored_errors):
            self.underlying.write("".join(parts))

    def flush(self) -> None:
        """Flush the stream."""
        with suppress(*self._ignored_errors):
            self.underlying.flush()

    def writelines(self, lines: list[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # no writing past the escaping
            raise AttributeError(name)
        return getattr(self.underlying, name)


@contextmanager
def escape_output() -> Iterator[None]:
    """Escape everything that is written to stdout and stderr within the context."""
    before = sys.stdout, sys.stderr
    sys.stdout = cast("TextIO", EscapingStream(unwrap_stream(sys.stdout), ignore_errors=False))
    sys.stderr = cast("TextIO", EscapingStream(unwrap_stream(sys.stderr), ignore_errors=True))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def print_commands(text: str) -> None:
    """Write commands to a runner of jobs to stdout; what others wrote in them is escaped."""
    getattr(sys.stdout, "write_commands", sys.stdout.write)(text)


def unwrap_stream(stream: TextIO) -> TextIO:
    """Return the underlying stream of an escaping one, or the stream itself."""
    return cast("TextIO", getattr(stream, "underlying", stream))


def open_missing_streams() -> None:
    """Open closed standard streams, so that no other file gets their descriptors.

    Reading gives an error, stderr is discarded, and writing to stdout fails.
    """
    for name, number, mode, flags in (
        ("stdin", 0, "r", os.O_RDONLY),
        ("stdout", 1, "w", os.O_RDONLY),
        ("stderr", 2, "w", os.O_WRONLY),
    ):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, flags)
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        # Characters that the terminal's encoding lacks must not raise.
        if stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def buffer_stdout() -> None:
    """Buffer standard output by lines, also under `python -u` and PYTHONUNBUFFERED.

    An unbuffered stream drops the rest of a write that is cut short, as on a full disk, without an
    error.
    """
    stream = sys.stdout
    if isinstance(getattr(stream, "buffer", None), io.RawIOBase):
        sys.stdout = open(  # noqa: SIM115 (open as long as the process)
            stream.fileno(),
            "w",
            buffering=1,
            encoding=stream.encoding,
            errors=stream.errors,
            closefd=False,
        )


def _escape_match(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"
