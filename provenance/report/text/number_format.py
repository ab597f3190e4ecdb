"""Figures as people read them: shares, counts, sizes, dates."""

import math
from datetime import UTC, date, datetime, timedelta

from provenance.model import DateRange


def percent(share: float) -> str:
    """Write a share for people.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    str
        Two digits that count, three from ten per cent on; never a round 0 or 100 that is not.

    Examples
    --------
    >>> [percent(share) for share in (0, 0.000001, 0.00042, 0.1234, 0.9999, 1)]
    ['0%', '<0.001%', '0.042%', '12.3%', '>99.9%', '100%']
    """
    if share in {0, 1}:
        return "0%" if share == 0 else "100%"
    if share < 0.00001:
        return "<0.001%"
    if share > 0.999:
        return ">99.9%"
    # `#` keeps zeros that count: 0.20% is not 0.2%, where the next digit is known.
    return f"{share * 100:#.{3 if share >= 0.1 else 2}g}%"


def limit(share: float) -> str:
    """Write a limit as its author did.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    str
        Exact, without idle zeros.

    Examples
    --------
    >>> [limit(share) for share in (0.0, 0.1, 0.005)]
    ['0%', '10%', '0.5%']
    """
    return f"{share * 100:.6f}".rstrip("0").rstrip(".") + "%"


def interval(low: float, high: float) -> str:
    """Write an interval for people.

    Parameters
    ----------
    low, high : float
        Its ends, in [0, 1].

    Returns
    -------
    str
        Its ends with a dash between them and one sign behind: 3.9 to 5.0%.
    """
    return f"{percent(low).removesuffix('%')}\N{EN DASH}{percent(high)}"


def count(number: int, noun: str) -> str:
    """Write a number with its noun.

    Parameters
    ----------
    number : int
        How many.
    noun : str
        Of what, in the singular; its plural takes an s.

    Returns
    -------
    str
        "1 document", "1,204 documents".
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def rarity(strength: float) -> str:
    """Write how rarely chance gives a match of a strength.

    Parameters
    ----------
    strength : float
        Bits: once in ``2**strength`` words.

    Returns
    -------
    str
        One digit that counts; nobody can know more than once in a trillion.

    Examples
    --------
    >>> [rarity(strength) for strength in (20.0, 31.7)]
    ['once in about a million words', 'once in about 3 billion words']
    >>> rarity(90.0)
    'less than once in a trillion words'
    """
    if strength > math.log2(1e12):
        return "less than once in a trillion words"
    return f"once in about {about(2**strength)} words"


def about(amount: float) -> str:
    """Write an amount of which only the size is known.

    Parameters
    ----------
    amount : float
        Less than a trillion.

    Returns
    -------
    str
        One digit that counts.

    Examples
    --------
    >>> [about(amount) for amount in (34.0, 1.04e6, 3.4e9)]
    ['30', 'a million', '3 billion']
    """
    rounded = float(f"{amount:.1g}")
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if rounded >= size:
            return f"a {name}" if rounded == size else f"{rounded / size:,.0f} {name}"
    return f"{rounded:,.0f}"


def day(moment: datetime) -> str:
    """Write the day of a moment, in UTC."""
    return moment.astimezone(UTC).date().isoformat()


def moment(of: datetime) -> str:
    """Write a moment to the minute, in UTC."""
    return f"{of.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def number(amount: int) -> str:
    """Write a number with its thousands parted: 1,204."""
    return f"{amount:,}"


def size(number: int) -> str:
    """Write bytes for people, in powers of ten.

    Parameters
    ----------
    number : int
        How many bytes.

    Returns
    -------
    str
        "1.8 MB".
    """
    amount, step = float(number), 0
    while amount >= 999.5 and step < 5:
        amount, step = amount / 1000, step + 1
    unit = ("bytes", "kB", "MB", "GB", "TB", "PB")[step]
    return f"{amount:.0f} {unit}" if step == 0 or amount >= 99.5 else f"{amount:.1f} {unit}"


def period(dates: DateRange) -> str:
    """Write a range of days, its last day included.

    Parameters
    ----------
    dates : DateRange
        `until` is the first day outside.

    Returns
    -------
    str
        "2023-09-29 to 2024-11-14"; "since 2024-11-15"; "any date".
    """
    last = dates.until and dates.until - timedelta(days=1)
    if dates.first and last:
        return str(last) if dates.first == last else f"{dates.first} to {last}"
    if dates.first:
        return f"since {dates.first}"
    return f"until {last}" if last else "any date"


def days(first: date | None, last: date | None) -> str:
    """Write the dates of some items.

    Parameters
    ----------
    first, last : date or None
        Of the earliest and the latest.

    Returns
    -------
    str
        "2019-01-02 to 2023-06-30"; "no dates".
    """
    if first is None or last is None:
        return "no dates"
    return f"{first} to {last}"
