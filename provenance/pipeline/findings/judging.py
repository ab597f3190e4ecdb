"""Rulings on what was found: made once for all that are alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.rulings import Judge, Judgement
from provenance.model import Flags, Int64s, Verdict
from provenance.pipeline.findings.alternatives import Described

_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True, eq=False)
class Ruled:
    """Whose some spans are, and what the law book says of that.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Rows of the table of spans; one that several hold is there for each.
    kinds : ndarray of int64, shape (n,)
        Which of `alike` holds for each.
    alike : tuple of (str, Judgement)
        Sources, and judgements on what is theirs.
    """

    rows: Int64s
    kinds: Int64s
    alike: tuple[tuple[str, Judgement], ...]

    def take(self, places: Int64s) -> "Ruled":
        """Give those at some places."""
        return replace(self, rows=self.rows[places], kinds=self.kinds[places])

    def told(self, of_kind: Sequence[object], kind: pa.DataType) -> pa.Array:
        """Give a column of what is said of each kind."""
        return pa.array(of_kind, kind).take(pa.array(self.kinds))

    @property
    def permitted(self) -> Flags:
        """Whether each is permitted."""
        verdicts = [one.ruling.verdict is Verdict.PERMITTED for _, one in self.alike]
        return np.array(verdicts, bool)[self.kinds]


def ruled(items: Described, judge: Judge) -> Ruled:
    """Judge what every span is of.

    Parameters
    ----------
    items : Described
        The items.
    judge : Judge
        The law book, held against the circumstances.
    """
    firsts, numbers = _alike(items.rows)
    deciding = items.rows.take(pa.array(firsts)).to_pylist()
    pairs = [(str(item["source"]), _judged(item, judge)) for item in deciding]
    kinds, alike = _kinds(pairs)
    return Ruled(np.arange(len(items.rows)), kinds[numbers], alike)


def with_copies(own: Ruled, items: Described, judge: Judge) -> Ruled:
    """Add the other sources that have the same: when they published it is not known here."""
    rows = [
        (row, source)
        for row, copies in items.copies.items()
        for source in copies.sources
        if source != own.alike[own.kinds[row]][0]
    ]
    known = {source: judge.rule(source) for source in {source for _, source in rows}}
    pairs = [*own.alike, *((source, known[source]) for _, source in rows)]
    kinds, alike = _kinds(pairs)
    count = len(own.alike)
    return Ruled(
        np.concatenate([own.rows, np.array([row for row, _ in rows], np.int64)]),
        np.concatenate([kinds[:count][own.kinds], kinds[count:]]),
        alike,
    )


def _kinds(
    pairs: Sequence[tuple[str, Judgement]],
) -> tuple[Int64s, tuple[tuple[str, Judgement], ...]]:
    """Give the number of each pair, and the pairs: equal judgements are the same object."""
    known: dict[tuple[str, int], int] = {}
    kinds = [known.setdefault((source, id(one)), len(known)) for source, one in pairs]
    alike = dict(zip(kinds, pairs, strict=True))
    return np.array(kinds, np.int64), tuple(alike.values())


def _alike(items: pa.Table) -> tuple[Int64s, Int64s]:
    """Give the first of the items that are alike to the law book, and the number of every one."""
    days = np.floor_divide(pc.fill_null(items["created_at"].cast(pa.int64()), 0).to_numpy(), _DAY)
    deciding = [
        items["source"],
        pa.array(days),
        pc.is_null(items["created_at"]),
        items["licence"],
        pc.fill_null(pc.binary_join(items["signals"], "\n"), ""),
        pc.is_null(items["item"]),
    ]
    numbers = np.zeros(len(items), np.int64)
    for column in deciding:
        own = _numbered(column)
        numbers = _numbered(pa.array(numbers * (own.max(initial=0) + 1) + own))
    return np.flatnonzero(np.diff(np.maximum.accumulate(numbers), prepend=-1)), numbers


def _numbered(column: pa.Array | pa.ChunkedArray) -> Int64s:
    """Give the number of each value, in the order in which they come; null is one of them."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    coded = pc.dictionary_encode(whole, null_encoding="encode")
    numbers: Int64s = coded.indices.to_numpy().astype(np.int64)
    return numbers


def _judged(item: dict[str, Any], judge: Judge) -> Judgement:
    """Judge an item of a registry, or a row by what it says of itself."""
    source, licence, published = item["source"], item["licence"], item["created_at"]
    if item["item"] is not None:
        return judge.rule(source, published.date() if published else None, licence)
    # Neither its licence nor its signals make its source's word laxer.
    signals = tuple(item["signals"] or ())
    alone = judge.rule(source, signals=signals)
    both = judge.rule(source, None, licence, signals)
    gain = both.ruling.verdict.strictness - alone.ruling.verdict.strictness
    return both if gain > 0 or (gain == 0 and alone.ruling.terms is None) else alone
