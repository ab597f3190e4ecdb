"""Readings of a corpus's parts so far, whose sample and windows together are bounded."""

from dataclasses import replace

from provenance.match.scoring.corpus_sample import (
    EMPTY_SAMPLE,
    FULL_BOUND,
    MAX_SAMPLE_TOKENS,
    PassageSample,
    coarsen,
    merge_samples,
)
from provenance.run.readings import Reading

ROOM = 256 << 20
"""Bytes of windows that all parts keep together; those that are being read may go beyond."""


class Readings:
    """Collect the readings of a corpus's parts, in any order.

    The sample that all of them end with is the finest one of at most `MAX_SAMPLE_TOKENS` tokens.
    It depends on the corpus's texts alone: the bound is lowered only where some of its parts are
    known to hold too much below twice that bound.

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
        self.bound = FULL_BOUND
        self.room = ROOM
        self.found = 0
        self._readings: dict[int, Reading] = {}
        self._sample: PassageSample = EMPTY_SAMPLE
        self._unmerged: list[PassageSample] = []

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
        self._unmerged.append(coarsen(reading.passages, self.bound))
        self.bound = min(self.bound, reading.passages.bound)
        self._readings[index] = replace(reading, passages=EMPTY_SAMPLE)
        if sum(len(one.tokens) for one in self._unmerged) > MAX_SAMPLE_TOKENS:
            self._merge()

    def in_order(self) -> list[Reading]:
        """Return the readings in the order of their parts; the first one has the sample of all."""
        self._merge()
        ordered = [self._readings[index] for index in sorted(self._readings)]
        return [
            replace(reading, passages=EMPTY_SAMPLE if place else self._sample)
            for place, reading in enumerate(ordered)
        ]

    def _merge(self) -> None:
        self._sample = merge_samples([self._sample, *self._unmerged])
        self._unmerged = []
        self.bound = self._sample.bound
