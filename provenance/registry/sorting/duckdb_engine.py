"""DuckDB as an out-of-core engine for sorting, grouping and joining."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import escape
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from provenance.cpu_count import available_cpus
from provenance.errors import RegistryError

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class BuildLimits:
    """Resource limits of a build; they do not affect what is found with the registry.

    Parameters
    ----------
    threads : int
        Number of threads.
    memory : int
        Bytes for sorting and joining; the rest spills to disk.
    buffer_bytes : int
        Bytes of staged items with their sort keys, and as many again of postings, that are kept in
        memory; beyond that, all of them go to disk.
    segment_bytes : int
        Bytes of texts from which items go to the next segment.
    merged_tokens : int
        Largest number of tokens of a segment that results from merging as a registry grows.
    rewritten_bytes : int
        Size from which on a segment with withdrawn items is not rewritten at once.
    """

    threads: int = field(default_factory=available_cpus)
    memory: int = 1 << 30
    buffer_bytes: int = 1 << 26
    segment_bytes: int = 1 << 32
    merged_tokens: int = 1 << 30
    rewritten_bytes: int = 10**9


def _load_duckdb() -> ModuleType:
    """Import DuckDB, which is needed for building, not for checking.

    Not in the main thread, where a signal would raise its exception in the midst of the import:
    DuckDB then aborts the process.
    """
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(import_module, "duckdb").result()


@contextmanager
def open_engine(folder: Path, limits: BuildLimits) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Open a DuckDB that spills into `folder`.

    Raises
    ------
    RegistryError
        If it runs out of memory or disk, or fails otherwise.
    """
    duckdb = _load_duckdb()
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": limits.threads,
        "memory_limit": f"{limits.memory}B",
        "temp_directory": str(folder),
        "arrow_large_buffer_size": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        # A spilling join with this optimiser is suspected of silently dropping rows.
        "disabled_optimizers": "join_filter_pushdown",
    }
    try:
        with duckdb.connect(config=settings) as connection:
            yield connection
    except duckdb.OutOfMemoryException as error:
        raise RegistryError(
            f"sorting the items took more than {limits.memory >> 20} MiB of memory, or the disk",
            remedy=f"make room on the disk of {folder.parent}, or split the dumps over registries",
        ) from error
    except duckdb.Error as error:
        raise RegistryError(
            f"the items could not be sorted: {error}",
            remedy=f"make sure that the disk of {folder.parent} has room, then run this again",
        ) from error


def run_query(connection: "duckdb.DuckDBPyConnection", query: str) -> list[tuple[Any, ...]]:
    """Run a query and return all rows."""
    # Results are streamed: each query has its own cursor, so that none blocks another.
    with connection.cursor() as cursor:
        rows: list[tuple[Any, ...]] = cursor.execute(query).fetchall()
        return rows


def query_count(connection: "duckdb.DuckDBPyConnection", query: str) -> int:
    """Return the single number that a query selects."""
    return int(run_query(connection, query)[0][0] or 0)


def create_parts_view(connection: "duckdb.DuckDBPyConnection", name: str, parts: Path) -> None:
    """Create a view of all Parquet files of a folder."""
    # DuckDB takes the path for a pattern: escape folders named like "a[1]".
    with connection.cursor() as cursor:
        cursor.read_parquet(f"{escape(str(parts))}/*.parquet").create_view(name)


def check_row_count(step: str, expected: int, actual: int) -> None:
    """Check that a step neither lost nor duplicated rows.

    Raises
    ------
    RegistryError
        If it did: an undercount would go unnoticed.
    """
    if expected != actual:
        raise RegistryError(
            f"{step}: {expected} rows went in and {actual} came out",
            remedy="run this again; report it, with the version of duckdb, if it recurs",
        )
