"""Width and colours of a terminal."""

from dataclasses import dataclass

from provenance.report.sanitize import one_line
from provenance.report.text.cell_width import wrap

MAX_SENTENCE_LENGTH = 4000
"""In characters; longer sentences are cut before wrapping."""


@dataclass(frozen=True, slots=True)
class TerminalStyle:
    """Width in cells, and whether to use colours."""

    width: int
    colour: bool

    def paint(self, text: str, code: str) -> str:
        """Return a text in an ANSI colour, if colours are used."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text.strip() else text

    def bold(self, text: str) -> str:
        """Return a text in bold, if colours are used."""
        return self.paint(text, "1")

    def wrap(self, text: str, indent: str = "", hanging: str | None = None) -> list[str]:
        """Wrap an untrusted text into lines that fit."""
        return wrap(one_line(text[:MAX_SENTENCE_LENGTH]), self.width, indent, hanging)
