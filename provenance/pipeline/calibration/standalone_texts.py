"""Score texts that are not in a corpus, each as if it alone were added to it."""

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
from provenance.pipeline.locate.claims import Claims, attribute_claims
from provenance.pipeline.progress import Progress
from provenance.pipeline.scan.corpus_scan import read_corpus
from provenance.pipeline.scan.readings import Counts, Reading, RegistryIndex
from provenance.pipeline.scan.row_metadata import NO_DECLARATIONS
from provenance.read.corpus.corpora import Corpus

_OUTSIDE_SAMPLE_HASH = FULL_BOUND - 1
"""Hash of a passage that is in no sample."""


def no_declarations(batch: pa.RecordBatch) -> pa.Table:
    """Return no declarations: calibration measures matches of words only."""
    del batch
    return NO_DECLARATIONS


def select_registries(readings: Sequence[Reading], first: int, last: int) -> list[Reading]:
    """Restrict readings to the registries from `first` up to `last`.

    The first reading holds the sample of all.
    """
    sample = merge_samples(reading.sample for reading in readings)
    return [
        replace(
            reading,
            candidates=reading.candidates[first:last],
            near_duplicates=reading.near_duplicates[first:last],
            sample=EMPTY_SAMPLE if place else sample,
        )
        for place, reading in enumerate(readings)
    ]


def read_standalone_texts(
    texts: Corpus, registries: Sequence[RegistryIndex], threads: int, progress: Progress
) -> list[Reading]:
    """Read texts as a corpus, without declarations."""
    return read_corpus(texts, registries, no_declarations, threads, progress)


def attribute_standalone(
    readings: Sequence[Reading],
    standalone_readings: Sequence[Reading],
    registries: Sequence[RegistryIndex],
) -> Claims:
    """Score and attribute the matches of standalone texts against a corpus.

    Parameters
    ----------
    readings : sequence of Reading
        Of the corpus.
    standalone_readings : sequence of Reading
        Of the standalone texts.
    registries : sequence of RegistryIndex
        Registries that both were matched against.

    Returns
    -------
    Claims
        Claims on the standalone texts, numbered from their first.

    Notes
    -----
    A match is scored against the corpus without its own passage. Passages of standalone texts are
    not in the sample, so they get a hash that no sample holds. Passages shared with the corpus keep
    their hash; copies of an item that the corpus itself holds are left out as usual.
    """
    sample = merge_samples(reading.sample for reading in readings)
    empty_sample = replace(EMPTY_SAMPLE, bound=min(sample.bound, _OUTSIDE_SAMPLE_HASH))
    unsampled = [
        replace(
            reading,
            candidates=tuple(
                _ignore_corpus(candidates, sample) for candidates in reading.candidates
            ),
            sample=empty_sample,
        )
        for reading in standalone_readings
    ]
    claims = attribute_claims([*readings, *unsampled], registries)
    texts = sum((reading.counts for reading in readings), Counts()).texts
    first = int(np.searchsorted(claims.candidates.texts, texts))
    return claims.slice(first, len(claims), texts)


def _ignore_corpus(candidates: Candidates, sample: PassageSample) -> Candidates:
    is_sampled = np.isin(candidates.passages, sample.hashes)
    passages = np.where(is_sampled, candidates.passages, np.uint64(_OUTSIDE_SAMPLE_HASH))
    return replace(candidates, passages=passages)
