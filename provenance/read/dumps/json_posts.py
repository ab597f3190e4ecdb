"""Posts as JSON objects, one a line or all in one array."""

import codecs
import re
from collections.abc import Callable, Iterator

from provenance.model import Items
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import EXACT, Fault, Record, batched
from provenance.read.formats.json_array import array_records, is_lines
from provenance.read.formats.json_lines import LineBlock, parse
from provenance.read.formats.jsonl_file import read_blocks

Object = dict[str, object]
Entry = tuple[int, Object | str]
"""An object, or why there is none, with its number in the file."""
Reader = Callable[[Object, int, Dump], Record | Fault]
"""Makes an item of one object, given its number."""

HEAD = 1 << 16
_LOT = 1 << 16
_ASSIGNMENT = re.compile(rb"\s*window\.YTD\.[\w.]+\s*=\s*")


def read_posts(dump: Dump, read: Reader) -> Iterator[Items]:
    """Make items of all objects of a file."""
    return items_of(dump, objects(dump), read)


def items_of(dump: Dump, found: Iterator[Entry], read: Reader) -> Iterator[Items]:
    """Make items of objects."""
    return batched(
        dump.name,
        (
            Fault(row, entry) if isinstance(entry, str) else read(entry, row, dump)
            for row, entry in found
        ),
    )


def objects(dump: Dump) -> Iterator[Entry]:
    """Read every object of a file, and let go of it before the next."""
    head = dump.file.head(HEAD)
    return _array(dump, head) if is_array(head) else _lines(dump)


def objects_in(block: LineBlock) -> Iterator[Entry]:
    """Read every object of some lines."""
    return ((row, parse(line)) for row, line in block.lines())


def is_array(head: bytes) -> bool:
    """Say whether objects do not stand one a line: in an array, or printed over many lines."""
    return not is_lines(past_assignment(head))


def past_assignment(head: bytes) -> bytes:
    """Return what follows the name that an X archive gives its posts."""
    begun = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return _ASSIGNMENT.sub(b"", begun, count=1)


def word(value: object) -> str | None:
    """Return a name or number as it is written; None where there is none.

    NaN is none, and neither is a whole number that went through a float and lost its last digits.
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, float):
        if not abs(value) < EXACT:  # which NaN is not either
            return None
        return str(int(value) if value.is_integer() else value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _lines(dump: Dump) -> Iterator[Entry]:
    for block in read_blocks(dump.file):
        yield from objects_in(block)


def _array(dump: Dump, head: bytes) -> Iterator[Entry]:
    with dump.file.stream() as stream:
        stream.read(len(head) - len(past_assignment(head)))
        for some in array_records(stream, dump.file.limit, _LOT):
            yield from some.faults
            yield from some.records
