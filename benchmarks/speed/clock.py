"""How long a pass takes, inside a worker; and how long others say that theirs took."""

import re
import time
from collections.abc import Callable

LEAST = 0.5
"""Seconds: shorter passes are repeated until so much time has gone by."""


def seconds_a_pass(work: Callable[[], object], least: float = LEAST) -> float:
    """Run `work` once, and again while less than `least` seconds have gone by; give the mean."""
    start = time.perf_counter()
    passes, gone = 0, 0.0
    while passes == 0 or gone < least:
        work()
        passes += 1
        gone = time.perf_counter() - start
    return gone / passes


def best_of(work: Callable[[], object], runs: int) -> float:
    """Run `work` so often, and give the seconds of the fastest run."""
    return min(seconds_a_pass(work, 0) for _ in range(runs))


def seconds_told(said: str, what: str) -> float:
    """Find a duration in what a program says of itself.

    Examples
    --------
    >>> seconds_told("Detection time   1m 2.5s", "Detection time")
    62.5
    >>> seconds_told("Index building time   740ms", "Index building time")
    0.74
    """
    match = re.search(rf"{what}\s+(?:(\d+)m\s*)?([\d.]+)\s*(ms|s)", said)
    if match is None:
        raise ValueError(f"'{what}' is not in what was said: {said}")
    minutes, number, unit = match.groups()
    return 60 * int(minutes or 0) + float(number) * (0.001 if unit == "ms" else 1)
