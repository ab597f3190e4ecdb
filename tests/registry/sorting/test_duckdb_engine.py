"""DuckDB is used with care."""

import subprocess
import sys

import duckdb
import pytest

from provenance.errors import RegistryError
from provenance.registry.sorting.duckdb_engine import (
    BuildLimits,
    check_row_count,
    open_engine,
    run_query,
)

IMPORTING = """
import sys, threading
from importlib.abc import MetaPathFinder

class Finder(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "duckdb":
            print(threading.current_thread() is threading.main_thread())

sys.meta_path.insert(0, Finder())
from pathlib import Path
from provenance.registry.sorting.duckdb_engine import BuildLimits, open_engine

with open_engine(Path(sys.argv[1]), BuildLimits()):
    pass
"""


def test_no_signal_is_handled_in_the_midst_of_its_import(tmp_path):
    command = [sys.executable, "-c", IMPORTING, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_optimiser_that_may_lose_rows_is_off(tmp_path):
    with open_engine(tmp_path / "spill", BuildLimits()) as connection:
        assert run_query(connection, "SELECT current_setting('disabled_optimizers')") == [
            ("join_filter_pushdown",)
        ]


def test_it_fetches_no_extension(tmp_path):
    with open_engine(tmp_path / "spill", BuildLimits()) as connection:
        for name in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert run_query(connection, f"SELECT current_setting('{name}')") == [(False,)]


def test_an_error_of_duckdb_is_one_of_ours(tmp_path):
    with (
        pytest.raises(RegistryError, match="could not be sorted") as caught,
        open_engine(tmp_path / "spill", BuildLimits()) as connection,
    ):
        run_query(connection, "SELECT nothing FROM nowhere")
    assert isinstance(caught.value.__cause__, duckdb.Error)
    assert caught.value.remedy


def test_too_little_memory_says_how_much_it_was(tmp_path):
    with (
        pytest.raises(RegistryError, match="more than 9 MiB"),
        open_engine(tmp_path / "spill", BuildLimits(threads=1, memory=9 << 20)) as connection,
    ):
        run_query(connection, "SELECT list(range) FROM range(10_000_000)")


@pytest.mark.parametrize(("expected", "found"), [(3, 2), (3, 4)])
def test_rows_that_are_lost_or_doubled_are_an_error(expected, found):
    check_row_count("counting", expected, expected)
    with pytest.raises(RegistryError, match=f"counting: {expected} rows.*{found} came out"):
        check_row_count("counting", expected, found)
