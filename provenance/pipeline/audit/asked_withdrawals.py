"""Which recorded withdrawals are of what an audit asks about, as far as records tell."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from provenance.judge.identifiers import SourceHosts
from provenance.model.records.audit import AuditQuery
from provenance.model.records.ledger import WITHDRAWN_ITEMS, WithdrawalFacts
from provenance.pipeline.audit.audit_evidence import AuditEvidence, Item, record_name
from provenance.pipeline.audit.audit_query import FindingFilter, is_text
from provenance.pipeline.item_addresses import author_name, known_addresses
from provenance.pipeline.ledger_records import recorded_items
from provenance.read.rules.rule_files import load_rules
from provenance.registry.files.mapped_files import map_registry
from provenance.registry.manifest import read_manifest
from provenance.registry.side_tables.tombstones import read_tombstones
from provenance.registry.side_tables.withdrawn_names import are_of_author, have_address, read_names


@dataclass(frozen=True, slots=True)
class AskedWithdrawals:
    """Recorded withdrawals of what is asked about.

    Parameters
    ----------
    days : mapping of Item to date
        Items that are asked about, with the day on which they were withdrawn.
    unassigned : int
        Number of further withdrawals of which records do not tell whether they are.
    unread : tuple of str
        Registries and records that may have others, and cannot be read.
    restored : tuple of Item
        Items that are asked about whose withdrawals were taken back.
    """

    days: Mapping[Item, date] = field(default_factory=dict)
    unassigned: int = 0
    unread: tuple[str, ...] = ()
    restored: tuple[Item, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Return whether all withdrawals on record could be assigned."""
        return not self.unassigned and not self.unread


@dataclass(frozen=True, slots=True)
class _Known:
    """What records tell of a withdrawn item; None where they do not."""

    source: str | None
    item: str
    site: str | None = None
    is_of_author: bool | None = None
    has_address: bool | None = None


def asked_withdrawals(
    query: AuditQuery, wanted: FindingFilter, evidence: AuditEvidence
) -> AskedWithdrawals:
    """Return which recorded withdrawals are of what a query asks about.

    Raises
    ------
    CorruptFile
        If a registry is damaged.
    """
    match = _Match(query, wanted)
    answers = dict[Item, bool | None]()
    for known in _withdrawn_items(query, wanted, evidence):
        key, answer = (known.source, known.item), match.of(known)
        earlier = answers.get(key)
        answers[key] = answer if earlier is None else earlier or bool(answer)
    days = {key: day for key, day in evidence.withdrawn.items() if answers.get(key)}
    unassigned = sum(
        answer is None and key not in evidence.restored for key, answer in answers.items()
    )
    restored = tuple(key for key in evidence.restored if answers.get(key))
    return AskedWithdrawals(days, unassigned, tuple(_unread(query, evidence)), restored)


def _withdrawn_items(
    query: AuditQuery, wanted: FindingFilter, evidence: AuditEvidence
) -> Iterator[_Known]:
    for folder in evidence.registries:
        names = read_names(folder)
        canonical = () if wanted.names is None else wanted.names.canonical
        is_own, has_address = (
            are_of_author(names, author_name(query.author or "")),
            have_address(names, canonical),
        )
        columns = ("source", "item", "site", "author", "address")
        rows = zip(*(names[name].to_pylist() for name in columns), strict=True)
        by_item = {
            (source, item): _Known(
                source,
                item,
                site,
                None if author is None else bool(is_own[row]),
                None if address is None else bool(has_address[row]),
            )
            for row, (source, item, site, author, address) in enumerate(rows)
        }
        tombstones = read_tombstones(map_registry(folder))
        identities = (tombstones[name].to_pylist() for name in ("source", "item", "site"))
        for source, item, site in zip(*identities, strict=True):
            yield by_item.get((source, item)) or _Known(source, item, site or None)
    for _, facts_items in _recorded(evidence):
        for source, item in facts_items or ():
            yield _Known(source, item)


def _recorded(
    evidence: AuditEvidence,
) -> Iterator[tuple[str, list[tuple[str | None, str]] | None]]:
    """Yield the name of each record of a withdrawal with its items; None if they were erased."""
    if evidence.ledger is None:
        return
    for entry, _ in evidence.facts(WithdrawalFacts):
        table = recorded_items(evidence.ledger, entry)
        columns = () if table is None else (table[n].to_pylist() for n in WITHDRAWN_ITEMS.names[:2])
        yield record_name(entry), None if table is None else [*zip(*columns, strict=True)]


class _Match:
    """Decides whether a withdrawn item is asked about."""

    def __init__(self, query: AuditQuery, wanted: FindingFilter) -> None:
        self._query, self._wanted = query, wanted
        self._hosts = SourceHosts(load_rules())
        domains = () if wanted.domain is None else known_addresses().domains(wanted.domain)
        self._ends = tuple(f".{each}" for each in domains)
        self._domain_source = self._hosts.source_of(wanted.domain)
        self._sources = {source.id for source in load_rules().sources}
        names = () if wanted.names is None else wanted.names.canonical
        # Addresses whose item is not told by them: only an item's own address could tell.
        self._address_sources = {
            self._hosts.source_of(name)
            for name in names
            if wanted.names is not None and known_addresses().item_address(name) is not None
        }

    def of(self, known: _Known) -> bool | None:
        """Return whether an item is asked about; None where records do not tell."""
        answers = [*self._answers(known)]
        return False if False in answers else None if None in answers else True

    def _answers(self, known: _Known) -> Iterator[bool | None]:
        query, names = self._query, self._wanted.names
        if query.source is not None:
            yield None if known.source is None else known.source == query.source
        if self._ends:
            yield self._is_on_domain(known)
        if query.author is not None:
            yield known.is_of_author
        if names is not None:
            if names.of(known.item, None, known.source) or known.has_address:
                yield True
            elif known.has_address is None and self._may_be_of(known, self._address_sources):
                yield None
            else:
                yield False
        if query.item is not None and is_text(query.item):
            yield None  # no words of withdrawn items are kept

    def _is_on_domain(self, known: _Known) -> bool | None:
        if known.site:
            return f".{known.site}".endswith(self._ends)
        return None if self._may_be_of(known, {self._domain_source}) else False

    def _may_be_of(self, known: _Known, sources: set[str | None]) -> bool:
        """Return whether an item may be on pages of sources, or of what no rule knows (None)."""
        if known.source is None or known.source not in self._sources:
            return bool(sources)
        return known.source in sources


def _unread(query: AuditQuery, evidence: AuditEvidence) -> Iterator[str]:
    """Yield what may have recorded further withdrawals, and cannot be read."""
    opened = {str(folder) for folder in evidence.registries}
    digests = {digest for folder in evidence.registries for digest in _digests_of(folder)}
    searched = {
        registry.path: registry.digest
        for dataset in evidence.checked
        for check in dataset.checks
        for registry in check.result.registries
        if query.source is None or query.source in {each.source for each in registry.sources}
    }
    for path, digest in sorted(searched.items()):
        if path not in opened and digest not in digests:
            reason = "was not read" if os.path.isdir(path) else "is not here"
            yield f"the registry {path} {reason}"
    for name, items in _recorded(evidence):
        if items is None:
            yield f"the items of {name} were erased"


def _digests_of(folder: Path) -> Iterable[str]:
    return read_manifest(folder).searched_with
