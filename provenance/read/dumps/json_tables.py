"""Tables of items in JSON: parsed in blocks where objects are alike, else object by object."""

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
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.size_limits import until_error
from provenance.read.dumps.column_roles import find_roles
from provenance.read.dumps.date_order import DateOrder, DateReader, infer_order, is_ambiguous
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import (
    NO_SOURCE,
    ROUNDED_ID,
    ItemRecord,
    RowFault,
    split_items,
)
from provenance.read.dumps.item_columns import build_items
from provenance.read.dumps.json_posts import (
    HEAD_BYTES,
    JsonObject,
    NumberedObject,
    is_array,
    items_from_objects,
    parse_objects,
    read_objects,
    to_text,
)
from provenance.read.formats.json_records import value_at
from provenance.read.formats.jsonl_blocks import LineBlock, parse_block
from provenance.read.formats.jsonl_file import read_blocks

SAMPLE_OBJECTS = 1000
OPTIONAL_NAMES = {
    "item": "id",
    "url": "url",
    "created_at": "created_at",
    "author": "author",
    "language": "lang",
    "licence": "licence",
}
"""Names that are read from every object even if none in the sample has such a member."""
TEXT_NOT_STRING = "text is not a string"


@dataclass(frozen=True, slots=True)
class ObjectLayout:
    """Layout of the objects of a file.

    Parameters
    ----------
    roles : mapping of str to str
        Path of each field of `ITEMS`.
    prefix : str
        Prefix of the row number in the id of an item without an id.
    dates : DateReader
        Parses their dates.
    """

    roles: Mapping[str, str]
    prefix: str
    dates: DateReader

    def record(self, entry: JsonObject, row: int, dump: Dump) -> ItemRecord | RowFault:
        """Return an object as an item."""
        values = {role: value_at(entry, path) for role, path in self.roles.items()}
        text, source = _text_or_title(values), to_text(values.get("source")) or dump.source
        if not isinstance(text, str):
            return RowFault(row, skipped_rows.NULL if text is None else TEXT_NOT_STRING)
        if not text or text.isspace():
            return RowFault(row, skipped_rows.EMPTY)
        if not source:
            return RowFault(row, NO_SOURCE)
        return ItemRecord(
            source,
            self._id(values.get("item"), row),
            text,
            to_text(values.get("url")),
            self.dates.second(values.get("created_at"), row),
            to_text(values.get("author")),
            to_text(values.get("language")),
            to_text(values.get("licence")),
        )

    def _id(self, value: object, row: int) -> str:
        native = to_text(value)
        if native is None or re.fullmatch(ROUNDED_ID, native):
            return f"{self.prefix}#{row}"
        return native


def _text_or_title(values: Mapping[str, object]) -> object:
    """Return the text, or the title if there is no text."""
    text, title = values["text"], values.get("title")
    silent = text is None or (isinstance(text, str) and not text.strip())
    return title if silent and isinstance(title, str) and title.strip() else text


def read_json(dump: Dump) -> Iterator[Items]:
    """Read JSON Lines, or an array of objects."""
    return _array(dump) if is_array(dump.file.head(HEAD_BYTES)) else _lines(dump)


def _array(dump: Dump) -> Iterator[Items]:
    head = list(islice(until_error(read_objects(dump)), SAMPLE_OBJECTS))
    layout, _ = _infer_layout(_sample(head) or _raise_no_objects(head, dump), dump)
    yield from items_from_objects(dump, read_objects(dump), layout.record)
    yield from layout.dates.unreadable_dates(dump.name)


def _lines(dump: Dump) -> Iterator[Items]:
    blocks = read_blocks(dump.file)
    sample_blocks: list[LineBlock] = []
    sample: list[JsonObject] = []
    while not sample and (block := next(blocks, None)) is not None:
        sample_blocks.append(block)
        sample = _sample(parse_objects(block))
    if not sample_blocks:
        return
    layout, schema = _infer_layout(
        sample or _raise_no_objects(parse_objects(sample_blocks[-1]), dump), dump
    )
    for block in chain(sample_blocks, blocks):
        batch = parse_block(block, schema)
        if batch is None:
            yield from items_from_objects(dump, parse_objects(block), layout.record)
        else:
            rows = np.arange(block.first, block.first + block.rows, dtype=np.int64)
            columns = {role: column_at(batch, path) for role, path in layout.roles.items()}
            columns["created_at"] = layout.dates.seconds(columns["created_at"], rows)
            yield from split_items(build_items(columns, rows, dump, layout.prefix))
    yield from layout.dates.unreadable_dates(dump.name)


def _sample(objects: Iterable[NumberedObject]) -> list[JsonObject]:
    return list(islice((entry for _, entry in objects if isinstance(entry, dict)), SAMPLE_OBJECTS))


def _infer_layout(sample: list[JsonObject], dump: Dump) -> tuple[ObjectLayout, pa.Schema]:
    """Infer from a sample of objects how to read all."""
    schema = infer_schema(sample, dump.display_path)
    roles = find_roles(schema, dump)
    for role, name in OPTIONAL_NAMES.items():
        if role not in roles and name not in schema.names:
            roles[role] = name
            schema = schema.append(pa.field(name, pa.string()))
    # The member may not hold dates at all: unreadable dates are counted.
    dates = DateReader(
        _sample_date_order(
            sample, roles.setdefault("created_at", OPTIONAL_NAMES["created_at"]), dump
        )
    )
    return ObjectLayout(roles, dump.prefix(), dates), narrow_schema(schema, tuple(roles.values()))


def _raise_no_objects(objects: Iterable[NumberedObject], dump: Dump) -> NoReturn:
    """Raise the error for a file without any object."""
    reasons = {str(entry) for _, entry in objects}
    remedy = "convert it to JSON Lines, with an object on each line, or give its --layout."
    if reasons == {skipped_rows.NOT_UTF8}:
        remedy = "convert it to UTF-8."
    raise UnsupportedFormat(
        f"{dump.display_path}: "
        f"there is no JSON object in it: {' and '.join(sorted(reasons)) or 'no rows'}",
        remedy=remedy,
    )


def _sample_date_order(sample: list[JsonObject], path: str, dump: Dump) -> DateOrder | None:
    """Return the order of day and month; reads all objects only if the sample is ambiguous."""
    if not any(map(is_ambiguous, _texts_at(sample, path))):
        return None
    every = (entry for _, entry in until_error(read_objects(dump)) if isinstance(entry, dict))
    return infer_order(_texts_at(every, path))


def _texts_at(objects: Iterable[JsonObject], path: str) -> Iterator[str]:
    values = (value_at(entry, path) for entry in objects)
    return (value for value in values if isinstance(value, str))
