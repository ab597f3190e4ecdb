"""Loading of calibration.json."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.atomic_output import read_small_file
from provenance.errors import InputError
from provenance.model.content.tables import Unread
from provenance.model.results.calibration import (
    CALIBRATION_SCHEMA,
    PLANTS,
    Calibration,
    FalseRate,
    Recall,
)
from provenance.read.policy.validation import UncheckedValue, format_value

_KEYS = (
    *("schema", "tool", "created", "corpus", "registries", "normalisation", "threshold", "seed"),
    *("skipped", "false", "recalls", "plants"),
)
_CORPUS = ("digest", "addresses", "documents", "tokens")
_FALSE = (
    *("basis", "reason", "read", "scale", "findings", "documents", "tokens"),
    *("documents_per_million", "tokens_per_million", "low", "high"),
)
_RECALL = (
    *("length", "edit", "place", "source", "planted", "found", "low", "high", "covered", "right"),
)
_MAX_INTEGER = 2**63 - 1
_UNREAD = ("file", "reason", "remedy", "row", "offset")
_REMEDY = "make it again with `provenance calibrate`"


def load_calibration(path: Path) -> Calibration:
    """Load a calibration.

    Parameters
    ----------
    path : Path
        As `provenance calibrate --output` wrote it.

    Raises
    ------
    InputError
        If it is missing, or not a calibration of this version.
    """
    root = _parse(path)
    schema = root.entries().get("schema")
    if schema is None or schema.value != CALIBRATION_SCHEMA:
        actual = None if schema is None else schema.value
        raise root.wrong(
            f"the schema is {format_value(actual)}, not {CALIBRATION_SCHEMA!r}", _REMEDY
        )
    entries = root.table((*_KEYS, "unread"), _KEYS)  # the first versions lack `unread`
    corpus = entries["corpus"].table(_CORPUS, _CORPUS)
    tool = entries["tool"].table(("name", "version"), ("name", "version"))
    return Calibration(
        tool=tool["version"].text(),
        created=_timestamp(entries["created"]),
        corpus=corpus["digest"].text(),
        addresses=tuple(each.text() for each in corpus["addresses"].list()),
        documents=_count(corpus["documents"]),
        corpus_tokens=_count(corpus["tokens"]),
        registries=tuple(each.text() for each in entries["registries"].list()),
        normalisation=_count(entries["normalisation"]),
        threshold=_number(entries["threshold"]),
        seed=_integer(entries["seed"]),
        skipped=_count(entries["skipped"]),
        recalls=tuple(_recall(each) for each in entries["recalls"].list()),
        false=_false(entries["false"]),
        plants=_plants(entries["plants"]),
        unread=tuple(map(_unread, entries["unread"].list())) if "unread" in entries else (),
    )


def _parse(path: Path) -> UncheckedValue:
    try:
        return UncheckedValue(
            json.loads(read_small_file(path).decode("utf-8")), str(path), InputError
        )
    except OSError as error:
        raise InputError(
            f"the calibration {path} cannot be read: {error.strerror or error}",
            remedy="give the file that `provenance calibrate --output` wrote",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not valid JSON: {error}", remedy=_REMEDY) from error


def _recall(entry: UncheckedValue) -> Recall:
    entries = entry.table(_RECALL, _RECALL)
    return Recall(
        length=_optional_text(entries["length"]),
        edit=_optional_text(entries["edit"]),
        place=_optional_text(entries["place"]),
        source=_optional_text(entries["source"]),
        planted=_count(entries["planted"]),
        found=_count(entries["found"]),
        low=_number(entries["low"]),
        high=_number(entries["high"]),
        covered=_optional_number(entries["covered"]),
        right=_optional_number(entries["right"]),
    )


def _unread(entry: UncheckedValue) -> Unread:
    entries = entry.table(_UNREAD, _UNREAD)
    return Unread(
        file=entries["file"].text(),
        reason=entries["reason"].text(),
        remedy=entries["remedy"].text(),
        row=None if entries["row"].value is None else _count(entries["row"]),
        offset=None if entries["offset"].value is None else _count(entries["offset"]),
    )


def _false(entry: UncheckedValue) -> FalseRate:
    entries = entry.table(_FALSE, _FALSE)
    return FalseRate(
        basis=_optional_text(entries["basis"]),
        reason=_optional_text(entries["reason"]),
        read=_count(entries["read"]),
        scale=_number(entries["scale"]),
        findings=_count(entries["findings"]),
        documents=_count(entries["documents"]),
        tokens=_count(entries["tokens"]),
        documents_per_million=_optional_number(entries["documents_per_million"]),
        tokens_per_million=_optional_number(entries["tokens_per_million"]),
        low=_optional_number(entries["low"]),
        high=_optional_number(entries["high"]),
    )


def _plants(entry: UncheckedValue) -> pa.Table:
    entries = entry.table(PLANTS.names, [name for name in PLANTS.names if name != "strength"])
    columns = {name: [each.value for each in entries[name].list()] for name in entries}
    columns.setdefault("strength", [0.0] * len(columns["found"]))  # the first versions lack it
    if len({len(values) for values in columns.values()}) != 1:
        raise entry.wrong("its columns are of different lengths", _REMEDY)
    try:
        table = pa.table(columns, schema=PLANTS)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise entry.wrong(f"a column has values of another type: {error}", _REMEDY) from error
    if any(column.null_count for column in table.columns):
        raise entry.wrong("a column holds null", _REMEDY)
    for field, column in zip(PLANTS, table.columns, strict=True):
        if pa.types.is_primitive(field.type) and not _is_in_range(
            column, least=-1 if field.name == "look" else 0
        ):
            raise entries[field.name].wrong("it has a number that is out of range", _REMEDY)
    return table


def _is_in_range(column: pa.ChunkedArray, least: int) -> bool:
    """Return whether all numbers of a column are finite and at least `least`."""
    numbers = column.cast(pa.float64()).to_numpy()
    return bool((np.isfinite(numbers) & (numbers >= least)).all())


def _integer(entry: UncheckedValue) -> int:
    if type(entry.value) is not int:
        raise entry.wrong(f"{format_value(entry.value)} is not a whole number", _REMEDY)
    return entry.value


def _count(entry: UncheckedValue) -> int:
    number = _integer(entry)
    if not 0 <= number <= _MAX_INTEGER:
        raise entry.wrong(f"{format_value(number)} is negative, or too large", _REMEDY)
    return number


def _number(entry: UncheckedValue) -> float:
    # Compared before conversion: JSON integers may exceed the float range, and Python reads NaN.
    number = entry.value if type(entry.value) in {int, float} else None
    if not isinstance(number, int | float) or not abs(number) <= sys.float_info.max:
        raise entry.wrong(f"{format_value(entry.value)} is not a number", _REMEDY)
    return float(number)


def _optional_number(entry: UncheckedValue) -> float | None:
    return None if entry.value is None else _number(entry)


def _optional_text(entry: UncheckedValue) -> str | None:
    return None if entry.value is None else entry.text()


def _timestamp(entry: UncheckedValue) -> datetime:
    try:
        moment = datetime.fromisoformat(entry.text())
        moment.astimezone(UTC)  # may leave the range of years
    except (ValueError, OverflowError) as error:
        raise entry.wrong(f"{format_value(entry.value)} is not a timestamp", _REMEDY) from error
    return moment
