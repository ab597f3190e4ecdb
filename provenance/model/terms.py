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


class ModelScope(StrEnum):
    """Which models a clause speaks of."""

    ANY = "any"
    GENERATIVE = "generative"
    FOUNDATION_OR_FRONTIER = "foundation-or-frontier"
    COMPETING = "competing"


class Precedence(StrEnum):
    """How a source's document stands beside the licence of the content."""

    STRICTER = "stricter"
    """The stricter of the two counts."""
    LICENCE = "licence"
    """The document itself leaves the last word to the licence, where the content has one."""


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
class Record:
    """How well the words of a version are documented: what was read, and when it was seen.

    Parameters
    ----------
    from_basis : str
        How the first day is known: "document date", "first seen", "secondary report",
        "not verified".
    versions : tuple of str
        Dates of the texts that all say this.
    stored_on : str or None
        When the stored copy was made; the month or the year where no more is known.
    first_seen, last_seen : date or None
        First and last stored version with the quoted words.
    latest_copy : date or None
        The latest stored version of the document.
    end_status : str
        "ended", "in the latest stored copy", "not verified", "not tracked".
    reviewed_by : str or None
        The lawyer who has reviewed the entry; None until one does.
    reviewed_on : date or None
        When.
    """

    from_basis: str = "document date"
    versions: tuple[str, ...] = ()
    stored_on: str | None = None
    first_seen: date | None = None
    last_seen: date | None = None
    latest_copy: date | None = None
    end_status: str = "not tracked"
    reviewed_by: str | None = None
    reviewed_on: date | None = None


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
    model_scope : ModelScope
        Which models it speaks of; of others it is silent.
    conditions : tuple of str
        `condition` as closed tags, all of which must be met; "robots or consent" is met by either.
    precedence : Precedence
        How it stands beside the licence of the content.
    supersedes : str or None
        Id of the version that it took the place of.
    unseen : DateRange or None
        Days of the period on which nobody has seen that it still held.
    kind : str or None
        What sort of document it is: "platform", "api-terms", "publisher".
    notes : str or None
        What else a reader should know.
    record : Record
        How well it is documented.
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
    model_scope: ModelScope = ModelScope.ANY
    conditions: tuple[str, ...] = ()
    precedence: Precedence = Precedence.STRICTER
    supersedes: str | None = None
    unseen: DateRange | None = None
    kind: str | None = None
    notes: str | None = None
    record: Record = Record()
