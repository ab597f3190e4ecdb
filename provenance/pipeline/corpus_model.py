"""Models of corpora, frozen: what a later check weighs by, so that its verdicts do not wobble.

A match counts by how rare its words are in the corpus itself. Whoever takes some documents away, or
adds some, changes that; so `clean`, and whoever compares with an earlier check, weigh by its model.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from provenance.errors import FingerprintMismatch
from provenance.fingerprint.tokenizer.tokenize import parameters
from provenance.match.candidates.candidate_table import Candidates, concatenate_candidates
from provenance.match.scoring.corpus_sample import EMPTY_SAMPLE, FULL_BOUND, PassageSample
from provenance.match.scoring.features import copied_items
from provenance.model import CorpusModel, CorpusModelSummary, Int64s
from provenance.pipeline.result_cache import digest_of
from provenance.pipeline.scan.readings import Opened, Reading
from provenance.read.language_counts import load_language
from provenance.report.files.report_reader import has_model, read_model

_ELSEWHERE = FULL_BOUND - 1
"""The hash of a passage that no sample holds."""


def model_of(
    readings: Sequence[Reading], registries: Sequence[Opened], sample: PassageSample
) -> CorpusModel:
    """Make the model of a corpus that was read.

    Parameters
    ----------
    readings : sequence of Reading
        Of all its parts.
    registries : sequence of Opened
        That they were matched against, in order.
    sample : Passages
        Of its words: the union of all readings' own.
    """
    pairs = [np.zeros((0, 3), np.int64)]
    for place, opened in enumerate(registries):
        whole = concatenate_candidates([reading.candidates[place] for reading in readings])
        hashes, items = copied_items(whole, opened.index, sample)
        passages = np.searchsorted(sample.hashes, hashes)
        pairs.append(np.stack([passages, np.full(len(items), place), items], axis=1))
    return CorpusModel(
        normalisation=_normalisation(),
        language=_language(),
        bound=sample.bound,
        hashes=sample.hashes,
        tokens=sample.tokens,
        offsets=sample.offsets,
        registries=tuple(opened.registry.manifest.digest for opened in registries),
        copied=np.unique(np.concatenate(pairs).astype(np.int64), axis=0),
    )


def weighed_by(model_of: Path | None, baseline: Path | None) -> Path | None:
    """Give the folder of the report by whose model matches are weighed; None for the corpus's own.

    Parameters
    ----------
    model_of : Path or None
        The report that was named for that.
    baseline : Path or None
        The report beside which findings are new: what it has as well must be judged as it was.
    """
    if model_of is not None or baseline is None:
        return model_of
    folder = baseline.parent if os.path.isfile(baseline) else baseline
    return folder if has_model(folder) else None


def frozen_model(folder: Path) -> CorpusModel:
    """Load the model of an earlier check, if matches can be weighed by it.

    Parameters
    ----------
    folder : Path
        Of the earlier check's report.

    Raises
    ------
    DatasetNotFound, CorruptFile
        If there is no model, or a damaged one.
    FingerprintMismatch
        If it was made of other tokens, or weighed beside other counts of language.
    """
    model = read_model(folder)
    for what, theirs, ours in (
        ("normalisation", model.normalisation, _normalisation()),
        ("counts of language", model.language, _language()),
    ):
        if theirs != ours:
            raise FingerprintMismatch(
                f"the model of {folder} was made with other {what}: {theirs}, here it is {ours}",
                remedy="check the earlier dataset again with this version, and name that report",
            )
    return model


def held_to(readings: Sequence[Reading], model: CorpusModel) -> list[Reading]:
    """Give readings as if the corpus was like the model's.

    Parameters
    ----------
    readings : sequence of Reading
        Of a corpus.
    model : CorpusModel
        Of an earlier one.

    Notes
    -----
    A match is weighed without its own passage. Passages that the earlier corpus did not have are
    not in its sample, so theirs need no leaving out.
    """
    bound = min(model.bound, _ELSEWHERE)
    sample = PassageSample(bound, model.hashes, model.tokens, model.offsets)
    return [
        replace(
            reading,
            candidates=tuple(_known(one, sample) for one in reading.candidates),
            passages=replace(EMPTY_SAMPLE, bound=bound) if place else sample,
        )
        for place, reading in enumerate(readings)
    ]


def model_summary(
    model: CorpusModel, taken_from: Path | None, registries: Sequence[Opened]
) -> CorpusModelSummary:
    """Say what findings were weighed by."""
    strange = [one for one in registries if one.registry.manifest.digest not in model.registries]
    reservations = [
        f"the earlier check did not look for {one.registry.summary().path}: how often its corpus "
        "held copies of that registry's items is known only as far as they are still there"
        for one in strange
    ]
    return CorpusModelSummary(
        digest=model.digest,
        passages=len(model.hashes),
        tokens=len(model.tokens),
        taken_from=None if taken_from is None else str(taken_from),
        reservations=tuple(reservations),
    )


def _known(candidates: Candidates, sample: PassageSample) -> Candidates:
    places = np.searchsorted(sample.hashes, candidates.passages)
    known = np.append(sample.hashes, np.uint64(_ELSEWHERE))[places] == candidates.passages
    return replace(candidates, passages=np.where(known, candidates.passages, np.uint64(_ELSEWHERE)))


def _normalisation() -> str:
    made = parameters()
    return f"{made.normalisation}, Unicode {made.unicode}"


@cache
def _language() -> str:
    language = load_language()
    columns: Sequence[Int64s] = (language.keys.astype("<i8"), language.counts.astype("<i8"))
    return digest_of([str(language.tokens), *(column.tobytes() for column in columns)])
