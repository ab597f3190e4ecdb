"""Conversion of parsed JSON objects, each with its own structure, to documents."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
import pyarrow as pa

from provenance.model.content.tables import CAME_WITH, LABELS, Documents
from provenance.read.columns.column_choice import (
    COLLECTED_NAMES,
    TEXT_GROUPS,
    WELL_KNOWN_NAMES,
    ColumnChoice,
    normalise_name,
    without_headings,
)
from provenance.read.columns.column_paths import json_member, split_path
from provenance.read.columns.json_structures import structure_texts
from provenance.read.columns.name_words import is_label
from provenance.read.columns.nested_texts import TextLeaves, texts_within
from provenance.read.columns.passages import is_passage
from provenance.read.columns.prose_detection import is_structure, repeats_text
from provenance.read.columns.signal_columns import is_page, record_signal_fields
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.documents import RowMetadata, build_documents
from provenance.read.formats.json_objects import Record
from provenance.read.formats.jsonl_blocks import Records

_WHITE_SPACE = " \t\r\n"
_MAX_TEXTLESS, _MAX_TEXTLESS_MEMBERS = 10_000, 16
"""Objects without text that are remembered, and members of such an object."""


def record_documents(
    file: str, records: Records, columns: ColumnChoice, sample_members: Collection[str] | None
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
    sample_members : collection of str or None
        Members with a scalar or a string in that sample: an object without text in `columns` is
        searched under well-known names, and in members not in `sample_members`. None disables this
        search.
    """
    builder = _ColumnBuilder()
    skipped: list[tuple[int, str]] = []
    textless: dict[bytes | None, str] = {}
    for row, record in records.records:
        # A small file may repeat an object without text millions of times.
        key = _short_json(record)
        if key in textless:
            skipped.append((row, textless[key]))
            continue
        is_broken = any(_holds_bytes(record.get(path)) for path in columns.texts)
        texts = _find_texts(record, columns, sample_members)
        reason = skipped_rows.NOT_UTF8 if is_broken else _reason_to_skip(texts)
        if reason is None or (is_broken and _has_text(texts)):
            _append_record(builder, row, record, texts, columns)
        elif key is not None and len(textless) < _MAX_TEXTLESS:
            textless[key] = reason
        if reason is not None:
            skipped.append((row, reason))
    rows = RowMetadata(
        file,
        np.array(builder.numbers, np.int64),
        pa.array(builder.ids, pa.large_string()),
        pa.array(builder.urls, pa.large_string()),
        pa.array(builder.licences, pa.large_string()),
        pa.array(builder.fetched, pa.large_string()),
        pa.array(builder.dated, pa.large_string()),
        pa.array(builder.came_with, CAME_WITH),
        skipped_rows.count_by_reason(file, [*records.faults, *skipped]),
        pa.array(builder.labels, LABELS),
    )
    fields = pa.array(builder.fields, pa.string())
    texts = pa.array(builder.texts, pa.large_string())
    yield from build_documents(rows, TextLeaves(np.array(builder.places, np.int64), fields, texts))


def value_at(record: Record, path: str) -> object:
    """Return the value at `path`; None if there is none."""
    if path in record:
        return record[path]
    if "." not in path:
        return None
    for name, rest in split_path(path):
        if name not in record:
            continue
        inner = record[name]
        if not rest:
            return inner
        if isinstance(inner, dict) and (member := value_at(inner, rest)) is not None:
            return member
        if isinstance(inner, str) and (member := json_member(inner, rest)) is not None:
            return member
    return None


def first_value_text(record: Record, paths: Sequence[str]) -> str | None:
    """Return the first non-empty value at `paths`, formatted as a string."""
    for path in paths:
        if path in record or "." in path:
            text = _format_value(value_at(record, path))
            if text:
                return text
    return None


def reason_to_skip(
    record: Record, columns: ColumnChoice, sample_members: Collection[str] | None
) -> str | None:
    """Return the reason for which an object is no document; None if it is one, or may be one.

    The parameters are those of `record_documents`.
    """
    if any(_holds_bytes(record.get(path)) for path in columns.texts):
        return None
    return _reason_to_skip(_find_texts(record, columns, sample_members))


def find_hidden_texts(
    record: Record, columns: ColumnChoice, sample_members: Collection[str]
) -> list[tuple[str, str]]:
    """Return the texts of an object that has none in the chosen columns.

    Returns
    -------
    list of (str, str)
        Field name and text: of the first group of well-known names with any text, else of members
        that are `fallback` or were not in the sample, without repetitions.
    """
    actual_names = {
        name: key for key in reversed(record) if (name := normalise_name(key)) in WELL_KNOWN_NAMES
    }
    for group in TEXT_GROUPS if actual_names else ():
        texts = _texts_at(record, [actual_names[name] for name in group if name in actual_names])
        if _has_text(texts):
            return texts
    strings = [
        (key, value)
        for key, value in record.items()
        if isinstance(value, str) and value and not value.isspace()
    ]
    if not strings:
        return []
    metadata_paths = {path for path in columns.metadata_paths() if not is_page(path)}
    others: list[tuple[str, str]] = []
    for key, value in strings:
        if key in metadata_paths:
            continue
        is_new = not (key in sample_members or is_label(key) or key.startswith("__"))
        if (is_new or key in columns.fallback) and not any(
            repeats_text(value, other) for _, other in others
        ):
            others.append((key, value))
    return others


@dataclass(slots=True)
class _ColumnBuilder:
    """Columns of documents under construction."""

    numbers: list[int] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    urls: list[str | None] = field(default_factory=list)
    licences: list[str | None] = field(default_factory=list)
    fetched: list[str | None] = field(default_factory=list)
    dated: list[str | None] = field(default_factory=list)
    came_with: list[list[tuple[str, str]] | None] = field(default_factory=list)
    labels: list[list[tuple[str, str | None]] | None] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def _append_record(
    builder: _ColumnBuilder,
    row: int,
    record: Record,
    texts: Sequence[tuple[str, str]],
    columns: ColumnChoice,
) -> None:
    for name, text in texts:
        builder.places.append(len(builder.numbers))
        builder.fields.append(replace_surrogates(name))
        builder.texts.append(replace_surrogates(text))
    builder.numbers.append(row)
    builder.ids.append(first_value_text(record, columns.ids))
    builder.urls.append(first_value_text(record, columns.urls))
    builder.licences.append(first_value_text(record, columns.licences))
    builder.fetched.append(first_value_text(record, columns.fetch_dates))
    builder.dated.append(first_value_text(record, columns.dates))
    fields = [(kind, replace_surrogates(value)) for kind, value in record_signal_fields(record)]
    builder.came_with.append(fields or None)
    labels = [(name, first_value_text(record, [name])) for name in columns.labels]
    if columns.collected:
        labels.append((COLLECTED_NAMES[0], first_value_text(record, columns.collected)))
    builder.labels.append([pair for pair in labels if pair[1] is not None] or None)


def _find_texts(
    record: Record, columns: ColumnChoice, sample_members: Collection[str] | None
) -> list[tuple[str, str]]:
    """Return the texts of an object, as `row_fallback.find_texts` those of rows."""
    leaves = {path: _texts_at(record, [path], columns.structures) for path in columns.texts}
    for path in columns.repeated:
        texts = _texts_at(record, [path], columns.structures)
        if not any(
            repeats_text(_join_texts(texts), _join_texts(other_texts))
            for other_texts in leaves.values()
        ):
            leaves[path] = texts
    hidden: list[tuple[str, str]] = []
    if sample_members is not None and not any(
        _has_text(leaves[path]) for path in without_headings([*leaves])
    ):
        names = {name for texts in leaves.values() for name, _ in texts}
        hidden = [
            leaf
            for leaf in find_hidden_texts(record, columns, sample_members)
            if leaf[0] not in names
        ]
    found = [*leaves.values(), hidden]
    for path in (*columns.occasional, *_unseen_members(record, columns, sample_members)):
        found.append(_new_passages(_texts_at(record, [path], columns.structures), found))
    return [leaf for column_leaves in found for leaf in column_leaves]


def _unseen_members(
    record: Record, columns: ColumnChoice, sample_members: Collection[str] | None
) -> list[str]:
    """Return the members that may be text, but held neither scalars nor strings in the sample."""
    if sample_members is None or all(key in sample_members for key in record):
        return []
    others = {*columns.text_paths(), *columns.metadata_paths(), *columns.labels}
    unseen = (key for key in record if not (key in sample_members or key in others))
    return [key for key in unseen if not (is_label(key) or key.startswith("__"))]


def _new_passages(
    texts: Sequence[tuple[str, str]], others: Sequence[Sequence[tuple[str, str]]]
) -> list[tuple[str, str]]:
    """Return those of the texts of a column that are passages, unless they repeat another's."""
    passages = [leaf for leaf in texts if is_passage(leaf[1]) and not is_structure(leaf[1])]
    joined = _join_texts(passages)
    return [] if any(repeats_text(joined, _join_texts(other)) for other in others) else passages


def _texts_at(
    record: Record, paths: Sequence[str], structures: Collection[str] = ()
) -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for path in paths:
        value = value_at(record, path)
        if path in structures and isinstance(value, str):
            texts += structure_texts(value, path)
        else:
            texts += texts_within(value, path)
    return texts


def _join_texts(texts: Sequence[tuple[str, str]]) -> str:
    return " ".join(text for _, text in texts if text and not text.isspace())


def _has_text(texts: Sequence[tuple[str, str]]) -> bool:
    return any(text and not text.isspace() for _, text in texts)


def _reason_to_skip(texts: Sequence[tuple[str, str]]) -> str | None:
    if any(text.strip(_WHITE_SPACE) for _, text in texts):
        return None
    return skipped_rows.EMPTY if texts else skipped_rows.NULL


def _short_json(record: Record) -> bytes | None:
    """Return an object as JSON, by which equal ones are known; None if it is long."""
    if len(record) > _MAX_TEXTLESS_MEMBERS:
        return None
    try:
        return msgspec.json.encode(record)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None


def _holds_bytes(value: object) -> bool:
    return isinstance(value, bytes) or (isinstance(value, list) and any(map(_holds_bytes, value)))


def _format_value(value: object) -> str | None:
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, list):
        return ", ".join(text for inner in value if (text := _format_value(inner))) or None
    if isinstance(value, bool | float):
        # Format as Arrow does, which formats other rows of the same file.
        return str(pa.scalar(value).cast(pa.string()).as_py()) if math.isfinite(value) else None
    return str(value) if isinstance(value, int) else None
