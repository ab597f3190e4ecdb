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

    def add(self, group: RowGroup) -> None:
        """Add a row group."""
        self.origins.append(group.origins)
        for source, sketch in group.sketches.items():
            self.sketches.setdefault(source, []).append(sketch)
        count_cells(self.cells, group.tokens, group.is_first)
        self.coverage.append(group.coverage)


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
    ordered_items: OrderedItems, build_dir: BuildDir, parameters: Parameters
) -> WrittenGeneration:
    """Write all data files.

    Parameters
    ----------
    ordered_items : OrderedItems
        The ordered items.
    build_dir : BuildDir
        The build; its parts are removed.
    parameters : Parameters
        Parameters of the fingerprints.

    Raises
    ------
    RegistryError
        If rows were lost.
    """
    postings_buffer = PostingsBuffer(
        build_dir.unsorted / "postings",
        partition_bits(ordered_items.tokens),
        build_dir.limits.buffer_bytes,
    )
    work = partial(
        build_row_groups,
        gather=build_dir.spill_buffer.gatherer(),
        context=RowGroupContext(
            parameters, ordered_items.sources, postings_buffer.staged.partition_bits
        ),
    )
    batches = map_in_threads(
        work, batch_row_groups(read_row_groups(ordered_items)), build_dir.limits.threads
    )
    with ExitStack() as stack:
        sinks = {
            name: stack.enter_context(ParquetSink(build_dir.data / name, schema))
            for name, schema in (
                (ITEMS_FILE, ITEMS_SCHEMA),
                (SIGNATURES_FILE, signatures_schema(parameters.permutations)),
                *([(TEXTS_FILE, TEXTS_SCHEMA)] if build_dir.keep_texts else []),
            )
        }
        tokens = stack.enter_context(ArraySink(build_dir.data / TOKENS_FILE, np.uint32))
        sums = _write_groups(chain.from_iterable(batches), sinks, tokens, postings_buffer)
    build_dir.remove_later(build_dir.parts)
    origins = concatenate_origins(sums.origins)
    check_row_count("writing the items", ordered_items.items, len(origins.sources))
    _write_sketch(build_dir.data / SKETCH_FILE, sums.sketches)
    write_background(build_dir.data / BACKGROUND_FILE, sums.cells)
    postings = sort_postings(
        postings_buffer.staged,
        origins,
        ordered_items.longest,
        build_dir.data,
        build_dir.limits.threads,
    )
    build_dir.remove_later(build_dir.unsorted)
    return WrittenGeneration(
        ordered_items.items, ordered_items.tokens, postings, merge_coverage(sums.coverage)
    )


def _write_groups(
    groups: Iterable[RowGroup],
    sinks: dict[str, ParquetSink],
    tokens: ArraySink,
    postings_buffer: PostingsBuffer,
) -> GenerationTotals:
    sums = GenerationTotals()
    for group in groups:
        sinks[ITEMS_FILE].put(group.items)
        tokens.put(group.tokens.hashes)
        if group.texts is not None:
            sinks[TEXTS_FILE].put(group.texts)
        if len(group.signatures):
            sinks[SIGNATURES_FILE].put(group.signatures)
        postings_buffer.put(group.postings)
        sums.add(group)
    return sums


def _write_sketch(path: Path, sketches: dict[str, list[Sketch]]) -> None:
    with ParquetSink(path, SKETCH_SCHEMA) as sink:
        for source in sorted(sketches):
            # Pairwise merging would sort the earlier ones again each time.
            hashes = np.unique(np.concatenate([sketch.hashes for sketch in sketches[source]]))
            sink.put(sketch_table(source, hashes))


def sketch_table(source: str, hashes: UInt64s) -> pa.Table:
    """Return the table of a source's sketch."""
    columns = [pa.repeat(source, len(hashes)), pa.array(hashes)]
    return pa.table(columns, schema=SKETCH_SCHEMA)
