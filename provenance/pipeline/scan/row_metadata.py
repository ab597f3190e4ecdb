"""What a row itself says of whose it is, and under which terms: its address, licence, signals.

What sites said of training to machines, when their pages were fetched.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.identifiers import Licences, SourceHosts, host_of
from provenance.model import Agents, DateRange, Library, Notice, Policy, Stance
from provenance.read.signals.page_signals import (
    SITE_FILES,
    PageMetadata,
    SiteFiles,
    page_notices,
    parse_files,
)
from provenance.read.signals.site_captures import SiteCaptures, load_captures

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
        self,
        agents: Agents,
        captures: SiteCaptures | None = None,
        collected: DateRange | None = None,
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
        own = {kind: value for kind, value in fields if kind in SITE_FILES}
        page = PageMetadata(
            address or "",
            tuple((k.removeprefix("header:"), v) for k, v in fields if k.startswith("header:")),
            tuple((k.removeprefix("tag:"), v) for k, v in fields if k.startswith("tag:")),
        )
        found: dict[str, Notice] = {}
        for files, captured in self._moments(address, fetched, tuple(sorted(own.items()))):
            for notice in page_notices(page, files, self._agents):
                if notice.stance is Stance.DISALLOWS and notice.signal not in found:
                    found[notice.signal] = _dated(notice, captured, known=self._knows(fetched))
        return sorted(found.values(), key=_plainness)

    def _moments(
        self, address: str | None, fetched: str | None, own: Fields
    ) -> Iterable[tuple[SiteFiles, Mapping[str, date]]]:
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

    def _parsed_files(self, host: str, day: date) -> SiteFiles:
        return parse_files(self._as_of(host, day)[0])


def _parsed(own: Fields) -> SiteFiles:
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


DECLARED = pa.schema(
    [
        ("text", pa.int64()),
        ("evidence", pa.string()),  # link, licence, signal: the first that there is
        ("source", pa.string()),  # a source; a licence; a signal
        ("licence", pa.string()),  # as the row has it
        ("signals", pa.list_(pa.string())),  # documents of the rules that say what they mean
        ("declared", pa.string()),  # the licence, or the lines of the signals, as they stand
    ]
)
"""One row a text whose row says something."""

NOTHING = DECLARED.empty_table()
_LONGEST = 200
"""Characters of what somebody else wrote."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """What rows declare.

    Parameters
    ----------
    hosts : SourceHosts
        Whose an address is.
    licences : Licences
        Which licence is meant.
    sites : Sites
        What signals say.
    default : str or None
        The licence of rows that name none: that of the dataset's card.
    """

    hosts: SourceHosts
    licences: Licences
    sites: Sites
    default: str | None = None

    @property
    def key(self) -> str:
        """Everything that decides what is read out of rows, in words."""
        return f"{self.hosts.owners} {self.licences.names} {self.sites.key} {self.default}"

    def of(self, batch: pa.RecordBatch) -> pa.Table:
        """Return what the rows of a batch declare, of schema `DECLARED`.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
            Of schema `DOCUMENTS`.
        """
        owners = self._owners(batch.column("url"))
        licences = self._licences(batch.column("licence"))
        signals = self._signals(batch)
        present = pc.or_(pc.is_valid(owners), pc.is_valid(licences))
        texts = np.flatnonzero(present.to_numpy(zero_copy_only=False)).tolist()
        texts = sorted({*texts, *signals})
        if not texts:
            return NOTHING
        rows = [
            self._row(text, owners[text].as_py(), licences[text].as_py(), signals.get(text))
            for text in texts
        ]
        return pa.Table.from_pylist(rows, schema=DECLARED)

    def _row(
        self,
        text: int,
        owner: str | None,
        licence: str | None,
        signalled: tuple[list[str], str] | None,
    ) -> dict[str, object]:
        signals, why = signalled or ([], None)
        evidence = "link" if owner else "licence" if licence else "signal"
        subject = owner or (self.licences.id_of(licence) if licence else signals[0].split("/")[0])
        named = None if licence is None else f"licence {licence[:_LONGEST]}"
        told = [each for each in (named, why) if each is not None]
        return {
            "text": text,
            "evidence": evidence,
            "source": subject,
            "licence": licence,
            "signals": signals,
            "declared": "; ".join(told) or None,
        }

    def _owners(self, addresses: pa.Array) -> pa.Array:
        if addresses.null_count == len(addresses):
            return addresses
        return self.hosts.sources_of(addresses)

    def _licences(self, declared: pa.Array) -> pa.Array:
        return declared if self.default is None else pc.fill_null(declared, self.default)

    def _signals(self, batch: pa.RecordBatch) -> dict[int, tuple[list[str], str]]:
        """Return the signals against training on each text, and what they say."""
        came, addresses = batch.column("came_with"), batch.column("url")
        wanted = pc.is_valid(came)
        if self.sites.are_captured:
            wanted = pc.or_(wanted, pc.is_valid(addresses))
        rows = pc.indices_nonzero(wanted)
        if not len(rows):
            return {}
        columns = [batch.column(name).take(rows) for name in ("url", "fetched", "came_with")]
        found = {}
        for row, address, fetched, fields in zip(
            rows.to_pylist(), *(column.to_pylist() for column in columns), strict=True
        ):
            pairs = tuple((each["kind"], each["value"] or "") for each in fields or ())
            if against := self.sites.against(address, fetched, pairs):
                why = "; ".join(notice.why[:_LONGEST] for notice in against)
                found[row] = [notice.signal for notice in against], why
        return found


def declarations_of(library: Library, policy: Policy) -> Declarations:
    """Take rows at their word as the rules and a policy have it; captured files are read."""
    captures = None if policy.signals is None else load_captures(policy.signals)
    card = None if captures is None else captures.card
    return Declarations(
        SourceHosts(library),
        Licences(library),
        Sites(library.agents, captures, policy.circumstances.collected),
        None if card is None else card.licence,
    )
