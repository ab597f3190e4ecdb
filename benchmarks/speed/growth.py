"""How time grows with size: the exponent of a power law."""

from collections.abc import Sequence
from math import log


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Fit ``seconds = c * sizes ** exponent`` by least squares of logarithms.

    Examples
    --------
    >>> round(exponent([1, 2, 4, 8], [3, 6, 12, 24]), 6)
    1.0
    """
    across, up = [log(size) for size in sizes], [log(one) for one in seconds]
    middle, level = sum(across) / len(across), sum(up) / len(up)
    rise = sum((x - middle) * (y - level) for x, y in zip(across, up, strict=True))
    return rise / sum((x - middle) ** 2 for x in across)
