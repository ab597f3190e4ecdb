"""A group of findings as an entry in somebody else's list of problems: level, words, remedy."""

from provenance.model import Gone, Result, Verdict
from provenance.report.cells import shortened
from provenance.report.figures import count
from provenance.report.groups import Group, where
from provenance.report.hostile import one_line
from provenance.report.wording import BASES, remedy_of, standing

ERROR, WARNING, NOTE = "error", "warning", "note"

_LEVELS = {Verdict.FORBIDDEN: WARNING, Verdict.UNKNOWN: WARNING}


def level(group: Group) -> str:
    """Tell how bad it is: an error where a gate fails over it, and never where all is excused."""
    if group.gates:
        return ERROR
    return _LEVELS.get(group.verdict, NOTE) if group.counted else NOTE


def short(text: str, limit: int) -> str:
    """Make a text that somebody may have written fit into one line of so many characters."""
    return shortened(one_line(text[: 4 * limit]), limit)


def sentence(group: Group, result: Result) -> str:
    """Say what was found.

    Parameters
    ----------
    group : Group
        What.
    result : Result
        For which use.

    Returns
    -------
    str
        "4 findings of X (Twitter) in 3 documents are forbidden for pretraining: names the training
        of models."
    """
    verb = "is" if group.findings == 1 else "are"
    why = BASES.get(group.basis or "", group.basis)
    return (
        f"{count(group.findings, 'finding')} of {short(group.name, 80)} in "
        f"{count(group.documents, 'document')} {verb} {standing(group.verdict, result)}"
        f"{f': {short(why, 120)}' if why else ''}.{_parts(group, result)}"
    )


def gone_sentence(gone: Gone) -> str:
    """Say what a baseline had and this result has not."""
    findings = count(gone.findings, "finding")
    return f"{findings} of {short(gone.source, 80)} ({gone.verdict}) of the baseline are gone."


def places(group: Group, limit: int = 5) -> str:
    """Say where it stands, on one line."""
    return short(where(group.places, limit), 600)


def advice(group: Group) -> str:
    """Say what to do about it."""
    said = remedy_of(group.ruling) if group.ruling else None
    return short(said or "Remove it, sign an agreement, or waive it in the policy.", 500)


def _parts(group: Group, result: Result) -> str:
    parts = []
    if result.baseline is not None:
        parts.append(f"{group.new:,} new since the baseline")
    if group.waived:
        parts.append(f"{group.waived:,} waived")
    if group.contested:
        parts.append(f"{group.contested:,} contested")
    return f" Of these {', '.join(parts)}." if parts else ""
