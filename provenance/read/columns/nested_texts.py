"""Texts nested in a column, each with the name of its field: `messages[3].content`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, Int64s
from provenance.read.columns.string_arrays import (
    as_strings,
    is_blank,
    is_bytes,
    is_textual,
    null_invalid_utf8,
    null_where,
    to_flags,
)

TURN_TEXT_MEMBERS = ("content", "value", "text")
"""Members of a chat turn with its text; beside one, only `BESIDE_TURN_TEXTS` are text too."""
BESIDE_TURN_TEXTS = ("reasoning_content", "reasoning", "thinking", "replies", "children")
"""Members of a chat turn with other texts: what a model thought, and the turns that follow."""
LABEL_MEMBERS = frozenset({"role", "from", "type", "id", "name", "model", "url", "uri"})
"""Members of other structs that are labels."""


@dataclass(frozen=True, slots=True)
class TextLeaves:
    """Texts found in rows.

    Parameters
    ----------
    rows : ndarray of int64
        Row of each text within the batch; ascending.
    fields : pyarrow.Array of string
        Name of the field of each text.
    texts : pyarrow.Array of large_string
        The texts; null where the field is null.
    """

    rows: Int64s
    fields: pa.Array
    texts: pa.Array

    @classmethod
    def of(cls, columns: dict[str, pa.Array]) -> "TextLeaves":
        """Collect the texts in `columns`; the texts of a row are in the order of the columns."""
        return cls.merge(
            [leaf for name, column in columns.items() for leaf in _leaves(name, column)]
        )

    @classmethod
    def merge(cls, parts: "Sequence[TextLeaves]") -> "TextLeaves":
        """Merge texts of the same rows; the texts of a row are in the order of `parts`."""
        if len(parts) == 1:
            return parts[0]
        rows = np.concatenate([np.zeros(0, np.int64), *(leaf.rows for leaf in parts)])
        order = np.argsort(rows, kind="stable")
        take = pa.array(order)
        fields = pa.chunked_array([leaf.fields for leaf in parts], pa.string())
        texts = pa.chunked_array([leaf.texts for leaf in parts], pa.large_string())
        return cls(rows[order], _combine(fields.take(take)), _combine(texts.take(take)))

    def join_rows(self, count: int, separator: str) -> pa.Array:
        """Return each row's non-blank texts joined: `large_string`, null if it has none."""
        readable = self.readable()
        offsets = np.searchsorted(readable.rows, np.arange(count + 1)).astype(np.int64)
        lists = pa.LargeListArray.from_arrays(pa.array(offsets), readable.texts)
        texts = pc.binary_join(lists, pa.scalar(separator, pa.large_string()))
        return null_where(pa.array(offsets[1:] == offsets[:-1]), texts)

    def readable(self) -> "TextLeaves":
        """Return the texts that are valid UTF-8 and neither null nor blank."""
        texts = null_invalid_utf8(self.texts)
        return self._filter(~is_blank(texts) & to_flags(texts.is_valid()))

    def of_rows(self, is_wanted: Flags) -> "TextLeaves":
        """Return the texts of the rows that are flagged in `is_wanted`."""
        return self._filter(is_wanted[self.rows])

    def _filter(self, flags: Flags) -> "TextLeaves":
        if flags.all():
            return self
        indices = pa.array(np.flatnonzero(flags))
        return TextLeaves(self.rows[flags], self.fields.take(indices), self.texts.take(indices))


def holds_text(kind: pa.DataType) -> bool:
    """Return whether values of `kind` contain strings at any level."""
    if pa.types.is_struct(kind):
        return any(holds_text(field.type) for field in kind if field.name not in LABEL_MEMBERS)
    if is_list(kind):
        return holds_text(kind.value_type)
    if pa.types.is_map(kind):
        return holds_text(kind.item_type)
    return is_textual(kind)


def texts_within(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Yield every text within `value`, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts_within(inner, f"{name}[{place}]")
    elif isinstance(value, dict):
        for key in _text_members(value):
            yield from texts_within(value[key], f"{name}.{key}")


def text_members(kind: pa.DataType) -> list[int]:
    """Return the indices of the members of a struct that hold text."""
    names = [kind.field(place).name for place in range(kind.num_fields)]
    textual = [place for place in range(len(names)) if holds_text(kind.field(place).type)]
    if any(names[place] in TURN_TEXT_MEMBERS for place in textual):
        return [place for place in textual if names[place] in TURN_TEXT_MEMBERS + BESIDE_TURN_TEXTS]
    return [place for place in textual if names[place] not in LABEL_MEMBERS]


def _text_members(value: dict[str, object]) -> list[str]:
    if any(key in TURN_TEXT_MEMBERS and _may_hold_text(value[key]) for key in value):
        return [key for key in value if key in TURN_TEXT_MEMBERS + BESIDE_TURN_TEXTS]
    return [key for key in value if key not in LABEL_MEMBERS]


def _may_hold_text(value: object) -> bool:
    return value is None or isinstance(value, str | list | dict)


def nested_paths(name: str, kind: pa.DataType) -> Iterator[str]:
    """Yield the paths of texts within a column, through structs: "meta.text"."""
    if pa.types.is_struct(kind):
        for field in kind:
            yield from nested_paths(f"{name}.{field.name}", field.type)
    elif holds_text(kind):
        yield name


@dataclass(frozen=True, slots=True)
class _FieldNames:
    """A name for each value, as codes into the distinct names."""

    codes: Int64s
    names: tuple[str, ...]

    def inside(self, suffix: str) -> "_FieldNames":
        return _FieldNames(self.codes, tuple(f"{name}{suffix}" for name in self.names))

    def with_positions(self, parents: Int64s, places: Int64s) -> "_FieldNames":
        deepest = int(places.max(initial=0)) + 1
        distinct, codes = np.unique(self.codes[parents] * deepest + places, return_inverse=True)
        names = tuple(f"{self.names[n // deepest]}[{n % deepest}]" for n in distinct.tolist())
        return _FieldNames(codes.astype(np.int64), names)

    def to_array(self) -> pa.Array:
        if len(self.names) == 1:
            return pa.repeat(pa.scalar(self.names[0], pa.string()), len(self.codes))
        return pa.array(self.names, pa.string()).take(pa.array(self.codes))


def _leaves(name: str, column: pa.Array) -> Iterator[TextLeaves]:
    rows = np.arange(len(column), dtype=np.int64)
    return _walk(column, rows, _FieldNames(np.zeros(len(column), np.int64), (name,)))


def _walk(column: pa.Array, rows: Int64s, names: _FieldNames) -> Iterator[TextLeaves]:
    kind = column.type
    if is_textual(kind) or is_bytes(kind):
        yield TextLeaves(rows, names.to_array(), as_strings(column))
    elif is_list(kind):
        values, parents = pc.list_flatten(column), _list_parents(column)
        yield from _walk(
            values, rows[parents], names.with_positions(parents, _list_positions(parents))
        )
    elif pa.types.is_map(kind):
        yield from _walk(map_entries(column), rows, names)
    elif pa.types.is_struct(kind):
        for place in text_members(kind):
            member = pc.struct_field(column, place)
            yield from _walk(member, rows, names.inside(f".{kind.field(place).name}"))


def _list_parents(column: pa.Array) -> Int64s:
    return np.asarray(pc.list_parent_indices(column).to_numpy()).astype(np.int64)


def _list_positions(parents: Int64s) -> Int64s:
    """Return the position of each value in its list."""
    begins = np.ones(len(parents), bool)
    begins[1:] = parents[1:] != parents[:-1]
    firsts = np.flatnonzero(begins)
    counts = np.diff(np.append(firsts, len(parents)))
    return np.arange(len(parents), dtype=np.int64) - np.repeat(firsts, counts)


def is_list(kind: pa.DataType) -> bool:
    """Return whether values of `kind` are lists whose elements are searched."""
    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def map_entries(column: pa.Array) -> pa.Array:
    """Return maps as lists of structs with `key` and `value`."""
    kind = column.type
    key = pa.field("key", kind.key_type, nullable=False)
    return column.cast(pa.list_(pa.struct([key, pa.field("value", kind.item_type)])))


def _combine(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
