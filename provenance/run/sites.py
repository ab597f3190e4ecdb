"""What sites said of training to machines, when their pages were fetched."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from provenance.judge import host_of
from provenance.model import Agents, DateRange, Notice, Stance
from provenance.read import FILES, Captures, Files, Page, notices, parse_files

_WORDS = ("tdmrep", "rsl-1.0", "content-signals", "aipref", "ai-txt", "noai")
"""Signals in the order in which one is named for several: the plainest first. robots.txt is last:
it speaks of fetching."""

Fields = tuple[tuple[str, str], ...]


class Sites:
    """Signals of pages, from what came with them and from what was captured of their sites.

    Parameters
    ----------
    agents : mapping of str to tuple of str
        Robots that collect for training, by the rule that lists them.
    captures : Captures or None
        Files of sites.
    collected : DateRange or None
        When the corpus was collected, for pages that do not say when they were fetched; None is
        unknown: every capture may be the one, and whatever disallows in any of them stands.
    """

    def __init__(
        self, agents: Agents, captures: Captures | None = None, collected: DateRange | None = None
    ) -> None:
        self._agents = agents
        self._captures = captures
        self._collected = collected
        self._own = lru_cache(256)(_parsed)
        self._as_of = lru_cache(4096)(self._files)
        self._read = lru_cache(4096)(self._parsed_files)

    @property
    def key(self) -> str:
        """Everything that decides what is said of a page, in words."""
        agents = f"{sorted(self._agents.items())}"
        if self._captures is None:
            return agents
        return f"{agents} {self._captures.digest} {self._collected}"

    @property
    def are_captured(self) -> bool:
        """Whether pages have signals that did not come with them."""
        return self._captures is not None

    def against(self, address: str | None, fetched: str | None, fields: Fields) -> list[Notice]:
        """Return what disallows training on a page, the plainest signal first.

        Parameters
        ----------
        address, fetched : str or None
            Where and when the page was fetched, as its row has it.
        fields : tuple of (str, str)
            What came with it, as `CAME_WITH` has it.
        """
        own = {kind: value for kind, value in fields if kind in FILES}
        page = Page(
            address or "",
            tuple((k.removeprefix("header:"), v) for k, v in fields if k.startswith("header:")),
            tuple((k.removeprefix("tag:"), v) for k, v in fields if k.startswith("tag:")),
        )
        found: dict[str, Notice] = {}
        for files, captured in self._moments(address, fetched, tuple(sorted(own.items()))):
            for notice in notices(page, files, self._agents):
                if notice.stance is Stance.DISALLOWS and notice.signal not in found:
                    found[notice.signal] = _dated(notice, captured, known=self._knows(fetched))
        return sorted(found.values(), key=_plainness)

    def _moments(
        self, address: str | None, fetched: str | None, own: Fields
    ) -> Iterable[tuple[Files, Mapping[str, date]]]:
        """Give the files of a page's site on each day that may be the one, and their captures."""
        given = dict(own)
        host = self._host(address)
        days = [] if host is None else self._days(host, _day(fetched))
        if host is None or not days:
            yield self._own(own), {}
            return
        for day in days:
            contents, captured = self._as_of(host, day)
            if not given:
                yield self._read(host, day), captured
            else:
                # What came with the page itself is nearer than what was captured.
                joined = {**contents, **{name: value.encode() for name, value in own}}
                rest = {name: when for name, when in captured.items() if name not in given}
                yield parse_files(joined), rest

    def _knows(self, fetched: str | None) -> bool:
        return self._collected is not None or _day(fetched) is not None

    def _host(self, address: str | None) -> str | None:
        """Return the host under which files of a page's site were captured."""
        if self._captures is None or not address:
            return None
        host = host_of(address)
        twins = () if host is None else (host, f"www.{host}", host.removeprefix("www."))
        return next((twin for twin in twins if twin in self._captures.hosts), None)

    def _days(self, host: str, fetched: date | None) -> list[date]:
        """Return the days whose captures may be the ones in force when a page was fetched."""
        days = list(self._captures.hosts[host]) if self._captures else []
        if fetched is not None:
            return days[: bisect_right(days, fetched)][-1:]
        if self._collected is None:
            return days
        first, until = self._collected.first, self._collected.until
        before = [] if first is None else days[: bisect_right(days, first)][-1:]
        within = [
            day for day in days if (first is None or day > first) and (until is None or day < until)
        ]
        return before + within

    def _files(self, host: str, day: date) -> tuple[Mapping[str, bytes], Mapping[str, date]]:
        """Return the newest capture of each file up to a day, and the day of each."""
        contents: dict[str, bytes] = {}
        captured: dict[str, date] = {}
        for when, files in self._captures.hosts[host].items() if self._captures else ():
            if when <= day:
                contents |= files
                captured |= dict.fromkeys(files, when)
        return contents, captured

    def _parsed_files(self, host: str, day: date) -> Files:
        return parse_files(self._as_of(host, day)[0])


def _parsed(own: Fields) -> Files:
    return parse_files({name: value.encode() for name, value in own})


def _day(fetched: str | None) -> date | None:
    try:
        return None if fetched is None else date.fromisoformat(fetched.strip()[:10])
    except ValueError:
        return None


def _dated(notice: Notice, captured: Mapping[str, date], *, known: bool) -> Notice:
    """Say of which day a file is that was captured, and whether it is sure to be the one."""
    name = "rsl.xml" if notice.why.startswith("RSL") else notice.why.split(",", 1)[0]
    when = captured.get(name)
    if when is None:
        return notice
    doubt = "" if known else "; on which day the page was fetched is not known"
    return Notice(notice.signal, notice.stance, f"{notice.why} (captured {when}{doubt})")


def _plainness(notice: Notice) -> int:
    return _WORDS.index(notice.signal) if notice.signal in _WORDS else len(_WORDS)
