"""What was found, held against what was planted."""

from typing import NamedTuple


class Found(NamedTuple):
    """A finding: the item, and the characters of the document that are its."""

    item: str
    start: int
    end: int


def recall(found: list[list[Found]], wanted: list[str]) -> float:
    """Give the part of the documents in which the wanted item is found."""
    hits = sum(
        any(one.item == item for one in ones) for ones, item in zip(found, wanted, strict=True)
    )
    return hits / len(wanted)


def covered(found: list[list[Found]], places: list[tuple[int, int]]) -> float:
    """Give the mean part of the planted characters that findings cover, where there are any."""
    parts = [
        sum(max(0, min(one.end, end) - max(one.start, start)) for one in ones) / (end - start)
        for ones, (start, end) in zip(found, places, strict=True)
        if ones
    ]
    return sum(parts) / max(len(parts), 1)


def outside(page: str, one: Found, place: tuple[int, int]) -> int:
    """Count the words that a finding takes from outside the planted place."""
    start, end = place
    return len(page[one.start : max(start, one.start)].split()) + len(page[end : one.end].split())
