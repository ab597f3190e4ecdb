"""Cases that come with a rule: circumstances, and the ruling that they must give."""

from dataclasses import dataclass
from datetime import date

from provenance.judge.rulings import judge
from provenance.model import Circumstances, Library, Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """An example of what a rule file means.

    Parameters
    ----------
    place : str
        Where it is written: "sources/x.yaml: cases.finds[0]".
    subject : str
        Source or licence.
    item_date, licence : date or None, str or None
        When the content was published, and the licence that it declares.
    circumstances : Circumstances
        The rest.
    verdict : Verdict
        What must come out.
    basis, terms : str or None
        What must come out; None where the case does not say.
    """

    place: str
    subject: str
    item_date: date | None
    licence: str | None
    circumstances: Circumstances
    verdict: Verdict
    basis: str | None
    terms: str | None


def differences(case: Case, library: Library) -> tuple[str, ...]:
    """Return in words what the rules make of a case otherwise than it says; nothing if it holds."""
    ruling = judge(case.subject, case.item_date, case.licence, case.circumstances, library)
    expected = {"verdict": case.verdict, "basis": case.basis, "terms": case.terms}
    return tuple(
        f"{case.place}: {what} is {getattr(ruling, what)}, not {value}; {ruling.why}"
        for what, value in expected.items()
        if value is not None and getattr(ruling, what) != value
    )
