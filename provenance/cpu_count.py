"""How many cores this process may use: a container, or `taskset`, may allow it but some."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

_GROUPS, _MOUNTED = "proc/self/cgroup", "sys/fs/cgroup"


def available() -> int:
    """Give their number, at least 1."""
    pinned = getattr(os, "sched_getaffinity", None)
    count = len(pinned(0)) if pinned else os.cpu_count() or 1
    return max(1, min(count, math.ceil(min(quota(), count))))


def quota(root: Path = Path("/")) -> float:
    """Give how many cores' time the control groups of this process may take: ``--cpus`` of Docker.

    Such a limit leaves all cores in sight: whoever starts a thread for each of them is made to wait
    for most of the time, and has paid for the memory of all.

    Parameters
    ----------
    root : Path
        Of the file system.

    Returns
    -------
    float
        The least that any of them allows; infinite where nothing does, or nothing says so.
    """
    try:
        lines = (root / _GROUPS).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return math.inf
    folders = (folder for line in lines for folder in _folders(root / _MOUNTED, line))
    return min(map(_limit, folders), default=math.inf)


def _folders(mounted: Path, line: str) -> Iterator[Path]:
    """Give the folders of a group, and of those that it is in, of either version of the system."""
    _, _, told = line.partition(":")
    kinds, _, path = told.partition(":")
    if kinds and "cpu" not in kinds.split(","):
        return
    # Version 1 is mounted by the names of what it controls, in any order, or by one of them.
    for name in dict.fromkeys([kinds, *(("cpu", "cpu,cpuacct") if kinds else ("unified",))]):
        # In a container the path may be the host's, of which only the root is in sight.
        folder = (mounted / name).joinpath(*Path(path).parts[1:])
        yield folder
        while folder != mounted / name:
            folder = folder.parent
            yield folder


def _limit(folder: Path) -> float:
    files = (["cpu.max"], ["cpu.cfs_quota_us", "cpu.cfs_period_us"])
    for names in files:
        try:
            told = " ".join((folder / name).read_text("utf-8") for name in names)
            allowed, period = map(int, told.split())
        except (OSError, ValueError):  # no such file; or "max", which is none
            continue
        if allowed > 0 < period:
            return allowed / period
    return math.inf
