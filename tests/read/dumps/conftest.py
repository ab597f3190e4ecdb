"""Dumps of our own writing."""

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.model.content.tables import DELETIONS, ITEMS, Items, Skipped
from provenance.read.dumps.layouts import open_dump
from provenance.read.dumps.tables.column_mapping import ColumnMapping

Rows = list[dict[str, Any]]
FIELDS = [field.name for field in fields(ColumnMapping)]


class Found:
    """All that a dump gave."""

    def __init__(self, batches: Iterable[Items]) -> None:
        self.batches = list(batches)
        self.rows: Rows = [row for items in self.batches for row in items.batch.to_pylist()]
        for items in self.batches:
            assert items.batch.schema == ITEMS
            items.batch.validate(full=True)

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]

    @property
    def skipped(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for one in self.notes:
            counts[one.reason] = counts.get(one.reason, 0) + one.count
        return counts

    @property
    def deletions(self) -> Rows:
        batches = [items.deletions for items in self.batches if items.deletions is not None]
        assert all(batch.schema == DELETIONS for batch in batches)
        return [row for batch in batches for row in batch.to_pylist()]

    @property
    def notes(self) -> list[Skipped]:
        return [one for items in self.batches for one in items.skipped]


@pytest.fixture(scope="session")
def read() -> Callable[..., Found]:
    """Read all of a dump; options are those of `open_dump`, and the fields of `ColumnMapping`."""

    def read(path: Path, *, source: str = "s", **options: Any) -> Found:
        if "text_column" in options:
            options["text_columns"] = (options.pop("text_column"),)
        columns = {name: options.pop(name) for name in FIELDS if name in options}
        return Found(
            open_dump(str(path), source=source, columns=ColumnMapping(**columns), **options)
        )

    return read


@pytest.fixture(scope="session")
def lines() -> Callable[[Iterable[object]], str]:
    """Write JSON Lines."""
    return lambda records: "".join(json.dumps(record) + "\n" for record in records)


def write_parquet(path, rows):
    pq.write_table(pa.Table.from_pylist(rows), path)


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_array(path, rows):
    path.write_text(json.dumps(rows))


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, {key: 0 for row in rows for key in row})
        writer.writeheader()
        writer.writerows(rows)


WRITERS = {
    ".parquet": write_parquet,
    ".jsonl": write_lines,
    ".json": write_array,
    ".csv": write_csv,
}


@pytest.fixture(scope="session")
def write() -> Callable[[Path, Rows], None]:
    """Write rows as a table, in the format that the file's name says."""
    return lambda path, rows: WRITERS[path.suffix](path, rows)


@pytest.fixture(scope="session", params=WRITERS)
def form(request: pytest.FixtureRequest) -> str:
    """The ending of a table's name."""
    return str(request.param)


@pytest.fixture
def table(form: str, tmp_path: Path) -> Callable[[Rows], Path]:
    """Write rows as a table of one format, and return where."""

    def table(rows: Rows) -> Path:
        path = tmp_path / f"posts{form}"
        WRITERS[form](path, rows)
        return path

    return table
