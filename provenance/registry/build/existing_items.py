"""Stage the items of existing segments, to be merged into a new one."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pyarrow as pa

from provenance.errors import CorruptFile
from provenance.model.content.fingerprints import Int64s, UInt32s, list_indices
from provenance.registry.array_reader import read_tokens
from provenance.registry.files.data_files import check_files
from provenance.registry.files.mapped_files import MappedSegment
from provenance.registry.files.parquet_tables import (
    check_row_ranges,
    open_parquet,
    read_row_group,
    row_group_starts,
)
from provenance.registry.items.author_digests import are_digests
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.items.item_parts import stage_part
from provenance.registry.manifest import ITEMS_FILE, OFFSETS_FILE, REMEDY, TEXTS_FILE, TOKENS_FILE
from provenance.registry.schema import lists_to_binary, seconds_from_timestamps
from provenance.registry.segments.build_dir import BuildDir
from provenance.registry.sorting.duckdb_engine import check_row_count
from provenance.registry.sorting.table_stream import map_in_threads

_COPIED_COLUMNS = (
    *("source", "item", "url", "author", "language", "licence", "link"),
    *("lead", "trail", "first_line"),
)
_COPIED_FILES = (ITEMS_FILE, TEXTS_FILE, TOKENS_FILE, OFFSETS_FILE)


def stage_segment(
    segment: MappedSegment,
    dead: UInt32s,
    build_dir: BuildDir,
    after: int,
    edit: Callable[[pa.Table], pa.Table] | None = None,
) -> int:
    """Stage the items of a segment, as `stage_items` does for those of dumps.

    Parameters
    ----------
    segment : MappedSegment
        The segment.
    dead : ndarray of uint32
        Its items that do not count, ascending: they are left out.
    build_dir : BuildDir
        The build.
    after : int
        Number of rows staged before.
    edit : callable or None
        Changes what the items' rows say, of schema `ITEMS_SCHEMA`.

    Returns
    -------
    int
        Number of items staged.

    Raises
    ------
    DigestMismatch
        If what is copied was altered since it was written: the copy would have a right digest.
    """
    check_files(segment.files, [file for file in segment.entry.files if file.name in _COPIED_FILES])
    with open_parquet(segment.files[ITEMS_FILE]) as file:
        starts = row_group_starts(file)
    groups = enumerate(pairwise(starts.tolist()))
    check_row_ranges(segment.files[ITEMS_FILE], starts, segment.entry.items)

    def stage(numbered_bounds: tuple[int, tuple[int, int]]) -> int:
        group, (low, high) = numbered_bounds
        kept = np.setdiff1d(np.arange(low, high), dead)
        place = after + low - int(np.searchsorted(dead, low))
        return _stage_group(segment, build_dir, group, low, kept, place, edit) if len(kept) else 0

    rows = sum(map_in_threads(stage, groups, build_dir.limits.threads))
    check_row_count("reading the registry's items", segment.entry.items - len(dead), rows)
    return rows


def _stage_group(  # noqa: PLR0913 (what is staged, where, and how)
    segment: MappedSegment,
    build_dir: BuildDir,
    group: int,
    low: int,
    kept: Int64s,
    place: int,
    edit: Callable[[pa.Table], pa.Table] | None,
) -> int:
    tokens, offsets = read_tokens(segment)
    places, own_offsets = list_indices(offsets, kept)
    own_tokens, rows = tokens[places], pa.array(kept - low)
    with open_parquet(segment.files[ITEMS_FILE]) as file:
        table = read_row_group(file, group).take(rows)
    if not are_digests(table["author"]):
        path = segment.files[ITEMS_FILE].path
        raise CorruptFile(f"{path} has authors that are no digests", remedy=REMEDY)
    if edit is not None:
        table = edit(table)
    columns = {name: table[name] for name in _COPIED_COLUMNS} | {
        "created_at": seconds_from_timestamps(table["created_at"]),
        "length": np.diff(own_offsets).astype(np.uint32),
        "tokens": lists_to_binary(own_tokens, own_offsets),
    }
    if build_dir.keep_texts:
        with open_parquet(segment.files[TEXTS_FILE]) as file:
            columns["text"] = read_row_group(file, group)["text"].take(rows)
    token_hashes = pa.array(sequence_hashes(own_tokens, own_offsets))
    return stage_part(columns, token_hashes, place, build_dir.spill_buffer)
