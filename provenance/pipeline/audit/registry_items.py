"""Look up items of registries: by author, and their languages."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from provenance.registry.build.registry_builder import open_segments
from provenance.registry.files.parquet_tables import read_rows
from provenance.registry.manifest import ITEMS_FILE
from provenance.registry.segments.item_selection import Selection, select_items


def items_of_author(folder: Path, author: str, source: str | None) -> Iterator[tuple[str, str]]:
    """Yield source and id of the items of an author in a registry."""
    for table in _selected(folder, Selection(None, author, source), ["source", "item"]):
        yield from zip(table["source"].to_pylist(), table["item"].to_pylist(), strict=True)


def items_with_ids(
    folder: Path, names: Iterable[str], source: str | None
) -> Iterator[tuple[str, str]]:
    """Yield source and id of the items of a registry whose id is one of some names."""
    ids = pa.array(sorted(names), pa.string())
    for table in _selected(folder, Selection(ids, source=source), ["source", "item"]):
        yield from zip(table["source"].to_pylist(), table["item"].to_pylist(), strict=True)


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


def _selected(folder: Path, selection: Selection, columns: list[str]) -> Iterator[pa.Table]:
    segments = open_segments(folder)
    chosen = select_items(segments, selection)
    for place, segment in enumerate(segments.segments):
        numbers = chosen.of(place)
        if len(numbers):
            yield read_rows(segment.files[ITEMS_FILE], columns, numbers, segment.entry.items)
