"""Label sheets: findings to label in a spreadsheet or another program, and their labels."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from provenance.errors import CorruptFile, InputError
from provenance.model.json_encoding import to_json_value
from provenance.model.results.reviews import ReviewLabel, ReviewSample
from provenance.report.files.report_folder import write_text
from provenance.report.files.review_jsonl import sample_of
from provenance.report.sanitize import csv_cell, dump_json

PLACE_COLUMNS = ("document", "file", "row", "field", "start", "end")
ITEM_COLUMNS = ("source", "item", "url", "created_at", "tokens")
COLUMNS = (
    *("finding", *PLACE_COLUMNS, *ITEM_COLUMNS, "excerpt", "item_excerpt"),
    *("label", "labeller", "date"),
)
"""Columns of a sheet. What the tool itself says of a finding is left out, so that it does not
influence the labeller."""


@dataclass(frozen=True, slots=True)
class SheetLabel:
    """A label in a sheet.

    Parameters
    ----------
    line : int
        Line of the sheet, from 1.
    finding : str
        Key of the finding.
    label : ReviewLabel
        The label.
    labeller : str or None
        Who says so; None if the sheet does not name anybody.
    date : date or None
        When; None if the sheet does not say.
    """

    line: int
    finding: str
    label: ReviewLabel
    labeller: str | None
    date: date | None


def write_sheet(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write a sheet: CSV if the name of the file ends in `.csv`, else JSON Lines.

    Parameters
    ----------
    rows : iterable of mapping
        With the keys `COLUMNS`.
    path : Path
        The file to write.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    out = io.StringIO()
    if path.suffix.lower() == ".csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([csv_cell(row[name]) for name in COLUMNS] for row in rows)
    else:
        for row in rows:
            out.write(f"{dump_json({name: to_json_value(row[name]) for name in COLUMNS})}\n")
    write_text(out.getvalue(), path)


def read_sheet(path: Path) -> tuple[ReviewSample | None, list[SheetLabel]]:
    """Read the labels of a sheet; rows without a label are left out.

    Parameters
    ----------
    path : Path
        CSV (separated by commas, semicolons or tabs) if its name ends in `.csv`, else JSON Lines;
        with the columns `finding` and `label`, and perhaps `labeller` and `date`. The first line of
        JSON Lines may have the sample, as that of review.jsonl.

    Returns
    -------
    (ReviewSample or None, list of SheetLabel)
        The sample, if the sheet names it, and its labels.

    Raises
    ------
    InputError
        If it cannot be read; names the line.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise CorruptFile(
            f"{str(path)!r} cannot be read: {getattr(error, 'strerror', None) or error}",
            remedy="name a file of labels, in UTF-8",
        ) from error
    rows = _csv_rows(text) if path.suffix.lower() == ".csv" else _json_rows(text)
    sample, labels, line = None, [], 0
    try:
        for line, row in rows:
            if line == 1 and "schema" in row:
                sample = sample_of(row)
            elif label := _sheet_label(line, row):
                labels.append(label)
    except (ValueError, TypeError, KeyError, csv.Error, RecursionError) as error:
        reason = f"there is no column {error}" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"{str(path)!r}, line {max(line, 1)}: {reason}",
            remedy="write it as `provenance review --export` does: a finding's key, and as its "
            f"label one of {', '.join(ReviewLabel)}",
        ) from error
    return sample, labels


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    for row in reader:
        yield reader.line_num, row


def _json_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            row = json.loads(line)
            if not isinstance(row, dict):
                raise TypeError("not an object")
            yield number, row


def _sheet_label(line: int, row: Mapping[str, Any]) -> SheetLabel | None:
    label = str(row["label"] or "").strip().lower()
    if not label:
        return None
    if label not in set(ReviewLabel):
        raise ValueError(f"the label {label!r} is unknown")
    day, labeller = row.get("date") or "", row.get("labeller") or ""
    return SheetLabel(
        line,
        str(row["finding"]).strip(),
        ReviewLabel(label),
        str(labeller).strip() or None,
        date.fromisoformat(str(day).strip()) if day else None,
    )
