"""Results by terms: what each statement that decided says, and which content stands under it."""

from dataclasses import dataclass

from provenance.model import OpenQuestion, Result, Share, Terms
from provenance.report.text.sentences import by


@dataclass(frozen=True, slots=True)
class InPlay:
    """A statement that decided about content that was found.

    Parameters
    ----------
    terms : Terms
        What it says.
    share : Share
        How much of the corpus stands under it.
    sources : tuple of str
        Names of the sources whose content that is.
    """

    terms: Terms
    share: Share
    sources: tuple[str, ...]


def terms_in_play(result: Result) -> tuple[InPlay, ...]:
    """Return the statements that decided, the strictest first, then the largest share."""
    said: dict[str, Terms] = {}
    sources: dict[str, dict[str, None]] = {}
    for each in result.rulings:
        for reason in each.ruling.reasons:
            said.setdefault(reason.terms.id, reason.terms)
        if each.documents and each.ruling.terms is not None:
            sources.setdefault(each.ruling.terms, {})[each.name] = None
    return tuple(
        InPlay(said[share.key], share, tuple(sources[share.key]))
        for share in by(result.shares, "terms")
        if share.key in said and share.key in sources
    )


def open_questions(result: Result) -> tuple[tuple[OpenQuestion, tuple[str, ...]], ...]:
    """Return the open questions that touch content that was found, with names of its sources."""
    found: dict[OpenQuestion, dict[str, None]] = {}
    for each in result.rulings:
        for question in each.ruling.questions if each.documents else ():
            found.setdefault(question, {})[each.name] = None
    return tuple((question, tuple(names)) for question, names in found.items())
