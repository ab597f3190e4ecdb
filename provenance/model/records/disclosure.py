"""Disclosures about a dataset: documents that laws, hosts and customers ask for."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa

from provenance.model.records.ledger import AccessFacts, CleaningFacts, DatasetFacts, UseFacts
from provenance.model.results.corpus_files import corpus_digest
from provenance.model.results.result import Report
from provenance.model.rules.terms import DateRange

DISCLOSURE_SCHEMA = "provenance/disclosure/1"


class EntryStatus(StrEnum):
    """How an entry of a disclosure is known."""

    MEASURED = "measured"
    DECLARED = "declared"
    TO_BE_PROVIDED = "to-be-provided"
    NOT_GIVEN = "not-given"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a disclosure: one field of a form.

    Parameters
    ----------
    id : str
        Stable identifier, with the number of the form: "1.3/text-size".
    title : str
        What is asked.
    status : EntryStatus
        How it is known.
    value : JSON value
        For programs; None if it is to be provided, or is optional and not given.
    lines : tuple of str
        The same for people: a line, or the items of a list.
    source : str
        What it rests on: "result.json", "summary.toml: provider.name"; of what is to be provided,
        what is missing.
    digest : str or None
        SHA-256 of what it rests on.
    """

    id: str
    title: str
    status: EntryStatus
    value: Any
    lines: tuple[str, ...]
    source: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class EntrySection:
    """Entries of a disclosure under a heading.

    Parameters
    ----------
    title : str
        The heading; empty for entries at the head of the document.
    entries : tuple of Entry
        None for a section that only has others below it.
    level : int
        1 for a section of the form, 2 for one below it, and so on.
    """

    title: str
    entries: tuple[Entry, ...]
    level: int = 1


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A form that is filled in: the public summary of the EU, the documentation of California.

    Parameters
    ----------
    kind : str
        "eu-summary" or "ab-2013".
    title, basis : str
        Its title, and the law and the form that it follows.
    tool : str
        Version of `provenance`.
    datasets : tuple of DisclosedDataset
        The datasets that it covers.
    day : date
        Of its last update.
    sections : tuple of EntrySection
        Its content.
    notes : tuple of str
        What readers must know about all of it.
    version : int or None
        From 1; None where the form has no versions.
    stale_after : date or None
        Day by which it has to be updated.
    previous : PreviousDisclosure or None
        The version before.
    stated_name : str or None
        Who has reviewed it, as stated; None leaves it a draft.
    """

    kind: str
    title: str
    basis: str
    tool: str
    datasets: tuple["DisclosedDataset", ...]
    day: date
    sections: tuple[EntrySection, ...]
    notes: tuple[str, ...] = ()
    version: int | None = None
    stale_after: date | None = None
    previous: "PreviousDisclosure | None" = None
    stated_name: str | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the entries of all sections."""
        return tuple(entry for section in self.sections for entry in section.entries)


@dataclass(frozen=True, slots=True)
class PreviousDisclosure:
    """An earlier version of a disclosure.

    Parameters
    ----------
    digest : str
        SHA-256 of its JSON.
    version : int
        Its number.
    day : date
        Of its last update.
    entries : dict of str to (str, JSON value)
        Titles and values, by id.
    """

    digest: str
    version: int
    day: date
    entries: dict[str, tuple[str, Any]]


AnswerRow = dict[str, str | int]
AnswerValue = str | bool | date | DateRange | tuple[str, ...] | tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers that only people can give.

    Parameters
    ----------
    values : dict of str to AnswerValue
        By the key of the question: "provider.name".
    path : str or None
        The file; None if there is none.
    digest : str or None
        Its SHA-256.
    """

    values: dict[str, AnswerValue] = field(default_factory=dict)
    path: str | None = None
    digest: str | None = None

    def __contains__(self, key: str) -> bool:
        """Return whether a question is answered."""
        return key in self.values

    def text(self, key: str) -> str | None:
        """Return the answer to a question that asks for a text."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def truth(self, key: str) -> bool | None:
        """Return the answer to a question that asks for yes or no."""
        value = self.values.get(key)
        return value if isinstance(value, bool) else None

    def day(self, key: str) -> date | None:
        """Return the answer to a question that asks for a day."""
        value = self.values.get(key)
        return value if isinstance(value, date) else None

    def dates(self, key: str) -> DateRange | None:
        """Return the answer to a question that asks for a range of days."""
        value = self.values.get(key)
        return value if isinstance(value, DateRange) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the answer to a question that asks for a list of texts."""
        value = self.values.get(key)
        items = value if isinstance(value, tuple) else ()
        return tuple(each for each in items if isinstance(each, str))

    def rows(self, key: str) -> tuple[AnswerRow, ...]:
        """Return the answer to a question that asks for a list of tables."""
        value = self.values.get(key)
        items = value if isinstance(value, tuple) else ()
        return tuple(each for each in items if isinstance(each, dict))


@dataclass(frozen=True, slots=True)
class LanguageShare:
    """The share of a dataset's texts that are in a language.

    Parameters
    ----------
    code : str
        ISO 639 code; "und" where no language was recognised.
    texts : int
        Texts of the sample.
    share, low, high : float
        Of all texts, with a 95 % interval, in [0, 1].
    """

    code: str
    texts: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LanguageSample:
    """Languages of a dataset, measured in a sample of its texts.

    Parameters
    ----------
    tool : str
        Library and version.
    texts, of_texts : int
        Texts in the sample, and in the dataset.
    languages : tuple of LanguageShare
        The most frequent first.
    """

    tool: str
    texts: int
    of_texts: int
    languages: tuple[LanguageShare, ...]


DOMAIN_SIZES = pa.schema(
    [
        pa.field("domain", pa.string(), nullable=False),
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("documents", pa.int64(), nullable=False),
    ]
)
"""Size of the text of a domain's documents, the largest first."""


@dataclass(frozen=True, slots=True)
class DomainSizes:
    """Domains of the addresses of a dataset's documents.

    Parameters
    ----------
    tool : str
        Library and version whose list of public suffixes was used.
    domains : int
        Number of all domains.
    documents, bytes : int
        Documents with an address, and bytes of their text.
    largest : pyarrow.Table
        The tenth of the domains that has the most text, of schema `DOMAIN_SIZES`.
    """

    tool: str
    domains: int
    documents: int
    bytes: int
    largest: pa.Table


@dataclass(frozen=True, slots=True)
class CorpusContents:
    """What a pass over a dataset has measured, beside the check.

    Parameters
    ----------
    digest : str
        Of the dataset; that of the report.
    documents : int
        Documents that were read.
    languages : LanguageSample
        Its languages.
    domains : DomainSizes
        Its domains.
    """

    digest: str
    documents: int
    languages: LanguageSample
    domains: DomainSizes


@dataclass(frozen=True, slots=True)
class DisclosedCheck:
    """A check of a dataset that a disclosure covers.

    Parameters
    ----------
    report : Report
        The check.
    digest : str
        SHA-256 of its result.json.
    rests_on : str
        Where it is from: the name of a record, or "result.json".
    """

    report: Report
    digest: str
    rests_on: str


@dataclass(frozen=True, slots=True)
class RecordedFacts:
    """What a ledger says about the dataset; each with the name of its record.

    Parameters
    ----------
    datasets : tuple of (str, DatasetFacts)
        Datasets with the digest of the corpus.
    uses : tuple of (str, UseFacts)
        Their uses.
    cleanings : tuple of (str, CleaningFacts)
        Cleanings from which the dataset came.
    accesses : tuple of (str, AccessFacts)
        Access by which items of them were obtained.
    model : str or None
        The model whose datasets they are; None if one dataset is disclosed.
    checks : tuple of DisclosedCheck
        Checks of the one dataset that is disclosed, besides its report.
    """

    datasets: tuple[tuple[str, DatasetFacts], ...] = ()
    uses: tuple[tuple[str, UseFacts], ...] = ()
    cleanings: tuple[tuple[str, CleaningFacts], ...] = ()
    accesses: tuple[tuple[str, AccessFacts], ...] = ()
    model: str | None = None
    checks: tuple[DisclosedCheck, ...] = ()


NOTHING_RECORDED = RecordedFacts()


@dataclass(frozen=True, slots=True)
class DisclosedDataset:
    """A dataset that a disclosure covers.

    Parameters
    ----------
    name : str
        Its name.
    checks : tuple of DisclosedCheck
        All checks of it, each of which is evidence; first the newest of the whole dataset.
    facts : (str, DatasetFacts) or None
        What the ledger says about it, with the name of the record.
    made : tuple of str
        Datasets that were made from it, if the model was not trained on it itself.
    note : str
        That it was never checked, was destroyed, or what was made from it; empty if none of these.
    """

    name: str
    checks: tuple[DisclosedCheck, ...]
    facts: tuple[str, DatasetFacts] | None = None
    made: tuple[str, ...] = ()
    note: str = ""

    @property
    def report(self) -> Report | None:
        """Return its first check, which states its size; None if it was never checked."""
        return self.checks[0].report if self.checks else None

    @property
    def digest(self) -> str | None:
        """Return the SHA-256 of the result.json of the first check."""
        return self.checks[0].digest if self.checks else None

    @property
    def rests_on(self) -> str:
        """Return where the first check is from; empty if it was never checked."""
        return self.checks[0].rests_on if self.checks else ""

    @property
    def corpus_digest(self) -> str | None:
        """Return the digest over its files; None if it is not known."""
        if self.report is not None:
            return self.report.result.corpus.digest
        return None if self.facts is None else self.facts[1].digest


@dataclass(frozen=True, slots=True)
class DisclosureMaterial:
    """Everything that disclosures are made from.

    Parameters
    ----------
    report : Report
        The check.
    digest : str
        SHA-256 of its result.json.
    answers : Answers
        What people have answered.
    contents : CorpusContents or None
        What was measured in the dataset; None if it was not read.
    not_measured : str or None
        Why it was not read.
    recorded : RecordedFacts
        What the ledger says.
    previous : PreviousDisclosure or None
        The earlier version of the EU's summary.
    stated_name : str or None
        Who has reviewed the documents, as stated.
    datasets : tuple of DisclosedDataset
        All datasets of a model, and what they were made from; `report` is a check of one of the
        first. Empty for a single dataset.
    """

    report: Report
    digest: str
    answers: Answers
    contents: CorpusContents | None = None
    not_measured: str | None = None
    recorded: RecordedFacts = NOTHING_RECORDED
    previous: PreviousDisclosure | None = None
    stated_name: str | None = None
    datasets: tuple[DisclosedDataset, ...] = ()

    @property
    def covered(self) -> tuple[DisclosedDataset, ...]:
        """Return the datasets that it is about: at least one."""
        report = DisclosedCheck(self.report, self.digest, "result.json")
        return self.datasets or (DisclosedDataset(self.name, (report, *self.recorded.checks)),)

    @property
    def trained_on(self) -> tuple[DisclosedDataset, ...]:
        """Return those of them that the model was trained on, and not what these were made from."""
        return tuple(each for each in self.covered if not each.made)

    @property
    def checks(self) -> tuple[DisclosedCheck, ...]:
        """Return all checks of all datasets."""
        return tuple(check for each in self.covered for check in each.checks)

    @property
    def reports(self) -> tuple[Report, ...]:
        """Return the first check of each dataset that was trained on, if it was checked."""
        return tuple(each.report for each in self.trained_on if each.report is not None)

    @property
    def created(self) -> datetime:
        """Return when the last check ended: the only clock of a disclosure."""
        return max(check.report.result.created for check in self.checks)

    @property
    def contents_digest(self) -> str:
        """Return the digest over the files of all datasets that were trained on and checked."""
        return corpus_digest(
            file for report in self.reports for file in report.result.corpus.contents
        )

    def of(self, check: DisclosedCheck) -> "DisclosureMaterial":
        """Return the same about one check of one dataset."""
        digest = check.report.result.corpus.digest
        cleanings = tuple(each for each in self.recorded.cleanings if each[1].after == digest)
        return replace(
            self,
            report=check.report,
            digest=check.digest,
            recorded=replace(self.recorded, cleanings=cleanings, checks=()),
            datasets=(),
        )

    @property
    def name(self) -> str:
        """Return the name of the dataset: as answered, as recorded, or its first address."""
        recorded = [facts.name for _, facts in self.recorded.datasets]
        answered = self.answers.text("dataset.name")
        return answered or next(iter(recorded), self.report.result.corpus.addresses[0])

    @property
    def version(self) -> str:
        """Return the version of the dataset: as answered, or the start of its digest."""
        return self.answers.text("dataset.version") or self.report.result.corpus.digest[:12]
