"""The items that a registry holds already, laid down to be merged with new ones."""

from itertools import pairwise
from typing import Any

import pyarrow as pa

from provenance.model import Int64s, UInt32s
from provenance.registry.build.build_dir import Workshop
from provenance.registry.build.deduplication import whole_hashes
from provenance.registry.build.duckdb_engine import conserve
from provenance.registry.build.item_parts import lay_part
from provenance.registry.build.table_stream import in_threads
from provenance.registry.holdings import read_tokens
from provenance.registry.manifest import ITEMS_FILE, TEXTS_FILE, Manifest
from provenance.registry.mapped_files import Files
from provenance.registry.parquet_tables import parquet, read_group, starts_of
from provenance.registry.schema import as_seconds, blobs

_AS_THEY_ARE = (
    *("source", "item", "url", "author", "language", "licence", "length"),
    *("lead", "trail"),
)


def lay_earlier(files: Files, manifest: Manifest, shop: Workshop) -> int:
    """Lay down the items of a registry as `staging.stage` lays down those of dumps.

    Parameters
    ----------
    files : mapping of str to MappedFile
        The registry's data files.
    manifest : Manifest
        Of it.
    shop : Workshop
        Where to.

    Returns
    -------
    int
        How many items.
    """
    tokens, offsets = read_tokens(files, manifest)
    with parquet(files[ITEMS_FILE]) as file:
        bounds = pairwise(starts_of(file).tolist())

    def lay(numbered: tuple[int, tuple[int, int]]) -> int:
        group, (low, high) = numbered
        own = tokens[offsets[low] : offsets[high]], offsets[low : high + 1] - offsets[low]
        return _lay(files, shop, group, low, own)

    rows = sum(in_threads(lay, enumerate(bounds), shop.limits.threads))
    conserve("reading the registry's items", manifest.items, rows)
    return rows


def _lay(
    files: Files, shop: Workshop, group: int, place: int, tokens: tuple[UInt32s, Int64s]
) -> int:
    with parquet(files[ITEMS_FILE]) as file:
        read = read_group(file, group)
    columns = _columns(read) | {"tokens": blobs(*tokens)}
    if shop.keep_texts:
        with parquet(files[TEXTS_FILE]) as file:
            columns["text"] = read_group(file, group)["text"]
    whole = pa.array(whole_hashes(*tokens))
    return lay_part(columns, whole, place, shop.shelf)


def _columns(read: pa.Table) -> dict[str, Any]:
    columns = {name: read[name] for name in _AS_THEY_ARE}
    columns["created_at"] = as_seconds(read["created_at"])
    return columns
