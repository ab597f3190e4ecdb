"""Formatting of shares, counts, sizes and dates."""

import math
from datetime import UTC, date, datetime, timedelta

from provenance.model.rules.terms import DateRange


def percent(share: float) -> str:
    """Format a share as a percentage.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    str
        Two significant digits, three from 10% on; 0% and 100% only if exact.

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
    # `#` keeps significant zeros: 0.20%, not 0.2%.
    return f"{share * 100:#.{3 if share >= 0.1 else 2}g}%"


def exact_percent(share: float) -> str:
    """Format a limit as a percentage without rounding.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    str
        Without trailing zeros.

    Examples
    --------
    >>> [exact_percent(share) for share in (0.0, 0.1, 0.005)]
    ['0%', '10%', '0.5%']
    """
    return f"{share * 100:.6f}".rstrip("0").rstrip(".") + "%"


def interval(low: float, high: float) -> str:
    """Format an interval of shares.

    Parameters
    ----------
    low, high : float
        Ends, in [0, 1].

    Returns
    -------
    str
        The ends with an en dash and one percent sign.
    """
    return f"{percent(low).removesuffix('%')}\N{EN DASH}{percent(high)}"


def count(number: int, noun: str) -> str:
    """Format a number with a noun.

    Parameters
    ----------
    number : int
        Amount.
    noun : str
        In the singular; its plural must end in s.

    Returns
    -------
    str
        "1 document", "1,204 documents".
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def rarity(strength: float) -> str:
    """Format how often a match of a strength occurs by chance.

    Parameters
    ----------
    strength : float
        Bits: once in ``2**strength`` words.

    Returns
    -------
    str
        One significant digit, down to once in a trillion.

    Examples
    --------
    >>> [rarity(strength) for strength in (20.0, 31.7)]
    ['once in about a million words', 'once in about 3 billion words']
    >>> rarity(90.0)
    'less than once in a trillion words'
    """
    if strength > math.log2(1e12):
        return "less than once in a trillion words"
    return f"once in about {approximate(2**strength)} words"


def approximate(amount: float) -> str:
    """Format an approximate amount.

    Parameters
    ----------
    amount : float
        Less than a trillion.

    Returns
    -------
    str
        One significant digit.

    Examples
    --------
    >>> [approximate(amount) for amount in (34.0, 1.04e6, 3.4e9)]
    ['30', 'a million', '3 billion']
    """
    value = float(f"{amount:.1g}")
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"a {name}" if value == size else f"{value / size:,.0f} {name}"
    return f"{value:,.0f}"


def day(moment: datetime) -> str:
    """Format the date of a time, in UTC."""
    return moment.astimezone(UTC).date().isoformat()


def timestamp(moment: datetime) -> str:
    """Format a time to the minute, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def number(amount: int) -> str:
    """Format a number with thousands separators: 1,204."""
    return f"{amount:,}"


def size(number: int) -> str:
    """Format a size in decimal units.

    Parameters
    ----------
    number : int
        Bytes.

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
    """Format a range of dates, including its last day.

    Parameters
    ----------
    dates : DateRange
        `until` is excluded.

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


def date_span(first: date | None, last: date | None) -> str:
    """Format the dates of the earliest and the latest item.

    Parameters
    ----------
    first, last : date or None
        None if no item has a date.

    Returns
    -------
    str
        "2019-01-02 to 2023-06-30"; "2019-01-02" if both are the same; "no dates".
    """
    if first is None or last is None:
        return "no dates"
    return f"{first}" if first == last else f"{first} to {last}"
