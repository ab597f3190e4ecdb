"""Background counts of a registry: how often tokens of each cell occur in distinct items."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.jit.decorators import kernel
from provenance.model.content.fingerprints import Flags, Int64s, Tokens, UInt32s
from provenance.model.content.registry_arrays import BACKGROUND_BITS
from provenance.registry.schema import BACKGROUND_SCHEMA
from provenance.registry.sorting.table_stream import ParquetSink

_SHIFT = np.uint32(32 - BACKGROUND_BITS)


def empty_cells() -> UInt32s:
    """Return zero counts; 32 bits suffice for the tokens of a registry."""
    return np.zeros(1 << BACKGROUND_BITS, np.uint32)


def count_cells(cells: UInt32s, tokens: Tokens, is_first: Flags) -> None:
    """Add the tokens of items that are no copies of earlier ones to `cells`."""
    _count_all(tokens.hashes, tokens.offsets, is_first, cells)


def write_background(path: Path, cells: UInt32s) -> None:
    """Write the counts."""
    counts = pa.array(cells).cast(BACKGROUND_SCHEMA.field("count").type)
    with ParquetSink(path, BACKGROUND_SCHEMA) as sink:
        sink.put(pa.table([counts], schema=BACKGROUND_SCHEMA))


@kernel
def _count_all(tokens: UInt32s, offsets: Int64s, is_first: Flags, cells: UInt32s) -> None:
    for item in range(len(is_first)):
        if is_first[item]:
            for place in range(offsets[item], offsets[item + 1]):
                cells[tokens[np.uint64(place)] >> _SHIFT] += np.uint32(1)
