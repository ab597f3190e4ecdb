"""What is asked about content, and the answer with its chain of reasons."""

from dataclasses import dataclass

from provenance.model.library import OpenQuestion
from provenance.model.terms import Actor, DateRange, ModelScope, Purpose, Terms, Verdict


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides which terms bind, beside the source.

    Parameters
    ----------
    purpose : Purpose
        The use asked about.
    collected : DateRange or None
        When the content was collected; None is unknown.
    actor : Actor or None
        Who collected it; None takes the strictest.
    jurisdiction : str or None
        "EU", "US", ...; None takes all.
    commercial : bool or None
        Whether the use is commercial; None leaves conditions open that turn on it.
    model : tuple of ModelScope or None
        All that the model is, of what clauses distinguish; empty is none of it, None is unknown.
    claims : tuple of str
        Ids of the statutory exceptions that somebody claims.
    """

    purpose: Purpose = Purpose.PRETRAINING
    collected: DateRange | None = None
    actor: Actor | None = None
    jurisdiction: str | None = None
    commercial: bool | None = None
    model: tuple[ModelScope, ...] | None = None
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One document's say in a ruling.

    Parameters
    ----------
    terms : Terms
        The version that was in force.
    verdict : Verdict
        What it gives for the purpose asked.
    basis : str
        Why.
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
    """What the verdict would be under another circumstance.

    Parameters
    ----------
    circumstance : str
        "collected before 2023-09-29", "collected 2023-09-29 to 2025-06-03", "as scraper".
    verdict : Verdict
        The verdict then.
    basis : str
        Why.
    terms : str or None
        Id of the terms that would decide.
    """

    circumstance: str
    verdict: Verdict
    basis: str
    terms: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the verdict is on content collected within some days.

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
    """The verdict on content of one source, with its chain of reasons.

    Parameters
    ----------
    subject : str
        Source or licence id.
    verdict, basis : Verdict, str
        What stands, and why.
    terms : str or None
        Id of the terms that decided; None where no rule speaks.
    why : str
        One or two sentences that a lawyer can check.
    reasons : tuple of Reason
        Every document considered, decisive ones first.
    alternatives : tuple of Alternative
        The verdict in each period or role that could have counted.
    remedy : str or None
        What to do next, where the verdict is not `permitted`.
    questions : tuple of OpenQuestion
        What nobody has settled, and matters here: shown, never decided.
    timeline : tuple of Stretch
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
    timeline: tuple[Stretch, ...] = ()
