"""Terms: what documents of sources and licences say about training, when, and whom they bind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

_DAY = timedelta(days=1)


class Purpose(StrEnum):
    """Intended use of the content."""

    PRETRAINING = "pretraining"
    FINE_TUNING = "fine-tuning"
    EVALUATION = "evaluation"
    RETRIEVAL = "retrieval"
    RESEARCH_TDM = "research-tdm"


class Verdict(StrEnum):
    """Permission to use content for a purpose; strictest first."""

    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    RESTRICTED = "restricted"
    PERMITTED = "permitted"

    @property
    def strictness(self) -> int:
        """Return the rank of the verdict: 0 is the least strict."""
        return len(Verdict) - 1 - list(Verdict).index(self)


class Actor(StrEnum):
    """Role in which content was collected; it decides whom a document binds."""

    SCRAPER = "scraper"
    ACCOUNT_HOLDER = "account-holder"
    API_DEVELOPER = "api-developer"
    RECIPIENT = "any-recipient"
    RESEARCH_ORGANISATION = "research-organisation"
    HERITAGE_INSTITUTION = "heritage-institution"


class ModelScope(StrEnum):
    """Models that a clause is about."""

    ANY = "any"
    GENERATIVE = "generative"
    FOUNDATION_OR_FRONTIER = "foundation-or-frontier"
    COMPETING = "competing"


OTHER_MODEL = "other"
"""Stated beside the kinds of a model, or alone: it is of no other kind that terms name."""


def possible_models(
    stated: Collection[str], named: Collection[ModelScope]
) -> tuple[frozenset[str], ...]:
    """Return of which kinds, of those that terms name, a model may be in all.

    Parameters
    ----------
    stated : collection of str
        Kinds that it is known to be of; with `OTHER_MODEL`, of no others.
    named : collection of ModelScope
        Kinds that are told apart.

    Examples
    --------
    >>> kinds = ModelScope.GENERATIVE, ModelScope.COMPETING
    >>> [sorted(each) for each in possible_models(["generative"], kinds)]
    [['generative'], ['competing', 'generative']]
    >>> possible_models(["other"], kinds)
    (frozenset(),)
    """
    known = frozenset(map(str, stated)) - {OTHER_MODEL}
    left = [] if OTHER_MODEL in stated else sorted(frozenset(map(str, named)) - known)
    sizes = range(len(left) + 1)
    return tuple(known | frozenset(some) for size in sizes for some in combinations(left, size))


class SubjectMatter(StrEnum):
    """What a statement is about, if not the content that the source publishes as such."""

    CONTENT = "content"
    METADATA = "metadata"
    CODE = "code"
    OUTPUT = "output"
    API_DATA = "api-data"


class Precedence(StrEnum):
    """Relation of a source's document to the licence of the content."""

    STRICTER = "stricter"
    """The stricter of the two counts."""
    LICENCE = "licence"
    """The document itself leaves the last word to the licence, where the content has one."""


class TimeAxis(StrEnum):
    """The date of a record that selects the applicable version of a document."""

    COLLECTION = "collection"
    CONTENT = "content"
    ACCEPTANCE = "acceptance"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `first` until `until`, exclusive; None is unbounded.

    Raises
    ------
    ValueError
        If the range is empty.
    """

    first: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.until is not None and self.first >= self.until:
            raise ValueError(f"the range from {self.first} until {self.until} contains no day")

    def overlaps(self, other: "DateRange") -> bool:
        """Return whether the two ranges share a day."""
        ends_after = self.until is None or other.first is None or other.first < self.until
        starts_before = other.until is None or self.first is None or self.first < other.until
        return ends_after and starts_before

    def within(self, other: "DateRange") -> "DateRange":
        """Return the days that another range has, too; the ranges overlap."""
        firsts = [day for day in (self.first, other.first) if day is not None]
        untils = [day for day in (self.until, other.until) if day is not None]
        return DateRange(max(firsts, default=None), min(untils, default=None))

    def day_to_come(self, today: date) -> date | None:
        """Return an end of the range that is in the future; None if neither is.

        Parameters
        ----------
        today : date
            In UTC. Where it is a day later already, the next day is not in the future, nor is the
            last day of a period that ends with this year.
        """
        tomorrow = today + _DAY
        last = None if self.until is None else self.until - _DAY
        if self.first is not None and self.first > tomorrow:
            return self.first
        is_late = last is not None and last > max(tomorrow, date(today.year, 12, 31))
        return last if is_late else None


@dataclass(frozen=True, slots=True)
class Record:
    """Documentation of the text of a version.

    Parameters
    ----------
    from_basis : str
        How the first day is known: "document date", "first seen", "secondary report",
        "not verified".
    versions : tuple of str
        Dates of the texts with the same wording.
    stored_on : str or None
        When the stored copy was made; only month or year if no more is known.
    first_seen, last_seen : date or None
        First and last stored version with the quoted words.
    latest_copy : date or None
        The latest stored version of the document.
    end_status : str
        "ended", "in the latest stored copy", "not verified", "not tracked".
    reviewed_by : str or None
        The lawyer who reviewed the entry; None if not reviewed.
    reviewed_on : date or None
        Day of the review.
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
    """A version of a document of a source or licence.

    Parameters
    ----------
    id : str
        "x/developer-agreement/2025-06-04": source, document, start of the period.
    subject : str
        The source or licence: "x", "cc-by-4.0".
    document, address : str
        Title and URL of the document.
    period : DateRange
        When this version was in force.
    time_axis : TimeAxis
        The date of a record that is compared with `period`.
    binds : tuple of str
        Actors that it binds, as in the rule files; "any" binds all.
    uses : tuple of Purpose
        Purposes that it addresses; for others it gives `Verdict.UNKNOWN`.
    jurisdictions : tuple of str
        "any", or where it applies.
    verdict : Verdict
        Its verdict on `uses`.
    basis : str
        Basis: "automated-access", "explicit-ml", "copyright-licence", "silence", ...
    clause : str
        Number and heading of the clause.
    paraphrase : str
        Its content, in our words.
    condition : str or None
        Conditions to meet, in our words.
    quotation_digest : str or None
        SHA-256 of the quoted words of the clause, to verify a stored copy.
    stored_copy : str or None
        Location of the copy that was read.
    confidence : str
        "verified on a stored copy", "secondary source only", "not verified", "general law".
    model_scope : ModelScope
        Models that it addresses; it is silent about others.
    conditions : tuple of str
        `condition` as tags, all of which must be met; "robots or consent" is met by either.
    precedence : Precedence
        Relation to the licence of the content.
    supersedes : str or None
        Id of the version that it replaced.
    unseen : DateRange or None
        Days of the period for which no copy confirms that it was in force.
    kind : str or None
        Kind of document: "platform", "api-terms", "publisher".
    notes : str or None
        Notes for readers.
    record : Record
        Documentation of the text.
    subject_matter : SubjectMatter
        What it is about; it is silent about the content if that is something else.
    where_signal : str or None
        The signal that content must carry for the statement to apply: "noai".
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
    subject_matter: SubjectMatter = SubjectMatter.CONTENT
    where_signal: str | None = None

    @property
    def known_from(self) -> date | None:
        """First day on which the text is known to have existed, if no date of its own says so.

        None for the terms of content, such as licences: content declares them after they exist;
        and for what a later copy tells of an earlier text.
        """
        if self.time_axis is TimeAxis.CONTENT or self.basis == "not-verified":
            return None
        if self.period.first is not None:
            return self.period.first if self.record.from_basis == "first seen" else None
        if self.unseen is not None and self.unseen.first is None:
            return self.unseen.until
        stored_on = self.record.stored_on
        stored = None if stored_on is None else date.fromisoformat(f"{stored_on}-01-01"[:10])
        known = self.record.first_seen or stored
        until = self.period.until
        return None if until is not None and known is not None and known >= until else known
