"""Sentences on the origin of findings: whose words they are, and why we say so."""

from collections.abc import Iterable, Sequence

from provenance.model.results.origin import Origin, OriginReason
from provenance.model.results.result import Result
from provenance.model.results.shares import Share
from provenance.report.text.sentences import shares_by

_FOR_ITEM = {
    OriginReason.WHOLE_ITEM: "the passage spans all or most of the item",
    OriginReason.ITEM_CONTINUES: "the item goes on around them",
}

_OTHERS_QUOTED = (
    "any text of this size has as much in common with so many items, or most of what this file "
    "shares with them is quoted"
)
"""Why words may be another's, if no mark says so."""

_NEARLY_ONE = 0.99

_FOR_QUOTATION = {
    OriginReason.BACKGROUND: "a background registry of often quoted texts has them",
    OriginReason.DOCUMENT_OLDER: "the document is older than the item",
    OriginReason.DOCUMENT_DATED: "the document bears a date before the item's, on which it was "
    "fetched or only published",
    OriginReason.ITEM_QUOTES: "the item has all or much of them between quotation marks or in "
    "quoted lines",
    OriginReason.ITEM_ITALICS: "the item has them in italics",
    OriginReason.ITEM_VERSE: "they are lines of verse in the item",
    OriginReason.ITEM_ATTRIBUTES: "the item names another author beside them",
    OriginReason.DOCUMENT_ATTRIBUTES: "the document names their author",
    OriginReason.LINK_TITLE: "they are the title of the page that the item links to",
    OriginReason.HEADLINE: "the item is written like the title of a page, and the registry does "
    "not say whether it links to one",
    OriginReason.DOCUMENT_LINKED: "the item links to the document, or to its site",
    OriginReason.LINK_TEXT: "they are the text of a link in the document",
    OriginReason.DOCUMENT_CONTINUES: "they begin or end a sentence of the item, and are in the "
    "midst of one of the document",
    OriginReason.OTHER_AUTHORS: "items of other authors have them in other contexts",
    OriginReason.FORM: "many items have this form, and the document shares nothing else with "
    "this one",
    OriginReason.TEXT_UNKNOWN: "they are a part of the item, and the registry keeps no texts, so "
    "that nobody can see whether the item quotes them",
}

_MEANINGS = {
    str(Origin.ITEM): "the item's own words",
    str(Origin.QUOTATION): "words that are not the item's own",
    str(Origin.UNDECIDED): "words of which it is unclear whether the item quotes them",
}


def origin_meaning(origin: str) -> str:
    """Return the meaning of an origin; the name itself if this version does not know it."""
    return _MEANINGS.get(origin, origin)


def origin_sentence(
    origin: str | None, reasons: Iterable[str], work: str | None, probability: float | None = None
) -> str | None:
    """Return whose words a finding's are, and the observations that say so.

    Parameters
    ----------
    origin : str or None
        The origin; None has no sentence, as the evidence is no content.
    reasons : iterable of str
        Values of `OriginReason`.
    work : str or None
        Title of the quoted work, if known.
    probability : float or None
        Probability that the words are the item's own, if known.

    Examples
    --------
    >>> origin_sentence("item", ["whole-item"], None)
    "These are the item's own words: the passage spans all or most of the item."
    >>> origin_sentence("item", ["item-continues", "item-italics"], None, 0.914)
    "These are the item's own words, with a probability of 91 %: the item goes on around them, \
although the item has them in italics."
    >>> origin_sentence("quotation", ["item-continues", "background"], "Emma, by Jane Austen")
    "These are not the item's own words: they are in Emma, by Jane Austen."
    >>> origin_sentence("undecided", ["whole-item"], None, 0.004)
    'It is unclear whether the item quotes these words (its own with a probability of less than \
1 %): any text of this size has as much in common with so many items, or most of what this file \
shares with them is quoted.'
    """
    if origin is None:
        return None
    observed = set(reasons)
    marks = {reason: text for reason, text in _FOR_QUOTATION.items() if reason in observed}
    if origin == Origin.ITEM:
        extent = next(text for reason, text in _FOR_ITEM.items() if reason in observed)
        if marks:
            extent += f", although {_join([*marks.values()])}"
        elif OriginReason.ITEM_CONTINUES in observed:
            extent += " and does not mark them as another's"
        known = "" if probability is None else f", with a probability of {_percent(probability)}"
        return f"These are the item's own words{known}: {extent}."
    if work is not None:
        marks = marks | {OriginReason.BACKGROUND: f"they are in {work}"}
    grounds = _join([*marks.values()] or [_OTHERS_QUOTED])
    if origin == Origin.QUOTATION:
        return f"These are not the item's own words: {grounds}."
    known = (
        "" if probability is None else f" (its own with a probability of {_percent(probability)})"
    )
    return f"It is unclear whether the item quotes these words{known}: {grounds}."


def _percent(share: float) -> str:
    if share > _NEARLY_ONE:
        return "more than 99 %"
    if share < 1 - _NEARLY_ONE:
        return "less than 1 %"
    return f"{100 * share:.0f} %"


_NOTES = {str(Origin.QUOTATION): ", quotation", str(Origin.UNDECIDED): ", origin undecided"}


def origin_note(origin: str | None, work: str | None = None) -> str:
    """Return a note on the origin of a finding, after a comma; nothing for an item's own words.

    Examples
    --------
    >>> origin_note("quotation", "Emma, by Jane Austen")
    ', quotation, also in Emma, by Jane Austen'
    """
    note = _NOTES.get(origin or "", "")
    return f"{note}, also in {work}" if note and work else note


def other_origins(result: Result) -> tuple[Share, ...]:
    """Return the shares of quotations and of undecided words, where there are any."""
    return tuple(
        share
        for share in shares_by(result.shares, "origin")
        if share.key != Origin.ITEM and share.documents.count
    )


def _join(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
