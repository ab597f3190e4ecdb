"""Tables of items in JSON: parsed in blocks where objects are alike, else object by object."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import NoReturn

import numpy as np
import pyarrow as pa

from provenance.errors import UnsupportedFormat
from provenance.model.content.tables import Items
from provenance.read.columns.column_choice import SampleReader
from provenance.read.columns.column_paths import column_at
from provenance.read.columns.json_schema import infer_schema, narrow_schema
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.size_limits import until_error
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import (
    NO_SOURCE,
    ROUNDED_ID,
    ItemRecord,
    RowFault,
    split_items,
)
from provenance.read.dumps.item_columns import (
    TEXT_SEPARATOR,
    build_items,
    is_private,
    name_in_object,
    original_author,
    plain_name,
    row_fault,
    to_strings,
)
from provenance.read.dumps.parsers.date_order import (
    DateOrder,
    DateReader,
    infer_order,
    is_ambiguous,
)
from provenance.read.dumps.parsers.html_text import plain_text
from provenance.read.dumps.parsers.json_posts import (
    HEAD_BYTES,
    JsonObject,
    NumberedObject,
    is_extended,
    items_from_objects,
    names_text,
    parse_objects,
    read_object_blocks,
    read_objects,
    to_text,
)
from provenance.read.dumps.tables.column_roles import (
    TableMapping,
    find_roles,
    parse_metadata,
)
from provenance.read.dumps.tables.replies import read_replies
from provenance.read.dumps.tables.text_columns import empty_file_error
from provenance.read.formats.json_records import value_at
from provenance.read.formats.jsonl_blocks import JsonBlock, Records, parse_block

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
_NOT_A_STRING = "(not a string)"
"""Stands for a text of another type; compared by identity."""


@dataclass(frozen=True, slots=True)
class ObjectLayout:
    """Layout of the objects of a file.

    Parameters
    ----------
    mapping : TableMapping
        Paths of the fields of `ITEMS`.
    prefix : str
        Prefix of the row number in the id of an item without an id.
    dates : DateReader
        Parses their dates.
    """

    mapping: TableMapping
    prefix: str
    dates: DateReader

    def records(self, entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
        """Yield an object as an item, or each element of its list."""
        parsed, prefix = self.mapping.parsed, self.mapping.exploded
        if parsed is not None:
            entry = entry | {parsed: parse_metadata(entry.get(parsed))}
        if prefix is None:
            record = self._record(entry, f"{row}", row, dump)
            yield record
            if self.mapping.replies and not is_private(record):
                if isinstance(record, RowFault):
                    record = ItemRecord(dump.source, self._id(None, f"{row}"), "")
                lists = [entry.get(name) for name in self.mapping.replies]
                yield from read_replies(lists, record, row, dump, self.dates)
            return
        elements = value_at(entry, prefix)
        if not isinstance(elements, list) or not elements:
            yield RowFault(row, skipped_rows.NULL)
            return
        for place, element in enumerate(elements):
            yield self._record(entry | {prefix: element}, f"{row}.{place}", row, dump)

    def _record(
        self, entry: JsonObject, number: str, row: int, dump: Dump
    ) -> ItemRecord | RowFault:
        values = {role: value_at(entry, path) for role, path in self.mapping.fields.items()}
        text, source = self._text(entry), to_text(values.get("source")) or dump.source
        if text is None or text is _NOT_A_STRING:
            return RowFault(row, skipped_rows.NULL if text is None else TEXT_NOT_STRING)
        author = plain_name(names_text(values.get("author")))
        if (fault := row_fault(text, values, author)) is not None:
            return RowFault(row, fault)
        if not source:
            return RowFault(row, NO_SOURCE)
        return ItemRecord(
            source,
            self._id(values.get("item"), number),
            plain_text(text) if dump.columns.text_format == "html" else text,
            plain_name(names_text(values.get("url"))),
            self.dates.second(values.get("created_at"), row),
            original_author(text, author and name_in_object(author)),
            plain_name(names_text(values.get("language"))),
            plain_name(names_text(values.get("licence"))),
        )

    def _text(self, entry: JsonObject) -> str | None:
        text = self.mapping.text
        values = [_joined(value_at(entry, path)) for path in text.columns]
        texts = [value if isinstance(value, str) else None for value in values]
        joined = text.join_values(texts)
        is_other = any(value is not None and not isinstance(value, str) for value in values)
        return _NOT_A_STRING if joined is None and is_other else joined

    def _id(self, value: object, number: str) -> str:
        native = plain_name(to_text(value))
        if native is None or re.fullmatch(ROUNDED_ID, native):
            return f"{self.prefix}#{number}"
        if self.mapping.exploded is not None and not self.mapping.is_of_element(
            self.mapping.fields["item"]
        ):
            return f"{native}.{number.partition('.')[2]}"
        return native


def read_json(dump: Dump) -> Iterator[Items]:
    """Read JSON Lines, or an array of objects."""
    return _extended(dump) if is_extended(dump.file.head(HEAD_BYTES)) else _blocks(dump)


def json_mapping(dump: Dump) -> TableMapping:
    """Return which members of the objects hold what."""
    head = list(islice(until_error(read_objects(dump)), SAMPLE_OBJECTS))
    sample = _sample(head) or _raise_no_objects(head, dump)
    return find_roles(infer_schema(sample, dump.display_path), dump, _sampler(sample))


def _extended(dump: Dump) -> Iterator[Items]:
    head = list(islice(until_error(read_objects(dump)), SAMPLE_OBJECTS))
    layout, _ = _infer_layout(_sample(head) or _raise_no_objects(head, dump), dump)
    yield from layout.mapping.unread_columns(dump.name)
    yield from items_from_objects(dump, read_objects(dump), layout.records)
    yield from layout.dates.unreadable_dates(dump.name)


def _blocks(dump: Dump) -> Iterator[Items]:
    blocks = read_object_blocks(dump)
    sample_blocks: list[JsonBlock] = []
    sample: list[JsonObject] = []
    while not sample and (block := next(blocks, None)) is not None:
        sample_blocks.append(block)
        sample = _sample(parse_objects(block))
    if not sample_blocks:
        return
    layout, schema = _infer_layout(
        sample or _raise_no_objects(parse_objects(sample_blocks[-1]), dump), dump
    )
    mapping = layout.mapping
    yield from mapping.unread_columns(dump.name)
    for block in chain(sample_blocks, blocks):
        batch = None if schema is None else parse_block(block, schema)
        if isinstance(block, Records) or batch is None:
            yield from items_from_objects(dump, parse_objects(block), layout.records)
        else:
            rows = np.arange(block.first, block.first + block.rows, dtype=np.int64)
            columns = {role: column_at(batch, path) for role, path in mapping.fields.items()}
            columns["text"] = mapping.text.join(
                [to_strings(column_at(batch, path)) for path in mapping.text.columns]
            )
            columns["created_at"] = layout.dates.seconds(columns["created_at"], rows)
            yield from split_items(build_items(columns, rows, dump, layout.prefix))
    yield from layout.dates.unreadable_dates(dump.name)


def _sample(objects: Iterable[NumberedObject]) -> list[JsonObject]:
    return list(islice((entry for _, entry in objects if isinstance(entry, dict)), SAMPLE_OBJECTS))


def _infer_layout(sample: list[JsonObject], dump: Dump) -> tuple[ObjectLayout, pa.Schema | None]:
    """Infer from a sample of objects how to read all, and the schema for parsing them in blocks.

    There is none if a path leads into an object.
    """
    schema = infer_schema(sample, dump.display_path)
    mapping = find_roles(schema, dump, _sampler(sample))
    fields = dict(mapping.fields)
    taken = {*mapping.text.columns, *fields.values()}
    for role, name in OPTIONAL_NAMES.items():
        if role not in fields and name not in schema.names and name not in taken:
            fields[role] = name
            schema = schema.append(pa.field(name, pa.string()))
    # The member may not hold dates at all: unreadable dates are counted.
    date_path = fields.setdefault("created_at", OPTIONAL_NAMES["created_at"])
    dates = DateReader(partial(_sample_date_order, sample, date_path, dump))
    mapping = replace(mapping, fields=fields)
    is_flat = not (mapping.parsed or mapping.replies) and all(
        path in schema.names and not pa.types.is_nested(schema.field(path).type)
        for path in mapping.paths()
    )
    return (
        ObjectLayout(mapping, dump.prefix, dates),
        narrow_schema(schema, mapping.paths()) if is_flat else None,
    )


def _sampler(sample: list[JsonObject]) -> SampleReader:
    def texts(name: str) -> pa.Array:
        return pa.array((_sample_text(entry.get(name)) for entry in sample), pa.large_string())

    def read(names: Sequence[str]) -> pa.Table:
        return pa.table({name: texts(name) for name in names})

    return read


def _joined(value: object) -> object:
    """Return the texts of a list joined, as `to_strings` joins them; other values as they are."""
    if not isinstance(value, list):
        return value
    texts = [text for text in value if isinstance(text, str)]
    if value and not texts:
        return value
    return TEXT_SEPARATOR.join(filter(str.strip, texts)) or None


def _sample_text(value: object) -> str | None:
    value = _joined(value)
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, bool):
        return str(value).lower()
    return to_text(value) if isinstance(value, int | float) else None


def _raise_no_objects(objects: Iterable[NumberedObject], dump: Dump) -> NoReturn:
    """Raise the error for a file without any object."""
    reasons = {str(entry) for _, entry in objects}
    if not reasons:
        raise empty_file_error(dump.display_path)
    remedy = "convert it to JSON Lines, with an object on each line, or give its --layout."
    if reasons == {skipped_rows.NOT_UTF8}:
        remedy = "convert it to UTF-8."
    elif reasons == {skipped_rows.NOT_OBJECT}:
        remedy = "make objects of its values: `jq -c '{text: .}'` does so if they are texts."
    elif dump.file.head(HEAD_BYTES).lstrip()[:1] not in (b"{", b"["):
        remedy = f"rename it after what it is, such as .csv, or {remedy}"
    raise UnsupportedFormat(
        f"{dump.display_path}: there is no JSON object in it: {' and '.join(sorted(reasons))}",
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
