"""ai.txt, as Spawning's generator writes it: robots.txt with patterns of media types."""

from provenance.model import Notice, Stance
from provenance.read.signals.robots_txt import Robots, deciding

SIGNAL = "ai-txt"
_PAGE = ".html"
"""What a path without an ending is taken for: a page."""


def ai_notice(file: Robots, path: str) -> Notice:
    """Say whether a page may stand in a training set.

    Notes
    -----
    Nobody says which robots an ai.txt speaks to, so every group counts, and any that disallows
    wins.
    """
    last = path.split("?", 1)[0].rsplit("/", 1)[-1]
    seen = (path,) if "." in last else (path, f"{path.split('?', 1)[0]}{_PAGE}")
    found = [
        line
        for group in file.groups
        for each in seen
        if (line := deciding(group.rules, each)) is not None
    ]
    for name, stance in (("disallow", Stance.DISALLOWS), ("allow", Stance.ALLOWS)):
        lines = [line for line in found if line.name == name]
        if lines:
            return Notice(SIGNAL, stance, f"ai.txt, {min(lines, key=lambda line: line.number)}")
    return Notice(SIGNAL, Stance.SILENT, "ai.txt has no rule for this page")
