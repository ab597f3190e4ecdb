"""Preferences by kind of use: AIPREF's `Content-Usage`, and the lines of Content Signals.

Both write `use=answer` in lists, as a header or as a line of robots.txt that may begin with a path.
They differ in their words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provenance.model import Agents, Notice, Stance
from provenance.read.signals.path_patterns import weight
from provenance.read.signals.robots_txt import EVERYBODY, Line, Robots

_MEMBER = re.compile(r'\s*([a-z*][a-z0-9_.*-]*)\s*=\s*"?([a-z0-9?]+)"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one way to write preferences.

    Parameters
    ----------
    signal, field : str
        Id of its rule; name of the header and of the line.
    training : frozenset of str
        Its names for training, and for anything that includes it.
    no, yes : str
        Its answers.
    """

    signal: str
    field: str
    training: frozenset[str]
    no: str
    yes: str


AIPREF = Vocabulary(
    "aipref",
    "content-usage",
    # The first is today's; the others are of earlier drafts, which files still follow.
    frozenset({"train-ai", "train-genai", "genai", "ai", "tdm", "bots", "all"}),
    "n",
    "y",
)
CONTENT_SIGNALS = Vocabulary(
    "content-signals", "content-signal", frozenset({"ai-train"}), "no", "yes"
)
VOCABULARIES = (AIPREF, CONTENT_SIGNALS)


def stance_of(preferences: str, words: Vocabulary) -> Stance:
    """Read a list of preferences.

    Notes
    -----
    Of a use that is named twice the last answer counts, as in any dictionary of HTTP (RFC 9651).
    What is no preference is passed over, and case makes no difference: a header that a person can
    read is not ignored for a mistake beside it. An answer that is neither of the two is none.
    """
    answers: dict[str, str] = {}
    for member in preferences.split(","):
        found = _MEMBER.match(member)
        if found is not None and found[1].casefold() in words.training:
            answers[found[1].casefold()] = found[2].casefold()
    if words.no in answers.values():
        return Stance.DISALLOWS
    return Stance.ALLOWS if words.yes in answers.values() else Stance.SILENT


def field_notice(value: str, words: Vocabulary) -> Notice:
    """Say what a header says."""
    return Notice(words.signal, stance_of(value, words), f'header "{words.field}: {value}"')


def line_notices(robots: Robots, path: str, agents: Agents) -> Iterator[Notice]:
    """Say what the lines of a robots.txt say of a path to robots that collect for training.

    Notes
    -----
    Of several lines the longest path counts, and of equal ones any that disallows. They count
    whether or not the robot may fetch the page: somebody has fetched it.
    """
    names = dict.fromkeys([*(name for each in agents.values() for name in each), EVERYBODY])
    for words in VOCABULARIES:
        found = [
            notice
            for rules in dict.fromkeys(robots.rules_for(name) for name in names)
            if (notice := _of_group((*robots.loose, *rules), path, words)) is not None
        ]
        yield from sorted(found, key=lambda notice: notice.stance is not Stance.DISALLOWS)[:1]


def _of_group(rules: tuple[Line, ...], path: str, words: Vocabulary) -> Notice | None:
    reaching: list[tuple[int, Stance, Line]] = []
    for line in rules:
        pattern, preferences = _parted(line.value)
        reach = weight(pattern, path) if line.name == words.field else None
        if reach is not None:
            reaching.append((reach, stance_of(preferences, words), line))
    most = max((reach for reach, _, _ in reaching), default=0)
    by_stance = {stance: line for reach, stance, line in reversed(reaching) if reach == most}
    for stance in Stance:
        if stance in by_stance:
            return Notice(words.signal, stance, f"robots.txt, {by_stance[stance]}")
    return None


def _parted(value: str) -> tuple[str, str]:
    """Part a line into its path and its preferences; without a path it speaks of all."""
    if not value.startswith(("/", "*")):
        return "/", value
    pattern, _, preferences = value.replace("\t", " ").partition(" ")
    return pattern, preferences
