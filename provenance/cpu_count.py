"""Number of CPUs that this process may use, given its affinity and the quota of its container."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

_CGROUP_FILE, _CGROUP_ROOT = "proc/self/cgroup", "sys/fs/cgroup"


def available_cpus() -> int:
    """Return the number of usable CPUs, at least 1."""
    get_affinity = getattr(os, "sched_getaffinity", None)
    count = len(get_affinity(0)) if get_affinity else os.cpu_count() or 1
    return max(1, min(count, math.ceil(min(cgroup_quota(), count))))


def cgroup_quota(root: Path = Path("/")) -> float:
    """Return the CPU quota of this process's control groups, such as Docker's ``--cpus``, in CPUs.

    A quota leaves all CPUs visible: one thread per CPU would be throttled most of the time and use
    the memory of all.

    Parameters
    ----------
    root : Path
        Root of the file system.

    Returns
    -------
    float
        The smallest quota; infinite if there is none.
    """
    try:
        lines = (root / _CGROUP_FILE).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return math.inf
    folders = (folder for line in lines for folder in _group_folders(root / _CGROUP_ROOT, line))
    return min(map(_group_limit, folders), default=math.inf)


def _group_folders(mount_root: Path, line: str) -> Iterator[Path]:
    """Yield the folders of a control group and its parents, for versions 1 and 2."""
    _, _, fields = line.partition(":")
    kinds, _, path = fields.partition(":")
    if kinds and "cpu" not in kinds.split(","):
        return
    # Version 1 mounts are named after their controllers, in any order, or after one of them.
    for name in dict.fromkeys([kinds, *(("cpu", "cpu,cpuacct") if kinds else ("unified",))]):
        # In a container the path may be the host's, of which only the root is visible.
        folder = (mount_root / name).joinpath(*Path(path).parts[1:])
        yield folder
        while folder != mount_root / name:
            folder = folder.parent
            yield folder


def _group_limit(folder: Path) -> float:
    files = (["cpu.max"], ["cpu.cfs_quota_us", "cpu.cfs_period_us"])
    for names in files:
        try:
            values = " ".join((folder / name).read_text("utf-8") for name in names)
            quota, period = map(int, values.split())
        except (OSError, ValueError):  # no such file, or "max": no quota
            continue
        if quota > 0 < period:
            return quota / period
    return math.inf
