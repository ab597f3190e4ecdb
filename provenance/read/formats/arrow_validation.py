"""Arrow data that comes from a file: validated before any kernel sees it."""

from collections.abc import Callable

import pyarrow as pa

from provenance.errors import InputError
from provenance.read.corpus.file_access import corrupt_file_error

_BARE = {
    pa.string(): pa.binary(),
    pa.large_string(): pa.large_binary(),
    pa.string_view(): pa.binary_view(),
    pa.date64(): pa.int64(),
    pa.time32("s"): pa.int32(),
    pa.time32("ms"): pa.int32(),
    pa.time64("us"): pa.int64(),
    pa.time64("ns"): pa.int64(),
}
"""Types of which not every value is valid, and those that are laid out alike and take any."""


def check_names(schema: pa.Schema | pa.DataType, name: str) -> None:
    """Refuse a table in the file called `name` if a column's name is not UTF-8.

    Raises
    ------
    InputError
        With the name.
    """
    for place in range(len(schema) if isinstance(schema, pa.Schema) else schema.num_fields):
        field = schema.field(place)
        try:
            _ = field.name
        except UnicodeDecodeError as error:
            raise misnamed(name, error) from error
        if field.type.num_fields:
            check_names(field.type, name)


def misnamed(name: str, error: UnicodeDecodeError) -> InputError:
    """Say that a column of the file called `name` has a name that is not UTF-8."""
    return InputError(
        f"{name}: a column is called {bytes(error.object)!r}, which is not valid UTF-8",
        remedy="rename the column, and write the file again.",
    )


def check_batch(batch: pa.RecordBatch, name: str, row: int) -> None:
    """Refuse rows of the file called `name`, of which `row` is the first, if they are unsound.

    Offsets, indices, lengths and bitmaps are looked at. A string that is not UTF-8, or a time of
    day that is none, leads no kernel astray: rows of such strings are counted by whoever lays them
    out.

    Raises
    ------
    CorruptFile
        If a kernel could read beyond the buffers.
    """
    try:
        try:
            batch.validate(full=True)
        except pa.ArrowInvalid:
            _bare(batch).validate(full=True)
        for column in batch.columns:
            _check_views(column)
    except (ValueError, pa.ArrowNotImplementedError) as error:
        raise corrupt_file_error(name, f"after {row:,} rows", str(error)) from error


def _check_views(column: pa.Array) -> None:
    """Validate the views beneath nulls too: casts follow them, and validation passes them over."""
    if column.null_count and column.type in {pa.string_view(), pa.binary_view()}:
        buffers = [None, *column.buffers()[1:]]
        bare = pa.Array.from_buffers(pa.binary_view(), len(column), buffers, 0, column.offset)
        bare.validate(full=True)


def _bare(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [column.view(_bare_type(column.type)) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, [str(place) for place in range(len(columns))])


def _bare_type(kind: pa.DataType) -> pa.DataType:
    """Return a type of the same layout of which every value is valid."""
    if kind in _BARE:
        return _BARE[kind]
    rebuild = next((rebuild for fits, rebuild in _NESTED if fits(kind)), None)
    return kind if rebuild is None else rebuild(kind)


_NESTED: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.DataType], pa.DataType]], ...] = (
    (
        pa.types.is_dictionary,
        lambda kind: pa.dictionary(kind.index_type, _bare_type(kind.value_type), kind.ordered),
    ),
    (
        pa.types.is_struct,
        lambda kind: pa.struct([field.with_type(_bare_type(field.type)) for field in kind]),
    ),
    (pa.types.is_decimal, lambda kind: pa.binary(kind.byte_width)),
    (pa.types.is_map, lambda kind: pa.map_(_bare_type(kind.key_type), _bare_type(kind.item_type))),
    (
        pa.types.is_fixed_size_list,
        lambda kind: pa.list_(_bare_type(kind.value_type), kind.list_size),
    ),
    (pa.types.is_list, lambda kind: pa.list_(_bare_type(kind.value_type))),
    (pa.types.is_large_list, lambda kind: pa.large_list(_bare_type(kind.value_type))),
)
"""Types that hold others; within any that is not here, a value that is not valid is damage."""
