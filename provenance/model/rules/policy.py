"""Policies of organisations: gates, agreements and waivers."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from math import inf

from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import OTHER_MODEL, Actor, DateRange, Purpose, Verdict


class Unit(StrEnum):
    """Unit of a share."""

    DOCUMENTS = "documents"
    TOKENS = "tokens"
    BYTES = "bytes"


class WaiverReason(StrEnum):
    """Reason for a waiver."""

    OWN_CONTENT = "own-content"
    LICENSED = "licensed"
    FALSE_MATCH = "false-match"
    PUBLIC_DOMAIN = "public-domain"
    RISK_ACCEPTED = "risk-accepted"
    DISPUTED = "disputed"  # by a signed note; a policy file cannot state it


class WithdrawnRule(StrEnum):
    """What is said of documents that are withdrawn, or whose owners opted out."""

    REPORT = "report"
    FORBID = "forbid"


class UndecidedRule(StrEnum):
    """Which findings count of which it is not clear whether the words are the item's.

    All, those whose words are more probably the item's than not, or none.
    """

    COUNT = "count"
    PROBABLE = "probable"
    CONTEST = "contest"


@dataclass(frozen=True, slots=True)
class OriginRule:
    """Whose words a finding has, by the probability that they are the item's own.

    Parameters
    ----------
    own : float
        Probability from which they are; lower ends of shares hold with the same.
    quoted : float
        Probability up to which they are somebody else's.
    undecided : UndecidedRule
        Whether gates count what is between.
    """

    own: float = 0.8
    quoted: float = 0.2
    undecided: UndecidedRule = UndecidedRule.PROBABLE

    @property
    def counted_from(self) -> float:
        """Probability from which gates count words of undecided origin."""
        if self.undecided is UndecidedRule.PROBABLE:
            return 0.5
        return 0.0 if self.undecided is UndecidedRule.COUNT else inf


DEFAULT_ORIGINS = OriginRule()

COVERS = ("source", "documents", "item", "dataset", "rule")
"""Fields by which a waiver can be limited."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A share that must not be exceeded: `x:restricted/automated-access.documents=5%`.

    Parameters
    ----------
    verdict : Verdict
        Content with this verdict counts.
    source : str or None
        Only content of this source counts; None means all.
    unit : Unit
        Unit of the share.
    limit : float
        In [0, 1]; the gate fails if the lower bound of the share is above it.
    basis : str or None
        Only verdicts on this basis count; None means all.
    """

    verdict: Verdict
    source: str | None = None
    unit: Unit = Unit.TOKENS
    limit: float = 0.0
    basis: str | None = None

    def __str__(self) -> str:
        """Return the gate in the syntax of `--fail-on`."""
        source = f"{self.source}:" if self.source else ""
        unit = "" if self.unit is Unit.TOKENS else f".{self.unit}"
        basis = f"/{self.basis}" if self.basis else ""
        return (
            f"{source}{self.verdict}{basis}{unit}={self.limit:.6%}".rstrip("%")
            .rstrip("0")
            .rstrip(".")
            + "%"
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """A contract that permits what the public terms do not.

    Parameters
    ----------
    source : str
        Source of the content.
    purposes : tuple of Purpose
        Permitted purposes.
    period : DateRange
        When it is in force.
    reference : str
        Where it is filed.
    digest : str or None
        SHA-256 of the signed document.
    survives : bool or None
        Whether content that was collected in its term may be used after its end; None if unknown.
    deletion : bool or None
        Whether that content must be deleted at its end; None if unknown.
    models : tuple of str or None
        Kinds of models that it covers, as `ModelScope` has them, or `OTHER_MODEL`; None covers all.
    affiliates : bool or None
        Whether affiliates of the party that signed may use the content; None if unknown.
    authors : bool
        Whether it grants the rights of the authors, too, not only what the source may grant.
    """

    source: str
    purposes: tuple[Purpose, ...]
    period: DateRange
    reference: str
    digest: str | None = None
    survives: bool | None = None
    deletion: bool | None = None
    models: tuple[str, ...] | None = None
    affiliates: bool | None = None
    authors: bool = False

    @property
    def last_day(self) -> date | None:
        """Return the last day of its term; None if it has no end."""
        return None if self.period.until is None else self.period.until - timedelta(days=1)

    def has_ended(self, today: date | None) -> bool:
        """Return whether it is no longer in force; on a day that is not known, it may not be."""
        until = self.period.until
        return until is not None and (today is None or until <= today)

    def covers_model(self, kinds: Set[str]) -> bool:
        """Return whether it covers models of some kinds; of none that is known, if empty."""
        return self.models is None or (kinds or {OTHER_MODEL}) <= set(self.models)


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings that an approver accepts.

    Parameters
    ----------
    source, documents, item, dataset, rule : str or None
        What it covers: a source id, a glob over document ids, an item id, globs over the files of
        the corpus and over the ids of terms; None covers all.
    reason : WaiverReason
        The reason.
    statement, approver : str
        The explanation, and who approved it.
    expires : date or None
        First day on which it no longer counts; None for an owner's dispute, which counts until it
        is settled.
    """

    reason: WaiverReason
    statement: str
    approver: str
    expires: date | None
    source: str | None = None
    documents: str | None = None
    item: str | None = None
    dataset: str | None = None
    rule: str | None = None

    def is_over(self, today: date) -> bool:
        """Return whether it no longer counts."""
        return self.expires is not None and self.expires <= today

    @property
    def id(self) -> str:
        """Return a stable name of the waiver."""
        covers = [f"{k}={v}" for k in COVERS if (v := getattr(self, k))]
        return f"{self.reason}: {', '.join(covers)}"


class Route(StrEnum):
    """How content was obtained: shown in reports, without effect on verdicts."""

    CRAWL = "crawl"
    API = "api"
    DOWNLOAD = "download"
    PURCHASE = "purchase"
    USERS = "users"
    OWN = "own"


SELECTS = ("files", "source", "host", "column")
"""Fields by which a collection selects content."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A part of the corpus with circumstances of its own.

    Parameters
    ----------
    name : str
        Its name in reports.
    files, source, host, column, value : str or None
        What belongs to it: a glob over the files of the corpus, a source id, a host of the rows'
        addresses with its subdomains, a column of the corpus and a glob over its values. All that
        are given must hold.
    collected, actor, jurisdiction, commercial
        As in `Circumstances`; None leaves what `[check]` states.
    route : Route or None
        How the content was obtained.
    agreement : str or None
        Reference of the agreements under which it was obtained. They apply in no other content.
    """

    name: str
    files: str | None = None
    source: str | None = None
    host: str | None = None
    column: str | None = None
    value: str | None = None
    collected: DateRange | None = None
    actor: Actor | None = None
    jurisdiction: str | None = None
    commercial: bool | None = None
    route: Route | None = None
    agreement: str | None = None

    def circumstances(self, general: Circumstances) -> Circumstances:
        """Return its circumstances: what it states, else what the policy states in general."""
        stated = {
            name: value
            for name in ("collected", "actor", "jurisdiction", "commercial")
            if (value := getattr(self, name)) is not None
        }
        return replace(general, **stated)


MAX_DOCUMENT = 64_000_000
"""Default limit on the size of a line, a row, a cell or a text file, in bytes."""

DEFAULT_GATES = (Gate(Verdict.FORBIDDEN),)


@dataclass(frozen=True, slots=True)
class Policy:
    """The decisions of an organisation about a check.

    Parameters
    ----------
    circumstances : Circumstances
        Purpose, date collected, actor, jurisdiction.
    gates : tuple of Gate
        The check fails if any of them fails.
    agreements, waivers : tuple
        Its contracts and waivers.
    collections : tuple of Collection
        Parts of the corpus with circumstances of their own; the first that fits counts.
    text_columns, registries, backgrounds : tuple of str
        Defaults of the options of the same names.
    common_background : bool
        Whether the shipped background of what everybody quotes is used.
    calibration : str or None
        Calibration file by which shares are corrected.
    signals : str or None
        Folder of captured robots.txt and similar files.
    origins : OriginRule
        Whose words findings are, and what counts if that is not clear.
    max_document : int
        Largest size of a document in bytes; larger ones are not read.
    chance : float
        Chance matches that are accepted per million words, of all registries together.
    withdrawn : WithdrawnRule
        Whether withdrawn and opted-out documents are forbidden.
    withdrawn_key : str or None
        File with the key of fingerprints of withdrawn items.
    trust : str or None
        File with the keys that must have signed the registries; None accepts any registry.
    path : str or None
        File that it was read from; None for the default policy.
    digest : str
        SHA-256 of its content, options included.
    """

    circumstances: Circumstances = field(default_factory=Circumstances)
    gates: tuple[Gate, ...] = DEFAULT_GATES
    agreements: tuple[Agreement, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    collections: tuple[Collection, ...] = ()
    text_columns: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    backgrounds: tuple[str, ...] = ()
    common_background: bool = True
    calibration: str | None = None
    signals: str | None = None
    origins: OriginRule = DEFAULT_ORIGINS
    max_document: int = MAX_DOCUMENT
    chance: float = 1.0
    withdrawn: WithdrawnRule = WithdrawnRule.REPORT
    withdrawn_key: str | None = None
    trust: str | None = None
    path: str | None = None
    digest: str = ""

    @property
    def label_columns(self) -> tuple[str, ...]:
        """Return the columns of the corpus that its collections name."""
        columns = (each.column for each in self.collections if each.column is not None)
        return tuple(dict.fromkeys(columns))

    def agreements_for(self, collection: Collection | None) -> tuple[Agreement, ...]:
        """Return the agreements that apply in a collection, or outside all of them for None."""
        tied = {each.agreement for each in self.collections}
        own = None if collection is None else collection.agreement
        return tuple(
            each for each in self.agreements if each.reference not in tied or each.reference == own
        )
