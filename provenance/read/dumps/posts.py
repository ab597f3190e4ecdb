"""Posts as JSON objects, one a line or all in one array."""

import codecs
import re
from collections.abc import Callable, Iterator

from provenance.model import Items
from provenance.read.arrays import array_records
from provenance.read.dumps.batches import Fault, Record, batched
from provenance.read.dumps.dump import Dump
from provenance.read.jsonfiles import blocks_of
from provenance.read.lines import Records, records_of

Object = dict[str, object]
Reader = Callable[[Object, int, Dump], Record | Fault]
"""Makes an item of one object, given its number."""

HEAD = 1 << 12
_LOT = 4 << 20
_ASSIGNMENT = re.compile(rb"\s*window\.YTD\.[\w.]+\s*=\s*")


def read_posts(dump: Dump, read: Reader) -> Iterator[Items]:
    """Make items of all objects of a file."""
    return items_of(dump, objects(dump), read)


def items_of(dump: Dump, found: Iterator[Records], read: Reader) -> Iterator[Items]:
    """Make items of objects."""
    return batched(dump.name, _entries(dump, found, read))


def objects(dump: Dump) -> Iterator[Records]:
    """Read every object of a file."""
    head = dump.file.head(HEAD)
    if is_array(head):
        yield from _array(dump, head)
    else:
        yield from map(records_of, blocks_of(dump.file))


def is_array(head: bytes) -> bool:
    """Say whether a file that begins so is one array, assigned to a variable or not."""
    return past_assignment(head).startswith(b"[")


def past_assignment(head: bytes) -> bytes:
    """Return what follows the name that an X archive gives its posts."""
    begun = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return _ASSIGNMENT.sub(b"", begun, count=1)


def word(value: object) -> str | None:
    """Return a name or number as it is written; None where there is none."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _array(dump: Dump, head: bytes) -> Iterator[Records]:
    with dump.file.stream() as stream:
        stream.read(len(head) - len(past_assignment(head)))
        yield from array_records(stream, dump.name, _LOT)


def _entries(dump: Dump, found: Iterator[Records], read: Reader) -> Iterator[Record | Fault]:
    for some in found:
        yield from (Fault(row, reason) for row, reason in some.faults)
        yield from (read(entry, row, dump) for row, entry in some.records)
