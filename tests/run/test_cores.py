"""How many cores this process may use."""

import os
import subprocess
import sys

import pytest

from provenance.cores import available

_TOLD = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system pins no process")
def test_who_is_pinned_to_one_core_has_one():
    asked = _TOLD + "from provenance.cores import available; print(available())"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    assert told.stdout == "1\n"


def test_where_the_system_does_not_say_all_cores_count(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert available() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available() == 1
