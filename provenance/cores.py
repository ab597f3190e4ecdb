"""How many cores this process may use: a container, or `taskset`, may allow it but some."""

import os


def available() -> int:
    """Give their number, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
