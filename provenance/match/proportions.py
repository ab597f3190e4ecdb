"""Parts that were counted: their intervals, and Rogan and Gladen's correction of them."""

import numpy as np

from provenance.match.estimates import poisson_upper

_Z = 1.96


def rogan_gladen(observed: float, recall: float, false: float) -> float:
    """Correct a share for one recall and one false rate.

    Parameters
    ----------
    observed : float
        Share that was found, in [0, 1].
    recall, false : float
        Part of what is there, and of what is not, that is found; `recall` is the greater.

    Examples
    --------
    >>> round(rogan_gladen(0.0895, 0.85, 0.005), 3)
    0.1
    """
    return min(1.0, max(0.0, (observed - false) / (recall - false)))


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
