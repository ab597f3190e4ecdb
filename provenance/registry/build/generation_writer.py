"""Write the data files of a generation from its ordered items."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.fingerprint.fracminhash import Sketch
from provenance.model import Parameters, SourceCoverage, UInt32s, UInt64s
from provenance.registry.arrays_file import ArraySink
from provenance.registry.build.build_dir import BuildDir
from provenance.registry.build.duckdb_engine import check_row_count
from provenance.registry.build.item_order import OrderedItems, batch_row_groups, read_row_groups
from provenance.registry.build.postings_writer import PostingsBuffer, partition_bits, sort_postings
from provenance.registry.build.row_groups import RowGroup, RowGroupContext, build_row_groups
from provenance.registry.build.shingle_origins import ItemOrigins, concatenate_origins
from provenance.registry.build.table_stream import ParquetSink, map_in_threads
from provenance.registry.build.token_statistics import count_cells, empty_cells, write_background
from provenance.registry.manifest import (
    BACKGROUND_FILE,
    ITEMS_FILE,
    SIGNATURES_FILE,
    SKETCH_FILE,
    TEXTS_FILE,
    TOKENS_FILE,
)
from provenance.registry.schema import ITEMS_SCHEMA, SKETCH_SCHEMA, TEXTS_SCHEMA, signatures_schema
from provenance.registry.source_coverage import merge_coverage


@dataclass(frozen=True, slots=True)
class GenerationTotals:
    """Totals over all row groups.

    Parameters
    ----------
    origins : list of ItemOrigins
        Sources and authors, by row group.
    sketches : dict of str to list of Sketch
        Sketches by source, one per row group.
    cells : ndarray of uint32, shape (2**BACKGROUND_BITS,)
        Counts of tokens.
    coverage : list of pyarrow.Table
        Coverage by row group, as `coverage_sums` returns it.
    """

    origins: list[ItemOrigins] = field(default_factory=list)
    sketches: dict[str, list[Sketch]] = field(default_factory=dict)
    cells: UInt32s = field(default_factory=empty_cells)
    coverage: list[pa.Table] = field(default_factory=list)

    def add(self, one: RowGroup) -> None:
        """Add a row group."""
        self.origins.append(one.origins)
        for source, sketch in one.sketches.items():
            self.sketches.setdefault(source, []).append(sketch)
        count_cells(self.cells, one.tokens, one.is_first)
        self.coverage.append(one.coverage)


@dataclass(frozen=True, slots=True)
class WrittenGeneration:
    """Contents of the data files.

    Parameters
    ----------
    items, tokens, postings : int
        Numbers of items, tokens and postings.
    sources : tuple of SourceCoverage
        Coverage by source, in order of their identifiers.
    """

    items: int
    tokens: int
    postings: int
    sources: tuple[SourceCoverage, ...]


def write_generation(
    ordered: OrderedItems, shop: BuildDir, parameters: Parameters
) -> WrittenGeneration:
    """Write all data files.

    Parameters
    ----------
    ordered : OrderedItems
        The ordered items.
    shop : BuildDir
        The build; its parts are removed.
    parameters : Parameters
        Parameters of the fingerprints.

    Raises
    ------
    RegistryError
        If rows were lost.
    """
    heap = PostingsBuffer(
        shop.unsorted / "postings", partition_bits(ordered.tokens), shop.limits.buffer_bytes
    )
    work = partial(
        build_row_groups,
        gather=shop.spill_buffer.gatherer(),
        how=RowGroupContext(parameters, ordered.sources, heap.laid.partition_bits),
    )
    made = map_in_threads(work, batch_row_groups(read_row_groups(ordered)), shop.limits.threads)
    with ExitStack() as stack:
        sinks = {
            name: stack.enter_context(ParquetSink(shop.data / name, schema))
            for name, schema in (
                (ITEMS_FILE, ITEMS_SCHEMA),
                (SIGNATURES_FILE, signatures_schema(parameters.permutations)),
                *([(TEXTS_FILE, TEXTS_SCHEMA)] if shop.keep_texts else []),
            )
        }
        tokens = stack.enter_context(ArraySink(shop.data / TOKENS_FILE, np.uint32))
        sums = _write_groups(chain.from_iterable(made), sinks, tokens, heap)
    shop.remove_later(shop.parts)
    origins = concatenate_origins(sums.origins)
    check_row_count("writing the items", ordered.items, len(origins.sources))
    _write_sketch(shop.data / SKETCH_FILE, sums.sketches)
    write_background(shop.data / BACKGROUND_FILE, sums.cells)
    postings = sort_postings(heap.laid, origins, ordered.longest, shop.data, shop.limits.threads)
    shop.remove_later(shop.unsorted)
    return WrittenGeneration(ordered.items, ordered.tokens, postings, merge_coverage(sums.coverage))


def _write_groups(
    groups: Iterable[RowGroup],
    sinks: dict[str, ParquetSink],
    tokens: ArraySink,
    heap: PostingsBuffer,
) -> GenerationTotals:
    sums = GenerationTotals()
    for one in groups:
        sinks[ITEMS_FILE].put(one.items)
        tokens.put(one.tokens.hashes)
        if one.texts is not None:
            sinks[TEXTS_FILE].put(one.texts)
        if len(one.signatures):
            sinks[SIGNATURES_FILE].put(one.signatures)
        heap.put(one.postings)
        sums.add(one)
    return sums


def _write_sketch(path: Path, sketches: dict[str, list[Sketch]]) -> None:
    with ParquetSink(path, SKETCH_SCHEMA) as sink:
        for source in sorted(sketches):
            # Pairwise merging would sort the earlier ones again each time.
            hashes = np.unique(np.concatenate([one.hashes for one in sketches[source]]))
            sink.put(sketch_table(source, hashes))


def sketch_table(source: str, hashes: UInt64s) -> pa.Table:
    """Return the table of a source's sketch."""
    columns = [pa.repeat(source, len(hashes)), pa.array(hashes)]
    return pa.table(columns, schema=SKETCH_SCHEMA)
