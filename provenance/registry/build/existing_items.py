"""Stage the items of an existing registry, to be merged with new ones."""

from itertools import pairwise
from typing import Any

import pyarrow as pa

from provenance.model import Int64s, UInt32s
from provenance.registry.array_reader import read_tokens
from provenance.registry.build.build_dir import BuildDir
from provenance.registry.build.deduplication import sequence_hashes
from provenance.registry.build.duckdb_engine import check_row_count
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


def stage_existing_items(files: Files, manifest: Manifest, shop: BuildDir) -> int:
    """Stage the items of a registry, as `stage_items` does for those of dumps.

    Parameters
    ----------
    files : mapping of str to MappedFile
        The registry's data files.
    manifest : Manifest
        Its manifest.
    shop : BuildDir
        The build.

    Returns
    -------
    int
        Number of items.
    """
    tokens, offsets = read_tokens(files, manifest)
    with open_parquet(files[ITEMS_FILE]) as file:
        bounds = pairwise(row_group_starts(file).tolist())

    def lay(numbered: tuple[int, tuple[int, int]]) -> int:
        group, (low, high) = numbered
        own = tokens[offsets[low] : offsets[high]], offsets[low : high + 1] - offsets[low]
        return _stage_group(files, shop, group, low, own)

    rows = sum(map_in_threads(lay, enumerate(bounds), shop.limits.threads))
    check_row_count("reading the registry's items", manifest.items, rows)
    return rows


def _stage_group(
    files: Files, shop: BuildDir, group: int, place: int, tokens: tuple[UInt32s, Int64s]
) -> int:
    with open_parquet(files[ITEMS_FILE]) as file:
        read = read_row_group(file, group)
    columns = _staged_columns(read) | {"tokens": lists_to_binary(*tokens)}
    if shop.keep_texts:
        with open_parquet(files[TEXTS_FILE]) as file:
            columns["text"] = read_row_group(file, group)["text"]
    whole = pa.array(sequence_hashes(*tokens))
    return stage_part(columns, whole, place, shop.spill_buffer)


def _staged_columns(read: pa.Table) -> dict[str, Any]:
    columns = {name: read[name] for name in _COPIED_COLUMNS}
    columns["created_at"] = seconds_from_timestamps(read["created_at"])
    return columns
