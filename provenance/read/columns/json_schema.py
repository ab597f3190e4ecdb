"""Schemas of JSON objects as Arrow types, inferred from a sample."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from provenance.errors import UnsupportedFormat
from provenance.read.columns.column_paths import top_columns
from provenance.read.columns.nested_texts import holds_text

MAX_FIELDS = 100_000
"""Most distinct members of objects, nested objects included."""

MAX_NAME_CHARS = 1 << 16
"""Longest name of a member that can be a column."""


def infer_schema(records: Iterable[Mapping[str, object]], file: str) -> pa.Schema:
    """Infer a schema; a member of several types gets the most frequent one, or string if it occurs.

    Raises
    ------
    UnsupportedFormat
        If there are more than `MAX_FIELDS` members; names `file`.
    """
    return pa.schema(_FieldInference(file).of(records))


def narrow_schema(schema: pa.Schema, paths: Sequence[str]) -> pa.Schema:
    """Return the part of a schema that `paths` need, with large strings."""
    names = [top for top in top_columns(paths, schema.names) if top in schema.names]
    return pa.schema([(top, _widen(schema.field(top).type)) for top in names])


def _widen(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_struct(kind):
        return pa.struct([(part.name, _widen(part.type)) for part in kind if holds_text(part.type)])
    if pa.types.is_list(kind):
        return pa.list_(_widen(kind.value_type))
    # What is always null in the sample may be text later.
    return pa.large_string() if pa.types.is_string(kind) or pa.types.is_null(kind) else kind


class _FieldInference:
    """Infers the fields of objects, up to `MAX_FIELDS`."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._remaining = MAX_FIELDS

    def of(self, records: Iterable[Mapping[str, object]]) -> list[pa.Field]:
        values: dict[str, list[object]] = {}
        for record in records:
            for key, value in record.items():
                if len(key) <= MAX_NAME_CHARS:
                    values.setdefault(key, []).append(value)
        self._remaining -= len(values)
        if self._remaining < 0:
            raise UnsupportedFormat(
                f"{self._file}: the objects have more than {MAX_FIELDS:,} distinct members",
                remedy="write data keyed by id as lists, not as members.",
            )
        return [pa.field(key, self._kind(member_values)) for key, member_values in values.items()]

    def _kind(self, values: Sequence[object]) -> pa.DataType:
        """Return the most frequent type of a member's values, or string if any value is one."""
        kinds: dict[type, list[object]] = {}
        for value in values:
            if value is not None:
                kinds.setdefault(type(value), []).append(value)
        if not kinds:
            return pa.null()
        # Where texts are mixed with other types, the texts are wanted.
        most = kinds.get(str) or max(kinds.values(), key=len)
        first = most[0]
        if isinstance(first, dict):
            return pa.struct(self.of(value for value in most if isinstance(value, dict)))
        if isinstance(first, list):
            inner = [item for value in most if isinstance(value, list) for item in value]
            return pa.list_(self._kind(inner))
        return _SCALARS.get(type(first), pa.null())


_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
