"""Posts as JSON objects, one a line or all in one array."""

import itertools
from collections.abc import Callable, Iterator

from provenance.model import Items
from provenance.read.dumps.batches import Fault, Record, batched
from provenance.read.dumps.dump import Dump
from provenance.read.dumps.jsonarrays import entries
from provenance.read.dumps.jsonlines import BOM, Object, objects

Reader = Callable[[Object, int, Dump], Record | Fault]
"""Makes an item of one object, given its number."""


def numbered(dump: Dump) -> Iterator[tuple[int, Object | Fault]]:
    """Read every object of a file, with its number."""
    pieces = dump.pieces()
    first = next(pieces, b"")
    together = itertools.chain([first], pieces)
    if first.removeprefix(BOM).lstrip().startswith(b"["):
        return entries(together, dump.name)
    return objects(together)


def read_posts(
    dump: Dump, found: Iterator[tuple[int, Object | Fault]], read: Reader
) -> Iterator[Items]:
    """Make items of objects."""
    yield from batched(
        dump.name,
        (entry if isinstance(entry, Fault) else read(entry, row, dump) for row, entry in found),
    )


def word(value: object) -> str | None:
    """Return a name or number as it is written; None where there is none."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
