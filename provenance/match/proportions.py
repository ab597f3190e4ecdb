"""Parts that were counted, and their intervals."""

import numpy as np

from provenance.match.estimates import poisson_upper

_Z = 1.96


def wilson(found: int, tried: int) -> tuple[float, float]:
    """Give Wilson's 95 % interval of a proportion; all of [0, 1] where nothing was tried.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(45, 50)]
    [0.786, 0.957]
    """
    if not tried:
        return 0.0, 1.0
    share, square = found / tried, _Z**2 / tried
    middle = (share + square / 2) / (1 + square)
    half = _Z / (1 + square) * np.sqrt(share * (1 - share) / tried + square / tried / 4)
    low = 0.0 if found == 0 else float(middle - half)
    return low, 1.0 if found == tried else float(middle + half)


def poisson(count: int) -> tuple[float, float]:
    """Give the 95 % interval of a Poisson mean of which `count` were seen.

    Examples
    --------
    >>> [round(end, 2) for end in poisson(10)]
    [4.79, 18.39]
    """
    if not count:
        return 0.0, 3.69
    low = count * (1 - 1 / (9 * count) - _Z / (3 * np.sqrt(count))) ** 3
    return float(max(low, 0.0)), poisson_upper(count)
