"""How many cores this process may use."""

import math
import os
import subprocess
import sys

import pytest

from provenance.cpu_count import available_cpus, cgroup_quota

_GROUPS = "proc/self/cgroup"
_TOLD = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system pins no process")
def test_who_is_pinned_to_one_core_has_one():
    asked = _TOLD + "from provenance.cpu_count import available_cpus; print(available_cpus())"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    assert told.stdout == "1\n"


def test_where_the_system_does_not_say_all_cores_count(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr("provenance.cpu_count.cgroup_quota", lambda: math.inf)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert available_cpus() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cpus() == 1


def test_a_quota_of_time_counts_as_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    for allowed, cores in ((0.25, 1), (2.0, 2), (2.5, 3), (8.0, 8), (64.0, 8), (math.inf, 8)):
        monkeypatch.setattr("provenance.cpu_count.cgroup_quota", lambda allowed=allowed: allowed)
        assert available_cpus() == cores


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, math.inf),
        ({_GROUPS: "0::/\n"}, math.inf),
        ({_GROUPS: "0::/\n", "cpu.max": "150000 100000\n"}, 1.5),
        ({_GROUPS: "0::/\n", "cpu.max": "max 100000\n"}, math.inf),
        # The group itself allows all, the one that it is in does not.
        ({_GROUPS: "0::/a/b:c\n", "a/b:c/cpu.max": "max 100000", "a/cpu.max": "300 100"}, 3.0),
        ({_GROUPS: "0::/a\n", "a/cpu.max": "300 100", "cpu.max": "200 100"}, 2.0),
        # What is beside it is another's.
        ({_GROUPS: "0::/a\n", "b/cpu.max": "300 100"}, math.inf),
        # Groups of version 1, the path being the host's.
        (
            {
                _GROUPS: "7:memory:/x\n4:cpu,cpuacct:/docker/1\n0::/\n",
                "cpu,cpuacct/cpu.cfs_quota_us": "400000\n",
                "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
                "memory/cpu.max": "1 1",
            },
            4.0,
        ),
        (
            {
                _GROUPS: "4:cpuacct,cpu:/a\n",
                "cpu/a/cpu.cfs_quota_us": "50000\n",
                "cpu/a/cpu.cfs_period_us": "100000\n",
            },
            0.5,
        ),
        ({_GROUPS: "0::/a\n", "unified/a/cpu.max": "300 100"}, 3.0),
        (
            {
                _GROUPS: "1:cpu:/\n",
                "cpu/cpu.cfs_quota_us": "-1\n",
                "cpu/cpu.cfs_period_us": "100000\n",
            },
            math.inf,
        ),
        ({_GROUPS: "0::/\n", "cpu.max": "0 0"}, math.inf),
        ({_GROUPS: "0::/\n", "cpu.max": "half a core"}, math.inf),
        ({_GROUPS: "nothing of the kind\n"}, math.inf),
    ],
)
def test_the_least_that_any_group_allows_is_the_quota(tmp_path, files, cores):
    for name, text in files.items():
        path = tmp_path / (name if name == _GROUPS else f"sys/fs/cgroup/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert cgroup_quota(tmp_path) == cores
