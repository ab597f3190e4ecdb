"""Items that were planted to measure the shipped detector, by `benchmarks/plant_items.py`."""

from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.model.results.calibration import PlantedOutcomes

_VERBATIM = "verbatim"


@cache
def load_shipped_plants() -> PlantedOutcomes:
    """Load the items planted to measure the shipped detector."""
    with (files("provenance") / "read" / "planted.parquet").open("rb") as file:
        table = pq.ParquetFile(file).read()  # `read_table` would import pyarrow.dataset
    families = table["family"].combine_chunks().dictionary_encode()
    names, codes = families.dictionary.to_pylist(), families.indices.to_numpy()
    edit_names = tuple(dict.fromkeys([_VERBATIM, *names]))
    family_edits = np.array([edit_names.index(name) for name in names], np.int64)
    is_verbatim = pc.equal(table["edit"], _VERBATIM).to_numpy()
    # A family and whether the plant is a row of its own, as one number.
    kinds = 2 * codes.astype(np.int64) + table["is_row"].to_numpy()
    pairs = {int(kind): (names[kind // 2], bool(kind % 2)) for kind in np.unique(kinds)}
    numbers = np.zeros(2 * len(names), np.int64)
    for number, kind in enumerate(sorted(pairs, key=pairs.__getitem__)):
        numbers[kind] = number
    is_found = table["appearance"].to_numpy() >= 0
    return PlantedOutcomes(
        table["length"].to_numpy().astype(np.int64),
        np.where(is_verbatim, 0, family_edits[codes]),
        numbers[kinds],
        table["appearance"].to_numpy().astype(np.int64),
        np.where(is_found, table["odds"].to_numpy().astype(np.float64), -np.inf),
        table["tokens"].to_numpy().astype(np.float64),
        edit_names,
        tuple(sorted(pairs.values())),
    )
