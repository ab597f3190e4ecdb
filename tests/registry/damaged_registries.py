"""Registries spoilt on purpose, with digests that are right all the same."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.registry.files.data_files import digest_of_file, sync_files
from provenance.registry.manifest import (
    DataFile,
    read_manifest,
    registry_digest,
    render_manifest,
    segment_digest,
)
from provenance.registry.schema import parquet_writer


def file_of(folder: Path, name: str, segment: int = 0) -> Path:
    """Give the path of a segment's file."""
    return folder / read_manifest(folder).segments[segment].folder / name


def restate(folder: Path, **changes: Any) -> None:
    """Change what the manifest says, and make its digest right again."""
    changed = replace(read_manifest(folder), **changes)
    digest = registry_digest(
        changed.parameters,
        changed.chance,
        changed.segments,
        changed.statuses,
        changed.tombstones,
        changed.opt_outs,
        changed.marks,
    )
    (folder / "registry.json").write_text(render_manifest(replace(changed, digest=digest)))


def restate_segment(folder: Path, segment: int = 0, **changes: Any) -> None:
    """Change what the manifest says of a segment, and make all digests right again."""
    segments = list(read_manifest(folder).segments)
    before = segments[segment]
    changed = replace(before, **changes)
    segments[segment] = replace(changed, digest=segment_digest(changed.files))
    (folder / before.folder).rename(folder / segments[segment].folder)
    restate(folder, segments=tuple(segments))


def rewrite(folder: Path, name: str, change: Callable[[Any], Any], segment: int = 0) -> None:
    """Put another table or array in a file, and state its digest as if it were right."""
    path = file_of(folder, name, segment)
    if path.suffix == ".npy":
        np.save(path, change(np.load(path)))
    else:
        table = change(pq.read_table(path))
        with parquet_writer(path, table.schema) as file:
            file.write_table(table)
    restate_segment(folder, segment, files=sync_files(path.parent))


def rewrite_statuses(folder: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    """Put other statuses beside the segments, and state their digest as if it were right."""
    rewrite_table(folder, "statuses", change)


def rewrite_table(folder: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Put another table beside the segments, given by its name in the manifest; as above."""
    before = getattr(read_manifest(folder), name)
    table = change(pq.read_table(folder / before.name))
    (folder / before.name).unlink()
    pq.write_table(table, folder / "table", compression="zstd")
    digest = digest_of_file(folder / "table")
    stem = before.name.partition("-")[0]
    path = (folder / "table").rename(folder / f"{stem}-{digest[:16]}.parquet")
    restate(folder, **{name: DataFile(path.name, path.stat().st_size, digest)})


def altered(table: pa.Table, name: str, change: Callable[[list[Any]], object]) -> pa.Table:
    """Change the values of one column in place."""
    place = table.column_names.index(name)
    values = table[name].to_pylist()
    change(values)
    return table.set_column(place, table.schema.field(name), pa.array(values, table[name].type))
