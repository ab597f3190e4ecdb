"""Write the data files of a segment from its ordered items."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.fingerprint.fracminhash import Sketch
from provenance.match.candidates.near_duplicates import BANDS, band_entries
from provenance.model.content.fingerprints import Parameters, UInt32s, UInt64s
from provenance.model.results.coverage import SourceCoverage
from provenance.registry.files.arrays_file import ArraySink, map_array
from provenance.registry.files.mapped_files import map_file
from provenance.registry.items.item_order import OrderedItems, batch_row_groups, read_row_groups
from provenance.registry.items.item_parts import Gather
from provenance.registry.manifest import (
    AUTHORS_FILE,
    BACKGROUND_FILE,
    BANDS_FILE,
    CODES_FILE,
    FIRSTS_FILE,
    ITEMS_FILE,
    KEYS_FILE,
    OFFSETS_FILE,
    SEQUENCES_FILE,
    SIGNATURES_FILE,
    SIGNED_FILE,
    SIZES_FILE,
    SKETCH_FILE,
    TEXTS_FILE,
    TOKENS_FILE,
)
from provenance.registry.schema import ITEMS_SCHEMA, SKETCH_SCHEMA, TEXTS_SCHEMA
from provenance.registry.segments.build_dir import BuildDir
from provenance.registry.segments.postings_writer import (
    PostingsBuffer,
    partition_bits,
    sort_postings,
)
from provenance.registry.segments.row_groups import RowGroup, RowGroupContext, build_row_groups
from provenance.registry.segments.token_statistics import count_cells, empty_cells, write_background
from provenance.registry.sorting.duckdb_engine import check_row_count
from provenance.registry.sorting.table_stream import ParquetSink, map_in_threads
from provenance.registry.source_coverage import merge_sums

_ARRAYS: dict[str, type[np.generic]] = {
    TOKENS_FILE: np.uint32,
    OFFSETS_FILE: np.uint32,
    SIZES_FILE: np.uint8,
    FIRSTS_FILE: np.uint32,
    CODES_FILE: np.uint8,
    AUTHORS_FILE: np.uint32,
    KEYS_FILE: np.uint64,
    SEQUENCES_FILE: np.uint32,
    SIGNED_FILE: np.uint32,
    SIGNATURES_FILE: np.uint32,
}
_ITEM_ARRAYS = {
    SIZES_FILE: "sizes",
    FIRSTS_FILE: "firsts",
    CODES_FILE: "codes",
    AUTHORS_FILE: "authors",
    KEYS_FILE: "keys",
    SEQUENCES_FILE: "sequences",
}


@dataclass(slots=True)
class SegmentTotals:
    """Totals over all row groups.

    Parameters
    ----------
    items, signatures : int
        Number of items, and of those that have a signature.
    sketches : dict of str to list of Sketch
        Sketches by source, one per row group.
    cells : ndarray of uint32, shape (2**BACKGROUND_BITS,)
        Counts of tokens.
    coverage : list of pyarrow.Table
        Coverage by row group, as `coverage_sums` returns it.
    """

    items: int = 0
    signatures: int = 0
    sketches: dict[str, list[Sketch]] = field(default_factory=dict)
    cells: UInt32s = field(default_factory=empty_cells)
    coverage: list[pa.Table] = field(default_factory=list)

    def add(self, group: RowGroup) -> None:
        """Add a row group."""
        self.items += len(group.items)
        self.signatures += len(group.signatures.items)
        for source, sketch in group.sketches.items():
            self.sketches.setdefault(source, []).append(sketch)
        count_cells(self.cells, group.tokens, group.is_first)
        self.coverage.append(group.coverage)


@dataclass(frozen=True, slots=True)
class WrittenSegment:
    """Contents of the data files.

    Parameters
    ----------
    items, tokens, postings : int
        Numbers of items, tokens and postings.
    longest : int
        Number of tokens of the longest item.
    signatures : int
        Number of items that have a signature.
    sources : tuple of SourceCoverage
        Coverage by source, in order of their identifiers.
    """

    items: int
    tokens: int
    postings: int
    longest: int
    signatures: int
    sources: tuple[SourceCoverage, ...]


def write_segment(
    ordered_items: OrderedItems, gather: Gather, build_dir: BuildDir, parameters: Parameters
) -> WrittenSegment:
    """Write all data files.

    Parameters
    ----------
    ordered_items : OrderedItems
        The ordered items.
    gather : callable
        Gathers them.
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
        gather=gather,
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
                *([(TEXTS_FILE, TEXTS_SCHEMA)] if build_dir.keep_texts else []),
            )
        }
        arrays = {
            name: stack.enter_context(ArraySink(build_dir.data / name, dtype))
            for name, dtype in _ARRAYS.items()
        }
        sums = _write_groups(chain.from_iterable(batches), sinks, arrays, postings_buffer)
    build_dir.remove_later(build_dir.parts)
    check_row_count("writing the items", ordered_items.items, sums.items)
    _write_bands(build_dir.data, sums.signatures, parameters)
    _write_sketch(build_dir.data / SKETCH_FILE, sums.sketches)
    write_background(build_dir.data / BACKGROUND_FILE, sums.cells)
    postings = sort_postings(
        postings_buffer.staged,
        ordered_items.longest,
        build_dir.data,
        build_dir.limits.threads,
    )
    build_dir.remove_later(build_dir.unsorted)
    return WrittenSegment(
        ordered_items.items,
        ordered_items.tokens,
        postings,
        ordered_items.longest,
        sums.signatures,
        merge_sums(sums.coverage),
    )


def _write_groups(
    groups: Iterable[RowGroup],
    sinks: dict[str, ParquetSink],
    arrays: dict[str, ArraySink],
    postings_buffer: PostingsBuffer,
) -> SegmentTotals:
    sums, tokens = SegmentTotals(), 0
    arrays[OFFSETS_FILE].put(np.zeros(1, np.uint32))
    for group in groups:
        sinks[ITEMS_FILE].put(group.items)
        arrays[TOKENS_FILE].put(group.tokens.hashes)
        arrays[OFFSETS_FILE].put(group.tokens.offsets[1:] + tokens)
        for name, field_name in _ITEM_ARRAYS.items():
            arrays[name].put(getattr(group.arrays, field_name).ravel())
        if group.texts is not None:
            sinks[TEXTS_FILE].put(group.texts)
        arrays[SIGNED_FILE].put(group.signatures.items)
        arrays[SIGNATURES_FILE].put(group.signatures.signatures.ravel())
        postings_buffer.put(group.postings)
        sums.add(group)
        tokens += len(group.tokens.hashes)
    return sums


def _write_bands(data: Path, count: int, parameters: Parameters) -> None:
    file = map_file(data / SIGNATURES_FILE)
    values = map_array(file, np.uint32, count * parameters.permutations)
    signatures = values.reshape(count, parameters.permutations)
    with ArraySink(data / BANDS_FILE, np.uint64) as sink:
        for band in range(BANDS):
            sink.put(band_entries(signatures, band))
    file.release()


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
