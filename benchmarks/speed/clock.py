"""Time passes within a worker, and parse durations from the output of other programs."""

import re
import time
from collections.abc import Callable

MIN_SECONDS = 0.5
"""Shorter passes are repeated until this time has elapsed."""


def seconds_per_pass(work: Callable[[], object], min_seconds: float = MIN_SECONDS) -> float:
    """Return the mean seconds of `work`, repeated until at least `min_seconds` have elapsed."""
    start = time.perf_counter()
    passes, elapsed = 0, 0.0
    while passes == 0 or elapsed < min_seconds:
        work()
        passes += 1
        elapsed = time.perf_counter() - start
    return elapsed / passes


def best_of(work: Callable[[], object], runs: int) -> float:
    """Run `work` several times, and return the seconds of the fastest run."""
    return min(seconds_per_pass(work, 0) for _ in range(runs))


def parse_seconds(output: str, label: str) -> float:
    """Parse a duration, in seconds, from the output of a program.

    Examples
    --------
    >>> parse_seconds("Detection time   1m 2.5s", "Detection time")
    62.5
    >>> parse_seconds("Index building time   740ms", "Index building time")
    0.74
    """
    match = re.search(rf"{label}\s+(?:(\d+)m\s*)?([\d.]+)\s*(ms|s)", output)
    if match is None:
        raise ValueError(f"'{label}' is not in the output: {output}")
    minutes, number, unit = match.groups()
    return 60 * int(minutes or 0) + float(number) * (0.001 if unit == "ms" else 1)
