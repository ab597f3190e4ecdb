"""Registries of a few rows, and what they say after a change."""

import numpy as np
import pyarrow as pa

from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from tests.registry.conftest import numbers_in_order

UNMERGED = BuildLimits(merged_tokens=0)
LARGE = BuildLimits(merged_tokens=0, rewritten_bytes=0)
"""All segments are so large that they are not rewritten at once."""


def ids(*names):
    return pa.array(names, pa.string())


def row(item, text="the cat sat on my mat", **fields):
    return {"source": "x", "item": item, "text": text, **fields}


def found(folder):
    """Give what a registry says of the items that count, in their order."""
    registry = open_registry(folder)
    arrays, numbers = registry.arrays(), numbers_in_order(registry)
    places = np.full(len(arrays.first), -1)
    places[numbers] = np.arange(len(numbers))
    return {
        "described": registry.describe(numbers).drop_columns("number").to_pylist(),
        "texts": registry.texts(numbers),
        "first": places[arrays.first[numbers]].tolist(),
        "copies": registry.copies(numbers, arrays),
        "background": np.flatnonzero(arrays.background).tolist(),
        "postings": arrays.posting_count,
        "coverage": registry.manifest.sources,
        "totals": (registry.manifest.items, registry.manifest.tokens),
    }


def items_of(folder):
    return sorted(each["item"] for each in found(folder)["described"])
