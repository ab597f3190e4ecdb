"""Tables in JSON: many lines at once where they are alike, else object by object."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import NoReturn

import numpy as np
import pyarrow as pa

from provenance.errors import UnsupportedFormat
from provenance.model import Items
from provenance.read.columns.column_paths import column_at
from provenance.read.columns.json_schema import infer_schema, narrow_schema
from provenance.read.corpus import skipped_rows as skips
from provenance.read.corpus.size_limits import until_error
from provenance.read.dumps.column_roles import find_roles
from provenance.read.dumps.date_order import Dates, Order, is_ambiguous, order_of
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import NO_SOURCE, ROUNDED, Fault, Record, portions
from provenance.read.dumps.item_columns import laid_out
from provenance.read.dumps.json_posts import (
    HEAD,
    Entry,
    Object,
    is_array,
    items_of,
    objects,
    objects_in,
    word,
)
from provenance.read.formats.json_lines import LineBlock, table_of
from provenance.read.formats.json_records import value_at
from provenance.read.formats.jsonl_file import read_blocks

SAMPLE = 1000
LATER = {
    "item": "id",
    "url": "url",
    "created_at": "created_at",
    "author": "author",
    "language": "lang",
    "licence": "licence",
}
"""Looked for in every object, also where none of the first ones has anything of the kind."""
NOT_TEXT = "text is not a string"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the objects of a file are read.

    Parameters
    ----------
    roles : mapping of str to str
        The path of each field of `ITEMS`.
    prefix : str
        Stands before the number in the id of an item that has none of its own.
    dates : Dates
        Reads their dates.
    """

    roles: Mapping[str, str]
    prefix: str
    dates: Dates

    def record(self, entry: Object, row: int, dump: Dump) -> Record | Fault:
        """Make an item of one object."""
        values = {role: value_at(entry, path) for role, path in self.roles.items()}
        text, source = _told(values), word(values.get("source")) or dump.source
        if not isinstance(text, str):
            return Fault(row, skips.NULL if text is None else NOT_TEXT)
        if not text or text.isspace():
            return Fault(row, skips.EMPTY)
        if not source:
            return Fault(row, NO_SOURCE)
        return Record(
            source,
            self._id(values.get("item"), row),
            text,
            word(values.get("url")),
            self.dates.second(values.get("created_at"), row),
            word(values.get("author")),
            word(values.get("language")),
            word(values.get("licence")),
        )

    def _id(self, value: object, row: int) -> str:
        native = word(value)
        if native is None or re.fullmatch(ROUNDED, native):
            return f"{self.prefix}#{row}"
        return native


def _told(values: Mapping[str, object]) -> object:
    """Return the text; where there is none, the title."""
    text, title = values["text"], values.get("title")
    silent = text is None or (isinstance(text, str) and not text.strip())
    return title if silent and isinstance(title, str) and title.strip() else text


def read_json(dump: Dump) -> Iterator[Items]:
    """Read JSON Lines, or an array of objects."""
    return _array(dump) if is_array(dump.file.head(HEAD)) else _lines(dump)


def _array(dump: Dump) -> Iterator[Items]:
    head = list(islice(until_error(objects(dump)), SAMPLE))
    how, _ = _learnt(_sample(head) or _refuse(head, dump), dump)
    yield from items_of(dump, objects(dump), how.record)
    yield from how.dates.missed(dump.name)


def _lines(dump: Dump) -> Iterator[Items]:
    blocks = read_blocks(dump.file)
    met: list[LineBlock] = []
    sample: list[Object] = []
    while not sample and (block := next(blocks, None)) is not None:
        met.append(block)
        sample = _sample(objects_in(block))
    if not met:
        return
    how, schema = _learnt(sample or _refuse(objects_in(met[-1]), dump), dump)
    for block in chain(met, blocks):
        batch = table_of(block, schema)
        if batch is None:
            yield from items_of(dump, objects_in(block), how.record)
        else:
            rows = np.arange(block.first, block.first + block.rows, dtype=np.int64)
            columns = {role: column_at(batch, path) for role, path in how.roles.items()}
            columns["created_at"] = how.dates.seconds(columns["created_at"], rows)
            yield from portions(laid_out(columns, rows, dump, how.prefix))
    yield from how.dates.missed(dump.name)


def _sample(found: Iterable[Entry]) -> list[Object]:
    return list(islice((entry for _, entry in found if isinstance(entry, dict)), SAMPLE))


def _learnt(sample: list[Object], dump: Dump) -> tuple[Reading, pa.Schema]:
    """Learn from some objects how to read all."""
    shape = infer_schema(sample, dump.told)
    roles = find_roles(shape, dump)
    for role, name in LATER.items():
        if role not in roles and name not in shape.names:
            roles[role] = name
            shape = shape.append(pa.field(name, pa.string()))
    # What goes by that name may be no date at all: whoever reads it counts it.
    dates = Dates(_order(sample, roles.setdefault("created_at", LATER["created_at"]), dump))
    return Reading(roles, dump.prefix(), dates), narrow_schema(shape, tuple(roles.values()))


def _refuse(found: Iterable[Entry], dump: Dump) -> NoReturn:
    """Say why none of some rows is an object."""
    reasons = {str(entry) for _, entry in found}
    remedy = "convert it to JSON Lines, with an object on each line, or name its --layout."
    if reasons == {skips.NOT_UTF8}:
        remedy = "convert it to UTF-8."
    raise UnsupportedFormat(
        f"{dump.told}: there is no JSON object in it: {' and '.join(sorted(reasons)) or 'no row'}",
        remedy=remedy,
    )


def _order(sample: list[Object], path: str, dump: Dump) -> Order | None:
    """Tell how dates are written; read all objects only where that is the question."""
    if not any(map(is_ambiguous, _texts_at(sample, path))):
        return None
    every = (entry for _, entry in until_error(objects(dump)) if isinstance(entry, dict))
    return order_of(_texts_at(every, path))


def _texts_at(found: Iterable[Object], path: str) -> Iterator[str]:
    values = (value_at(entry, path) for entry in found)
    return (value for value in values if isinstance(value, str))
