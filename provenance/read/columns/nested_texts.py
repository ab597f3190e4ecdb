"""Texts nested in a column, each with the name of its field: `messages[3].content`."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, Int64s
from provenance.read.columns.name_words import MEDIA_WORDS, is_label, may_be_text
from provenance.read.columns.passages import MIN_BYTES, is_passage, passage_flags
from provenance.read.columns.string_arrays import (
    as_strings,
    is_blank,
    is_bytes,
    is_textual,
    null_invalid_utf8,
    null_where,
    text_sizes,
    to_flags,
)

TURN_TEXT_MEMBERS = ("content", "value", "text")
"""Members of a chat turn with its text."""
BESIDE_TURN_TEXTS = ("reasoning_content", "reasoning", "thinking", "replies", "children")
"""Members beside it that are always text: what a model thought, and the turns that follow."""
LABEL_MEMBERS = frozenset({"role", "from", "type", "id", "name", "model", "url", "uri"})
"""Members of structs that are labels."""


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
        return self.filter(~is_blank(texts) & to_flags(texts.is_valid()))

    def of_rows(self, is_wanted: Flags) -> "TextLeaves":
        """Return the texts of the rows that are flagged in `is_wanted`."""
        return self.filter(is_wanted[self.rows])

    def passages(self) -> "TextLeaves":
        """Return the texts that are passages."""
        long_texts = self.filter(text_sizes(self.texts) >= MIN_BYTES)  # few, as a rule
        if not len(long_texts.rows):
            return long_texts
        return long_texts.filter(passage_flags(null_invalid_utf8(long_texts.texts)))

    def filter(self, flags: Flags) -> "TextLeaves":
        """Return the texts that are flagged."""
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
    if isinstance(value, str):  # the usual case
        yield name, value
        return
    turns = frozenset(_turn_places(value, ""))
    leaves = list(_walk_value(value, name, "", turns, is_beside=False))
    main = [text for _, text, is_beside in leaves if not is_beside]
    for field, text, is_beside in leaves:
        if not is_beside or (is_passage(text) and not _is_in(text, main)):
            yield field, text


def _turn_places(value: object, place: str) -> Iterator[str]:
    """Yield the places, without positions, of structs with a text: as Arrow, which has one type."""
    if isinstance(value, list):
        for inner in value:
            yield from _turn_places(inner, f"{place}[]")
    elif isinstance(value, dict):
        if any(key in value and _may_hold_text(value[key]) for key in TURN_TEXT_MEMBERS):
            yield place
        for key, inner in value.items():
            if isinstance(inner, list | dict):
                yield from _turn_places(inner, f"{place}.{key}")


def _walk_value(
    value: object, name: str, place: str, turns: Collection[str], *, is_beside: bool
) -> Iterator[tuple[str, str, bool]]:
    """Yield name and text of each field, and whether it is beside the text of a struct."""
    if isinstance(value, str):
        yield name, value, is_beside
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk_value(
                inner, f"{name}[{number}]", f"{place}[]", turns, is_beside=is_beside
            )
    elif isinstance(value, dict):
        for key, inner in value.items():
            beside = _is_beside(key, has_main=place in turns, is_text=isinstance(inner, str))
            if beside is not None:
                yield from _walk_value(
                    inner, f"{name}.{key}", f"{place}.{key}", turns, is_beside=is_beside or beside
                )


def text_members(kind: pa.DataType) -> list[tuple[int, bool]]:
    """Return the indices of the members of a struct that hold text, and whether it is beside one.

    The text beside another is read only where it is a passage.
    """
    names = [kind.field(place).name for place in range(kind.num_fields)]
    kinds = {place: kind.field(place).type for place in range(len(names))}
    textual = {place: kind for place, kind in kinds.items() if holds_text(kind)}
    has_main = any(names[place] in TURN_TEXT_MEMBERS for place in textual)
    members = [
        (place, _is_beside(names[place], has_main=has_main, is_text=is_textual(kind)))
        for place, kind in textual.items()
    ]
    return [(place, is_beside) for place, is_beside in members if is_beside is not None]


@lru_cache(maxsize=1 << 10)
def _is_beside(name: str, *, has_main: bool, is_text: bool) -> bool | None:
    """Return whether only a passage in a member is text; None if nothing is.

    Beside the text of its struct, a label is no text, but pictures and recordings have captions.
    """
    if has_main and name in TURN_TEXT_MEMBERS + BESIDE_TURN_TEXTS:
        return False
    if name not in LABEL_MEMBERS and not is_label(name):
        return has_main
    if has_main and (is_text or name not in MEDIA_WORDS):
        return None
    return name in LABEL_MEMBERS or not (is_text and may_be_text(name))


def _is_in(text: str, others: Collection[str]) -> bool:
    return any(text in other for other in others)


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
    names = _FieldNames(np.zeros(len(column), np.int64), (name,))
    parts = list(_walk(column, rows, names, is_beside=False))
    main = [leaves for leaves, is_beside in parts if not is_beside]
    for leaves, is_beside in parts:
        if not is_beside:
            yield leaves
        elif len((passages := leaves.passages()).rows):
            yield _without_copies(passages, main, len(column))


def _without_copies(leaves: TextLeaves, others: Sequence[TextLeaves], count: int) -> TextLeaves:
    """Return the texts that are in none of the `others` of their row; there are `count` rows."""
    texts_by_row = dict[int, list[str]]()
    is_wanted = np.zeros(count, bool)
    is_wanted[leaves.rows] = True
    for other in others:
        near = other.of_rows(is_wanted).readable()
        for row, text in zip(near.rows.tolist(), near.texts.to_pylist(), strict=True):
            texts_by_row.setdefault(row, []).append(text)
    pairs = zip(leaves.rows.tolist(), leaves.texts.to_pylist(), strict=True)
    is_new = (not _is_in(text, texts_by_row.get(row, ())) for row, text in pairs)
    return leaves.filter(np.fromiter(is_new, bool, len(leaves.rows)))


def _walk(
    column: pa.Array, rows: Int64s, names: _FieldNames, *, is_beside: bool
) -> Iterator[tuple[TextLeaves, bool]]:
    """Yield the texts of each field, and whether they are beside the text of a struct."""
    kind = column.type
    if is_textual(kind) or is_bytes(kind):
        yield TextLeaves(rows, names.to_array(), as_strings(column)), is_beside
    elif is_list(kind):
        values, parents = column.flatten(), _list_parents(column)
        inside = names.with_positions(parents, _list_positions(parents))
        yield from _walk(values, rows[parents], inside, is_beside=is_beside)
    elif pa.types.is_map(kind):
        yield from _walk(map_entries(column), rows, names, is_beside=is_beside)
    elif pa.types.is_struct(kind):
        for place, beside in text_members(kind):
            member = pc.struct_field(column, place)
            inside = names.inside(f".{kind.field(place).name}")
            yield from _walk(member, rows, inside, is_beside=is_beside or beside)


def _list_parents(column: pa.Array) -> Int64s:
    if not (pa.types.is_list_view(column.type) or pa.types.is_large_list_view(column.type)):
        return np.asarray(pc.list_parent_indices(column).to_numpy()).astype(np.int64)
    lengths = np.asarray(pc.fill_null(pc.list_value_length(column), 0)).astype(np.int64)
    return np.repeat(np.arange(len(column), dtype=np.int64), lengths)


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
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_list_view(kind)
        or pa.types.is_large_list_view(kind)
    )


def map_entries(column: pa.Array) -> pa.Array:
    """Return maps as lists of structs with `key` and `value`."""
    kind = column.type
    key = pa.field("key", kind.key_type, nullable=False)
    return column.cast(pa.list_(pa.struct([key, pa.field("value", kind.item_type)])))


def _combine(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
