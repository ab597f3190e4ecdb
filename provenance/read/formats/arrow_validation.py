"""Validation of Arrow data from files, before any kernel reads it."""

from collections.abc import Callable

import pyarrow as pa

from provenance.errors import InputError
from provenance.read.corpus.file_access import corrupt_file_error

_UNCHECKED_TYPES = {
    pa.string(): pa.binary(),
    pa.large_string(): pa.large_binary(),
    pa.string_view(): pa.binary_view(),
    pa.date64(): pa.int64(),
    pa.time32("s"): pa.int32(),
    pa.time32("ms"): pa.int32(),
    pa.time64("us"): pa.int64(),
    pa.time64("ns"): pa.int64(),
}
"""Types with invalid values, and types of the same layout of which all values are valid."""


def check_names(schema: pa.Schema | pa.DataType, name: str) -> None:
    """Raise if the name of a column in the file `name` is not UTF-8.

    Raises
    ------
    InputError
        With the column name.
    """
    for place in range(len(schema) if isinstance(schema, pa.Schema) else schema.num_fields):
        field = schema.field(place)
        try:
            _ = field.name
        except UnicodeDecodeError as error:
            raise invalid_name_error(name, error) from error
        if field.type.num_fields:
            check_names(field.type, name)


def invalid_name_error(name: str, error: UnicodeDecodeError) -> InputError:
    """Return the error for a column name that is not UTF-8."""
    return InputError(
        f"{name}: the column name {bytes(error.object)!r} is not valid UTF-8",
        remedy="rename the column, and write the file again.",
    )


def check_batch(batch: pa.RecordBatch, name: str, row: int) -> bool:
    """Raise if rows of the file `name`, of which `row` is the first, are not valid Arrow data.

    Offsets, indices, lengths and bitmaps are validated. Strings that are not UTF-8 and times out of
    range do no harm to kernels; such strings are counted later.

    Returns
    -------
    bool
        Whether all strings are UTF-8.

    Raises
    ------
    CorruptFile
        If a kernel could read beyond the buffers.
    """
    try:
        try:
            batch.validate(full=True)
            is_utf8 = True
        except pa.ArrowInvalid:
            _without_checks(batch).validate(full=True)
            is_utf8 = False
        for column in batch.columns:
            _check_views(column)
    except (ValueError, pa.ArrowNotImplementedError) as error:
        raise corrupt_file_error(name, f"after {row:,} rows", str(error)) from error
    return is_utf8


def _check_views(column: pa.Array) -> None:
    """Validate views beneath nulls too: validation ignores them, but casts read them."""
    if column.null_count and column.type in {pa.string_view(), pa.binary_view()}:
        buffers = [None, *column.buffers()[1:]]
        views = pa.Array.from_buffers(pa.binary_view(), len(column), buffers, 0, column.offset)
        views.validate(full=True)


def _without_checks(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [column.view(_unchecked_type(column.type)) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, [str(place) for place in range(len(columns))])


def _unchecked_type(kind: pa.DataType) -> pa.DataType:
    """Return a type of the same layout of which every value is valid."""
    if kind in _UNCHECKED_TYPES:
        return _UNCHECKED_TYPES[kind]
    rebuild = next((rebuild for fits, rebuild in _NESTED if fits(kind)), None)
    return kind if rebuild is None else rebuild(kind)


_NESTED: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.DataType], pa.DataType]], ...] = (
    (
        pa.types.is_dictionary,
        lambda kind: pa.dictionary(kind.index_type, _unchecked_type(kind.value_type), kind.ordered),
    ),
    (
        pa.types.is_struct,
        lambda kind: pa.struct([field.with_type(_unchecked_type(field.type)) for field in kind]),
    ),
    (pa.types.is_decimal, lambda kind: pa.binary(kind.byte_width)),
    (
        pa.types.is_map,
        lambda kind: pa.map_(_unchecked_type(kind.key_type), _unchecked_type(kind.item_type)),
    ),
    (
        pa.types.is_fixed_size_list,
        lambda kind: pa.list_(_unchecked_type(kind.value_type), kind.list_size),
    ),
    (pa.types.is_list, lambda kind: pa.list_(_unchecked_type(kind.value_type))),
    (pa.types.is_large_list, lambda kind: pa.large_list(_unchecked_type(kind.value_type))),
)
"""Nested types, rebuilt from unchecked types; in other types an invalid value is damage."""
