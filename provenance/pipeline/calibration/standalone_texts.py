"""Texts that are no part of a corpus, weighed as if each stood in it alone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.scoring.corpus_sample import (
    EMPTY_SAMPLE,
    FULL_BOUND,
    PassageSample,
    merge_samples,
)
from provenance.pipeline.locate.claims import Claims, claims
from provenance.pipeline.progress import Progress
from provenance.pipeline.scan.corpus_scan import read_corpus
from provenance.pipeline.scan.readings import Counts, Opened, Reading
from provenance.pipeline.scan.row_metadata import NOTHING
from provenance.read.corpus.corpora import Corpus

_OUTSIDE = FULL_BOUND - 1
"""The hash of a passage that no sample holds."""


def unowned(batch: pa.RecordBatch) -> pa.Table:
    """Take no row at its word: what is measured is what words give away."""
    del batch
    return NOTHING


def looked_up(readings: Sequence[Reading], first: int, last: int) -> list[Reading]:
    """Give readings as if only the registries from `first` up to `last` had been looked for.

    The first of them holds the sample of all.
    """
    sample = merge_samples(reading.passages for reading in readings)
    return [
        replace(
            reading,
            candidates=reading.candidates[first:last],
            lookalikes=reading.lookalikes[first:last],
            passages=EMPTY_SAMPLE if place else sample,
        )
        for place, reading in enumerate(readings)
    ]


def read_outsiders(
    texts: Corpus, registries: Sequence[Opened], threads: int, progress: Progress
) -> list[Reading]:
    """Read texts that are no part of the corpus, as a corpus is read."""
    return read_corpus(texts, registries, unowned, threads, progress)


def outside_claims(
    readings: Sequence[Reading], outsiders: Sequence[Reading], registries: Sequence[Opened]
) -> Claims:
    """Weigh what was found in outsiders against a corpus, and settle it.

    Parameters
    ----------
    readings : sequence of Reading
        Of the corpus.
    outsiders : sequence of Reading
        Of the other texts.
    registries : sequence of Opened
        Where both were looked up.

    Returns
    -------
    Claims
        Those in the other texts, which are counted from their own first.

    Notes
    -----
    A match is weighed against the corpus without its own passage. Passages of outsiders are not in
    the sample, so theirs need no leaving out: they are given a hash that no sample holds. Those
    that they share with the corpus keep theirs; copies of an item that the corpus itself holds are
    left out as ever.
    """
    sample = merge_samples(reading.passages for reading in readings)
    none = replace(EMPTY_SAMPLE, bound=min(sample.bound, _OUTSIDE))
    strange = [
        replace(
            reading,
            candidates=tuple(_strange(one, sample) for one in reading.candidates),
            passages=none,
        )
        for reading in outsiders
    ]
    settled = claims([*readings, *strange], registries)
    texts = sum((reading.counts for reading in readings), Counts()).texts
    place = int(np.searchsorted(settled.candidates.texts, texts))
    return settled.within(place, len(settled), texts)


def _strange(candidates: Candidates, sample: PassageSample) -> Candidates:
    shared = np.isin(candidates.passages, sample.hashes)
    passages = np.where(shared, candidates.passages, np.uint64(_OUTSIDE))
    return replace(candidates, passages=passages)
