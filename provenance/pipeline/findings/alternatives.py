"""Describe the items of spans, and list the other items that match in the same place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, Int64s
from provenance.model.content.row_selection import take_rows
from provenance.model.content.tables import FINDINGS
from provenance.pipeline.item_addresses import publication_times
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.registry.items.item_copies import ItemCopies

ITEM_COLUMNS = pa.schema(
    [
        ("source", pa.string()),
        ("item", pa.string()),
        ("url", pa.string()),
        ("created_at", pa.timestamp("s", "UTC")),
        ("licence", pa.string()),
        ("link", pa.string()),
        ("length", pa.int64()),  # tokens
        ("signals", pa.list_(pa.string())),  # of the row
    ]
)
"""Description of an item, or of a row by its own declarations, where `item` is null."""

_NAMED_COLUMNS = {"source": "source", "url": "address", "licence": "licence", "signals": "signals"}
"""Columns of a row's own declarations, and their names in the table of spans."""


@dataclass(frozen=True, slots=True, eq=False)
class DescribedSpans:
    """Descriptions of the items of all spans.

    Parameters
    ----------
    rows : pyarrow.Table
        Of schema `ITEM_COLUMNS`, one row per span.
    copies : mapping of int to ItemCopies
        Items with the same words, by span, for spans whose item has copies.
    """

    rows: pa.Table
    copies: Mapping[int, ItemCopies]


def describe_spans(
    spans: pa.Table, registries: Sequence[RegistryIndex], is_dated: Flags
) -> DescribedSpans:
    """Describe the item of every span; evidence without an item names its source.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `SPANS`.
    registries : sequence of RegistryIndex
        The registries of the items.
    is_dated : ndarray of bool, shape (n,)
        Rows whose own address is to date them, where an id in it does.
    """
    owners, numbers = spans["registry"].to_numpy(), spans["number"].to_numpy()
    places, tables, base = np.zeros(len(spans), np.int64), [], 0
    copies: dict[int, ItemCopies] = {}
    for owner, registry_index in enumerate(registries):
        rows = np.flatnonzero((owners == owner) & (numbers >= 0))
        unique, inverse = np.unique(numbers[rows].astype(np.uint32), return_inverse=True)
        tables.append(item_rows(registry_index.registry.describe(unique)))
        item_copies = registry_index.registry.copies(unique, registry_index.index.arrays)
        has_copies = np.array([copy_set.count > 0 for copy_set in item_copies], bool)
        for position in np.flatnonzero(has_copies[inverse]).tolist():
            copies[int(rows[position])] = item_copies[inverse[position]]
        places[rows], base = inverse + base, base + len(unique)
    rows = np.flatnonzero(numbers < 0)
    declared_rows = take_rows(spans.select(list(_NAMED_COLUMNS.values())), pa.array(rows))
    tables.append(_declaration_rows(declared_rows, is_dated[rows]))
    places[rows] = np.arange(len(rows)) + base
    described = take_rows(pa.concat_tables(tables), pa.array(places))
    field = ITEM_COLUMNS.field("signals")
    signals = spans["signals"].cast(field.type)
    described = described.set_column(ITEM_COLUMNS.get_field_index(field.name), field, signals)
    return DescribedSpans(described, copies)


def item_rows(items: pa.Table) -> pa.Table:
    """Return items, as `Registry.describe` describes them, in the schema of descriptions."""
    no_signals = pa.nulls(len(items), ITEM_COLUMNS.field("signals").type)
    columns = [items[name] for name in ITEM_COLUMNS.names[:-1]]
    return pa.table([*columns, no_signals], names=ITEM_COLUMNS.names).cast(ITEM_COLUMNS)


def _declaration_rows(spans: pa.Table, is_dated: Flags) -> pa.Table:
    addresses = pc.if_else(pa.array(is_dated), spans["address"], None)
    seconds = publication_times(spans["source"], addresses)
    known = {"created_at": seconds.cast(ITEM_COLUMNS.field("created_at").type)}
    columns = {
        field.name: spans[_NAMED_COLUMNS[field.name]]
        if field.name in _NAMED_COLUMNS
        else known.get(field.name, pa.nulls(len(spans), field.type))
        for field in ITEM_COLUMNS
    }
    return pa.table(columns).cast(ITEM_COLUMNS)


_MAX_ALTERNATIVES = 10
_LEAST_SHARE = 0.5
"""Share of a finding's matched words that another item has to have."""

_ALTERNATIVES_TYPE = FINDINGS.field("alternatives").type


def alternatives(
    spans: pa.Table, claims: Claims, items: DescribedSpans, finding_rows: Int64s
) -> pa.ListArray:
    """List the other items that have at least half of the matched words, those with most first.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `SPANS`.
    claims : Claims
        The claims that the spans locate.
    items : DescribedSpans
        The items of the spans.
    finding_rows : ndarray of int64, shape (n,)
        Rows of `spans` that are findings.

    Returns
    -------
    pyarrow.ListArray
        One list per finding; nearly all are empty.
    """
    claim_of = spans["claim"].to_numpy()
    row_of = np.full(len(claims.chosen), -1)
    row_of[claim_of[claim_of >= 0]] = np.flatnonzero(claim_of >= 0)
    losers = _losing_claims(claims)
    has_rivals = np.isin(claim_of, list(losers))
    has_rivals[list(items.copies)] = True
    places = np.flatnonzero(has_rivals[finding_rows])
    rivals_by_finding = [
        [(int(row_of[claim]), share) for claim, share in losers.get(int(claim_of[row]), ())]
        for row in finding_rows[places].tolist()
    ]
    # Each finding's own item first, then the items of the claims that lost to it.
    named_rows = [
        row
        for own_row, rivals in zip(finding_rows[places].tolist(), rivals_by_finding, strict=True)
        for row in (own_row, *(rival for rival, _ in rivals))
    ]
    names = iter(_alternative_names(items, named_rows))
    counts, entries = np.zeros(len(finding_rows), np.int64), []
    for place, rivals in zip(places.tolist(), rivals_by_finding, strict=True):
        own_name, copies = next(names), items.copies.get(int(finding_rows[place]))
        same_words = frozenset(copies.items if copies else ())
        shares = dict.fromkeys(copies.items if copies else (), 1.0)
        for _, share in rivals:
            name = next(names)
            shares[name] = min(shares.get(name, 0.0) + share, 1.0)
        shares.pop(own_name, None)
        listed = sorted(shares.items(), key=lambda pair: -pair[1])[:_MAX_ALTERNATIVES]
        listed = [(name, share) for name, share in listed if share >= _LEAST_SHARE]
        counts[place] = len(listed)
        entries += [
            {"source": pair[0], "item": pair[1], "share": share, "same_words": pair in same_words}
            for pair, share in listed
        ]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.array(entries, _ALTERNATIVES_TYPE.value_type)
    )


def _alternative_names(items: DescribedSpans, rows: list[int]) -> list[tuple[str, str]]:
    selected = items.rows.select(["source", "item"]).take(pa.array(rows, pa.int64()))
    sources, names = selected["source"].to_pylist(), selected["item"].to_pylist()
    return [(source, str(name)) for source, name in zip(sources, names, strict=True)]


def _losing_claims(claims: Claims) -> dict[int, list[tuple[int, float]]]:
    """Return the claims that each claim displaced, the strongest first, with their shares.

    A share is that of the words matched by the chosen claim, of what it was given of the text.
    """
    displaced = np.flatnonzero(~claims.chosen & (claims.winners >= 0))
    displaced = displaced[np.lexsort((displaced, -claims.strengths[displaced]))]
    winners = claims.winners[displaced]
    shares = claims.candidates.shared_tokens(
        displaced, winners, claims.firsts[winners], claims.lasts[winners]
    ) / np.maximum(
        claims.candidates.shared_tokens(
            winners, winners, claims.firsts[winners], claims.lasts[winners]
        ),
        1,
    )
    losers: dict[int, list[tuple[int, float]]] = {}
    for claim, winner, share in zip(
        displaced.tolist(), winners.tolist(), shares.tolist(), strict=True
    ):
        losers.setdefault(winner, []).append((claim, share))
    return losers
