"""Decisive statements with the shares that they cover, and open legal questions."""

from dataclasses import dataclass

from provenance.model.results.result import Result
from provenance.model.results.shares import Share
from provenance.model.rules.rule_library import OpenQuestion
from provenance.model.rules.terms import Terms
from provenance.report.text.sentences import shares_by


@dataclass(frozen=True, slots=True)
class DecisiveTerms:
    """A statement that decided the verdict on content that was found.

    Parameters
    ----------
    terms : Terms
        The statement.
    share : Share
        Share of the corpus that it covers.
    sources : tuple of str
        Names of the sources of this content.
    """

    terms: Terms
    share: Share
    sources: tuple[str, ...]


def decisive_terms(result: Result) -> tuple[DecisiveTerms, ...]:
    """Return the decisive statements, strictest first, then by share."""
    terms_by_id: dict[str, Terms] = {}
    sources: dict[str, dict[str, None]] = {}
    for each in result.rulings:
        for reason in each.ruling.reasons:
            terms_by_id.setdefault(reason.terms.id, reason.terms)
        if each.documents and each.ruling.terms is not None:
            sources.setdefault(each.ruling.terms, {})[each.name] = None
    return tuple(
        DecisiveTerms(terms_by_id[share.key], share, tuple(sources[share.key]))
        for share in shares_by(result.shares, "terms")
        if share.key in terms_by_id and share.key in sources
    )


def open_questions(result: Result) -> tuple[tuple[OpenQuestion, tuple[str, ...]], ...]:
    """Return the open legal questions on content that was found, with the names of its sources."""
    names_by_question: dict[OpenQuestion, dict[str, None]] = {}
    for each in result.rulings:
        for question in each.ruling.questions if each.documents else ():
            names_by_question.setdefault(question, {})[each.name] = None
    return tuple((question, tuple(names)) for question, names in names_by_question.items())
