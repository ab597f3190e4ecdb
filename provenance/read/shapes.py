"""What JSON objects look like, as Arrow types: learnt from some of them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import pyarrow as pa

from provenance.read.columnpaths import tops
from provenance.read.leaves import holds_text


def shape_of(records: Iterable[Mapping[str, object]]) -> pa.Schema:
    """Infer a schema; a member that differs from object to object counts as most of them are."""
    return pa.schema(_fields(list(records)))


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


def _fields(records: Sequence[Mapping[str, object]]) -> list[pa.Field]:
    keys = dict.fromkeys(chain.from_iterable(records))
    return [pa.field(key, _kind([record.get(key) for record in records])) for key in keys]


def _kind(values: Sequence[object]) -> pa.DataType:
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
        return pa.struct(list(shape_of([value for value in most if isinstance(value, dict)])))
    if isinstance(first, list):
        inner = [item for value in most if isinstance(value, list) for item in value]
        return pa.list_(_kind(inner))
    return _SCALARS.get(type(first), pa.null())


_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
