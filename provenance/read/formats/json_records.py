"""Conversion of parsed JSON objects, each with its own structure, to documents."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from provenance.model import CAME_WITH, Documents
from provenance.read.columns.column_choice import (
    TEXT_GROUPS,
    WELL_KNOWN_NAMES,
    ColumnChoice,
    normalise_name,
    without_headings,
)
from provenance.read.columns.column_paths import split_path
from provenance.read.columns.nested_texts import LABEL_MEMBERS, TURN_TEXT_MEMBERS, TextLeaves
from provenance.read.columns.prose_detection import is_label, repeats_text
from provenance.read.columns.signal_columns import is_page, record_signal_fields
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.documents import RowMetadata, build_documents
from provenance.read.formats.json_objects import Record
from provenance.read.formats.jsonl_blocks import Records


def record_documents(
    file: str, records: Records, columns: ColumnChoice, seen: Collection[str] | None
) -> Iterator[Documents]:
    """Yield parsed objects as documents.

    Parameters
    ----------
    file : str
        As in `DOCUMENTS`.
    records : Records
        The objects.
    columns : ColumnChoice
        Columns chosen from a sample of objects.
    seen : collection of str or None
        Members with a value in that sample: an object without text in `columns` is searched under
        well-known names, and in members not in `seen`. None disables this search.
    """
    found = _RecordColumns()
    for row, record in records.records:
        _append_record(found, row, record, columns, seen)
    rows = RowMetadata(
        file,
        np.array(found.numbers, np.int64),
        pa.array(found.ids, pa.large_string()),
        pa.array(found.urls, pa.large_string()),
        pa.array(found.licences, pa.large_string()),
        pa.array(found.fetched, pa.large_string()),
        pa.array(found.came_with, CAME_WITH),
        skipped_rows.count_by_reason(file, records.faults),
    )
    fields = pa.array(found.fields, pa.string())
    texts = pa.array(found.texts, pa.large_string())
    yield from build_documents(rows, TextLeaves(np.array(found.places, np.int64), fields, texts))


def texts_within(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Yield every text within `value`, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts_within(inner, f"{name}[{place}]")
    elif isinstance(value, dict):
        for key in _text_members(value):
            yield from texts_within(value[key], f"{name}.{key}")


def value_at(record: Record, path: str) -> object:
    """Return the value at `path`; None if there is none."""
    for name, rest in split_path(path):
        if name not in record:
            continue
        inner = record[name]
        if not rest:
            return inner
        if isinstance(inner, dict) and (found := value_at(inner, rest)) is not None:
            return found
    return None


def first_value_text(record: Record, paths: Sequence[str]) -> str | None:
    """Return the first non-empty value at `paths`, formatted as a string."""
    words = (_format_value(value_at(record, path)) for path in paths)
    return next((word for word in words if word), None)


def find_hidden_texts(
    record: Record, columns: ColumnChoice, seen: Collection[str]
) -> list[tuple[str, str]]:
    """Return the texts of an object that has none in the chosen columns.

    Returns
    -------
    list of (str, str)
        Field name and text: of the first group of well-known names with any text, else of members
        that are `fallback` or were not in the sample, without repetitions.
    """
    spelt = {
        name: key for key in reversed(record) if (name := normalise_name(key)) in WELL_KNOWN_NAMES
    }
    for group in TEXT_GROUPS if spelt else ():
        texts = _texts_at(record, [spelt[name] for name in group if name in spelt])
        if _has_text(texts):
            return texts
    taken = {path for path in columns.metadata_paths() if not is_page(path)}
    others: list[tuple[str, str]] = []
    for key, value in record.items():
        if not isinstance(value, str) or not value or value.isspace() or key in taken:
            continue
        unmet = not (key in seen or is_label(key) or key.startswith("__"))
        if (unmet or key in columns.fallback) and not any(
            repeats_text(value, o) for _, o in others
        ):
            others.append((key, value))
    return others


@dataclass(slots=True)
class _RecordColumns:
    """Columns of documents under construction."""

    numbers: list[int] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    urls: list[str | None] = field(default_factory=list)
    licences: list[str | None] = field(default_factory=list)
    fetched: list[str | None] = field(default_factory=list)
    came_with: list[list[tuple[str, str]] | None] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def _append_record(
    found: _RecordColumns,
    row: int,
    record: Record,
    columns: ColumnChoice,
    seen: Collection[str] | None,
) -> None:
    read = {path: _texts_at(record, [path]) for path in columns.texts}
    for path in columns.repeated:
        texts = _texts_at(record, [path])
        if not any(
            repeats_text(_join_texts(texts), _join_texts(others)) for others in read.values()
        ):
            read[path] = texts
    texts = [one for found in read.values() for one in found]
    if seen is not None and not any(_has_text(read[path]) for path in without_headings([*read])):
        names = {name for name, _ in texts}
        texts += [one for one in find_hidden_texts(record, columns, seen) if one[0] not in names]
    for name, text in texts:
        found.places.append(len(found.numbers))
        found.fields.append(replace_surrogates(name))
        found.texts.append(replace_surrogates(text))
    found.numbers.append(row)
    found.ids.append(first_value_text(record, columns.ids))
    found.urls.append(first_value_text(record, columns.urls))
    found.licences.append(first_value_text(record, columns.licences))
    found.fetched.append(first_value_text(record, columns.fetched))
    fields = [(kind, replace_surrogates(value)) for kind, value in record_signal_fields(record)]
    found.came_with.append(fields or None)


def _texts_at(record: Record, paths: Sequence[str]) -> list[tuple[str, str]]:
    return [one for path in paths for one in texts_within(value_at(record, path), path)]


def _join_texts(texts: Sequence[tuple[str, str]]) -> str:
    return " ".join(text for _, text in texts if text and not text.isspace())


def _has_text(texts: Sequence[tuple[str, str]]) -> bool:
    return any(text and not text.isspace() for _, text in texts)


def _text_members(value: dict[str, object]) -> list[str]:
    spoken = [key for key in value if key in TURN_TEXT_MEMBERS and _may_hold_text(value[key])]
    return spoken or [key for key in value if key not in LABEL_MEMBERS]


def _may_hold_text(value: object) -> bool:
    return value is None or isinstance(value, str | list | dict)


def _format_value(value: object) -> str | None:
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, list):
        return ", ".join(word for inner in value if (word := _format_value(inner))) or None
    if isinstance(value, bool | float):
        # Format as Arrow does, which formats other rows of the same file.
        return str(pa.scalar(value).cast(pa.string()).as_py()) if math.isfinite(value) else None
    return str(value) if isinstance(value, int) else None
