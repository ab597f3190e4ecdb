"""Fit how time grows with size: a power law plus a constant start-up time."""

from collections.abc import Sequence

LOWEST, HIGHEST, STEPS = 0.2, 3.0, 2800


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Fit ``seconds = start + slope * sizes ** exponent``, neither of them below zero.

    Least squares of relative errors. Without the constant, start-up would make the exponent too
    small; a constant that was measured separately would add noise.

    Examples
    --------
    >>> round(exponent([1, 2, 4, 8], [5, 7, 11, 19]), 2)
    1.0
    """
    steps = [LOWEST + (HIGHEST - LOWEST) * step / STEPS for step in range(STEPS + 1)]
    return min(steps, key=lambda power: _misfit([size**power for size in sizes], seconds))


def _misfit(across: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the residual sum of squares for the best start and slope."""
    weights = [1 / value**2 for value in seconds]
    total = sum(weights)
    middle = sum(w * x for w, x in zip(weights, across, strict=True)) / total
    level = sum(w * y for w, y in zip(weights, seconds, strict=True)) / total
    spread = sum(w * (x - middle) ** 2 for w, x in zip(weights, across, strict=True))
    triples = zip(weights, across, seconds, strict=True)
    slope = max(0.0, sum(w * (x - middle) * (y - level) for w, x, y in triples) / spread)
    start = level - slope * middle
    if start < 0:
        triples = zip(weights, across, seconds, strict=True)
        slope = sum(w * x * y for w, x, y in triples) / sum(
            w * x * x for w, x in zip(weights, across, strict=True)
        )
        start = 0.0
    errors = (start + slope * x - y for x, y in zip(across, seconds, strict=True))
    return sum(w * error**2 for w, error in zip(weights, errors, strict=True))
