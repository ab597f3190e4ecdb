"""The items that a registry holds already, laid down to be merged with new ones."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from provenance.registry.columns import blobs
from provenance.registry.engine import conserve
from provenance.registry.manifest import ITEMS_FILE, TEXTS_FILE, Manifest
from provenance.registry.parts import lay_part
from provenance.registry.tables import list_values, parquet
from provenance.registry.wholes import wholes
from provenance.registry.workshop import Workshop

_AS_THEY_ARE = ("source", "item", "url", "author", "language", "licence", "length")


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
    rows = 0
    with parquet(data / ITEMS_FILE) as items:
        for group in range(items.metadata.num_row_groups):
            read = items.read_row_group(group)
            columns = _columns(read)
            if shop.keep_texts:
                with parquet(data / TEXTS_FILE) as texts:
                    columns["text"] = texts.read_row_group(group)["text"]
                conserve("reading the texts", len(read), len(columns["text"]))
            whole = pa.array(wholes(*list_values(read["tokens"].combine_chunks())))
            rows += lay_part(columns, whole, rows, shop.parts, shop.keys)
    conserve("reading the registry's items", manifest.items, rows)
    return rows


def _columns(read: pa.Table) -> dict[str, Any]:
    columns = {name: read[name] for name in _AS_THEY_ARE}
    columns["created_at"] = pc.divide(read["created_at"].cast(pa.int64()), 1000)
    for name in ("tokens", "lead", "trail"):
        columns[name] = blobs(*list_values(read[name].combine_chunks()))
    return columns
