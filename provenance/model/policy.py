"""What an organisation tolerates."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from provenance.model.rulings import Circumstances
from provenance.model.terms import DateRange, Purpose, Verdict


class Unit(StrEnum):
    """What a share is counted in."""

    DOCUMENTS = "documents"
    TOKENS = "tokens"
    BYTES = "bytes"


class WaiverReason(StrEnum):
    """Why a finding is excused."""

    OWN_CONTENT = "own-content"
    LICENSED = "licensed"
    FALSE_MATCH = "false-match"
    PUBLIC_DOMAIN = "public-domain"
    STATUTORY_EXCEPTION = "statutory-exception"
    RISK_ACCEPTED = "risk-accepted"


COVERS = ("source", "documents", "item", "dataset", "rule")
"""What a waiver may be narrowed to."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A share that must not be exceeded: `x:restricted/automated-access.documents=5%`.

    Parameters
    ----------
    verdict : Verdict
        Which content counts.
    source : str or None
        Only this source's; None takes all.
    unit : Unit
        What is counted.
    limit : float
        In [0, 1]; the gate fails when the low end of the share is above it.
    basis : str or None
        Only content whose verdict stands on this basis; None takes all.
    """

    verdict: Verdict
    source: str | None = None
    unit: Unit = Unit.TOKENS
    limit: float = 0.0
    basis: str | None = None

    def __str__(self) -> str:
        """Write the gate as `--fail-on` reads it."""
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
        Whose content.
    purposes : tuple of Purpose
        For which uses.
    period : DateRange
        While it holds.
    reference : str
        How it is filed.
    digest : str or None
        SHA-256 of the signed document.
    """

    source: str
    purposes: tuple[Purpose, ...]
    period: DateRange
    reference: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings that somebody answers for.

    Parameters
    ----------
    source, documents, item, dataset, rule : str or None
        What it covers: a source id, a glob over document ids, an item id, globs over the files of
        the corpus and over the ids of terms; None covers all.
    reason : WaiverReason
        Why.
    statement, approver : str
        In whose words, and who signed.
    expires : date
        First day on which it no longer counts.
    """

    reason: WaiverReason
    statement: str
    approver: str
    expires: date
    source: str | None = None
    documents: str | None = None
    item: str | None = None
    dataset: str | None = None
    rule: str | None = None

    @property
    def id(self) -> str:
        """A name that stays the same while the waiver does."""
        covers = [f"{k}={v}" for k in COVERS if (v := getattr(self, k))]
        return f"{self.reason}: {', '.join(covers)}"


MAX_DOCUMENT = 64_000_000
"""Bytes of a line, a row, a cell or a file of text, unless somebody says otherwise."""

DEFAULT_GATES = (Gate(Verdict.FORBIDDEN),)


@dataclass(frozen=True, slots=True)
class Policy:
    """All that an organisation decides about a check.

    Parameters
    ----------
    circumstances : Circumstances
        Purpose, date collected, actor, jurisdiction.
    gates : tuple of Gate
        Any that fails fails the check.
    agreements, waivers : tuple
        What it has signed, and what it answers for.
    text_columns, registries, backgrounds : tuple of str
        Defaults of the options of the same names.
    calibration : str or None
        File of the calibration that shares are corrected by.
    signals : str or None
        Folder of captured robots.txt files and their like.
    max_document : int
        Bytes that a document may have; what is larger is not read.
    path : str or None
        Where it was read; None where it is the default.
    digest : str
        SHA-256 of what was read, options included.
    """

    circumstances: Circumstances = field(default_factory=Circumstances)
    gates: tuple[Gate, ...] = DEFAULT_GATES
    agreements: tuple[Agreement, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    text_columns: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    backgrounds: tuple[str, ...] = ()
    calibration: str | None = None
    signals: str | None = None
    max_document: int = MAX_DOCUMENT
    path: str | None = None
    digest: str = ""
