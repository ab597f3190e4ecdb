"""Readings of a corpus's parts so far: what all of them hold together is bounded."""

from dataclasses import replace

from provenance.match import MOST, NO_PASSAGES, union
from provenance.run.readings import Reading

ROOM = 256 << 20
"""Bytes of windows that all parts keep together; those that are being read may go beyond."""


class Readings:
    """Readings so far; the sample of all of them is bounded, however large the corpus is.

    The bound depends on the corpus alone: on its size to begin with, where that is known.

    Attributes
    ----------
    all : list of Reading
        One a part, in the order of the parts.
    least, bound : int
        Passages are sampled below these: to begin with, and now.
    room : int
        Bytes that windows may still take.
    """

    def __init__(self, least: int) -> None:
        self.all: list[Reading] = []
        self.least = self.bound = least
        self.room = ROOM
        self._tokens = 0

    def add(self, reading: Reading) -> None:
        """Add a reading; the first one takes the samples of all where they have grown large."""
        self.all.append(reading)
        self.room -= sum(one.size for one in reading.windows or ())
        self._tokens += len(reading.passages.tokens)
        if self._tokens <= 2 * MOST:
            return
        merged = union(one.passages for one in self.all)
        self.all = [replace(one, passages=NO_PASSAGES) for one in self.all]
        self.all[0] = replace(self.all[0], passages=merged)
        self.bound, self._tokens = merged.bound, len(merged.tokens)
