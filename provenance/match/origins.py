"""Origin of matches: decide whose words a text and an item share.

A text and an item that both quote a third one share words, and neither took them from the other.
What is observed on the item's side decides: whether the passage is the whole item, whether the item
presents it as somebody else's words, and whether other authors have it too. Marks of quotation in
the text alone say nothing, as who takes words from an item may well quote it; but the name of an
author in the text does, and that the words are a piece of a longer sentence there.
"""

from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, kernel
from provenance.model.content.fingerprints import Flags, Floats, Int64s, UInt32s
from provenance.model.results.origin import Origin, OriginReason

WHOLE = 0.8
"""Share of an item from which a passage is the whole of it."""

QUOTED = 0.75
"""Share of a passage from which an item presents it as a quotation."""

PART_QUOTED = 0.4
"""Share of a passage that is quoted, from which it is not clear what it is."""

_SEVERAL = 2
"""Number of other authors from which it is not clear who wrote the words of a whole item."""

_ALIKE = 0.6
"""Share of the distinct words of two items from which one is a copy of the other."""

_REASONS = tuple(OriginReason)


@dataclass(frozen=True, slots=True)
class ItemMarks:
    """Marks by which items present the passages that they share with texts.

    Parameters
    ----------
    item_shares : ndarray of float64, shape (n,)
        Share of the item's words that the passage is.
    quoted, italic, verse : ndarray of float64, shape (n,)
        Share of the passage that the item has between quotation marks or in quoted lines, in
        italics, and in lines of verse; NaN where the item's text is unknown.
    attributed : ndarray of bool, shape (n,)
        Whether the item names another author beside the passage.
    signed : ndarray of bool, shape (n,)
        Whether the item ends with the name of an author and of a work, or is short and ends with a
        name or calls itself a quotation.
    begins_sentence, ends_sentence : ndarray of bool, shape (n,)
        Whether no sentence of the item runs on into the passage, and out of it.
    headline : ndarray of bool, shape (n,)
        Whether the item is written like the title of a page, and nobody says whether it links to
        one.
    """

    item_shares: Floats
    quoted: Floats
    italic: Floats
    verse: Floats
    attributed: Flags
    signed: Flags
    begins_sentence: Flags
    ends_sentence: Flags
    headline: Flags

    @property
    def are_whole(self) -> Flags:
        """Which passages are whole items."""
        return self.item_shares >= WHOLE

    @property
    def are_verse(self) -> Flags:
        """Which passages are lines as of verse in an item that goes on around them."""
        return ~self.are_whole & (self.verse >= QUOTED)

    @property
    def are_quotations(self) -> Flags:
        """Which passages the item presents as somebody else's."""
        return (
            (self.quoted >= QUOTED)
            | (self.signed & self.are_whole)
            | (self.attributed & ((self.italic >= QUOTED) | self.are_verse))
        )


@dataclass(frozen=True, slots=True)
class DocumentMarks:
    """Marks by which texts present the passages that they share with items.

    Parameters
    ----------
    runs_on_before, runs_on_after : ndarray of bool, shape (n,)
        Whether a sentence of the text runs on into the passage, and out of it, without any sign.
    named : ndarray of bool, shape (n,)
        Whether the text names an author behind the passage, and neither an account nor a place
        where items are published.
    link_text : ndarray of bool, shape (n,)
        Whether the passage is in the text of a link.
    tagged : ndarray of bool, shape (n,)
        Whether the passage has a tag or the name of an account.
    """

    runs_on_before: Flags
    runs_on_after: Flags
    named: Flags
    link_text: Flags
    tagged: Flags


@dataclass(frozen=True, slots=True)
class OriginSignals:
    """Observations on matches.

    Parameters
    ----------
    marks : ItemMarks
        How the items present the passages.
    document_marks : DocumentMarks
        How the texts present them.
    other_authors : ndarray of int64, shape (n,)
        Number of other authors of items that have the passage, do not quote it, and are no copies
        of the item.
    background : ndarray of bool, shape (n,)
        Whether a background has the passage.
    document_older : ndarray of bool, shape (n,)
        Whether the text existed before the item.
    document_dated : ndarray of bool, shape (n,)
        Whether the text bears a date before the item; it may have been added to since.
    link_title : ndarray of bool, shape (n,)
        Whether the passage is the title of a page that the item links to, or a part of it.
    document_linked : ndarray of bool, shape (n,)
        Whether the item links to the text, or to a page of its host.
    links_to_document : ndarray of bool, shape (n,)
        Whether the text is the very page that the item links to.
    fills_text : ndarray of bool, shape (n,)
        Whether the passage is much of the text, so that the text was made of it.
    form : ndarray of bool, shape (n,)
        Whether the text shares with the item what many items have, and nothing of the item's own.
    """

    marks: ItemMarks
    document_marks: DocumentMarks
    other_authors: Int64s
    background: Flags
    document_older: Flags
    document_dated: Flags
    link_title: Flags
    document_linked: Flags
    links_to_document: Flags
    fills_text: Flags
    form: Flags

    @property
    def are_titles_of_others(self) -> Flags:
        """Which passages are the title of a linked page, in a text that was not made of titles."""
        return self.link_title & (self.document_linked | ~self.fills_text)

    @property
    def may_be_titles(self) -> Flags:
        """Which passages may be the title of some page, in a text that was not made of titles."""
        return self.marks.headline & self.marks.are_whole & ~self.fills_text

    @property
    def continue_sentence(self) -> Flags:
        """Which passages are in the midst of a sentence of the text, where one of the item ends."""
        item, document = self.marks, self.document_marks
        return (document.runs_on_before & item.begins_sentence) | (
            document.runs_on_after & item.ends_sentence
        )


@dataclass(frozen=True, slots=True)
class OriginDecisions:
    """Origins of matches.

    Parameters
    ----------
    origins : ndarray of int64, shape (n,)
        Index into `Origin`.
    reasons : ndarray of int64, shape (n,)
        Sum of ``1 << i`` for each reason `i` of `OriginReason` that was observed.
    """

    origins: Int64s
    reasons: Int64s


def decide_origins(signals: OriginSignals) -> OriginDecisions:
    """Decide the origin of each match.

    Parameters
    ----------
    signals : OriginSignals
        What was observed.

    Notes
    -----
    A quotation is what a background has, what is older than the item, what the item has between
    quotation marks or in quoted lines, or in italics beside a name, what is the whole of an item
    that ends with a name or calls itself a quotation, or to which the text adds a name, a part of
    an item that is verse beside a name or that other authors use in another context, and the title
    of a page that the item links to, in that page, on its host, or as a small part of any text: a
    text that was made of the title was taken from the item, whoever wrote it; any words of the page
    that the item links to; and what an item has of the form of many. It is undecided whether a part
    is, if half of it is quoted, if it is verse, since lists look like it, if the text adds a name,
    or if the item's text is not known, whether a whole item is, if several others have it as a
    part, and whether either is, if the text bears an earlier date, or if a sentence of the text
    runs on where one of the item begins or ends. All else is the item's.
    """
    marks = signals.marks
    is_whole, is_known = marks.are_whole, ~np.isnan(marks.quoted)
    is_quotation = (
        signals.background
        | signals.document_older
        | marks.are_quotations
        | (~is_whole & (signals.other_authors > 0))
        | (is_whole & signals.document_marks.named)
        | signals.are_titles_of_others
        | signals.links_to_document
        | signals.form
    )
    is_unclear = (signals.document_dated | signals.continue_sentence) | np.where(
        is_whole,
        signals.other_authors >= _SEVERAL,
        ~is_known | (marks.quoted >= PART_QUOTED) | marks.are_verse | signals.document_marks.named,
    )
    origins = np.where(
        is_quotation,
        list(Origin).index(Origin.QUOTATION),
        np.where(is_unclear, list(Origin).index(Origin.UNDECIDED), list(Origin).index(Origin.ITEM)),
    )
    observed = {
        OriginReason.WHOLE_ITEM: is_whole,
        OriginReason.ITEM_CONTINUES: ~is_whole,
        OriginReason.ITEM_QUOTES: marks.quoted >= PART_QUOTED,
        OriginReason.ITEM_ATTRIBUTES: marks.attributed | (marks.signed & is_whole),
        OriginReason.ITEM_ITALICS: marks.italic >= QUOTED,
        OriginReason.ITEM_VERSE: marks.verse >= QUOTED,
        OriginReason.OTHER_AUTHORS: signals.other_authors > 0,
        OriginReason.BACKGROUND: signals.background,
        OriginReason.DOCUMENT_OLDER: signals.document_older,
        OriginReason.TEXT_UNKNOWN: ~is_known & ~is_whole,
        OriginReason.DOCUMENT_DATED: signals.document_dated,
        OriginReason.DOCUMENT_CONTINUES: signals.continue_sentence,
        OriginReason.DOCUMENT_ATTRIBUTES: signals.document_marks.named,
        OriginReason.LINK_TITLE: signals.link_title,
        OriginReason.DOCUMENT_LINKED: signals.document_linked,
        OriginReason.LINK_TEXT: signals.document_marks.link_text,
        OriginReason.TAGGED: signals.document_marks.tagged,
        OriginReason.HEADLINE: signals.may_be_titles,
        OriginReason.FORM: signals.form,
    }
    reasons = sum(
        np.where(mask, 1 << _REASONS.index(reason), 0) for reason, mask in observed.items()
    )
    return OriginDecisions(origins, np.asarray(reasons, np.int64))


def are_copies(
    left: tuple[UInt32s, Int64s, Int64s], right: tuple[UInt32s, Int64s, Int64s]
) -> Flags:
    """Return which pairs of items are copies of each other: most of their words are the same.

    Parameters
    ----------
    left, right : tuple of ndarray
        Tokens, and first token and one past the last of each item of the pairs.
    """
    alike = np.zeros(len(left[1]), bool)
    _compare_all(left, right, alike)
    return alike


@kernel
def _compare_all(
    left: tuple[UInt32s, Int64s, Int64s], right: tuple[UInt32s, Int64s, Int64s], alike: Flags
) -> None:
    for pair in range(len(alike)):
        one = _distinct(left[0][left[1][pair] : left[2][pair]])
        other = _distinct(right[0][right[1][pair] : right[2][pair]])
        alike[pair] = _shared(one, other) >= _ALIKE * max(len(one), len(other))


@allocating_part
def _distinct(tokens: UInt32s) -> UInt32s:
    ordered, count = np.sort(tokens), 0
    for token in ordered:
        if not count or token != ordered[count - 1]:
            ordered[count] = token
            count += 1
    return ordered[:count]


@allocating_part
def _shared(one: UInt32s, other: UInt32s) -> Scalar:
    count, place = np.int64(0), np.int64(0)
    for token in one:
        while place < len(other) and other[place] < token:
            place += 1
        count += place < len(other) and other[place] == token
    return count
