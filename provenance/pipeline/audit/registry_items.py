"""Look up items of registries: by author, withdrawn ones included, by name, and their languages."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.judge.item_names import ItemNames
from provenance.registry.array_reader import item_array
from provenance.registry.build.registry_builder import open_segments
from provenance.registry.files.mapped_files import map_registry
from provenance.registry.files.parquet_tables import read_rows
from provenance.registry.manifest import ITEMS_FILE, KEYS_FILE, read_manifest
from provenance.registry.segments.item_selection import Selection, select_items
from provenance.registry.side_tables.additions import AdditionNumbers
from provenance.registry.side_tables.withdrawn_names import are_of_author, read_names


def items_of_author(folder: Path, author: str, source: str | None) -> Iterator[tuple[str, str]]:
    """Yield source and id of the items of an author in a registry."""
    for table in _selected(folder, Selection(None, author, source), ["source", "item"]):
        yield from zip(table["source"].to_pylist(), table["item"].to_pylist(), strict=True)


def withdrawn_items_of_author(
    folder: Path, author: str, source: str | None
) -> Iterator[tuple[str, str]]:
    """Yield source and id of the items of an author that were withdrawn from a registry."""
    names = read_names(folder)
    own = names.filter(pa.array(are_of_author(names, author)))
    for origin, item in zip(own["source"].to_pylist(), own["item"].to_pylist(), strict=True):
        if source in {None, origin}:
            yield origin, item


def items_with_ids(
    folder: Path, names: Iterable[str], source: str | None
) -> Iterator[tuple[str, str]]:
    """Yield source and id of the items of a registry whose id is one of some."""
    ids = pa.array(sorted(names), pa.string())
    for table in _selected(folder, Selection(ids, source=source), ["source", "item"]):
        yield from zip(table["source"].to_pylist(), table["item"].to_pylist(), strict=True)


def items_named(
    folder: Path, names: ItemNames, source: str | None
) -> Iterator[tuple[str, str, set[str]]]:
    """Yield source and id of the items of a registry that have one of some names, and these."""
    columns = ["item", "url", "source"]
    for table in _selected(folder, Selection(names=names, source=source), columns):
        for item, url, own in zip(*(table[name].to_pylist() for name in columns), strict=True):
            yield own, item, names.of(item, url, own)


def languages_of(folder: Path, items: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the languages that a registry states for items, as far as it does."""
    wanted = set(items)
    ids = pa.array(sorted({item for _, item in wanted}), pa.string())
    languages = dict[tuple[str, str], str]()
    for table in _selected(folder, Selection(ids), ["source", "item", "language"]):
        columns = (table[name].to_pylist() for name in ("source", "item", "language"))
        for source, item, language in zip(*columns, strict=True):
            if language and (source, item) in wanted:
                languages[source, item] = language
    return languages


def additions_of(folder: Path, items: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the numbers of the additions that added items since the build, the latest of each."""
    if read_manifest(folder).additions is None:
        return {}
    wanted = set(items)
    ids = pa.array(sorted({item for _, item in wanted}), pa.string())
    segments, additions = open_segments(folder), AdditionNumbers(map_registry(folder))
    chosen = select_items(segments, Selection(ids))
    found = dict[tuple[str, str], int]()
    for place, segment in enumerate(segments.segments):
        numbers = chosen.of(place)
        if not len(numbers):
            continue
        keys = item_array(segment, KEYS_FILE, np.uint64)[numbers]
        columns = ["source", "item"]
        rows = read_rows(segment.files[ITEMS_FILE], columns, numbers, segment.entry.items)
        names = zip(*(rows[name].to_pylist() for name in columns), strict=True)
        for name, addition in zip(names, additions.of(keys), strict=True):
            if name in wanted:
                found[name] = max(addition, found.get(name, 0))
    return found


def _selected(folder: Path, selection: Selection, columns: list[str]) -> Iterator[pa.Table]:
    segments = open_segments(folder)
    chosen = select_items(segments, selection)
    for place, segment in enumerate(segments.segments):
        numbers = chosen.of(place)
        if len(numbers):
            yield read_rows(segment.files[ITEMS_FILE], columns, numbers, segment.entry.items)
