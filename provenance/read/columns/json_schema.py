"""What JSON objects look like, as Arrow types: learnt from some of them."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from provenance.errors import UnsupportedFormat
from provenance.read.columns.column_paths import tops
from provenance.read.columns.nested_texts import holds_text

MOST_FIELDS = 100_000
"""Members of objects, those of objects within them too, that are told apart."""

MOST_LETTERS = 1 << 16
"""Characters of a member's name; what goes by a longer one is no column."""


def shape_of(records: Iterable[Mapping[str, object]], file: str) -> pa.Schema:
    """Infer a schema; a member that differs from object to object counts as most of them are.

    Raises
    ------
    UnsupportedFormat
        If there are more than `MOST_FIELDS`; names `file`.
    """
    return pa.schema(_Fields(file).of(records))


def narrowed(schema: pa.Schema, paths: Sequence[str]) -> pa.Schema:
    """Keep of a schema what `paths` need, with strings of any length."""
    wanted = [top for top in tops(paths, schema.names) if top in schema.names]
    return pa.schema([(top, _wide(schema.field(top).type)) for top in wanted])


def _wide(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_struct(kind):
        return pa.struct([(part.name, _wide(part.type)) for part in kind if holds_text(part.type)])
    if pa.types.is_list(kind):
        return pa.list_(_wide(kind.value_type))
    # What was always null may become text, and does no harm as such.
    return pa.large_string() if pa.types.is_string(kind) or pa.types.is_null(kind) else kind


class _Fields:
    """Infers fields, as many as may be."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._left = MOST_FIELDS

    def of(self, records: Iterable[Mapping[str, object]]) -> list[pa.Field]:
        values: dict[str, list[object]] = {}
        for record in records:
            for key, value in record.items():
                if len(key) <= MOST_LETTERS:
                    values.setdefault(key, []).append(value)
        self._left -= len(values)
        if self._left < 0:
            raise UnsupportedFormat(
                f"{self._file}: its objects have more than {MOST_FIELDS:,} distinct members",
                remedy="write what goes by ids as lists, not as members.",
            )
        return [pa.field(key, self._kind(found)) for key, found in values.items()]

    def _kind(self, values: Sequence[object]) -> pa.DataType:
        """Tell the type of most of a member's values."""
        kinds: dict[type, list[object]] = {}
        for value in values:
            if value is not None:
                kinds.setdefault(type(value), []).append(value)
        if not kinds:
            return pa.null()
        # Where there are texts beside other things, the texts are what is looked for.
        most = kinds.get(str) or max(kinds.values(), key=len)
        first = most[0]
        if isinstance(first, dict):
            return pa.struct(self.of(value for value in most if isinstance(value, dict)))
        if isinstance(first, list):
            inner = [item for value in most if isinstance(value, list) for item in value]
            return pa.list_(self._kind(inner))
        return _SCALARS.get(type(first), pa.null())


_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
