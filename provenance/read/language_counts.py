"""Counts of words and word pairs in general language, built by `benchmarks/build_language.py`."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import pyarrow.parquet as pq

from provenance.model.content.language import Language


@cache
def load_language(path: Path | None = None) -> Language:
    """Load the shipped counts of frequent words and word pairs, or those of a file."""
    place = path or files("provenance") / "read" / "language.parquet"
    with place.open("rb") as file:
        table = pq.ParquetFile(file).read()  # `read_table` would import pyarrow.dataset
    metadata = table.schema.metadata
    return Language(
        int(metadata[b"normalisation"]),
        table["key"].to_numpy(),
        table["count"].to_numpy(),
        int(metadata[b"tokens"]),
    )
