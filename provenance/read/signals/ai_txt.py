"""ai.txt in the format of Spawning's generator: robots.txt with patterns of media types."""

from provenance.model.rules.signals import Notice, Stance
from provenance.read.signals.robots_txt import RobotsFile, deciding_rule

SIGNAL = "ai-txt"
_PAGE_SUFFIX = ".html"
"""Suffix assumed for a path without one."""


def ai_notice(file: RobotsFile, path: str) -> Notice:
    """Return the notice on a page: whether it may be in a training set.

    Notes
    -----
    It is not defined which robots an ai.txt addresses, so all groups count, and a disallow takes
    precedence.
    """
    last = path.split("?", 1)[0].rsplit("/", 1)[-1]
    paths = (path,) if "." in last else (path, f"{path.split('?', 1)[0]}{_PAGE_SUFFIX}")
    rules = [
        line
        for group in file.groups
        for each in paths
        if (line := deciding_rule(group.rules, each)) is not None
    ]
    for name, stance in (("disallow", Stance.DISALLOWS), ("allow", Stance.ALLOWS)):
        lines = [line for line in rules if line.name == name]
        if lines:
            return Notice(SIGNAL, stance, f"ai.txt, {min(lines, key=lambda line: line.number)}")
    return Notice(SIGNAL, Stance.SILENT, "ai.txt has no rule for this page")
