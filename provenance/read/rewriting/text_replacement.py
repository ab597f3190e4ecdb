"""Removal of rows and replacement of texts within Arrow batches; other values are unchanged."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from provenance.read.columns.nested_texts import is_list, map_entries
from provenance.read.columns.string_arrays import as_strings, is_bytes, is_textual
from provenance.read.rewriting.json_strings import edit_text
from provenance.read.rewriting.removal_plan import Removals, RowRemovals


def edit_batch(batch: pa.RecordBatch, first: int, removals: Removals, file: str) -> pa.RecordBatch:
    """Return a batch without what is to be removed.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Consecutive rows of a file, with all columns.
    first : int
        Number of the first row.
    removals : Removals
        What to remove.
    file : str
        For errors.
    """
    rows = range(first, first + len(batch))
    edited_rows = [row for row in rows if row in removals.spans]
    if edited_rows:
        batch = _edit_texts(batch, first, edited_rows, removals, file)
    if not removals.rows.isdisjoint(rows):
        batch = _drop_rows(batch, [row - first for row in rows if row in removals.rows])
    return batch


def _drop_rows(batch: pa.RecordBatch, dropped: list[int]) -> pa.RecordBatch:
    """Drop rows by slicing, because not every column type can be filtered."""
    bounds = zip([-1, *dropped], [*dropped, len(batch)], strict=True)
    slices = [batch.slice(last + 1, end - last - 1) for last, end in bounds if end > last + 1]
    return pa.concat_batches(slices) if slices else batch.slice(0, 0)


def _edit_texts(
    batch: pa.RecordBatch, first: int, edited_rows: list[int], removals: Removals, file: str
) -> pa.RecordBatch:
    removals_by_row = {row: removals.of(row, file) for row in edited_rows}
    columns = []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        rows = [row for row in edited_rows if removals_by_row[row].within(field.name)]
        edit = _TextEditor(frozenset(batch.schema.names))
        columns.append(
            edit.column(column, field.name, first, {row: removals_by_row[row] for row in rows})
        )
    for row in edited_rows:
        removals_by_row[row].check()
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


@dataclass(frozen=True, slots=True)
class _TextEditor:
    """Edits texts within columns.

    Parameters
    ----------
    columns : frozenset of str
        All columns of the table. A struct member whose path is also the name of a column was not
        read: the column was.
    """

    columns: frozenset[str]

    def column(
        self, column: pa.Array, name: str, first: int, rows: dict[int, RowRemovals]
    ) -> pa.Array:
        """Edit some rows of a column."""
        if not rows:
            return column
        pieces, at = [], 0
        for row, removals in rows.items():
            place = row - first
            edited = self._value(column.slice(place, 1), name, removals)
            pieces += [column.slice(at, place - at), edited]
            at = place + 1
        pieces.append(column.slice(at))
        return pa.concat_arrays([piece for piece in pieces if len(piece)])

    def _value(self, value: pa.Array, name: str, removals: RowRemovals) -> pa.Array:
        """Edit the texts within a value, given as an array of length 1."""
        kind = value.type
        if value.null_count or not removals.within(name):
            return value
        if is_textual(kind) or is_bytes(kind):
            return _edit_text(value, name, removals)
        if is_list(kind):
            return self._elements(value, name, removals)
        if pa.types.is_map(kind):
            entries = pc.list_flatten(self._elements(map_entries(value), name, removals))
            keys, items = entries.flatten()
            return pa.MapArray.from_arrays([0, len(entries)], keys, items, type=kind)
        if pa.types.is_struct(kind):
            members = [
                self._member(value, place, name, removals) for place in range(kind.num_fields)
            ]
            return pa.StructArray.from_arrays(members, fields=list(kind))
        return value

    def _member(self, value: pa.Array, place: int, name: str, removals: RowRemovals) -> pa.Array:
        member, path = pc.struct_field(value, place), f"{name}.{value.type.field(place).name}"
        return member if path in self.columns else self._value(member, path, removals)

    def _elements(self, value: pa.Array, name: str, removals: RowRemovals) -> pa.Array:
        elements = value.flatten()
        edited = [
            self._value(elements.slice(place, 1), f"{name}[{place}]", removals)
            for place in range(len(elements))
        ]
        inner = pa.concat_arrays(edited) if edited else elements
        if pa.types.is_fixed_size_list(value.type):
            return pa.FixedSizeListArray.from_arrays(inner, type=value.type)
        if pa.types.is_list_view(value.type):
            return pa.ListViewArray.from_arrays([0], [len(inner)], inner, type=value.type)
        if pa.types.is_large_list_view(value.type):
            return pa.LargeListViewArray.from_arrays([0], [len(inner)], inner, type=value.type)
        kind = pa.LargeListArray if pa.types.is_large_list(value.type) else pa.ListArray
        return kind.from_arrays([0, len(inner)], inner, type=value.type)


def _edit_text(value: pa.Array, name: str, removals: RowRemovals) -> pa.Array:
    kind = value.type
    text = pa.array([edit_text(as_strings(value)[0].as_py(), name, removals)], pa.large_string())
    if pa.types.is_run_end_encoded(kind):
        return pa.RunEndEncodedArray.from_arrays(
            pa.array([1], kind.run_end_type), text.cast(kind.value_type), type=kind
        )
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(
            pa.array([0], kind.index_type), text.cast(kind.value_type), ordered=kind.ordered
        )
    return text.cast(pa.large_binary()).cast(kind) if is_bytes(kind) else text.cast(kind)
