"""Registries spoilt on purpose, with digests that are right all the same."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.registry.data_files import sync_files
from provenance.registry.manifest import read_manifest, registry_digest, render_manifest
from provenance.registry.schema import parquet_writer


def restate(folder: Path, **changes: Any) -> None:
    """Change what the manifest says, and make its digest right again."""
    before = read_manifest(folder)
    changed = replace(before, **changes)
    digest = registry_digest(changed.parameters, changed.chance, changed.files)
    (folder / before.generation).rename(folder / f"data-{digest[:12]}")
    (folder / "registry.json").write_text(render_manifest(replace(changed, digest=digest)))


def rewrite(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    """Put another table or array in a file, and state its digest as if it were right."""
    data = folder / read_manifest(folder).generation
    path = data / name
    if path.suffix == ".npy":
        np.save(path, change(np.load(path)))
    else:
        table = change(pq.read_table(path))
        with parquet_writer(path, table.schema) as file:
            file.write_table(table)
    restate(folder, files=sync_files(data))


def altered(table: pa.Table, name: str, change: Callable[[list[Any]], object]) -> pa.Table:
    """Change the values of one column in place."""
    place = table.column_names.index(name)
    values = table[name].to_pylist()
    change(values)
    return table.set_column(place, table.schema.field(name), pa.array(values, table[name].type))
