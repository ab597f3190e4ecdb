"""Corpus models: word and copy counts of a corpus, stored to score later checks consistently.

A match is scored by the rarity of its words in the corpus. Removing or adding documents changes
that; so `clean`, and comparisons with an earlier check, score with the earlier model.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from provenance.errors import FingerprintMismatch
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.scoring.corpus_sample import PassageSample
from provenance.model.content.fingerprints import Int64s
from provenance.model.results.corpus_model import CorpusModel, CorpusModelSummary
from provenance.pipeline.caching.result_cache import digest_of
from provenance.pipeline.scan.readings import RegistryIndex, ScannedCorpus
from provenance.read.language_counts import load_language
from provenance.report.files.report_reader import has_model, read_model


@dataclass(frozen=True, slots=True)
class ScoringModel:
    """What candidates are scored with: passages of a corpus, and how many copy each item.

    Parameters
    ----------
    sample : PassageSample
        A sample of the corpus's passages.
    copies : tuple of ndarray of int64, shape (items,)
        One per registry: passages of the sample that copy each item.
    """

    sample: PassageSample
    copies: tuple[Int64s, ...]


def build_corpus_model(corpus: ScannedCorpus, registries: Sequence[RegistryIndex]) -> CorpusModel:
    """Build the model of a scanned corpus.

    Parameters
    ----------
    corpus : ScannedCorpus
        The corpus.
    registries : sequence of RegistryIndex
        The registries that it was matched against, in order.
    """
    sample = corpus.sample
    pairs = [np.zeros((0, 3), np.int64)]
    for place, copies in enumerate(corpus.copies):
        passages = np.searchsorted(sample.hashes, copies.passages)
        items = copies.items.astype(np.int64)
        pairs.append(np.stack([passages, np.full(len(items), place), items], axis=1))
    return CorpusModel(
        normalisation=_normalisation_digest(),
        language=_language_digest(),
        bound=sample.bound,
        hashes=sample.hashes,
        tokens=sample.tokens,
        offsets=sample.offsets,
        registries=tuple(registry_index.registry.manifest.digest for registry_index in registries),
        copied=np.unique(np.concatenate(pairs), axis=0),
    )


def scoring_model(
    corpus: ScannedCorpus, registries: Sequence[RegistryIndex], frozen: CorpusModel | None = None
) -> ScoringModel:
    """Return the model that the candidates of a corpus are scored with.

    Parameters
    ----------
    corpus : ScannedCorpus
        The corpus.
    registries : sequence of RegistryIndex
        The registries that it was matched against, in order.
    frozen : CorpusModel or None
        The model of an earlier corpus; None scores with the corpus's own. An item counts as copied
        by as many passages as either corpus shows.
    """
    sample = (
        corpus.sample
        if frozen is None
        else PassageSample(frozen.bound, frozen.hashes, frozen.tokens, frozen.offsets)
    )
    copies = []
    for own, registry_index in zip(corpus.copies, registries, strict=True):
        count = len(registry_index.index.arrays.first)
        counts = np.bincount(own.within(sample).items, minlength=count)
        if frozen is not None:
            known = frozen.copies(registry_index.registry.manifest.digest, count)
            counts = np.maximum(counts, known)
        copies.append(counts.astype(np.int64))
    return ScoringModel(sample, tuple(copies))


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


def _normalisation_digest() -> str:
    fingerprint_parameters = current_parameters()
    return f"{fingerprint_parameters.normalisation}, Unicode {fingerprint_parameters.unicode}"


@cache
def _language_digest() -> str:
    language = load_language()
    columns: Sequence[Int64s] = (language.keys.astype("<i8"), language.counts.astype("<i8"))
    return digest_of([str(language.tokens), *(column.tobytes() for column in columns)])
