"""Readings of a corpus's parts so far, whose sample and windows together are bounded."""

from dataclasses import replace

from provenance.match import EVERYTHING, MOST, NO_PASSAGES, Passages, coarser, union
from provenance.run.readings import Reading

ROOM = 256 << 20
"""Bytes of windows that all parts keep together; those that are being read may go beyond."""


class Readings:
    """Collect the readings of a corpus's parts, in any order.

    The sample that all of them end with is the finest one of at most `MOST` tokens. It depends on
    the corpus's texts alone: the bound is lowered only where some of its parts are known to hold
    too much below twice that bound.

    Attributes
    ----------
    bound : int
        Passages above it are not in the final sample.
    room : int
        Bytes that windows may still take.
    found : int
        Candidates of all registries.
    """

    def __init__(self) -> None:
        self.bound = EVERYTHING
        self.room = ROOM
        self.found = 0
        self._readings: dict[int, Reading] = {}
        self._sample: Passages = NO_PASSAGES
        self._unmerged: list[Passages] = []
        self._waiting = 0

    def suits(self, reading: Reading) -> bool:
        """Return whether a reading's sample is fine enough.

        A sample that is coarser than was asked for filled up by itself, so no finer one is needed.
        """
        bound = reading.passages.bound
        return bound >= self.bound or bound < reading.sampled_below

    def add(self, index: int, reading: Reading) -> None:
        """Add the reading of a part, which must suit."""
        self.room -= sum(one.size for one in reading.windows or ())
        self.found += sum(map(len, reading.candidates))
        passages = coarser(reading.passages, self.bound)
        self._unmerged.append(passages)
        self._waiting += len(passages.tokens)
        self.bound = min(self.bound, reading.passages.bound)
        self._readings[index] = replace(reading, passages=NO_PASSAGES)
        if self._waiting > MOST:
            self._merge()

    def in_order(self) -> list[Reading]:
        """Return the readings in the order of their parts; the first one has the sample of all."""
        self._merge()
        ordered = [self._readings[index] for index in sorted(self._readings)]
        return [
            replace(reading, passages=NO_PASSAGES if place else self._sample)
            for place, reading in enumerate(ordered)
        ]

    def _merge(self) -> None:
        self._sample = union([self._sample, *self._unmerged])
        self._unmerged, self._waiting = [], 0
        self.bound = self._sample.bound
