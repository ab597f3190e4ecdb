"""Items by name: what a registry knows of the numbers that matching deals in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa

from provenance.registry import Copies
from provenance.run.readings import Opened

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DESCRIBED = ("source", "item", "url", "created_at", "licence", "length")
"""Columns of a registry's items: the first fields of an `Item`, in their order."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a registry knows of an item; or a row of itself, where it is evidence."""

    source: str
    item: str | None
    url: str | None
    created_at: datetime | None
    licence: str | None
    length: int | None
    copies: Copies | None
    signals: tuple[str, ...] = ()

    @property
    def day(self) -> date | None:
        """The day on which it was published, if anybody knows."""
        return self.created_at.date() if self.created_at else None


def named_items(spans: pa.Table, registries: Sequence[Opened]) -> list[Item]:
    """Describe the item of every row; evidence without one names its source."""
    owners, numbers = spans["registry"].to_numpy(), spans["number"].to_numpy()
    described: list[Item | None] = [None] * len(spans)
    for owner, opened in enumerate(registries):
        rows = np.flatnonzero((owners == owner) & (numbers >= 0))
        unique, places = np.unique(numbers[rows].astype(np.uint32), return_inverse=True)
        known = opened.registry.describe(unique)
        each = (
            _moments(known[name]) if name == "created_at" else known[name].to_pylist()
            for name in _DESCRIBED
        )
        same = opened.registry.same(unique)
        made = [Item(*row) for row in zip(*each, same, strict=True)]
        for row, place in zip(rows.tolist(), places.tolist(), strict=True):
            described[row] = made[place]
    own = [row for row, item in enumerate(described) if item is None]
    columns = ("source", "address", "licence", "signals")
    for row, told in zip(
        own, spans.select(columns).take(pa.array(own, pa.int64())).to_pylist(), strict=True
    ):
        described[row] = Item(
            str(told["source"]),
            None,
            told["address"],
            None,
            told["licence"],
            None,
            None,
            tuple(told["signals"] or ()),
        )
    return [item for item in described if item is not None]


def _moments(column: pa.ChunkedArray) -> list[datetime | None]:
    """Tell times of whole seconds; Arrow would ask for the rules of their time zone each time."""
    seconds = column.cast(pa.int64()).to_pylist()
    return [None if one is None else _EPOCH + timedelta(seconds=one) for one in seconds]
