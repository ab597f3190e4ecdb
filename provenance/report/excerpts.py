"""Excerpts with their matched words, cut to what a page can hold."""

from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[int, int]
"""Half-open, in code points."""


@dataclass(frozen=True, slots=True)
class Passage:
    """An excerpt, ready to be shown.

    Parameters
    ----------
    pieces : tuple of (str, bool)
        Its text in order, and whether each piece matched.
    before, after : bool
        Whether something was cut off there.
    """

    pieces: tuple[tuple[str, bool], ...]
    before: bool
    after: bool


def passage(text: str, marks: Iterable[Span], lead: int, limit: int) -> Passage:
    """Cut an excerpt around its first mark, and into marked and other pieces.

    Parameters
    ----------
    text : str
        The excerpt.
    marks : iterable of Span
        Matched words in it; those that overlap or leave it are cut to fit.
    lead : int
        Code points to keep before the first mark.
    limit : int
        Code points to keep at most.

    Returns
    -------
    Passage
        Its pieces join to a part of `text`; none is empty.

    Examples
    --------
    >>> passage("so we all live here", [(6, 9)], lead=3, limit=12).pieces
    (('we ', False), ('all', True), (' live ', False))
    """
    ordered = sorted(marks)
    first = max(ordered[0][0] - lead, 0) if ordered and len(text) > limit else 0
    last = min(first + limit, len(text))
    pieces: list[tuple[str, bool]] = []
    at = first
    for start, end in ordered:
        begin, stop = start, end
        if start < at or end > last:  # seldom, and a page has marks by the hundred thousand
            begin, stop = max(at, start), min(last, end)
        if begin < stop:
            if at < begin:
                pieces.append((text[at:begin], False))
            pieces.append((text[begin:stop], True))
            at = stop
    if at < last:
        pieces.append((text[at:last], False))
    return Passage(tuple(pieces), first > 0, last < len(text))
