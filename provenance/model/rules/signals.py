"""Stances of machine-readable signals on training: robots.txt, headers, tags and others."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stance(StrEnum):
    """Position of a signal on training on a page; silence is distinct from both answers."""

    DISALLOWS = "disallows"
    ALLOWS = "allows"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Notice:
    """The stance of a signal on a page, with the reason.

    Parameters
    ----------
    signal : str
        Id of the rule document that gives its meaning: "robots-txt/training-agents".
    stance : Stance
        The stance.
    why : str
        The deciding line, field or element as written, and the agents that it addresses.
    """

    signal: str
    stance: Stance
    why: str


Agents = Mapping[str, tuple[str, ...]]
"""Names of robots that collect for training, by the rule document that lists them."""
