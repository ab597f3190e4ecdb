"""Usage preferences: AIPREF `Content-Usage`, and Content Signals.

Both are lists of `use=answer`, as a header or as a line of robots.txt that may begin with a path.
They differ in their vocabularies.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provenance.model.rules.signals import Agents, Notice, Stance
from provenance.read.signals.path_patterns import match_length
from provenance.read.signals.robots_txt import ANY_AGENT, RobotsFile, RobotsLine

_MEMBER = re.compile(r'\s*([a-z*][a-z0-9_.*-]*)\s*=\s*"?([a-z0-9?]+)"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one syntax of preferences.

    Parameters
    ----------
    signal, field : str
        Id of its rule; name of the header and of the line.
    training : frozenset of str
        Names of training, and of uses that include it.
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
    # The first is the current one; the others are from earlier drafts, still in use.
    frozenset({"train-ai", "train-genai", "genai", "ai", "tdm", "bots", "all"}),
    "n",
    "y",
)
CONTENT_SIGNALS = Vocabulary(
    "content-signals", "content-signal", frozenset({"ai-train"}), "no", "yes"
)
VOCABULARIES = (AIPREF, CONTENT_SIGNALS)


def stance_of(preferences: str, vocabulary: Vocabulary) -> Stance:
    """Return the stance of a list of preferences.

    Notes
    -----
    For a repeated use the last answer counts, as in HTTP dictionaries (RFC 9651). Invalid members
    are ignored, and so is case, so that a readable header is not discarded for a mistake. Answers
    other than the two are ignored.
    """
    answers: dict[str, str] = {}
    for member in preferences.split(","):
        match = _MEMBER.match(member)
        if match is not None and match[1].casefold() in vocabulary.training:
            answers[match[1].casefold()] = match[2].casefold()
    if vocabulary.no in answers.values():
        return Stance.DISALLOWS
    return Stance.ALLOWS if vocabulary.yes in answers.values() else Stance.SILENT


def field_notice(value: str, vocabulary: Vocabulary) -> Notice:
    """Return the notice of a header."""
    return Notice(
        vocabulary.signal, stance_of(value, vocabulary), f'header "{vocabulary.field}: {value}"'
    )


def line_notices(robots: RobotsFile, path: str, agents: Agents) -> Iterator[Notice]:
    """Yield the notices of lines in robots.txt for a path and the robots that collect for training.

    Notes
    -----
    Of several lines the longest path counts, and of equally long ones any that disallows. They
    count whether or not the robot may fetch the page, since it has been fetched.
    """
    names = dict.fromkeys([*(name for each in agents.values() for name in each), ANY_AGENT])
    for vocabulary in VOCABULARIES:
        notices = [
            notice
            for rules in dict.fromkeys(robots.rules_for(name) for name in names)
            if (notice := _group_notice((*robots.loose, *rules), path, vocabulary)) is not None
        ]
        yield from sorted(notices, key=lambda notice: notice.stance is not Stance.DISALLOWS)[:1]


def _group_notice(
    rules: tuple[RobotsLine, ...], path: str, vocabulary: Vocabulary
) -> Notice | None:
    matches: list[tuple[int, Stance, RobotsLine]] = []
    for line in rules:
        pattern, preferences = _split_path(line.value)
        length = match_length(pattern, path) if line.name == vocabulary.field else None
        if length is not None:
            matches.append((length, stance_of(preferences, vocabulary), line))
    most = max((length for length, _, _ in matches), default=0)
    by_stance = {stance: line for length, stance, line in reversed(matches) if length == most}
    for stance in Stance:
        if stance in by_stance:
            return Notice(vocabulary.signal, stance, f"robots.txt, {by_stance[stance]}")
    return None


def _split_path(value: str) -> tuple[str, str]:
    """Split a line into path and preferences; without a path it applies to all paths."""
    if not value.startswith(("/", "*")):
        return "/", value
    pattern, _, preferences = value.replace("\t", " ").partition(" ")
    return pattern, preferences
