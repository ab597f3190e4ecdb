"""Fit the chance model of a registry to texts that contain none of its items."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from provenance.errors import InputError
from provenance.match.candidates.candidate_table import concatenate_candidates
from provenance.match.estimation.conditions import is_quotation
from provenance.match.scoring.classifier import log_odds
from provenance.match.scoring.corpus_sample import merge_samples
from provenance.match.scoring.evalue import fit_chance
from provenance.match.scoring.features import measure_features
from provenance.model import Floats
from provenance.pipeline.calibration.standalone_texts import no_declarations
from provenance.pipeline.findings.summaries import check_readable, collect_unread
from provenance.pipeline.locate.claims import document_bases
from provenance.pipeline.progress import show_progress
from provenance.pipeline.scan.corpus_scan import read_corpus
from provenance.pipeline.scan.readings import (
    Reading,
    RegistryIndex,
    build_registry_indexes,
    text_bases,
)
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from provenance.read.language_counts import load_language
from provenance.read.policy.policy_file import parse_size_option
from provenance.registry.chance_model import replace_chance_model
from provenance.registry.manifest import Manifest
from provenance.registry.store import open_registry

_MIN_TOKENS = 100_000
_TAIL_DOCUMENTS = 100
"""Number of strongest chance matches fitted: the tail is exponential from there."""


def fit_chance_model(
    folder: Path, corpus: Sequence[str], settings: Settings, max_document: str | None = None
) -> Manifest:
    """Fit a registry's chance model to texts that contain none of its items, and store it.

    Parameters
    ----------
    folder : Path
        The registry.
    corpus : sequence of str
        Addresses of the texts, as `check` takes them.
    settings : Settings
        Threads, progress.
    max_document : str or None
        Size limit of a document, such as "200MB"; None uses the default.

    Returns
    -------
    Manifest
        The new manifest.

    Raises
    ------
    InputError
        If there is too little text, or not all of it can be read.

    Notes
    -----
    A document counts once, by its strongest match. Quotations are excluded: two texts that quote
    the same verse do not match by chance.
    """
    (registry_index,) = build_registry_indexes([open_registry(folder)])
    dataset = open_corpus(
        corpus, split=settings.split, max_document=parse_size_option(max_document)
    )
    total = sum(part.size or 0 for part in dataset.parts) or None
    with show_progress("reading", total, "B", quiet=settings.quiet) as progress:
        readings = read_corpus(
            dataset, [registry_index], no_declarations, settings.threads, progress
        )
    check_readable(collect_unread(dataset, readings), 0)
    tokens = sum(reading.counts.tokens for reading in readings)
    if tokens < _MIN_TOKENS:
        raise InputError(
            f"{', '.join(corpus)}: {tokens:,} words are too few to measure chance matches",
            remedy=f"name texts of {_MIN_TOKENS:,} words or more that contain no item",
        )
    tail = np.sort(_strongest_matches(readings, registry_index))[::-1][:_TAIL_DOCUMENTS]
    cutoff = float(tail.min(initial=0.0))
    return replace_chance_model(folder, fit_chance(tail, cutoff, tokens, registry_index.size))


def _strongest_matches(readings: Sequence[Reading], registry_index: RegistryIndex) -> Floats:
    """Return the log-odds of the strongest chance match of every document that has one."""
    candidates = concatenate_candidates(
        [
            reading.candidates[0].shift_texts(base)
            for reading, base in zip(readings, text_bases(readings), strict=True)
        ]
    )
    sample = merge_samples(reading.sample for reading in readings)
    scores = log_odds(
        measure_features(candidates, registry_index.index, sample, load_language()),
        len(sample.tokens),
    )
    lengths = np.diff(registry_index.index.arrays.token_offsets)[candidates.items]
    is_chance = ~is_quotation(candidates, lengths)
    documents = np.concatenate(
        [
            reading.documents + base
            for reading, base in zip(readings, document_bases(readings), strict=True)
        ]
    )
    strongest = np.full(int(documents.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(strongest, documents[candidates.texts[is_chance]], scores[is_chance])
    return np.asarray(strongest[np.isfinite(strongest)])
