"""Describe the machine that figures were measured on, without its name."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.speed.measuring import cores

LIBRARIES = ("numba", "numpy", "pyarrow", "duckdb")


def machine() -> list[str]:
    """Return lines on processor, cores, memory, system, versions and load."""
    facts = [f"{_processor()}, {len(cores())} cores used of {os.cpu_count()}"]
    if "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        facts.append(f"{size / (1 << 30):.0f} GiB of memory")
    release = ".".join(platform.release().split(".")[:2])
    facts.append(f"{platform.system()} {release}, Python {platform.python_version()}")
    facts.append(", ".join(f"{name} {_version(name)}" for name in LIBRARIES))
    facts.append(f"load of {os.getloadavg()[0]:.1f} when it began")
    return facts


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for row in facts.read_text("utf-8").splitlines():
            if row.startswith("model name"):
                return row.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
