"""Sums of what records of access state: ranges, where several may count the same calls."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from provenance.model.records.ledger import AccessFacts

Amount = tuple[AccessFacts, int]
"""What a record of access says, and how many calls or items it states."""

_Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class AccessTotal:
    """The sum of what records of access state.

    Parameters
    ----------
    least : int
        The largest sum that was found of records that cannot be about the same calls.
    most : int
        The sum of all.
    overlapping : int
        Number of records that may be about the same calls as another one.
    """

    least: int
    most: int
    overlapping: int


def application_key(name: str) -> str:
    """Return what the spellings of an application's name have in common.

    Examples
    --------
    >>> application_key(" Quilt  studio") == application_key("Quilt Studio")
    True
    """
    return " ".join(name.split()).casefold()


def access_total(amounts: Iterable[Amount]) -> AccessTotal:
    """Return the sum of amounts.

    Two records are about different calls if they state different sources, applications, accounts
    or routes, or days that do not overlap; what one does not state may be the other's.

    Parameters
    ----------
    amounts : iterable of Amount
        Amounts of calls, or of items.
    """
    least = most = overlapping = 0
    for group in _groups(amounts):
        every = sum(amount for _, amount in group)
        most += every
        if _are_apart(group):
            least += every
            continue
        by_amount = sorted(group, key=lambda each: -each[1])
        by_end = sorted(group, key=lambda each: (_last(each[0]), -_first(each[0]).toordinal()))
        least += max(_sum_of_apart(by_amount), _sum_of_apart(by_end))
        overlapping += sum(
            any(other is not each and _may_be_same(each[0], other[0]) for other in group)
            for each in group
        )
    return AccessTotal(least, most, overlapping)


def _groups(amounts: Iterable[Amount]) -> Iterator[list[Amount]]:
    """Yield the amounts in groups, of which no two can be about the same calls."""
    by_key = dict[_Key, list[Amount]]()
    for each in amounts:
        by_key.setdefault(_key(each[0]), []).append(each)
    pending = list(by_key)
    while pending:
        group = [pending.pop()]
        for key in group:
            near = [other for other in pending if _agree(key, other)]
            group += near
            pending = [other for other in pending if other not in near]
        yield [each for key in group for each in by_key[key]]


def _key(facts: AccessFacts) -> _Key:
    application = None if facts.application is None else application_key(facts.application)
    return facts.source, application, facts.account, facts.route


def _agree(first: _Key, second: _Key) -> bool:
    pairs = zip(first, second, strict=True)
    return all(one == other or None in (one, other) for one, other in pairs)


def _may_be_same(first: AccessFacts, second: AccessFacts) -> bool:
    dates = first.dates, second.dates
    overlap = dates[0] is None or dates[1] is None or dates[0].overlaps(dates[1])
    return overlap and _agree(_key(first), _key(second))


def _are_apart(group: Sequence[Amount]) -> bool:
    """Return whether the days of all records are stated, and none overlap."""
    if len(group) == 1:
        return True
    if any(facts.dates is None for facts, _ in group):
        return False
    ordered = sorted((_first(facts), _last(facts)) for facts, _ in group)
    return all(one[1] <= other[0] for one, other in pairwise(ordered))


def _first(facts: AccessFacts) -> date:
    return date.min if facts.dates is None else facts.dates.first or date.min


def _last(facts: AccessFacts) -> date:
    """Return the day after the last one."""
    return date.max if facts.dates is None else facts.dates.until or date.max


def _sum_of_apart(group: Sequence[Amount]) -> int:
    """Return the sum of the first record, and of each one that is apart from those before it."""
    chosen = list[Amount]()
    for each in group:
        if not any(_may_be_same(each[0], other[0]) for other in chosen):
            chosen.append(each)
    return sum(amount for _, amount in chosen)
