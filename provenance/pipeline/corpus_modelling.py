"""Corpus models: word and copy counts of a corpus, stored to score later checks consistently.

A match is scored by the rarity of its words in the corpus. Removing or adding documents changes
that; so `clean`, and comparisons with an earlier check, score with the earlier model.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from provenance.errors import FingerprintMismatch
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.candidates.candidate_table import Candidates, concatenate_candidates
from provenance.match.scoring.corpus_sample import EMPTY_SAMPLE, FULL_BOUND, PassageSample
from provenance.match.scoring.features import copied_items
from provenance.model import CorpusModel, CorpusModelSummary, Int64s
from provenance.pipeline.result_cache import digest_of
from provenance.pipeline.scan.readings import Reading, RegistryIndex
from provenance.read.language_counts import load_language
from provenance.report.files.report_reader import has_model, read_model

_OUTSIDE_SAMPLE_HASH = FULL_BOUND - 1
"""Hash of a passage that is in no sample."""


def build_corpus_model(
    readings: Sequence[Reading], registries: Sequence[RegistryIndex], sample: PassageSample
) -> CorpusModel:
    """Build the model of a scanned corpus.

    Parameters
    ----------
    readings : sequence of Reading
        Of all its parts.
    registries : sequence of RegistryIndex
        The registries, in the order of the readings' candidates.
    sample : PassageSample
        The merged sample of all readings.
    """
    pairs = [np.zeros((0, 3), np.int64)]
    for place, registry_index in enumerate(registries):
        candidates = concatenate_candidates([reading.candidates[place] for reading in readings])
        hashes, items = copied_items(candidates, registry_index.index, sample)
        passages = np.searchsorted(sample.hashes, hashes)
        pairs.append(np.stack([passages, np.full(len(items), place), items], axis=1))
    return CorpusModel(
        normalisation=_normalisation_digest(),
        language=_language_digest(),
        bound=sample.bound,
        hashes=sample.hashes,
        tokens=sample.tokens,
        offsets=sample.offsets,
        registries=tuple(registry_index.registry.manifest.digest for registry_index in registries),
        copied=np.unique(np.concatenate(pairs).astype(np.int64), axis=0),
    )


def model_report_folder(model_of: Path | None, baseline: Path | None) -> Path | None:
    """Return the folder of the report whose model to score with; None for the corpus's own.

    Parameters
    ----------
    model_of : Path or None
        The report named for that purpose.
    baseline : Path or None
        The baseline, whose findings must be judged as they were.
    """
    if model_of is not None or baseline is None:
        return model_of
    folder = baseline.parent if os.path.isfile(baseline) else baseline
    return folder if has_model(folder) else None


def load_frozen_model(folder: Path) -> CorpusModel:
    """Load the model of an earlier check, if it is compatible.

    Parameters
    ----------
    folder : Path
        Folder of the earlier report.

    Raises
    ------
    DatasetNotFound, CorruptFile
        If there is no model, or a damaged one.
    FingerprintMismatch
        If its tokens or language counts differ from ours.
    """
    model = read_model(folder)
    for name, stored, current in (
        ("normalisation", model.normalisation, _normalisation_digest()),
        ("counts of language", model.language, _language_digest()),
    ):
        if stored != current:
            raise FingerprintMismatch(
                f"the model of {folder} was made with {name} {stored}; this version has {current}",
                remedy="check the earlier dataset again with this version, and name that report",
            )
    return model


def apply_frozen_model(readings: Sequence[Reading], model: CorpusModel) -> list[Reading]:
    """Return readings whose samples are replaced by the model's.

    Parameters
    ----------
    readings : sequence of Reading
        Of a corpus.
    model : CorpusModel
        Of an earlier one.

    Notes
    -----
    A match is scored without its own passage. Passages that the earlier corpus lacks are not in its
    sample, so they need not be left out.
    """
    bound = min(model.bound, _OUTSIDE_SAMPLE_HASH)
    sample = PassageSample(bound, model.hashes, model.tokens, model.offsets)
    return [
        replace(
            reading,
            candidates=tuple(
                _model_scores(candidates, sample) for candidates in reading.candidates
            ),
            sample=replace(EMPTY_SAMPLE, bound=bound) if place else sample,
        )
        for place, reading in enumerate(readings)
    ]


def model_summary(
    model: CorpusModel, report_folder: Path | None, registries: Sequence[RegistryIndex]
) -> CorpusModelSummary:
    """Summarise the model that findings were scored with."""
    unknown_registries = [
        registry_index
        for registry_index in registries
        if registry_index.registry.manifest.digest not in model.registries
    ]
    reservations = [
        f"the earlier check did not search for {registry_index.registry.summary().path}: copies of "
        "that registry's items in its corpus are counted only as far as this corpus still has them"
        for registry_index in unknown_registries
    ]
    return CorpusModelSummary(
        digest=model.digest,
        passages=len(model.hashes),
        tokens=len(model.tokens),
        taken_from=None if report_folder is None else str(report_folder),
        reservations=tuple(reservations),
    )


def _model_scores(candidates: Candidates, sample: PassageSample) -> Candidates:
    places = np.searchsorted(sample.hashes, candidates.passages)
    is_sampled = (
        np.append(sample.hashes, np.uint64(_OUTSIDE_SAMPLE_HASH))[places] == candidates.passages
    )
    return replace(
        candidates,
        passages=np.where(is_sampled, candidates.passages, np.uint64(_OUTSIDE_SAMPLE_HASH)),
    )


def _normalisation_digest() -> str:
    fingerprint_parameters = current_parameters()
    return f"{fingerprint_parameters.normalisation}, Unicode {fingerprint_parameters.unicode}"


@cache
def _language_digest() -> str:
    language = load_language()
    columns: Sequence[Int64s] = (language.keys.astype("<i8"), language.counts.astype("<i8"))
    return digest_of([str(language.tokens), *(column.tobytes() for column in columns)])
