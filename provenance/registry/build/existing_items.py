"""Stage the items of an existing registry, to be merged with new ones."""

from itertools import pairwise
from typing import Any

import pyarrow as pa

from provenance.model import Int64s, UInt32s
from provenance.registry.array_reader import read_tokens
from provenance.registry.build.build_dir import BuildDir
from provenance.registry.build.duckdb_engine import check_row_count
from provenance.registry.build.item_copies import sequence_hashes
from provenance.registry.build.item_parts import stage_part
from provenance.registry.build.table_stream import map_in_threads
from provenance.registry.manifest import ITEMS_FILE, TEXTS_FILE, Manifest
from provenance.registry.mapped_files import Files
from provenance.registry.parquet_tables import open_parquet, read_row_group, row_group_starts
from provenance.registry.schema import lists_to_binary, seconds_from_timestamps

_COPIED_COLUMNS = (
    *("source", "item", "url", "author", "language", "licence", "length"),
    *("lead", "trail"),
)


def stage_existing_items(files: Files, manifest: Manifest, build_dir: BuildDir) -> int:
    """Stage the items of a registry, as `stage_items` does for those of dumps.

    Parameters
    ----------
    files : mapping of str to MappedFile
        The registry's data files.
    manifest : Manifest
        Its manifest.
    build_dir : BuildDir
        The build.

    Returns
    -------
    int
        Number of items.
    """
    tokens, offsets = read_tokens(files, manifest)
    with open_parquet(files[ITEMS_FILE]) as file:
        bounds = pairwise(row_group_starts(file).tolist())

    def stage(numbered_bounds: tuple[int, tuple[int, int]]) -> int:
        group, (low, high) = numbered_bounds
        group_tokens = tokens[offsets[low] : offsets[high]], offsets[low : high + 1] - offsets[low]
        return _stage_group(files, build_dir, group, low, group_tokens)

    rows = sum(map_in_threads(stage, enumerate(bounds), build_dir.limits.threads))
    check_row_count("reading the registry's items", manifest.items, rows)
    return rows


def _stage_group(
    files: Files, build_dir: BuildDir, group: int, place: int, tokens: tuple[UInt32s, Int64s]
) -> int:
    with open_parquet(files[ITEMS_FILE]) as file:
        table = read_row_group(file, group)
    columns = _staged_columns(table) | {"tokens": lists_to_binary(*tokens)}
    if build_dir.keep_texts:
        with open_parquet(files[TEXTS_FILE]) as file:
            columns["text"] = read_row_group(file, group)["text"]
    token_hashes = pa.array(sequence_hashes(*tokens))
    return stage_part(columns, token_hashes, place, build_dir.spill_buffer)


def _staged_columns(table: pa.Table) -> dict[str, Any]:
    columns = {name: table[name] for name in _COPIED_COLUMNS}
    columns["created_at"] = seconds_from_timestamps(table["created_at"])
    return columns
