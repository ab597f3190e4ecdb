"""How time grows with size: the exponent of a power law that begins after a start."""

from collections.abc import Sequence

LOWEST, HIGHEST, STEPS = 0.2, 3.0, 2800


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Fit ``seconds = start + slope * sizes ** exponent``, neither of them below zero.

    Least squares of relative errors: a start that all sizes pay would flatter an exponent that is
    fitted without it, and one measured apart and taken off brings its own noise in.

    Examples
    --------
    >>> round(exponent([1, 2, 4, 8], [5, 7, 11, 19]), 2)
    1.0
    """
    steps = [LOWEST + (HIGHEST - LOWEST) * step / STEPS for step in range(STEPS + 1)]
    return min(steps, key=lambda power: _misfit([size**power for size in sizes], seconds))


def _misfit(across: Sequence[float], seconds: Sequence[float]) -> float:
    """Give the sum of squares that the best start and slope leave."""
    weights = [1 / one**2 for one in seconds]
    whole = sum(weights)
    middle = sum(w * x for w, x in zip(weights, across, strict=True)) / whole
    level = sum(w * y for w, y in zip(weights, seconds, strict=True)) / whole
    spread = sum(w * (x - middle) ** 2 for w, x in zip(weights, across, strict=True))
    both = zip(weights, across, seconds, strict=True)
    slope = max(0.0, sum(w * (x - middle) * (y - level) for w, x, y in both) / spread)
    start = level - slope * middle
    if start < 0:
        both = zip(weights, across, seconds, strict=True)
        slope = sum(w * x * y for w, x, y in both) / sum(
            w * x * x for w, x in zip(weights, across, strict=True)
        )
        start = 0.0
    errors = (start + slope * x - y for x, y in zip(across, seconds, strict=True))
    return sum(w * error**2 for w, error in zip(weights, errors, strict=True))
