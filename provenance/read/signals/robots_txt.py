"""robots.txt (RFC 9309): groups of robots, and what each may fetch; ai.txt in its syntax."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from provenance.model.rules.signals import Agents, Notice, Stance
from provenance.read.signals.path_patterns import match_length

MAX_BYTES = 512 << 10
"""Bytes that are read; the standard requires at least 500 KiB. The rest is ignored."""

ANY_AGENT = "*"
_AGENT = "user-agent"
_ACCESS_FIELDS = ("allow", "disallow")
USAGE_FIELDS = ("content-usage", "content-signal")
_LINES = re.compile(r"\r\n|\r|\n")
_PRODUCT = re.compile(r"[^\s/]*")
_MAX_SHOWN_CHARS = 80
_PAGE_SUFFIX = ".html"
"""Suffix that ai.txt's patterns assume for a path without one."""


@dataclass(frozen=True, slots=True)
class RobotsLine:
    """A line with a field.

    Parameters
    ----------
    number : int
        1-based.
    name, value : str
        Name in lower case, and value as written.
    """

    number: int
    name: str
    value: str

    def __str__(self) -> str:
        """Return the line quoted, with its number."""
        text = f"{self.name.capitalize()}: {self.value}"
        excerpt = text if len(text) <= _MAX_SHOWN_CHARS else f"{text[:_MAX_SHOWN_CHARS]}…"
        return f'line {self.number} "{excerpt}"'


@dataclass(frozen=True, slots=True)
class RobotsGroup:
    """Robots and the rules for them.

    Parameters
    ----------
    agents : frozenset of str
        In lower case; `ANY_AGENT` stands for robots without a group of their own.
    rules : tuple of RobotsLine
        In order of the file, which has no meaning.
    """

    agents: frozenset[str]
    rules: tuple[RobotsLine, ...]


@dataclass(frozen=True)  # without slots, for cached properties
class RobotsFile:
    """A parsed robots.txt.

    Parameters
    ----------
    groups : tuple of RobotsGroup
        In order.
    loose : tuple of RobotsLine
        Usage lines before any group, which apply to every robot.
    licences : tuple of RobotsLine
        URLs of RSL documents.
    """

    groups: tuple[RobotsGroup, ...] = ()
    loose: tuple[RobotsLine, ...] = ()
    licences: tuple[RobotsLine, ...] = ()

    @cached_property
    def _by_agent(self) -> dict[str, tuple[RobotsLine, ...]]:
        rules: dict[str, tuple[RobotsLine, ...]] = {}
        for group in self.groups:
            for agent in group.agents:
                rules[agent] = rules.get(agent, ()) + group.rules
        return rules

    @cached_property
    def agents(self) -> tuple[str, ...]:
        """Return every robot that is named."""
        return tuple(self._by_agent)

    def rules_for(self, agent: str) -> tuple[RobotsLine, ...]:
        """Return the rules of all groups of a robot, or those for any robot if it has no group."""
        rules = self._by_agent.get(agent.casefold())
        return self._by_agent.get(ANY_AGENT, ()) if rules is None else rules

    def access(self, agent: str, path: str) -> RobotsLine | None:
        """Return the line that allows or disallows a path for a robot; None if there is none."""
        return deciding_rule(self.rules_for(agent), path)


def parse_robots(content: bytes) -> RobotsFile:
    """Parse a robots.txt; invalid lines are ignored."""
    lines = tuple(parse_lines(content))
    first = next((n for n, line in enumerate(lines) if line.name == _AGENT), len(lines))
    return RobotsFile(
        tuple(_groups(lines[first:])),
        tuple(line for line in lines[:first] if line.name in USAGE_FIELDS),
        tuple(line for line in lines if line.name == "license"),
    )


def _groups(lines: Sequence[RobotsLine]) -> Iterator[RobotsGroup]:
    """Split lines into groups: user agents followed by rules. Other lines do not end a group."""
    agents, rules = list[str](), list[RobotsLine]()
    for line in lines:
        if line.name == _AGENT:
            if rules:
                yield RobotsGroup(frozenset(agents), tuple(rules))
                agents, rules = [], []
            agents.append(agent_name(line.value))
        elif line.name in (*_ACCESS_FIELDS, *USAGE_FIELDS):
            rules.append(line)
    if agents:
        yield RobotsGroup(frozenset(agents), tuple(rules))


def parse_lines(content: bytes) -> Iterator[RobotsLine]:
    """Yield the fields of a file such as robots.txt, without comments."""
    text = content[:MAX_BYTES].decode("utf-8", errors="replace").removeprefix("\ufeff")
    for number, line in enumerate(_LINES.split(text), 1):
        name, colon, value = line.split("#", 1)[0].partition(":")
        if colon:
            yield RobotsLine(number, name.strip().casefold(), value.strip())


def agent_name(value: str) -> str:
    """Return the product name of a user agent: "GPTBot/1.2 (+https://…)" is "gptbot"."""
    return _PRODUCT.match(value.casefold())[0]  # type: ignore[index]  # it matches anything


def deciding_rule(rules: Iterable[RobotsLine], path: str) -> RobotsLine | None:
    """Return the rule for a path: the longest match; of equally long ones, one that allows."""
    best, most = None, (0, False)
    for rule in rules:
        has_path = rule.name in _ACCESS_FIELDS and rule.value
        length = match_length(rule.value, path) if has_path else None
        rank = (length or 0, rule.name == "allow")
        if length is not None and (best is None or rank > most):
            best, most = rule, rank
    return best


def robots_notices(robots: RobotsFile, path: str, agents: Agents) -> Iterator[Notice]:
    """Yield the notice of each list of training robots: whether they may fetch a path.

    Notes
    -----
    A group for any robot applies to robots without their own. The strictest outcome among the
    robots of a list counts.
    """
    # Most robots share a group: evaluate each group once.
    decisions: dict[int, RobotsLine | None] = {}
    for signal, names in agents.items():
        agent_rules = []
        for name in names:
            rules = robots.rules_for(name)
            if id(rules) not in decisions:
                decisions[id(rules)] = deciding_rule(rules, path)
            agent_rules.append((name, decisions[id(rules)]))
        yield _strictest(signal, agent_rules)


def _strictest(signal: str, agent_rules: Sequence[tuple[str, RobotsLine | None]]) -> Notice:
    for name, stance in (("disallow", Stance.DISALLOWS), ("allow", Stance.ALLOWS)):
        matching = [
            (agent, line) for agent, line in agent_rules if line is not None and line.name == name
        ]
        if matching:
            first = min((line for _, line in matching), key=lambda line: line.number)
            names = ", ".join(agent for agent, line in matching if line == first)
            return Notice(signal, stance, f"robots.txt, {first}, for {names}")
    return Notice(signal, Stance.SILENT, "robots.txt has no rule for these robots here")


def ai_notice(file: RobotsFile, path: str) -> Notice:
    """Return the notice of an ai.txt on a page: whether it may be in a training set.

    Notes
    -----
    The format is that of Spawning's generator: patterns of media types. It is not defined which
    robots an ai.txt addresses, so all groups count, and a disallow takes precedence.
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
            return Notice("ai-txt", stance, f"ai.txt, {min(lines, key=lambda line: line.number)}")
    return Notice("ai-txt", Stance.SILENT, "ai.txt has no rule for this page")
