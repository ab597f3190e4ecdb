"""What the sections of an answer are written from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from provenance.model.records.audit import (
    AuditQuery,
    AuditRequest,
    DatasetCounts,
    SideFile,
    Standing,
    Statement,
)
from provenance.model.records.ledger import AccessFacts, DatasetFacts, UseFacts
from provenance.model.rules.terms import DateRange
from provenance.pipeline.audit.audit_evidence import AuditEvidence, CheckedDataset
from provenance.pipeline.audit.corpus_addresses import DomainDocuments
from provenance.pipeline.audit.found_items import DatasetItems


@dataclass(frozen=True, slots=True)
class SearchedFor:
    """What of an audit's query is in the registries, and could be found.

    Parameters
    ----------
    asked, ids : int
        Ids and addresses that were asked about, and those that are ids of items there.
    items, texts : int
        Items there of the author, and with words of the text.
    sources : frozenset of str
        Sources of all of these.
    """

    asked: int = 0
    ids: int = 0
    items: int = 0
    texts: int = 0
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AuditMaterial:
    """What the sections of an answer are written from.

    Parameters
    ----------
    query : AuditQuery
        What was asked about.
    request : AuditRequest
        The letter.
    evidence : AuditEvidence
        Ledger, reports, registries.
    found : tuple of DatasetItems
        What was found, for each dataset that was checked.
    counts : tuple of DatasetCounts
        Its numbers.
    related : frozenset of str
        Names of the datasets that have, or are said to have, content that was asked about, and of
        those made from them.
    searched_for : SearchedFor
        What of the query is in the registries.
    languages : dict of (str, str) to str
        Languages of found items, as far as registries state them.
    addresses : tuple of DomainDocuments
        Documents of datasets whose own address is on the domain that was asked about.
    files : tuple of SideFile
        Files beside the answer.
    excerpts : bool
        Whether examples have excerpts.
    source_names : mapping of str to str
        What the rules call the sources that they know.
    """

    query: AuditQuery
    request: AuditRequest
    evidence: AuditEvidence
    found: tuple[DatasetItems, ...]
    counts: tuple[DatasetCounts, ...]
    related: frozenset[str]
    searched_for: SearchedFor = field(default_factory=SearchedFor)
    languages: dict[tuple[str, str], str] = field(default_factory=dict)
    addresses: tuple[DomainDocuments, ...] = ()
    files: tuple[SideFile, ...] = ()
    excerpts: bool = False
    source_names: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, source: str) -> str:
        """Return what a source is called in the answer."""
        return self.source_names.get(source, source)

    def uses(self) -> list[tuple[str, UseFacts]]:
        """Return the uses of related datasets."""
        return [each for each in self.evidence.facts(UseFacts) if each[1].dataset in self.related]

    def accesses(self) -> list[tuple[str, AccessFacts]]:
        """Return the accesses to the source, or those that went into related datasets."""
        return accesses_of(self.evidence, self.query.source, self.related)

    def datasets(self) -> list[tuple[str, DatasetFacts]]:
        """Return what is declared of related datasets, the latest of each name."""
        latest = {each[1].name: each for each in self.evidence.facts(DatasetFacts)}
        return [each for name, each in latest.items() if name in self.related]

    def measured_names(self) -> frozenset[str]:
        """Return the names of the datasets in which content was found."""
        return measured_names(self.evidence, self.counts, self.addresses)

    def checked(self) -> Iterator[tuple[DatasetItems, DatasetCounts]]:
        """Yield what was found with its numbers."""
        return zip(self.found, self.counts, strict=True)


def names_of(dataset: CheckedDataset) -> set[str]:
    """Return all names of a dataset."""
    return {each.name for each in dataset.facts} or {dataset.name}


def accesses_of(
    evidence: AuditEvidence, source: str | None, related: frozenset[str]
) -> list[tuple[str, AccessFacts]]:
    """Return accesses to a source, or, if None, those that went into related datasets."""
    return [
        each
        for each in evidence.facts(AccessFacts)
        if (each[1].source == source if source else related & set(each[1].datasets))
    ]


def measured_names(
    evidence: AuditEvidence,
    counts: Iterable[DatasetCounts],
    addresses: Iterable[DomainDocuments],
) -> frozenset[str]:
    """Return the names of datasets in which content was found, by words or by address."""
    digests = {each.digest for each in counts if each.passages}
    digests |= {each.digest for each in addresses if each.on_domain}
    names = {name for each in evidence.checked if each.digest in digests for name in names_of(each)}
    names |= {each.name for _, each in evidence.facts(DatasetFacts) if each.digest in digests}
    return frozenset(names)


def related_datasets(
    evidence: AuditEvidence, query: AuditQuery, found: frozenset[str]
) -> frozenset[str]:
    """Return the names of datasets with content that was found, or that is declared."""
    related = set(found)
    facts = [each for _, each in evidence.facts(DatasetFacts)]
    if query.source is not None:
        related |= {each.name for each in facts if query.source in each.sources}
        accesses = accesses_of(evidence, query.source, frozenset())
        related |= {name for _, each in accesses for name in each.datasets}
    while made := {each.name for each in facts if related & set(each.made_from)} - related:
        related |= made
    return frozenset(related)


def dates_of(
    dataset: CheckedDataset, evidence: AuditEvidence
) -> tuple[DateRange | None, date | None]:
    """Return when a dataset was collected, and the day of its first use, as far as declared."""
    declared = [each.collected for each in dataset.facts if each.collected is not None]
    policy = dataset.result.policy.circumstances.collected
    collected = declared[-1] if declared else policy
    names = names_of(dataset)
    starts = [
        each.dates.first
        for _, each in evidence.facts(UseFacts)
        if each.dataset in names and each.dates is not None and each.dates.first is not None
    ]
    return collected, min(starts, default=None)


def measured(text: str, *rests_on: str, letter: bool = False) -> Statement:
    """Return a line that was measured."""
    return Statement(Standing.MEASURED, text, rests_on, letter)


def declared(text: str, *rests_on: str, letter: bool = False) -> Statement:
    """Return a line that people declared."""
    return Statement(Standing.DECLARED, text, rests_on, letter)


def unknowable(text: str, *rests_on: str, letter: bool = False) -> Statement:
    """Return a line on what cannot be known."""
    return Statement(Standing.UNKNOWABLE, text, rests_on, letter)
