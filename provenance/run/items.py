"""Items by name: what a registry knows of the numbers that matching deals in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.model import rows_at
from provenance.registry import Copies
from provenance.run.readings import Opened

ITEMS = pa.schema(
    [
        ("source", pa.string()),
        ("item", pa.string()),
        ("url", pa.string()),
        ("created_at", pa.timestamp("s", "UTC")),
        ("licence", pa.string()),
        ("length", pa.int64()),  # tokens
        ("signals", pa.list_(pa.string())),  # of a row that is evidence itself
    ]
)
"""What is known of an item; of a row, by what it says of itself, where `item` is null."""

_TOLD = {"source": "source", "url": "address", "licence": "licence", "signals": "signals"}
"""What a row says of itself, and the column of the table of spans where it stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """What every span is of.

    Parameters
    ----------
    rows : pyarrow.Table
        Of schema `ITEMS`, a row a span.
    copies : mapping of int to Copies
        Items that say the same, of the spans whose items have such.
    """

    rows: pa.Table
    copies: Mapping[int, Copies]


def described(spans: pa.Table, registries: Sequence[Opened]) -> Described:
    """Describe the item of every span; evidence without one names its source.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `evidence.SPANS`.
    registries : sequence of Opened
        Where the items are.
    """
    owners, numbers = spans["registry"].to_numpy(), spans["number"].to_numpy()
    places, tables, before = np.zeros(len(spans), np.int64), [], 0
    copies: dict[int, Copies] = {}
    for owner, opened in enumerate(registries):
        rows = np.flatnonzero((owners == owner) & (numbers >= 0))
        unique, own = np.unique(numbers[rows].astype(np.uint32), return_inverse=True)
        tables.append(_of_registry(opened.registry.describe(unique)))
        same = opened.registry.same(unique, opened.index.holdings)
        has_copies = np.array([one.count > 0 for one in same], bool)
        for at in np.flatnonzero(has_copies[own]).tolist():
            copies[int(rows[at])] = same[own[at]]
        places[rows], before = own + before, before + len(unique)
    rows = np.flatnonzero(numbers < 0)
    told = rows_at(spans.select(list(_TOLD.values())), pa.array(rows))
    tables.append(_of_themselves(told))
    places[rows] = np.arange(len(rows)) + before
    return Described(rows_at(pa.concat_tables(tables), pa.array(places)), copies)


def _of_registry(items: pa.Table) -> pa.Table:
    nobody_signals = pa.nulls(len(items), ITEMS.field("signals").type)
    columns = [items[name] for name in ITEMS.names[:-1]]
    return pa.table([*columns, nobody_signals], names=ITEMS.names).cast(ITEMS)


def _of_themselves(spans: pa.Table) -> pa.Table:
    columns = {
        field.name: spans[_TOLD[field.name]]
        if field.name in _TOLD
        else pa.nulls(len(spans), field.type)
        for field in ITEMS
    }
    return pa.table(columns).cast(ITEMS)
