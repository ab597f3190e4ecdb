"""Texts that are likely to be reported, kept from the first reading: the second need not read them.

What is kept decides nothing but the time of the second reading: what is not among it is read again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.match import Candidates, Index
from provenance.model import DOCUMENTS, Int64s

ROOM = 128 << 20
"""Bytes that the parts of a corpus keep together."""

_COVER, _LONGEST = 0.25, 12
"""Part of an item that a match covers, or tokens of a run, from which its text is kept. One text in
a hundred that holds nothing has such a match, and one in thousands that are reported has none."""


@dataclass(frozen=True, slots=True)
class Likely:
    """Some texts of a part.

    Parameters
    ----------
    numbers : ndarray of int64, shape (n,)
        Their numbers within the part, ascending.
    batches : tuple of pyarrow.RecordBatch
        The texts, of schema `DOCUMENTS`.
    """

    numbers: Int64s
    batches: tuple[pa.RecordBatch, ...]

    @property
    def size(self) -> int:
        """Bytes that they take."""
        return sum(batch.nbytes for batch in self.batches)

    def hold(self, numbers: Int64s) -> bool:
        """Whether all of some texts are among them."""
        return bool(np.isin(numbers, self.numbers).all())

    def give(self, numbers: Int64s) -> Iterator[tuple[Int64s, pa.RecordBatch]]:
        """Give some texts, which are among them, batch by batch, with their numbers."""
        places = pa.array(np.searchsorted(self.numbers, numbers))
        first = 0
        for batch in pa.Table.from_batches(self.batches, DOCUMENTS).take(places).to_batches():
            yield numbers[first : first + len(batch)], batch
            first += len(batch)


def likely_rows(found: Sequence[Candidates], indexes: Sequence[Index]) -> Int64s:
    """Tell which texts are likely to be reported.

    Parameters
    ----------
    found : sequence of Candidates
        What each registry gave.
    indexes : sequence of Index
        The registries.

    Returns
    -------
    ndarray of int64
        Their numbers as the candidates count them, ascending.
    """
    rows = [np.zeros(0, np.int64)]
    for candidates, index in zip(found, indexes, strict=True):
        offsets, items = index.holdings.token_offsets, candidates.items.astype(np.int64)
        lengths = offsets[items + 1] - offsets[items]  # of few: there may be millions
        chosen = (candidates.matched >= _COVER * lengths) | (candidates.longest >= _LONGEST)
        rows.append(candidates.texts[chosen])
    return np.unique(np.concatenate(rows))
