"""Cases that come with a rule: circumstances, and the ruling that they must give."""

from dataclasses import dataclass
from datetime import date

from provenance.errors import ProvenanceError
from provenance.judge.policies import check_known, check_signals
from provenance.judge.rulings import Judge
from provenance.model import Agreement, Circumstances, DateRange, Library, Policy, Verdict

SIGNED = "the contract of the case"
"""Reference of the agreement in a case that says `agreed: true`."""


@dataclass(frozen=True, slots=True)
class Case:
    """An example of what a rule file means.

    Parameters
    ----------
    place : str
        Where it is written: "sources/x.yaml: cases.finds[0]".
    file : str
        Id of the source, licence, signal or exception whose file it stands in.
    subject : str
        Source, licence or signal whose content is judged.
    item_date, licence : date or None, str or None
        When the content was published, and the licence that it declares.
    circumstances : Circumstances
        The rest.
    verdict : Verdict
        What must come out.
    basis, terms : str or None
        What must come out; None where the case does not say.
    signals : tuple of str
        Signals for machines that came with the content.
    agreed : bool
        Whether a contract for the purpose has been signed.
    """

    place: str
    file: str
    subject: str
    item_date: date | None
    licence: str | None
    circumstances: Circumstances
    verdict: Verdict
    basis: str | None
    terms: str | None
    signals: tuple[str, ...] = ()
    agreed: bool = False


def differences(case: Case, library: Library) -> tuple[str, ...]:
    """Return in words what the rules make of a case otherwise than it says; nothing if it holds."""
    asked = case.circumstances
    try:
        check_signals(case.signals, library)
        check_known(Policy(asked), library)
    except ProvenanceError as error:
        return (f"{case.place}: {error.message}; {error.remedy}",)
    contract = Agreement(case.subject, (asked.purpose,), DateRange(), SIGNED)
    judge = Judge(library, asked, [contract] if case.agreed else [])
    ruling = judge.rule(case.subject, case.item_date, case.licence, case.signals).ruling
    expected = {"verdict": case.verdict, "basis": case.basis, "terms": case.terms}
    return tuple(
        f"{case.place}: {what} is {getattr(ruling, what)}, not {value}; {ruling.why}"
        for what, value in expected.items()
        if value is not None and getattr(ruling, what) != value
    )
