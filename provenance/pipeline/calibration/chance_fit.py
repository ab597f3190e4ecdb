"""Fit the chance model of a registry to texts that contain none of its items."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from provenance.errors import InputError
from provenance.match.candidates.candidate_table import concatenate_candidates
from provenance.match.estimation.conditions import is_quotation
from provenance.match.scoring.classifier import log_odds
from provenance.match.scoring.evalue import fit_chance
from provenance.match.scoring.features import candidate_context, measure_features
from provenance.model.content.fingerprints import Floats
from provenance.pipeline.calibration.standalone_texts import no_declarations
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.findings.summaries import check_readable, check_words, collect_unread
from provenance.pipeline.scan.corpus_modelling import scoring_model
from provenance.pipeline.scan.corpus_scan import scan_corpus
from provenance.pipeline.scan.readings import (
    RegistryIndex,
    ScannedCorpus,
    build_registry_indexes,
    document_numbers,
    text_bases,
)
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from provenance.read.language_counts import load_language
from provenance.read.policy.policy_file import parse_size_option
from provenance.registry.changes.chance_model import replace_chance_model
from provenance.registry.manifest import Manifest
from provenance.registry.registry_folder import require_original
from provenance.registry.store import open_registry

_MIN_TOKENS = 100_000
_TAIL_DOCUMENTS = 100
"""Number of strongest chance matches fitted: the tail is exponential from there."""


def fit_chance_model(
    folder: Path, corpus: Sequence[str], settings: Settings, max_document: str | int | None = None
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
    max_document : str, int or None
        Size limit of a document, such as "200MB"; None uses the default.

    Returns
    -------
    Manifest
        The new manifest.

    Raises
    ------
    InputError
        If there is too little text, or not all of it can be read.
    RegistryError
        If the registry is a keyed copy.

    Notes
    -----
    A document counts once, by its strongest match. Quotations are excluded: two texts that quote
    the same verse do not match by chance.
    """
    require_original(folder)
    (registry_index,) = build_registry_indexes([open_registry(folder)])
    dataset = open_corpus(
        corpus, split=settings.split, max_document=parse_size_option(max_document)
    )
    total = sum(part.size or 0 for part in dataset.parts) or None
    with show_progress("reading", total, "B", quiet=settings.quiet) as progress:
        scanned = scan_corpus(
            dataset, [registry_index], no_declarations, settings.threads, progress
        )
    check_readable(collect_unread(dataset, scanned.readings), 0)
    check_words(scanned.readings, 0)
    tokens = scanned.counts.tokens
    if tokens < _MIN_TOKENS:
        raise InputError(
            f"{', '.join(corpus)}: {tokens:,} words are too few to measure chance matches",
            remedy=f"name texts of {_MIN_TOKENS:,} words or more that contain no item",
        )
    tail = np.sort(_strongest_matches(scanned, registry_index))[::-1][:_TAIL_DOCUMENTS]
    cutoff = float(tail.min(initial=0.0))
    return replace_chance_model(folder, fit_chance(tail, cutoff, tokens, registry_index.size))


def _strongest_matches(corpus: ScannedCorpus, registry_index: RegistryIndex) -> Floats:
    """Return the log-odds of the strongest chance match of every document that has one."""
    index, model = registry_index.index, scoring_model(corpus, [registry_index])
    item_lengths = np.diff(index.arrays.token_offsets)
    strongest = [np.zeros(0)]
    for batch in corpus.batches():
        candidates = concatenate_candidates(
            [
                reading.candidates[0].shift_texts(base)
                for reading, base in zip(batch.readings, text_bases(batch.readings), strict=True)
            ]
        )
        context = candidate_context(candidates, index, model.sample, model.copies[0])
        features = measure_features(
            candidates, index, model.sample, load_language(), context=context
        )
        scores = log_odds(features, len(model.sample.tokens))
        is_chance = ~is_quotation(candidates, item_lengths[candidates.items])
        documents = document_numbers(batch.readings)
        best = np.full(int(documents.max(initial=-1)) + 1, -np.inf)
        np.maximum.at(best, documents[candidates.texts[is_chance]], scores[is_chance])
        strongest.append(best[np.isfinite(best)])
    return np.concatenate(strongest)
