"""The postings of a registry: where each shingle stands, sorted."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model import Int64s
from provenance.registry.columns import POSTINGS_GROUP, POSTINGS_SCHEMA
from provenance.registry.engine import conserve, name_parts
from provenance.registry.flow import Portion, Sink, portions

_SORTED = "SELECT * FROM unsorted ORDER BY shingle, item, position"


def lay_postings(postings: pa.Table, folder: Path, place: int) -> int:
    """Write the postings of one row group of items, to be sorted later."""
    pq.write_table(
        postings,
        folder / f"{place:012d}.parquet",
        compression="none",
        use_dictionary=False,
        write_statistics=False,
    )
    return len(postings)


def sort_postings(connection: duckdb.DuckDBPyConnection, parts: Path, rows: int, out: Path) -> int:
    """Sort postings, and keep the first of each shingle in each item.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Sorts, out of core.
    parts : Path
        Folder of what was laid down.
    rows : int
        How many postings that is.
    out : Path
        The registry's file.

    Returns
    -------
    int
        How many are kept.

    Raises
    ------
    RegistryError
        If rows were lost.
    """
    name_parts(connection, "unsorted", parts)
    counts: list[int] = []
    kept = 0
    with Sink(out, POSTINGS_SCHEMA) as sink, connection.cursor() as cursor:
        batches = cursor.sql(_SORTED).to_arrow_reader(POSTINGS_GROUP)
        for group in portions(
            _firsts(batches, counts), Portion(POSTINGS_GROUP, POSTINGS_GROUP), _ones
        ):
            sink.put(group.cast(POSTINGS_SCHEMA))
            kept += len(group)
    conserve("sorting the postings", rows, sum(counts))
    return kept


def _firsts(batches: Iterable[pa.RecordBatch], counts: list[int]) -> Iterator[pa.RecordBatch]:
    last = (-1, -1)
    for batch in batches:
        counts.append(len(batch))
        shingles, items = batch["shingle"].to_numpy(), batch["item"].to_numpy()
        fresh = np.empty(len(batch), np.bool_)
        fresh[0] = last != (int(shingles[0]), int(items[0]))
        fresh[1:] = (shingles[1:] != shingles[:-1]) | (items[1:] != items[:-1])
        last = (int(shingles[-1]), int(items[-1]))
        yield batch if fresh.all() else batch.filter(pa.array(fresh))


def _ones(batch: pa.RecordBatch) -> Int64s:
    return np.ones(len(batch), np.int64)
