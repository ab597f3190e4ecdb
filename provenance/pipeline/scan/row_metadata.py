"""Declarations of rows about themselves: address, licence and signals of sites against training."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.content_circumstances import COLLECTED, parse_day, values_of
from provenance.judge.identifiers import Licences, SourceHosts, host_of, sources_named
from provenance.judge.rulings import Judge
from provenance.model.content.fingerprints import Int64s, Tokens
from provenance.model.rules.policy import Policy
from provenance.model.rules.rule_library import Library
from provenance.model.rules.signals import Agents, Notice, Stance
from provenance.model.rules.terms import DateRange
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.pipeline.scan.withheld_content import WithheldContent, withheld_content
from provenance.read.columns.string_arrays import null_where
from provenance.read.signals.page_signals import (
    SITE_FILES,
    PageMetadata,
    SiteFiles,
    page_notices,
    parse_files,
)
from provenance.read.signals.site_captures import SiteCaptures, load_captures

_SIGNAL_ORDER = ("tdmrep", "rsl-1.0", "content-signals", "aipref", "ai-txt", "noai")
"""Precedence of signals, the plainest first. robots.txt comes last, since it addresses fetching."""

Fields = tuple[tuple[str, str], ...]


class PageSignals:
    """Signals against training for pages, from their own metadata and from captures of their sites.

    Parameters
    ----------
    agents : mapping of str to tuple of str
        Crawlers that collect for training, by the rule that lists them.
    captures : SiteCaptures or None
        Captured files of sites.
    collected : DateRange or None
        When the corpus was collected, for pages without a date of fetching; None is unknown. Any
        capture may then apply, and a signal in any of them counts.
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
        self._parse_page_files = lru_cache(256)(_parse_page_files)
        self._files_at = lru_cache(4096)(self._files)
        self._parse_site_files = lru_cache(4096)(self._parsed_files)

    @property
    def key(self) -> str:
        """Everything that affects the signals of a page, as text."""
        agents = f"{sorted(self._agents.items())}"
        if self._captures is None:
            return agents
        return f"{agents} {self._captures.digest} {self._collected}"

    @property
    def are_captured(self) -> bool:
        """True if there are captures of sites."""
        return self._captures is not None

    def disallowing_notices(
        self,
        address: str | None,
        fetched: str | None,
        fields: Fields,
        collected: DateRange | None = None,
    ) -> list[Notice]:
        """Return the signals that disallow training on a page, the plainest first.

        Parameters
        ----------
        address, fetched : str or None
            Address and time of fetching, as in the row.
        fields : tuple of (str, str)
            Metadata of the page, as in `CAME_WITH`.
        collected : DateRange or None
            When the row was collected, as it states; None is the time of the whole corpus.
        """
        collected = collected or self._collected
        site_files = {kind: value for kind, value in fields if kind in SITE_FILES}
        page = PageMetadata(
            address or "",
            tuple((k.removeprefix("header:"), v) for k, v in fields if k.startswith("header:")),
            tuple((k.removeprefix("tag:"), v) for k, v in fields if k.startswith("tag:")),
        )
        notices: dict[str, Notice] = {}
        is_certain = collected is not None or utc_day(fetched) is not None
        for files, capture_days in self._applicable_files(
            address, fetched, tuple(sorted(site_files.items())), collected
        ):
            for notice in page_notices(page, files, self._agents):
                if notice.stance is Stance.DISALLOWS and notice.signal not in notices:
                    notices[notice.signal] = _date_notice(
                        notice, capture_days, is_certain=is_certain
                    )
        return sorted(notices.values(), key=_notice_rank)

    def _applicable_files(
        self,
        address: str | None,
        fetched: str | None,
        page_files: Fields,
        collected: DateRange | None,
    ) -> Iterable[tuple[SiteFiles, Mapping[str, date]]]:
        """Yield the site's files, and the days of their captures, for each day that may apply."""
        own_contents = dict(page_files)
        host = self._host(address)
        days = [] if host is None else self._days(host, utc_day(fetched), collected)
        if host is None or not days:
            yield self._parse_page_files(page_files), {}
            return
        for day in days:
            contents, capture_days = self._files_at(host, day)
            if not own_contents:
                yield self._parse_site_files(host, day), capture_days
            else:
                # The page's own metadata takes precedence over captures.
                merged = {**contents, **{name: value.encode() for name, value in page_files}}
                other_days = {
                    name: when for name, when in capture_days.items() if name not in own_contents
                }
                yield parse_files(merged), other_days

    def _host(self, address: str | None) -> str | None:
        """Return the host under which files of a page's site were captured."""
        if self._captures is None or not address:
            return None
        host = host_of(address)
        aliases = () if host is None else (host, f"www.{host}", host.removeprefix("www."))
        return next((alias for alias in aliases if alias in self._captures.hosts), None)

    def _days(self, host: str, fetched: date | None, collected: DateRange | None) -> list[date]:
        """Return the days whose captures may be the ones in force when a page was fetched."""
        days = list(self._captures.hosts[host]) if self._captures else []
        if fetched is not None:
            return days[: bisect_right(days, fetched)][-1:]
        if collected is None:
            return days
        first, until = collected.first, collected.until
        earlier = [] if first is None else days[: bisect_right(days, first)][-1:]
        in_range = [
            day for day in days if (first is None or day > first) and (until is None or day < until)
        ]
        return earlier + in_range

    def _files(self, host: str, day: date) -> tuple[Mapping[str, bytes], Mapping[str, date]]:
        """Return the newest capture of each file up to a day, and the day of each."""
        contents: dict[str, bytes] = {}
        capture_days: dict[str, date] = {}
        for when, files in self._captures.hosts[host].items() if self._captures else ():
            if when <= day:
                contents |= files
                capture_days |= dict.fromkeys(files, when)
        return contents, capture_days

    def _parsed_files(self, host: str, day: date) -> SiteFiles:
        return parse_files(self._files_at(host, day)[0])


def _parse_page_files(fields: Fields) -> SiteFiles:
    return parse_files({name: value.encode() for name, value in fields})


def utc_day(fetched: str | None) -> date | None:
    """Return the day that a row's date is on in UTC, as it is if it names no time zone."""
    if fetched is None:
        return None
    text = fetched.strip()
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()
    except (ValueError, OverflowError):
        pass
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _date_notice(notice: Notice, capture_days: Mapping[str, date], *, is_certain: bool) -> Notice:
    """Add the date of the captured file, and whether it is certain to apply."""
    name = "rsl.xml" if notice.why.startswith("RSL") else notice.why.split(",", 1)[0]
    when = capture_days.get(name)
    if when is None:
        return notice
    doubt = "" if is_certain else "; on which day the page was fetched is not known"
    return Notice(notice.signal, notice.stance, f"{notice.why} (captured {when}{doubt})")


def _notice_rank(notice: Notice) -> int:
    return (
        _SIGNAL_ORDER.index(notice.signal) if notice.signal in _SIGNAL_ORDER else len(_SIGNAL_ORDER)
    )


ROW_EVIDENCE = ("link", "licence", "signal")
"""Kinds of evidence that a row gives itself."""

DECLARED_SCHEMA = pa.schema(
    [
        ("text", pa.int64()),
        ("evidence", pa.string()),  # link, licence, signal: the first that there is
        ("source", pa.string()),  # identifier of a source, a licence or a signal
        ("licence", pa.string()),  # as the row has it
        ("signals", pa.list_(pa.string())),  # identifiers in the rules
        ("declared", pa.string()),  # the licence, or the lines of the signals, verbatim
        ("withheld", pa.string()),  # why it is withdrawn or opted out
    ]
)
"""One row per text whose row declares something."""

OPT_OUT = "opt-out"
"""Identifier in the rules of opt-outs and withdrawals."""

NO_DECLARATIONS = DECLARED_SCHEMA.empty_table()
_NO_SIGNALS: tuple[tuple[str, ...], None] = ((), None)
_MAX_QUOTE_LENGTH = 200
"""Characters that are quoted from a dataset."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """Reads what rows declare.

    Parameters
    ----------
    hosts : SourceHosts
        Sources by address.
    licences : Licences
        Licences by name.
    sites : PageSignals
        Signals of pages.
    default : str or None
        Licence of rows that name none: that of the dataset's card.
    default_source : str or None
        Source of rows without an address of a known source: the corpus that the card names, or the
        strictest of several.
    withheld : WithheldContent or None
        What registries say is withdrawn or opted out; None if they say nothing.
    """

    hosts: SourceHosts
    licences: Licences
    sites: PageSignals
    default: str | None = None
    default_source: str | None = None
    withheld: WithheldContent | None = None

    @property
    def key(self) -> str:
        """Everything that affects the declarations, as text."""
        withheld = None if self.withheld is None else self.withheld.key
        names = self.hosts.owners, self.licences.names
        defaults = f"{self.default} {self.default_source}"
        return f"{names} {self.sites.key} {defaults} {withheld}"

    def of(self, batch: pa.RecordBatch, tokens: Tokens) -> pa.Table:
        """Return what the rows of a batch declare, of schema `DECLARED_SCHEMA`.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
            Of schema `DOCUMENTS`.
        tokens : Tokens
            Tokens of its texts.
        """
        owners = self._owners(batch.column("url"))
        licences = self._licences(batch.column("licence"))
        signals, withheld = self._signals(batch), dict[int, str]()
        if self.withheld is not None:
            withheld = self.withheld.reasons(batch.column("url"), tokens)
        for text, reason in withheld.items():
            names, others = signals.get(text, ([], ""))
            signals[text] = [OPT_OUT, *names], "; ".join(filter(None, [reason, others]))
        present = pc.or_(pc.is_valid(owners), pc.is_valid(licences))
        marked = np.zeros(len(batch), bool)
        marked[list(signals)] = True
        texts = np.flatnonzero(present.to_numpy(zero_copy_only=False) | marked)
        if not len(texts):
            return NO_DECLARATIONS
        owners, licences = owners.take(pa.array(texts)), licences.take(pa.array(texts))
        of_texts = [signals.get(text, _NO_SIGNALS) for text in texts.tolist()] if signals else []
        reasons = pa.array([withheld.get(text) for text in texts.tolist()], pa.string())
        table = self._table(texts, owners, licences, of_texts or [_NO_SIGNALS] * len(texts))
        return table.append_column(DECLARED_SCHEMA.field("withheld"), reasons)

    def _table(
        self,
        texts: Int64s,
        owners: pa.Array,
        licences: pa.Array,
        signals_and_reasons: Sequence[tuple[Sequence[str], str | None]],
    ) -> pa.Table:
        has_owner, has_licence = pc.is_valid(owners), pc.is_valid(licences)
        signals, reasons = zip(*signals_and_reasons, strict=True)
        leading = [each[0].split("/")[0] if each else None for each in signals]
        declared_ids = licences.dictionary_encode()
        licence_ids = pa.array(
            [self.licences.id_of(name) for name in declared_ids.dictionary.to_pylist()], pa.string()
        ).take(declared_ids.indices)
        quotes = pc.utf8_slice_codeunits(licences, 0, _MAX_QUOTE_LENGTH)
        notes = pc.binary_join_element_wise("licence", quotes, " ")
        reasons = pa.array(reasons, pa.string())
        both = pc.binary_join_element_wise(notes, reasons, "; ")
        columns = [
            pa.array(texts),
            pc.if_else(has_owner, "link", pc.if_else(has_licence, "licence", "signal")),
            pc.coalesce(owners, licence_ids, pa.array(leading, pa.string())),
            licences,
            pa.array(signals, pa.list_(pa.string())),
            pc.coalesce(both, notes, reasons),
        ]
        return pa.Table.from_arrays(columns, names=DECLARED_SCHEMA.names[:-1])

    def _owners(self, addresses: pa.Array) -> pa.Array:
        if addresses.null_count < len(addresses):
            addresses = self.hosts.sources_of(addresses)
        if self.default_source is None:
            return addresses
        return pc.fill_null(addresses, self.default_source)

    def _licences(self, licences: pa.Array) -> pa.Array:
        return licences if self.default is None else pc.fill_null(licences, self.default)

    def _signals(self, batch: pa.RecordBatch) -> dict[int, tuple[list[str], str]]:
        """Return the signals against training on each text, and what they say."""
        metadata, addresses = batch.column("came_with"), batch.column("url")
        is_relevant = pc.is_valid(metadata)
        if self.sites.are_captured:
            is_relevant = pc.or_(is_relevant, pc.is_valid(addresses))
        rows = pc.indices_nonzero(is_relevant)
        if not len(rows):
            return {}
        stated = values_of(batch.column("labels"), COLLECTED)
        # A day of collection tells more than a date that may be that of publication.
        dated = null_where(pc.is_valid(stated), batch.column("dated"))
        days = pc.coalesce(batch.column("fetched"), dated)
        columns = [each.take(rows) for each in (addresses, days, metadata, stated)]
        signals = {}
        for row, address, fetched, fields, collected in zip(
            rows.to_pylist(), *(column.to_pylist() for column in columns), strict=True
        ):
            pairs = tuple((field["kind"], field["value"] or "") for field in fields or ())
            day = None if collected is None else parse_day(collected)
            if notices := self.sites.disallowing_notices(address, fetched, pairs, day):
                reason = "; ".join(notice.why[:_MAX_QUOTE_LENGTH] for notice in notices)
                signals[row] = [notice.signal for notice in notices], reason
        return signals


def _collected_overall(policy: Policy) -> DateRange | None:
    """Return when any of the corpus was collected that states no day itself; None if unknown."""
    general = policy.circumstances.collected
    stated = [general, *(each.collected or general for each in policy.collections)]
    spans = [span for span in stated if span is not None]
    if len(spans) < len(stated):
        return None
    firsts, untils = [span.first for span in spans], [span.until for span in spans]
    return DateRange(
        min((day for day in firsts if day), default=None) if None not in firsts else None,
        max((day for day in untils if day), default=None) if None not in untils else None,
    )


def _strictest(corpora: Sequence[str], library: Library, policy: Policy) -> str | None:
    """Return the corpus that is judged most strictly; which row is of which is not known."""
    if len(corpora) < 2:
        return next(iter(corpora), None)
    judge = Judge(library, policy.circumstances, policy.agreements_for(None))
    return max(corpora, key=lambda corpus: judge.rule(corpus).ruling.verdict.strictness)


def build_declarations(
    library: Library,
    policy: Policy,
    registries: Sequence[RegistryIndex],
    today: date | None = None,
) -> Declarations:
    """Build the reader of declarations for rules, policy and registries; loads captured files.

    Parameters
    ----------
    library, policy, registries
        Of the check.
    today : date or None
        The day of the check; None means today.
    """
    captures = None if policy.signals is None else load_captures(policy.signals)
    card = None if captures is None else captures.card
    corpora = () if card is None else sources_named(card.sources, library)
    return Declarations(
        SourceHosts(library),
        Licences(library),
        PageSignals(library.agents, captures, _collected_overall(policy)),
        None if card is None else card.licence,
        _strictest(corpora, library, policy),
        withheld_content([each.registry for each in registries], library, policy, today),
    )
