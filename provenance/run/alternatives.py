"""The other items that stand where a finding does."""

import numpy as np
import pyarrow as pa

from provenance.model import FINDINGS, Int64s
from provenance.run.claiming import Claims
from provenance.run.items import Described

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
