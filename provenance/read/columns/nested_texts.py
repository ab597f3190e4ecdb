"""The texts within a column, each with the name of its place: `messages[3].content`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Flags, Int64s
from provenance.read.columns.string_arrays import (
    blank,
    flags_of,
    is_bytes,
    is_textual,
    readable,
    strings,
)

SPOKEN = ("content", "value", "text")
"""Members of a chat's turn that hold what was said; where one is there, the rest is not text."""
UNSPOKEN = frozenset({"role", "from", "type", "id", "name", "url", "uri"})
"""Members of other structures that only label."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """Texts found within rows.

    Parameters
    ----------
    rows : ndarray of int64
        The row of each, counted from the batch's first; ascending.
    fields : pyarrow.Array of string
        The name of its place.
    texts : pyarrow.Array of large_string
        The texts; null where the place is empty.
    """

    rows: Int64s
    fields: pa.Array
    texts: pa.Array

    @classmethod
    def of(cls, columns: dict[str, pa.Array]) -> "Leaves":
        """Find the texts in `columns`, a row's texts in the order of the columns."""
        return cls.merged(
            [leaf for name, column in columns.items() for leaf in _leaves(name, column)]
        )

    @classmethod
    def merged(cls, found: "Sequence[Leaves]") -> "Leaves":
        """Put the texts of the same rows together, a row's texts in the order of `found`."""
        if len(found) == 1:
            return found[0]
        rows = np.concatenate([np.zeros(0, np.int64), *(leaf.rows for leaf in found)])
        order = np.argsort(rows, kind="stable")
        take = pa.array(order)
        fields = pa.chunked_array([leaf.fields for leaf in found], pa.string())
        texts = pa.chunked_array([leaf.texts for leaf in found], pa.large_string())
        return cls(rows[order], _one(fields.take(take)), _one(texts.take(take)))

    def joined(self, count: int, separator: str) -> pa.Array:
        """Join the texts of each row that are not blank: `large_string`, null where none is."""
        sound = self.sound()
        offsets = np.searchsorted(sound.rows, np.arange(count + 1)).astype(np.int64)
        lists = pa.LargeListArray.from_arrays(pa.array(offsets), sound.texts)
        return pc.if_else(
            pa.array(offsets[1:] == offsets[:-1]),
            None,
            pc.binary_join(lists, pa.scalar(separator, pa.large_string())),
        )

    def sound(self) -> "Leaves":
        """Leave out what is null, white space alone, or not UTF-8."""
        texts = readable(self.texts)
        return self._kept(~blank(texts) & flags_of(texts.is_valid()))

    def of_rows(self, wanted: Flags) -> "Leaves":
        """Keep the texts of some rows, which are flagged in `wanted`."""
        return self._kept(wanted[self.rows])

    def _kept(self, flags: Flags) -> "Leaves":
        if flags.all():
            return self
        chosen = pa.array(np.flatnonzero(flags))
        return Leaves(self.rows[flags], self.fields.take(chosen), self.texts.take(chosen))


def holds_text(kind: pa.DataType) -> bool:
    """Whether there are strings anywhere within values of `kind`."""
    if pa.types.is_struct(kind):
        return any(holds_text(field.type) for field in kind if field.name not in UNSPOKEN)
    if is_list(kind):
        return holds_text(kind.value_type)
    return is_textual(kind)


def members(kind: pa.DataType) -> list[int]:
    """Return the places of a structure's members that hold text."""
    names = [kind.field(place).name for place in range(kind.num_fields)]
    spoken = [place for place, name in enumerate(names) if name in SPOKEN]
    textual = [place for place in spoken if holds_text(kind.field(place).type)]
    if textual:
        return textual
    return [
        place
        for place, name in enumerate(names)
        if name not in UNSPOKEN and holds_text(kind.field(place).type)
    ]


@dataclass(frozen=True, slots=True)
class _Names:
    """One name a value, each distinct name written once."""

    codes: Int64s
    words: tuple[str, ...]

    def inside(self, suffix: str) -> "_Names":
        return _Names(self.codes, tuple(f"{word}{suffix}" for word in self.words))

    def numbered(self, parents: Int64s, places: Int64s) -> "_Names":
        deepest = int(places.max(initial=0)) + 1
        distinct, codes = np.unique(self.codes[parents] * deepest + places, return_inverse=True)
        words = tuple(f"{self.words[n // deepest]}[{n % deepest}]" for n in distinct.tolist())
        return _Names(codes.astype(np.int64), words)

    def spelt(self) -> pa.Array:
        if len(self.words) == 1:
            return pa.repeat(pa.scalar(self.words[0], pa.string()), len(self.codes))
        return pa.array(self.words, pa.string()).take(pa.array(self.codes))


def _leaves(name: str, column: pa.Array) -> Iterator[Leaves]:
    rows = np.arange(len(column), dtype=np.int64)
    return _walk(column, rows, _Names(np.zeros(len(column), np.int64), (name,)))


def _walk(column: pa.Array, rows: Int64s, names: _Names) -> Iterator[Leaves]:
    kind = column.type
    if is_textual(kind) or is_bytes(kind):
        yield Leaves(rows, names.spelt(), strings(column))
    elif is_list(kind):
        values, parents = pc.list_flatten(column), _parents(column)
        yield from _walk(values, rows[parents], names.numbered(parents, _places(parents)))
    elif pa.types.is_struct(kind):
        for place in members(kind):
            member = pc.struct_field(column, place)
            yield from _walk(member, rows, names.inside(f".{kind.field(place).name}"))


def _parents(column: pa.Array) -> Int64s:
    return np.asarray(pc.list_parent_indices(column).to_numpy()).astype(np.int64)


def _places(parents: Int64s) -> Int64s:
    """Give the place of each value in its list."""
    begins = np.ones(len(parents), bool)
    begins[1:] = parents[1:] != parents[:-1]
    firsts = np.flatnonzero(begins)
    counts = np.diff(np.append(firsts, len(parents)))
    return np.arange(len(parents), dtype=np.int64) - np.repeat(firsts, counts)


def is_list(kind: pa.DataType) -> bool:
    """Whether values of `kind` are lists whose elements are looked into."""
    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
