"""What signals for machines say of training: robots.txt, headers, tags and their like."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stance(StrEnum):
    """What a signal says of training on a page. Silence is neither of the other two."""

    DISALLOWS = "disallows"
    ALLOWS = "allows"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Notice:
    """What one signal says of training on one page, and what in it decides.

    Parameters
    ----------
    signal : str
        Id of the document of the rules that says what it means: "robots-txt/training-agents".
    stance : Stance
        What it says.
    why : str
        The line, field or element that decides, as it stands there, and whom it speaks to.
    """

    signal: str
    stance: Stance
    why: str


Agents = Mapping[str, tuple[str, ...]]
"""Names of robots that collect for training, by the document of the rules that lists them."""
