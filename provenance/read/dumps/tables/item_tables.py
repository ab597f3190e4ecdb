"""Tables of items in Parquet, Arrow, CSV or JSON, whatever their columns are called."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import Items, Skipped
from provenance.read.columns.column_paths import column_at
from provenance.read.columns.string_arrays import format_values, to_flags
from provenance.read.columns.table_parts import RowBlock, TableFile
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import File
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import split_items
from provenance.read.dumps.item_columns import build_items, filterable, to_strings
from provenance.read.dumps.parsers.date_order import DateOrder, DateReader, infer_order
from provenance.read.dumps.parsers.json_posts import names_text
from provenance.read.dumps.tables.column_roles import TableMapping, find_roles, parse_metadata
from provenance.read.dumps.tables.json_tables import ObjectLayout, json_mapping, read_json
from provenance.read.dumps.tables.table_objects import items_from_rows, table_opener
from provenance.read.dumps.wrong_layout import refuse_wrong_layout
from provenance.read.formats.json_records import value_at

NAMES_AGAIN = "the names of the columns again"


def read_table(dump: Dump) -> Iterator[Items]:
    """Read a table; its name or its first bytes tell the format.

    Raises
    ------
    WrongLayout
        If the texts show that this is not a table of items, or a named column is empty.
    """
    opener = table_opener(dump.file)
    items = read_json(dump) if opener is None else _read(dump, opener)
    return refuse_wrong_layout(items, dump)


def table_mapping(dump: Dump) -> TableMapping:
    """Return which columns of a table hold what."""
    opener = table_opener(dump.file)
    if opener is None:
        return json_mapping(dump)
    table = opener(dump.file)
    return find_roles(table.schema, dump, table.sample)


def _read(dump: Dump, opener: Callable[[File], TableFile]) -> Iterator[Items]:
    table = opener(dump.file)
    if not table.pieces:
        return
    mapping = find_roles(table.schema, dump, table.sample)
    prefix = dump.prefix
    dates = DateReader(partial(_column_date_order, table, mapping))
    objects = ObjectLayout(mapping, prefix, dates)
    yield from mapping.unread_columns(dump.name)
    for piece in table.pieces:
        for block in piece.read(mapping.paths()):
            if mapping.replies:
                yield from items_from_rows(block, objects.records, None, dump)
                continue
            columns, rows = _columns(block, mapping)
            columns, rows, names = _without_names(columns, rows, mapping, dump)
            if "created_at" in columns:
                columns["created_at"] = dates.seconds(columns["created_at"], rows)
            items = build_items(columns, rows, dump, prefix)
            empty = _without_elements(block, mapping, dump)
            yield from split_items(
                Items(items.batch, (*block.skipped, *names, *empty, *items.skipped))
            )
    yield from dates.unreadable_dates(dump.name)


def _columns(block: RowBlock, mapping: TableMapping) -> tuple[dict[str, pa.Array], Int64s]:
    """Return the columns of a block by role, and the row of each item."""
    batch, rows, places = block.batch, block.numbers, None
    if mapping.exploded is not None:
        lists = column_at(batch, mapping.exploded)
        parents = np.asarray(pc.list_parent_indices(lists).to_numpy()).astype(np.int64)
        elements = pc.list_flatten(lists)
        others = [name for name in batch.schema.names if name != mapping.exploded]
        taken = batch.select(others).take(pa.array(parents))
        batch = pa.RecordBatch.from_arrays(
            [*taken.columns, elements], names=[*others, mapping.exploded]
        )
        rows = rows[parents]
        if not mapping.is_of_element(mapping.fields.get("item", "")):
            firsts = np.searchsorted(parents, parents)
            places = pa.array(np.arange(len(parents)) - firsts)
    columns = {
        role: filterable(column_at(batch, path))
        for role, path in mapping.fields.items()
        if not mapping.is_parsed(path)
    }
    if mapping.parsed is not None:
        columns |= _parsed_columns(batch, mapping.parsed, mapping)
    columns["text"] = mapping.text.join(
        [to_strings(column_at(batch, path)) for path in mapping.text.columns]
    )
    return columns if places is None else columns | {"place": places}, rows


def _without_names(
    columns: dict[str, pa.Array], rows: Int64s, mapping: TableMapping, dump: Dump
) -> tuple[dict[str, pa.Array], Int64s, tuple[Skipped, ...]]:
    """Return the columns without rows that repeat their names, as in files put together."""
    names = [pa.array([path], pa.large_string()) for path in mapping.text.columns]
    flags = to_flags(pc.fill_null(pc.equal(columns["text"], mapping.text.join(names)[0]), False))
    if not flags.any():
        return columns, rows, ()
    others = [
        pc.equal(to_strings(columns[role]), mapping.fields[role])
        for role in ("item", "author", "url")
        if role in columns and role in mapping.fields
    ]
    for other in others:  # a text may be the name of its column, all cells hardly
        flags = flags & to_flags(pc.fill_null(other, False))
    if not others or not flags.any():
        return columns, rows, ()
    kept = pa.array(~flags)
    skipped = skipped_rows.count_skipped(dump.name, NAMES_AGAIN, rows[flags].tolist())
    return {role: values.filter(kept) for role, values in columns.items()}, rows[~flags], skipped


def _parsed_columns(
    batch: pa.RecordBatch, parsed: str, mapping: TableMapping
) -> dict[str, pa.Array]:
    """Return the fields that are within a column of JSON, as strings."""
    paths = {role: path for role, path in mapping.fields.items() if mapping.is_parsed(path)}
    if not paths:
        return {}
    objects = [parse_metadata(text) for text in format_values(column_at(batch, parsed))]
    return {
        role: pa.array(
            [names_text(value_at(entry, path[len(parsed) + 1 :])) for entry in objects],
            pa.large_string(),
        )
        for role, path in paths.items()
    }


def _without_elements(block: RowBlock, mapping: TableMapping, dump: Dump) -> tuple[Skipped, ...]:
    """Count the rows of a block whose list is empty."""
    if mapping.exploded is None:
        return ()
    lengths = pc.fill_null(pc.list_value_length(column_at(block.batch, mapping.exploded)), 0)
    empty = np.flatnonzero(pc.equal(lengths, 0))
    return skipped_rows.count_skipped(dump.name, skipped_rows.NULL, block.numbers[empty].tolist())


def _column_date_order(table: TableFile, mapping: TableMapping) -> DateOrder | None:
    """Return the order of day and month in the column of dates, which is read whole."""
    path = mapping.fields.get("created_at")
    if path is None or mapping.is_of_element(path) or mapping.is_parsed(path):
        return None
    columns = (
        format_values(column_at(block.batch, path)).drop_null().unique().to_pylist()
        for piece in table.pieces
        for block in piece.read([path])
    )
    return infer_order(chain.from_iterable(columns))
