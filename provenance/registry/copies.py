"""Items that say the same."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from provenance.model import UInt32s
from provenance.registry.holdings import source_codes
from provenance.registry.manifest import Manifest
from provenance.registry.tables import read_column, rows_of

MOST_COPIES = 20
"""Copies of one item that are named, at most."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The other items with the tokens of one.

    Parameters
    ----------
    items : tuple of (str, str)
        Source and id of the earliest, at most `copies.MOST_COPIES`.
    count : int
        How many there are.
    sources : tuple of str
        Sources of all of them and of the item itself, sorted.
    """

    items: tuple[tuple[str, str], ...]
    count: int
    sources: tuple[str, ...]


def copies(items: Path, manifest: Manifest, numbers: UInt32s) -> list[Copies]:
    """Find the copies of each item, in the order asked.

    Parameters
    ----------
    items : Path
        The registry's items.
    manifest : Manifest
        Of the registry.
    numbers : ndarray of uint32
        Of items, repeats allowed.
    """
    first = read_column(items, "first", np.uint32, manifest.items)
    codes = source_codes(items, manifest)
    wanted, places = np.unique(first[numbers], return_inverse=True)
    members = np.flatnonzero(np.isin(first, wanted)).astype(np.uint32)
    members = members[np.argsort(first[members], kind="stable")]
    sets = np.split(members, np.searchsorted(first[members], wanted[1:]))
    named = [_others(sets[place], number) for place, number in zip(places, numbers, strict=True)]
    ids = iter(_ids(items, named))
    # Nearly all items are the only one of their kind.
    alone = [Copies((), 0, (source.source,)) for source in manifest.sources]
    return [
        Copies(
            items=tuple(next(ids) for _ in others),
            count=len(sets[place]) - 1,
            sources=tuple(manifest.sources[code].source for code in np.unique(codes[sets[place]])),
        )
        if len(sets[place]) > 1
        else alone[codes[sets[place][0]]]
        for place, others in zip(places, named, strict=True)
    ]


def _others(members: UInt32s, number: np.uint32) -> UInt32s:
    earliest = members[: MOST_COPIES + 1]
    others: UInt32s = earliest[earliest != number]
    return others[:MOST_COPIES]


def _ids(items: Path, named: list[UInt32s]) -> list[tuple[str, str]]:
    numbers = np.concatenate([np.zeros(0, np.uint32), *named])
    rows = rows_of(items, ["source", "item"], numbers)
    return list(zip(rows["source"].to_pylist(), rows["item"].to_pylist(), strict=True))
