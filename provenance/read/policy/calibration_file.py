"""calibration.json, read back."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.atomic_output import read_small
from provenance.errors import InputError
from provenance.model import CALIBRATION_SCHEMA, PLANTS, Calibration, FalseRate, Recall, Unread
from provenance.read.policy.validation import Checked, shown

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
_MOST = 2**63 - 1
_UNREAD = ("file", "reason", "remedy", "row", "offset")
_AGAIN = "make it again with `provenance calibrate`"


def load_calibration(path: Path) -> Calibration:
    """Load a calibration.

    Parameters
    ----------
    path : Path
        As `provenance calibrate --output` wrote it.

    Raises
    ------
    InputError
        If it is not there, or no calibration of this version.
    """
    root = _parsed(path)
    schema = root.entries().get("schema")
    if schema is None or schema.value != CALIBRATION_SCHEMA:
        said = None if schema is None else schema.value
        raise root.wrong(f"the schema is {shown(said)}, not {CALIBRATION_SCHEMA!r}", _AGAIN)
    entries = root.table((*_KEYS, "unread"), _KEYS)  # the first ones do not say it
    corpus = entries["corpus"].table(_CORPUS, _CORPUS)
    tool = entries["tool"].table(("name", "version"), ("name", "version"))
    return Calibration(
        tool=tool["version"].text(),
        created=_moment(entries["created"]),
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


def _parsed(path: Path) -> Checked:
    try:
        return Checked(json.loads(read_small(path).decode("utf-8")), str(path), "", InputError)
    except OSError as error:
        raise InputError(
            f"the calibration {path} cannot be read: {error.strerror or error}",
            remedy="name the file that `provenance calibrate --output` wrote",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not valid JSON: {error}", remedy=_AGAIN) from error


def _recall(entry: Checked) -> Recall:
    entries = entry.table(_RECALL, _RECALL)
    return Recall(
        length=_maybe_text(entries["length"]),
        edit=_maybe_text(entries["edit"]),
        place=_maybe_text(entries["place"]),
        source=_maybe_text(entries["source"]),
        planted=_count(entries["planted"]),
        found=_count(entries["found"]),
        low=_number(entries["low"]),
        high=_number(entries["high"]),
        covered=_maybe_number(entries["covered"]),
        right=_maybe_number(entries["right"]),
    )


def _unread(entry: Checked) -> Unread:
    entries = entry.table(_UNREAD, _UNREAD)
    return Unread(
        file=entries["file"].text(),
        reason=entries["reason"].text(),
        remedy=entries["remedy"].text(),
        row=None if entries["row"].value is None else _count(entries["row"]),
        offset=None if entries["offset"].value is None else _count(entries["offset"]),
    )


def _false(entry: Checked) -> FalseRate:
    entries = entry.table(_FALSE, _FALSE)
    return FalseRate(
        basis=_maybe_text(entries["basis"]),
        reason=_maybe_text(entries["reason"]),
        read=_count(entries["read"]),
        scale=_number(entries["scale"]),
        findings=_count(entries["findings"]),
        documents=_count(entries["documents"]),
        tokens=_count(entries["tokens"]),
        documents_per_million=_maybe_number(entries["documents_per_million"]),
        tokens_per_million=_maybe_number(entries["tokens_per_million"]),
        low=_maybe_number(entries["low"]),
        high=_maybe_number(entries["high"]),
    )


def _plants(entry: Checked) -> pa.Table:
    entries = entry.table(PLANTS.names, PLANTS.names)
    columns = {name: [each.value for each in entries[name].list()] for name in PLANTS.names}
    if len({len(values) for values in columns.values()}) != 1:
        raise entry.wrong("its columns are of different lengths", _AGAIN)
    try:
        table = pa.table(columns, schema=PLANTS)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise entry.wrong(f"a column holds what it cannot: {error}", _AGAIN) from error
    if any(column.null_count for column in table.columns):
        raise entry.wrong("a column holds null", _AGAIN)
    for field, column in zip(PLANTS, table.columns, strict=True):
        if pa.types.is_primitive(field.type) and not _can_be(
            column, least=-1 if field.name == "look" else 0
        ):
            raise entries[field.name].wrong("it holds a number that cannot be", _AGAIN)
    return table


def _can_be(column: pa.ChunkedArray, least: int) -> bool:
    """Return whether every number of a column is finite, and none is below the least."""
    numbers = column.cast(pa.float64()).to_numpy()
    return bool((np.isfinite(numbers) & (numbers >= least)).all())


def _integer(entry: Checked) -> int:
    if type(entry.value) is not int:
        raise entry.wrong(f"{shown(entry.value)} is not a whole number", _AGAIN)
    return entry.value


def _count(entry: Checked) -> int:
    number = _integer(entry)
    if not 0 <= number <= _MOST:
        raise entry.wrong(f"{shown(number)} is negative, or too large", _AGAIN)
    return number


def _number(entry: Checked) -> float:
    # Compared before it is converted: JSON has integers that no float holds, and Python's has NaN.
    number = entry.value if type(entry.value) in {int, float} else None
    if not isinstance(number, int | float) or not abs(number) <= sys.float_info.max:
        raise entry.wrong(f"{shown(entry.value)} is not a number", _AGAIN)
    return float(number)


def _maybe_number(entry: Checked) -> float | None:
    return None if entry.value is None else _number(entry)


def _maybe_text(entry: Checked) -> str | None:
    return None if entry.value is None else entry.text()


def _moment(entry: Checked) -> datetime:
    try:
        moment = datetime.fromisoformat(entry.text())
        moment.astimezone(UTC)  # which has no year before the first, either
    except (ValueError, OverflowError) as error:
        raise entry.wrong(f"{shown(entry.value)} is not a moment", _AGAIN) from error
    return moment
