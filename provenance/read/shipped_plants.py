"""Items that were planted to measure the shipped detector, by `benchmarks/plant_items.py`."""

from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow.parquet as pq

from provenance.model.results.calibration import PlantedOutcomes

_VERBATIM = "verbatim"


@cache
def load_shipped_plants() -> PlantedOutcomes:
    """Load the items planted to measure the shipped detector."""
    with (files("provenance") / "read" / "planted.parquet").open("rb") as file:
        table = pq.ParquetFile(file).read()  # `read_table` would import pyarrow.dataset
    families, is_row = table["family"].to_pylist(), table["is_row"].to_pylist()
    edits = [
        edit if edit == _VERBATIM else family
        for edit, family in zip(table["edit"].to_pylist(), families, strict=True)
    ]
    edit_names = tuple(dict.fromkeys([_VERBATIM, *families]))
    pairs = list(zip(families, is_row, strict=True))
    numbers = {pair: number for number, pair in enumerate(sorted(set(pairs)))}
    is_found = table["appearance"].to_numpy() >= 0
    return PlantedOutcomes(
        table["length"].to_numpy().astype(np.int64),
        np.array([edit_names.index(edit) for edit in edits], np.int64),
        np.array([numbers[pair] for pair in pairs], np.int64),
        table["appearance"].to_numpy().astype(np.int64),
        np.where(is_found, table["odds"].to_numpy().astype(np.float64), -np.inf),
        table["tokens"].to_numpy().astype(np.float64),
        edit_names,
        tuple(numbers),
    )
