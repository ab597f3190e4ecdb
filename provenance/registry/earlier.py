"""The items that a registry holds already, laid down to be merged with new ones."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from provenance.registry.columns import as_seconds, lists, one_chunk
from provenance.registry.engine import conserve
from provenance.registry.flow import in_threads
from provenance.registry.manifest import ITEMS_FILE, TEXTS_FILE, Manifest
from provenance.registry.parts import lay_part
from provenance.registry.tables import parquet, starts_of
from provenance.registry.wholes import whole_hashes
from provenance.registry.workshop import Workshop

_AS_THEY_ARE = (
    *("source", "item", "url", "author", "language", "licence", "length"),
    *("tokens", "lead", "trail"),
)


def lay_earlier(folder: Path, manifest: Manifest, shop: Workshop) -> int:
    """Lay down the items of a registry as `staging.stage` lays down those of dumps.

    Parameters
    ----------
    folder : Path
        The registry.
    manifest : Manifest
        Of it.
    shop : Workshop
        Where to.

    Returns
    -------
    int
        How many items.
    """
    data = folder / manifest.generation
    with parquet(data / ITEMS_FILE) as file:
        starts = starts_of(file).tolist()
    groups = enumerate(starts[:-1])
    rows = sum(in_threads(lambda one: _lay(data, shop, *one), groups, shop.threads))
    conserve("reading the registry's items", manifest.items, rows)
    return rows


def _lay(data: Path, shop: Workshop, group: int, place: int) -> int:
    with parquet(data / ITEMS_FILE) as file:
        read = file.read_row_group(group)
    columns = _columns(read)
    if shop.keep_texts:
        with parquet(data / TEXTS_FILE) as file:
            columns["text"] = file.read_row_group(group)["text"]
    whole = pa.array(whole_hashes(*lists(one_chunk(read["tokens"]))))
    return lay_part(columns, whole, place, shop.parts, shop.keys)


def _columns(read: pa.Table) -> dict[str, Any]:
    columns = {name: read[name] for name in _AS_THEY_ARE}
    columns["created_at"] = as_seconds(read["created_at"])
    return columns
