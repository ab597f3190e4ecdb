"""What a source's documents say of training, when, and to whom."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Purpose(StrEnum):
    """What the content is to be used for."""

    PRETRAINING = "pretraining"
    FINE_TUNING = "fine-tuning"
    EVALUATION = "evaluation"
    RETRIEVAL = "retrieval"
    RESEARCH_TDM = "research-tdm"


class Verdict(StrEnum):
    """May the content be used so? From the strictest to the laxest."""

    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    RESTRICTED = "restricted"
    PERMITTED = "permitted"

    @property
    def strictness(self) -> int:
        """Rank of the verdict: 0 is the laxest."""
        return len(Verdict) - 1 - list(Verdict).index(self)


class Actor(StrEnum):
    """In what role the content was collected: it decides whom a document binds."""

    SCRAPER = "scraper"
    ACCOUNT_HOLDER = "account-holder"
    API_DEVELOPER = "api-developer"
    RECIPIENT = "any-recipient"
    RESEARCH_ORGANISATION = "research-organisation"


class TimeAxis(StrEnum):
    """Which date of a record chooses the version of a document that counts."""

    COLLECTION = "collection"
    CONTENT = "content"
    ACCEPTANCE = "acceptance"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `first` up to, and without, `until`; None is open.

    Raises
    ------
    ValueError
        If the range is empty.
    """

    first: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.until is not None and self.first >= self.until:
            raise ValueError(f"no day lies from {self.first} until {self.until}")

    def overlaps(self, other: "DateRange") -> bool:
        """Whether the two ranges share a day."""
        ends_after = self.until is None or other.first is None or other.first < self.until
        starts_before = other.until is None or self.first is None or self.first < other.until
        return ends_after and starts_before


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of one document of one source or licence.

    Parameters
    ----------
    id : str
        "x/developer-agreement/2025-06-04": source, document, start of the period.
    subject : str
        The source or licence the document belongs to: "x", "cc-by-4.0".
    document, address : str
        Title of the document, and where it stands.
    period : DateRange
        When this version was in force.
    time_axis : TimeAxis
        Which date of a record is held against `period`.
    binds : tuple of str
        Actors it binds, as in the rule files; "any" binds all.
    uses : tuple of Purpose
        Purposes it speaks of; a purpose that is not listed is `Verdict.UNKNOWN`.
    jurisdictions : tuple of str
        "any", or where it holds.
    verdict : Verdict
        What it says of `uses`.
    basis : str
        Why: "automated-access", "training-clause", "copyright-licence", "silence", ...
    clause : str
        Number and heading of the clause.
    paraphrase : str
        What it says, in our words.
    condition : str or None
        What must be met, in our words.
    quotation_digest : str or None
        SHA-256 of the clause's quoted words, to check a stored copy against.
    stored_copy : str or None
        Where the version that was read is kept.
    confidence : str
        How we know: "verified on a stored copy", "secondary", "not verified".
    """

    id: str
    subject: str
    document: str
    address: str | None
    period: DateRange
    time_axis: TimeAxis
    binds: tuple[str, ...]
    uses: tuple[Purpose, ...]
    jurisdictions: tuple[str, ...]
    verdict: Verdict
    basis: str
    clause: str | None
    paraphrase: str
    condition: str | None
    quotation_digest: str | None
    stored_copy: str | None
    confidence: str


@dataclass(frozen=True, slots=True)
class Source:
    """Who published something, and under whose terms.

    Parameters
    ----------
    id, name : str
        "x"; "X (Twitter)".
    hosts : tuple of str
        Hosts whose pages are the source's own; subdomains are included.
    terms : tuple of Terms
        Every version of every document, in order of their ids.
    content_licence : str or None
        A licence that all content stands under, by its id, if the source declares one.
    """

    id: str
    name: str
    hosts: tuple[str, ...]
    terms: tuple[Terms, ...]
    content_licence: str | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that content may declare.

    Parameters
    ----------
    id, name : str
        "cc-by-4.0"; its full name.
    aliases : tuple of str
        SPDX and Hugging Face identifiers and common spellings, lower case.
    terms : tuple of Terms
        Its versions.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    terms: tuple[Terms, ...]


class Say(StrEnum):
    """How much a document's verdict counts beside the verdicts of others."""

    SPEAKS = "speaks"
    SILENT = "silent"
    SIGNAL = "signal"


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a document gives the verdict it gives.

    Parameters
    ----------
    id, meaning : str
        "automated-access"; what that means, for a reader who is no lawyer.
    say : Say
        A document that speaks always counts; a silent one only where nothing speaks; a signal
        may make a verdict stricter, never laxer.
    """

    id: str
    meaning: str
    say: Say


@dataclass(frozen=True, slots=True)
class Library:
    """All rules in force for a run.

    Parameters
    ----------
    sources, licences : tuple
        In order of their ids.
    strictest_first : tuple of Verdict
        How verdicts combine: the first of these that any document gives, stands (`verdicts.yaml`).
    excused_actors : tuple of str
        Actors that an unset actor is never taken for: the platform itself, its licensee.
    digest : str
        SHA-256 over every rule file.
    bases : tuple of Basis
        Weightiest first: among equal verdicts, the one on the weightiest basis is named.
    """

    sources: tuple[Source, ...]
    licences: tuple[Licence, ...]
    strictest_first: tuple[Verdict, ...]
    excused_actors: tuple[str, ...]
    digest: str
    bases: tuple[Basis, ...] = ()
