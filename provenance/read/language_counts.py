"""The shipped counts of language at large, made by `benchmarks/build_language.py`."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import pyarrow.parquet as pq

from provenance.model import Language


@cache
def load_language(path: Path | None = None) -> Language:
    """Load the counts of frequent words and pairs of words: those shipped, or those of a file."""
    place = path or files("provenance") / "read" / "language.parquet"
    with place.open("rb") as file:
        table = pq.ParquetFile(file).read()  # `read_table` loads Arrow's datasets, for nothing
    described = table.schema.metadata
    return Language(
        int(described[b"normalisation"]),
        table["key"].to_numpy(),
        table["count"].to_numpy(),
        int(described[b"tokens"]),
    )
