"""Rulings on content: circumstances asked about, verdict, and reasons."""

from dataclasses import dataclass

from provenance.model.rules.rule_library import OpenQuestion
from provenance.model.rules.terms import Actor, DateRange, Purpose, Terms, Verdict


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The circumstances that decide which terms apply, apart from the source.

    Parameters
    ----------
    purpose : Purpose
        The intended use.
    collected : DateRange or None
        When the content was collected; None if unknown.
    actor : Actor or None
        Who collected it; None assumes the strictest.
    jurisdiction : str or None
        "EU", "US", ...; None assumes all.
    commercial : bool or None
        Whether the use is commercial; None leaves conditions on it open.
    model : tuple of str or None
        Kinds of the model, of `ModelScope`; it may be of others, too, unless `OTHER_MODEL` is among
        them. None if nothing is known.
    claims : tuple of str
        Ids of the statutory exceptions that are claimed.
    affiliate : bool or None
        Whether an affiliate of the party that signed the agreements uses the content; None, as
        False, is that party itself.
    """

    purpose: Purpose = Purpose.PRETRAINING
    collected: DateRange | None = None
    actor: Actor | None = None
    jurisdiction: str | None = None
    commercial: bool | None = None
    model: tuple[str, ...] | None = None
    claims: tuple[str, ...] = ()
    affiliate: bool | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """The contribution of a document to a ruling.

    Parameters
    ----------
    terms : Terms
        The version that was in force.
    verdict : Verdict
        Its verdict for the purpose.
    basis : str
        Basis of the verdict.
    decisive : bool
        Whether the ruling rests on it.
    lifted_by : str or None
        Id of the terms of a claimed exception that set it aside.
    """

    terms: Terms
    verdict: Verdict
    basis: str
    decisive: bool
    lifted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """The verdict under another circumstance.

    Parameters
    ----------
    circumstance : str
        "collected before 2023-09-29", "collected 2023-09-29 to 2025-06-03", "as scraper".
    verdict : Verdict
        The verdict then.
    basis : str
        Its basis.
    terms : str or None
        Id of the terms that would decide.
    """

    circumstance: str
    verdict: Verdict
    basis: str
    terms: str | None


@dataclass(frozen=True, slots=True)
class VerdictPeriod:
    """The verdict on content collected within a range of days.

    Parameters
    ----------
    collected : DateRange
        The days.
    verdict, basis, terms
        As in a ruling.
    """

    collected: DateRange
    verdict: Verdict
    basis: str
    terms: str | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict on content of one source, with its reasons.

    Parameters
    ----------
    subject : str
        Id of the source or licence.
    verdict, basis : Verdict, str
        The verdict and its basis.
    terms : str or None
        Id of the terms that decided; None if no rule applies.
    why : str
        One or two sentences that a lawyer can check.
    reasons : tuple of Reason
        Every document considered, decisive ones first.
    alternatives : tuple of Alternative
        The verdict in each period or role that could have applied.
    remedy : str or None
        What to do next, if the verdict is not `permitted`.
    questions : tuple of OpenQuestion
        Unsettled questions of law that matter here: shown, never decided.
    timeline : tuple of VerdictPeriod
        The verdict for every day of collection, in order of days.
    """

    subject: str
    verdict: Verdict
    basis: str
    terms: str | None
    why: str
    reasons: tuple[Reason, ...]
    alternatives: tuple[Alternative, ...]
    remedy: str | None
    questions: tuple[OpenQuestion, ...] = ()
    timeline: tuple[VerdictPeriod, ...] = ()
