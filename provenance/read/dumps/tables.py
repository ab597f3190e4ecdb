"""Tables: Parquet, CSV and JSON Lines, whatever their columns are called."""

import csv
import io
import itertools
import json
import sys
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.errors import UnsupportedFormat
from provenance.model import ITEMS, Flags, Int64s, Items
from provenance.read import skips
from provenance.read.dumps.batches import Fault, Record, batched, portions
from provenance.read.dumps.columns import found
from provenance.read.dumps.dump import Dump
from provenance.read.dumps.jsonlines import Object, blocks, objects, parsed
from provenance.read.dumps.moments import moment, moments
from provenance.read.files import reading
from provenance.read.strings import blank, invalid, is_bytes, is_textual, strings, words

_ROWS = 8192
NO_SOURCE = "no source"
NOT_TEXT = "text is not a string"


def read_table(dump: Dump) -> Iterator[Items]:
    """Read a table of items."""
    head = dump.file.head(1 << 10)
    if head.startswith(b"PAR1"):
        return _parquet(dump)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return _json_lines(dump)
    return _csv(dump)


def _parquet(dump: Dump) -> Iterator[Items]:
    row = 0
    with reading(dump.name):
        file = dump.file
        parquet = pq.ParquetFile(file.path if file.is_local else file.system.open(file.path, "rb"))
    names = parquet.schema_arrow.names
    schema = {f.name: f.type for f in parquet.schema_arrow if names.count(f.name) == 1}
    roles = found(schema, dump)
    prefix = dump.prefix()
    batches = parquet.iter_batches(
        _ROWS, columns=sorted(set(roles.values())), use_threads=False
    )
    while True:
        with reading(dump.name, lambda: f"after {row:,} rows"):
            batch = next(batches, None)
        if batch is None:
            return
        columns = {role: batch.column(name) for role, name in roles.items()}
        rows = np.arange(row, row + len(batch), dtype=np.int64)
        row += len(batch)
        yield from portions(laid_out(columns, rows, dump, prefix))


def laid_out(
    columns: Mapping[str, pa.Array], rows: Int64s, dump: Dump, prefix: str
) -> Items:
    """Lay out columns as items, without looking at any row on its own.

    Parameters
    ----------
    columns : mapping of str to pyarrow.Array
        By role.
    rows : ndarray of int64
        Their numbers in the file.
    dump : Dump
        The file.
    prefix : str
        Stands before the number, where there is no id.
    """
    text = _strings(columns["text"])
    reasons = _faults(text, columns.get("source"), dump)
    keep = np.ones(len(rows), bool)
    faults: list[Fault] = []
    for reason, flags in reasons:
        faults += [Fault(int(row), reason) for row in rows[flags & keep]]
        keep &= ~flags
    kept = pa.array(keep)
    chosen = {role: column.filter(kept) for role, column in columns.items()}
    chosen["text"] = text.filter(kept)
    arrays = [
        _column(field.name, chosen, rows[keep], (dump.source, prefix)).cast(field.type)
        for field in ITEMS
    ]
    batch = pa.RecordBatch.from_arrays(arrays, schema=ITEMS)
    return Items(batch, skips.by_reason(dump.name, faults))


def _faults(
    text: pa.Array, source: pa.Array | None, dump: Dump
) -> Iterator[tuple[str, Flags]]:
    yield skips.NULL, _flags(pc.is_null(text))
    bad = invalid(text)
    if bad is not None:
        yield skips.NOT_UTF8, bad
        text = pc.if_else(pa.array(bad), None, text)
    yield skips.EMPTY, blank(text)
    if source is not None and not dump.source:
        yield NO_SOURCE, _flags(pc.is_null(_named(source)))


def _column(
    name: str, columns: Mapping[str, pa.Array], rows: Int64s, given: tuple[str, str]
) -> pa.Array:
    source, prefix = given
    if name == "text":
        return columns["text"]
    if name == "created_at" and name in columns:
        return moments(columns[name])
    values = _named(columns[name]) if name in columns else pa.nulls(len(rows), pa.large_string())
    if name == "source":
        return pc.fill_null(values, source)
    if name == "item" and values.null_count:
        numbers = pa.array(rows).cast(pa.large_string())
        made = pc.binary_join_element_wise(pa.scalar(prefix, pa.large_string()), numbers, pa.scalar("#", pa.large_string()))
        return pc.coalesce(values, made)
    return values


def _strings(column: pa.Array) -> pa.Array:
    if is_textual(column.type) or is_bytes(column.type):
        return strings(column)
    return pa.nulls(len(column), pa.large_string())


def _named(column: pa.Array) -> pa.Array:
    """Return names and numbers as strings, and empty ones as null."""
    if pa.types.is_floating(column.type):
        column = pc.cast(column, pa.int64(), safe=False)
    text = words(column)
    return pc.if_else(pc.equal(pc.binary_length(text), 0), None, text)


def _flags(values: pa.Array) -> Flags:
    return np.asarray(values.to_numpy(zero_copy_only=False))


def _json_lines(dump: Dump) -> Iterator[Items]:
    stream = objects(dump.pieces())
    head = list(itertools.islice(stream, 1000))
    schema = _observed([entry for _, entry in head if isinstance(entry, dict)])
    if not schema:
        raise UnsupportedFormat(
            f"{dump.name}: none of the first {len(head)} lines is a JSON object",
            remedy="name its layout with --layout, or convert it to JSON Lines.",
        )
    roles = found(schema, dump)
    prefix = dump.prefix()
    yield from batched(
        dump.name,
        (
            entry if isinstance(entry, Fault) else record_of(entry, row, roles, dump, prefix)
            for row, entry in itertools.chain(head, stream)
        ),
    )


def _observed(entries: list[Object]) -> dict[str, pa.DataType]:
    kinds: dict[str, pa.DataType] = {}
    for entry in entries:
        for key, value in entry.items():
            if kinds.get(key, pa.null()) == pa.null():
                kinds[key] = _KINDS.get(type(value), pa.struct([]))
    return kinds


_KINDS = {
    str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), type(None): pa.null()
}  # fmt: skip


def record_of(
    entry: Mapping[str, object], row: int, roles: Mapping[str, str], dump: Dump, prefix: str
) -> Record | Fault:
    """Make an item of one row."""
    values = {role: entry.get(name) for role, name in roles.items()}
    text = values["text"]
    source = _word(values.get("source")) or dump.source
    if not isinstance(text, str):
        return Fault(row, skips.NULL if text is None else NOT_TEXT)
    if not text or text.isspace():
        return Fault(row, skips.EMPTY)
    if not source:
        return Fault(row, NO_SOURCE)
    return Record(
        source,
        _word(values.get("item")) or f"{prefix}#{row}",
        text,
        _word(values.get("url")),
        moment(values.get("created_at")),
        _word(values.get("author")),
        _word(values.get("language")),
        _word(values.get("licence")),
    )


def _word(value: object) -> str | None:
    if isinstance(value, str):
        return value or None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _csv(dump: Dump) -> Iterator[Items]:
    return iter(())
