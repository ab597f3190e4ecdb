"""The other items that stand where a finding does.

Items by name: what a registry knows of the numbers that matching deals in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.model import FINDINGS, Int64s, rows_at
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.scan.readings import Opened
from provenance.registry.build.deduplication import Copies

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


_MOST = 10

_LISTS = FINDINGS.field("alternatives").type


def alternatives(spans: pa.Table, claims: Claims, items: Described, chosen: Int64s) -> pa.ListArray:
    """Name the other items that stand in the same place, the likeliest first.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `evidence.SPANS`.
    claims : Claims
        The claims it locates.
    items : Described
        What every span is of.
    chosen : ndarray of int64, shape (n,)
        Rows of `spans` that are findings.

    Returns
    -------
    pyarrow.ListArray
        Of each finding; of nearly all there are none.
    """
    claim_of = spans["claim"].to_numpy()
    row_of = np.full(len(claims.chosen), -1)
    row_of[claim_of[claim_of >= 0]] = np.flatnonzero(claim_of >= 0)
    losers = _losers(claims)
    has_rivals = np.isin(claim_of, list(losers))
    has_rivals[list(items.copies)] = True
    places = np.flatnonzero(has_rivals[chosen])
    # Each finding's own item first, then those that lost its place.
    asked = [
        [row, *(int(row_of[claim]) for claim in losers.get(int(claim_of[row]), ()))]
        for row in chosen[places].tolist()
    ]
    names = iter(_named(items, [row for rows in asked for row in rows if row >= 0]))
    counts, told = np.zeros(len(chosen), np.int64), []
    for place, rows in zip(places.tolist(), asked, strict=True):
        own, *rivals = [next(names) for row in rows if row >= 0]
        copies = items.copies.get(rows[0])
        pairs = dict.fromkeys([*(copies.items if copies else ()), *rivals])
        listed = [pair for pair in pairs if pair != own][:_MOST]
        counts[place] = len(listed)
        told += [{"source": source, "item": item} for source, item in listed]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.array(told, _LISTS.value_type)
    )


def _named(items: Described, rows: list[int]) -> list[tuple[str, str]]:
    own = items.rows.select(["source", "item"]).take(pa.array(rows, pa.int64()))
    sources, names = own["source"].to_pylist(), own["item"].to_pylist()
    return [(source, str(name)) for source, name in zip(sources, names, strict=True)]


def _losers(claims: Claims) -> dict[int, list[int]]:
    """List the claims that each one took the place of, the strongest first."""
    lost = np.flatnonzero(~claims.chosen & (claims.winners >= 0))
    losers: dict[int, list[int]] = {}
    for claim in lost[np.lexsort((lost, -claims.strengths[lost]))].tolist():
        losers.setdefault(int(claims.winners[claim]), []).append(claim)
    return losers
