"""How a terminal is written on."""

from dataclasses import dataclass

from provenance.report.sanitize import one_line
from provenance.report.text.cell_width import wrapped

LONGEST = 4000
"""Characters of a sentence that the longest may have."""


@dataclass(frozen=True, slots=True)
class Pen:
    """How wide we write, and whether in colour."""

    width: int
    colour: bool

    def paint(self, text: str, code: str) -> str:
        """Colour a text that is not blank."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text.strip() else text

    def bold(self, text: str) -> str:
        """Set a text in bold."""
        return self.paint(text, "1")

    def wrap(self, text: str, indent: str = "", hanging: str | None = None) -> list[str]:
        """Break a text that somebody may have written into lines that fit."""
        return wrapped(one_line(text[:LONGEST]), self.width, indent, hanging)
