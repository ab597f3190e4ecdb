"""Dumps of our own writing."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from provenance.model import ITEMS, Items, Skipped
from provenance.read import open_dump

Rows = list[dict[str, Any]]


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
    def notes(self) -> list[Skipped]:
        return [one for items in self.batches for one in items.skipped]


@pytest.fixture(scope="session")
def read() -> Callable[..., Found]:
    """Read all of a dump."""

    def read(path: Path, *, source: str = "s", **options: Any) -> Found:
        return Found(open_dump(str(path), source=source, **options))

    return read


@pytest.fixture(scope="session")
def lines() -> Callable[[Iterable[object]], str]:
    """Write JSON Lines."""
    return lambda records: "".join(json.dumps(record) + "\n" for record in records)
