"""robots.txt (RFC 9309): groups of robots, and what each may fetch."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from provenance.model import Agents, Notice, Stance
from provenance.read.signals.path_patterns import weight

MOST = 512 << 10
"""Bytes that are read. The standard asks for 500 KiB at least; robots ignore what comes behind."""

EVERYBODY = "*"
_AGENT = "user-agent"
_ACCESS = ("allow", "disallow")
USAGE = ("content-usage", "content-signal")
_LINES = re.compile(r"\r\n|\r|\n")
_PRODUCT = re.compile(r"[^\s/]*")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something.

    Parameters
    ----------
    number : int
        1-based.
    name, value : str
        In lower case; as it stands there.
    """

    number: int
    name: str
    value: str

    def __str__(self) -> str:
        """Quote the line, with its number."""
        told = f"{self.name.capitalize()}: {self.value}"
        cut = told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"
        return f'line {self.number} "{cut}"'


@dataclass(frozen=True, slots=True)
class Group:
    """Robots, and the rules for them.

    Parameters
    ----------
    agents : frozenset of str
        In lower case; `EVERYBODY` is whoever has no group of its own.
    rules : tuple of Line
        In their order, which means nothing.
    """

    agents: frozenset[str]
    rules: tuple[Line, ...]


@dataclass(frozen=True)  # without slots: what is asked for again is kept
class Robots:
    """A robots.txt.

    Parameters
    ----------
    groups : tuple of Group
        In their order.
    loose : tuple of Line
        Lines about use that stand before any group, and so speak to every robot.
    licences : tuple of Line
        Addresses of RSL documents.
    """

    groups: tuple[Group, ...] = ()
    loose: tuple[Line, ...] = ()
    licences: tuple[Line, ...] = ()

    @cached_property
    def _by_agent(self) -> dict[str, tuple[Line, ...]]:
        found: dict[str, tuple[Line, ...]] = {}
        for group in self.groups:
            for agent in group.agents:
                found[agent] = found.get(agent, ()) + group.rules
        return found

    @cached_property
    def agents(self) -> tuple[str, ...]:
        """Every robot that it names."""
        return tuple(self._by_agent)

    def rules_for(self, agent: str) -> tuple[Line, ...]:
        """Return the rules of all groups of a robot; those for everybody, where it has none."""
        own = self._by_agent.get(agent.casefold())
        return self._by_agent.get(EVERYBODY, ()) if own is None else own

    def access(self, agent: str, path: str) -> Line | None:
        """Return the line that lets a robot fetch a path, or does not; None where no line does."""
        return deciding(self.rules_for(agent), path)


def parse_robots(content: bytes) -> Robots:
    """Read a robots.txt; whatever is no line of it is passed over."""
    lines = tuple(lines_of(content))
    first = next((n for n, line in enumerate(lines) if line.name == _AGENT), len(lines))
    return Robots(
        tuple(_groups(lines[first:])),
        tuple(line for line in lines[:first] if line.name in USAGE),
        tuple(line for line in lines if line.name == "license"),
    )


def _groups(lines: Sequence[Line]) -> Iterator[Group]:
    """Part lines into groups: names of robots, and the rules behind them. Other lines part none."""
    agents, rules = list[str](), list[Line]()
    for line in lines:
        if line.name == _AGENT:
            if rules:
                yield Group(frozenset(agents), tuple(rules))
                agents, rules = [], []
            agents.append(product(line.value))
        elif line.name in (*_ACCESS, *USAGE):
            rules.append(line)
    if agents:
        yield Group(frozenset(agents), tuple(rules))


def lines_of(content: bytes) -> Iterator[Line]:
    """Give the lines of a file such as robots.txt, without comments."""
    text = content[:MOST].decode("utf-8", errors="replace").removeprefix("\ufeff")
    for number, line in enumerate(_LINES.split(text), 1):
        name, colon, value = line.split("#", 1)[0].partition(":")
        if colon:
            yield Line(number, name.strip().casefold(), value.strip())


def product(value: str) -> str:
    """Return the name in a robot's name: "GPTBot/1.2 (+https://…)" is "gptbot"."""
    return _PRODUCT.match(value.casefold())[0]  # type: ignore[index]  # it matches anything


def deciding(rules: Iterable[Line], path: str) -> Line | None:
    """Return the rule for a path: the longest that matches; of equal ones, one that allows."""
    found, most = None, (0, False)
    for rule in rules:
        says = rule.name in _ACCESS and rule.value
        reach = weight(rule.value, path) if says else None
        rank = (reach or 0, rule.name == "allow")
        if reach is not None and (found is None or rank > most):
            found, most = rule, rank
    return found


def robots_notices(robots: Robots, path: str, agents: Agents) -> Iterator[Notice]:
    """Say whether robots that collect for training may fetch a path, list by list.

    Notes
    -----
    Who is kept out by a group for every robot is kept out: the strictest of all robots of a list
    stands.
    """
    # Most robots share a group, which need not be asked for each.
    found: dict[int, Line | None] = {}
    for signal, names in agents.items():
        said = []
        for name in names:
            rules = robots.rules_for(name)
            if id(rules) not in found:
                found[id(rules)] = deciding(rules, path)
            said.append((name, found[id(rules)]))
        yield _strictest(signal, said)


def _strictest(signal: str, found: Sequence[tuple[str, Line | None]]) -> Notice:
    for name, stance in (("disallow", Stance.DISALLOWS), ("allow", Stance.ALLOWS)):
        said = [(agent, line) for agent, line in found if line is not None and line.name == name]
        if said:
            first = min((line for _, line in said), key=lambda line: line.number)
            whom = ", ".join(agent for agent, line in said if line == first)
            return Notice(signal, stance, f"robots.txt, {first}, for {whom}")
    return Notice(signal, Stance.SILENT, "robots.txt has no rule for these robots here")
