"""DuckDB, out of core: it sorts, groups and joins what does not fit in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance.cpu_count import available
from provenance.errors import RegistryError

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Limits:
    """What a build may use of the machine; it changes nothing in what is built.

    Parameters
    ----------
    threads : int
        How many at once.
    memory : int
        Bytes for sorting and joining; what is more goes to disk.
    held : int
        Bytes of items with what puts them in order, and again of postings, up to which these wait
        in memory for their order; where they are more, all wait on the disk.
    """

    threads: int = field(default_factory=available)
    memory: int = 1 << 30
    held: int = 1 << 26


@contextmanager
def engine(folder: Path, limits: Limits) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Open a DuckDB that spills into `folder`.

    Raises
    ------
    RegistryError
        If it runs out of memory or disk, or fails otherwise.
    """
    import duckdb  # noqa: PLC0415 (whoever builds needs it; a check opens what was built)

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": limits.threads,
        "memory_limit": f"{limits.memory}B",
        "temp_directory": str(folder),
        "arrow_large_buffer_size": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        # A spilling join with this optimiser is suspected of dropping rows in silence.
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


def run(connection: "duckdb.DuckDBPyConnection", query: str) -> list[tuple[Any, ...]]:
    """Run a query to its end."""
    # Results stream: on a cursor of its own, an unread one is in nobody's way.
    with connection.cursor() as cursor:
        rows: list[tuple[Any, ...]] = cursor.execute(query).fetchall()
        return rows


def count_of(connection: "duckdb.DuckDBPyConnection", query: str) -> int:
    """Give the one number that a query asks for."""
    return int(run(connection, query)[0][0] or 0)


def name_parts(connection: "duckdb.DuckDBPyConnection", name: str, parts: Path) -> None:
    """Let queries read all Parquet files of a folder under one name."""
    # The path is a pattern to DuckDB: a registry may well stand in a folder named "a[1]".
    with connection.cursor() as cursor:
        cursor.read_parquet(f"{escape(str(parts))}/*.parquet").create_view(name)


def conserve(step: str, expected: int, found: int) -> None:
    """Hold the number of rows behind a step against that before it.

    Raises
    ------
    RegistryError
        If rows were lost or doubled: an undercount would be silent ever after.
    """
    if expected != found:
        raise RegistryError(
            f"{step}: {expected} rows went in and {found} came out",
            remedy="run this again; report it, with the version of duckdb, if it recurs",
        )
