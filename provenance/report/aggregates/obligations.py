"""Obligations: what has to be done for content that is permitted, or restricted by conditions."""

from collections.abc import Iterable
from dataclasses import dataclass

from provenance.model.results.result import Result, SourceRuling
from provenance.model.rules.rulings import Reason
from provenance.model.rules.terms import Terms, Verdict

CREDIT = ("attribution", "notice")
"""Conditions that are met by an attribution list."""

GROUPS: dict[str, tuple[str, ...]] = {
    "Credit and notices": CREDIT,
    "Same terms for what is made of it": ("share-alike", "pass-on", "no-derivatives", "naming"),
    "Deletion": ("deletion", "opt-out"),
    "Limits on use": (
        *("non-commercial", "research-only", "computational-only", "internal-only"),
        *("no-redistribution", "ids-only", "user-limit", "damages", "reciprocity"),
    ),
    "How it may be collected": (
        *("robots", "official-route", "search-only", "signal", "author-setting", "lawful-access"),
        *("no-reservation", "mining-reserved", "platform-only"),
    ),
    "To obtain or look up first": (
        *("consent", "contract", "exception", "item-licence", "check-country", "no-prejudice"),
        "case-by-case",
    ),
}
"""Conditions by what they ask for, in the order of the list."""
_DELETION = GROUPS["Deletion"]
OTHER = "Other conditions"

CONDITION_MEANINGS = {
    "attribution": "credit the author, with a link if there is one",
    "notice": "keep the notices, or include the text of the licence",
    "share-alike": "adaptations that are shared must have the same licence",
    "pass-on": "restrictions on use apply to derivatives as well",
    "no-derivatives": "adaptations must not be shared",
    "naming": "the name of the model must begin in a certain way",
    "deletion": "delete what is withdrawn, and everything when the agreement ends",
    "opt-out": "leave out the content of those who opted out",
    "non-commercial": "the use must not be commercial",
    "research-only": "research or teaching only",
    "computational-only": "computational analysis only, not publication",
    "internal-only": "use within the organisation only",
    "no-redistribution": "copies must not be distributed",
    "ids-only": "datasets that are shared may contain identifiers, but no text",
    "user-limit": "a separate licence is needed above a number of users",
    "damages": "contractual damages are due above a limit",
    "reciprocity": "restrictions of your own on the source's access to your data are given up",
    "robots": "robots.txt must be followed",
    "official-route": "collect by the official API or mirror, not by scraping",
    "search-only": "crawling is allowed for search engines only",
    "signal": "depends on a signal of single pages, files or accounts",
    "author-setting": "depends on a setting of each author",
    "lawful-access": "the copy must have been accessed lawfully",
    "no-reservation": "the owner must not have reserved mining",
    "mining-reserved": "exceptions that respect reservations of mining do not apply",
    "platform-only": "it allows the platform, and those that it chooses, only",
    "consent": "permission of the owner or the platform",
    "contract": "a licence agreement, usually paid",
    "exception": "a statutory exception that covers the use",
    "item-licence": "the licence of each item",
    "check-country": "rights by country, edition and translation",
    "no-prejudice": "the owner must not be unreasonably prejudiced",
    "case-by-case": "courts decide case by case",
}
"""What conditions ask for."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A condition that content of one source is under.

    Parameters
    ----------
    condition : str
        The tag of the condition: "attribution"; "robots or consent" is met by either.
    ruling : SourceRuling
        The ruling on the content.
    terms : Terms or None
        The statement that sets it; None if it is the agreement of the ruling.
    """

    condition: str
    ruling: SourceRuling
    terms: Terms | None

    @property
    def group(self) -> str:
        """Return the part of the list that it belongs to."""
        first = self.condition.split(" or ")[0]
        return next((title for title, tags in GROUPS.items() if first in tags), OTHER)

    @property
    def meaning(self) -> str:
        """Return what it asks for, in words; the tag itself if it is one of the user's own."""
        tags = self.condition.split(" or ")
        return ", or ".join(CONDITION_MEANINGS.get(tag, tag) for tag in tags)


def conditional_reasons(each: SourceRuling) -> tuple[Reason, ...]:
    """Return the statements whose conditions have to be met; none if the content is not usable."""
    usable = (Verdict.RESTRICTED, Verdict.PERMITTED)
    if each.ruling.verdict not in usable or each.agreement is not None:
        return ()
    return tuple(
        reason
        for reason in each.ruling.reasons
        if reason.verdict in usable and reason.lifted_by is None
    )


def obligations(rulings: Iterable[SourceRuling]) -> tuple[Obligation, ...]:
    """Return every obligation for the content that was found, in the order of `GROUPS`.

    Duties to delete are listed whatever the verdict: they concern copies that exist already.
    """
    titles = [*GROUPS, OTHER]
    found: dict[tuple[str, str, str | None, str], Obligation] = {}
    for each in rulings:
        if each.documents and each.agreement is not None and each.agreement.deletion:
            key = ("deletion", each.name, each.collection, each.agreement.reference)
            found[key] = Obligation("deletion", each, None)
        usable = conditional_reasons(each)
        for reason in each.ruling.reasons if each.documents else ():
            for condition in reason.terms.conditions:
                if reason in usable or condition in _DELETION:
                    key = (condition, each.name, each.collection, reason.terms.id)
                    found[key] = Obligation(condition, each, reason.terms)
    return tuple(sorted(found.values(), key=lambda each: titles.index(each.group)))


def without_conditions(result: Result) -> tuple[SourceRuling, ...]:
    """Return the usable rulings on content found of which no condition is known as a tag."""
    return tuple(
        each
        for each in result.rulings
        if each.documents
        and (reasons := conditional_reasons(each))
        and not any(reason.terms.conditions for reason in reasons)
    )
