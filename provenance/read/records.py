"""Objects parsed from JSON, each of its own shape, as documents."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from provenance.model import CAME_WITH, Documents
from provenance.read import skips
from provenance.read.columnpaths import splits
from provenance.read.columns import TEXT_GROUPS, Columns, plain_name
from provenance.read.documents import Rows, documents
from provenance.read.leaves import SPOKEN, UNSPOKEN, Leaves
from provenance.read.lines import Records
from provenance.read.objects import Record
from provenance.read.prose import is_heading
from provenance.read.signalcolumns import fields_in
from provenance.read.strings import writable

_WELL_KNOWN = frozenset(name for group in TEXT_GROUPS for name in group)


def record_documents(
    file: str, records: Records, columns: Columns, *, searching: bool
) -> Iterator[Documents]:
    """Lay out parsed objects as documents.

    Parameters
    ----------
    file : str
        As in `DOCUMENTS`.
    records : Records
        The objects.
    columns : Columns
        Where most of them hold what is wanted.
    searching : bool
        Whether an object without text there is searched for well-known names.
    """
    found = _Found()
    for row, record in records.records:
        _read_into(found, row, record, columns, searching=searching)
    rows = Rows(
        file,
        np.array(found.numbers, np.int64),
        pa.array(found.ids, pa.large_string()),
        pa.array(found.urls, pa.large_string()),
        pa.array(found.licences, pa.large_string()),
        pa.array(found.fetched, pa.large_string()),
        pa.array(found.came_with, CAME_WITH),
        skips.by_reason(file, records.faults),
    )
    fields = pa.array(found.fields, pa.string())
    texts = pa.array(found.texts, pa.large_string())
    yield from documents(rows, Leaves(np.array(found.places, np.int64), fields, texts))


def texts_in(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Give every text within `value`, with the name of its place."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts_in(inner, f"{name}[{place}]")
    elif isinstance(value, dict):
        for key in _members(value):
            yield from texts_in(value[key], f"{name}.{key}")


def value_at(record: Record, path: str) -> object:
    """Return what is at `path`; None where nothing is."""
    for name, rest in splits(path):
        if name not in record:
            continue
        inner = record[name]
        if not rest:
            return inner
        if isinstance(inner, dict) and (found := value_at(inner, rest)) is not None:
            return found
    return None


def first_word(record: Record, paths: Sequence[str]) -> str | None:
    """Return the first value among `paths` that has words, or can be written as some."""
    words = (_word(value_at(record, path)) for path in paths)
    return next((word for word in words if word), None)


def bodies(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that are no headings; all, where there are none but headings."""
    return tuple(path for path in paths if not is_heading(path)) or tuple(paths)


def has_text(record: Record) -> bool:
    """Whether there is text under any well-known name."""
    return bool(_known_texts(record))


@dataclass(slots=True)
class _Found:
    """Columns in the making."""

    numbers: list[int] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    urls: list[str | None] = field(default_factory=list)
    licences: list[str | None] = field(default_factory=list)
    fetched: list[str | None] = field(default_factory=list)
    came_with: list[list[tuple[str, str]] | None] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def _read_into(
    found: _Found, row: int, record: Record, columns: Columns, *, searching: bool
) -> None:
    texts = _texts(record, columns.texts)
    if searching and not _any_said(_texts(record, bodies(columns.texts))):
        read = {name for name, _ in texts}
        texts += [one for one in _known_texts(record) if one[0] not in read]
    for name, text in texts:
        found.places.append(len(found.numbers))
        found.fields.append(writable(name))
        found.texts.append(writable(text))
    found.numbers.append(row)
    found.ids.append(first_word(record, columns.ids))
    found.urls.append(first_word(record, columns.urls))
    found.licences.append(first_word(record, columns.licences))
    found.fetched.append(first_word(record, columns.fetched))
    fields = [(kind, writable(value)) for kind, value in fields_in(record)]
    found.came_with.append(fields or None)


def _texts(record: Record, paths: Sequence[str]) -> list[tuple[str, str]]:
    return [one for path in paths for one in texts_in(value_at(record, path), path)]


def _known_texts(record: Record) -> list[tuple[str, str]]:
    """Give the texts of the first group of well-known names under which there is any."""
    spelt = {name: key for key in reversed(record) if (name := plain_name(key)) in _WELL_KNOWN}
    for group in TEXT_GROUPS if spelt else ():
        texts = _texts(record, [spelt[name] for name in group if name in spelt])
        if _any_said(texts):
            return texts
    return []


def _any_said(texts: Sequence[tuple[str, str]]) -> bool:
    return any(text and not text.isspace() for _, text in texts)


def _members(value: dict[str, object]) -> list[str]:
    spoken = [key for key in value if key in SPOKEN and _may_hold_text(value[key])]
    return spoken or [key for key in value if key not in UNSPOKEN]


def _may_hold_text(value: object) -> bool:
    return value is None or isinstance(value, str | list | dict)


def _word(value: object) -> str | None:
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, list):
        return ", ".join(word for inner in value if (word := _word(inner))) or None
    if isinstance(value, bool | float):
        # As Arrow writes it, which has other rows of the same file in its hands.
        return str(pa.scalar(value).cast(pa.string()).as_py()) if math.isfinite(value) else None
    return str(value) if isinstance(value, int) else None
