"""Fit the weights of `provenance.match.scoring.classifier` on planted items.

    python -m benchmarks.fit_strength REGISTRY LANGUAGE FILE [FILE ...]

Items of the REGISTRY are planted into pages cut from the FILEs, texts that contain none of them.
LANGUAGE is a file of counts from `benchmarks.build_language`, of other texts than the pages: the
shipped counts include most pages, but not a user's texts. Each suite is used twice, as one corpus
and split into shards that are corpora of their own, so that the weights suit small corpora too.
Prints the weights.

Needs scikit-learn.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.suites import Suite, cut_pages, plant
from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.offsets import character_offsets
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.estimation.conditions import is_quotation
from provenance.match.index.postings_index import PostingsIndex, build_postings_index
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.match.scoring.classifier import regressors
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.features import Features, measure_features
from provenance.model.content.fingerprints import Floats, Int64s, Texts, Tokens
from provenance.model.content.language import Language
from provenance.read.language_counts import load_language
from provenance.registry.store import open_registry

SEEDS = (11, 12)
PLANTS = 9000
SHARDS = (1, 60)


@dataclass(frozen=True, slots=True)
class Examples:
    """Candidates of one suite; labels are 1 for the planted item, 0 for chance, -1 for neither."""

    columns: Floats
    labels: Int64s


def main() -> None:
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    registry, language = open_registry(Path(sys.argv[1])), load_language(Path(sys.argv[2]))
    files = [Path(name) for name in sys.argv[3:]]
    arrays = registry.arrays()
    index = build_postings_index(arrays, NO_STOPS)
    examples = [
        example
        for seed in SEEDS
        for example in build_examples(
            plant(cut_pages(files, seed), registry, seed, PLANTS), index, language
        )
    ]
    model = fit_model(examples)
    scale, regression = model[0], model[-1]
    weights = regression.coef_[0] / scale.scale_
    print(f"_INTERCEPT = {regression.intercept_[0] - (weights * scale.mean_).sum():.4f}")
    for name, weight in zip(NAMES, weights, strict=True):
        print(f'    "{name}": {weight:.4f},')


NAMES = tuple(
    regressors(Features(*(np.ones(1) for _ in fields(Features))))  # only the names are needed
)


def fit_model(examples: list[Examples]) -> Pipeline:
    columns = np.concatenate([example.columns[example.labels >= 0] for example in examples])
    labels = np.concatenate([example.labels[example.labels >= 0] for example in examples])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    return model.fit(columns, labels == 1)


def build_examples(suite: Suite, index: PostingsIndex, language: Language) -> Iterator[Examples]:
    texts = Texts.of(pa.array([page.text for page in suite.pages], pa.large_string()))
    tokens = tokenise(texts)
    candidates = find_suite_candidates(texts, tokens, index)
    labels = label_candidates(suite, texts, tokens, candidates, index)
    for shards in SHARDS:
        columns = np.empty((len(candidates), len(NAMES)))
        bounds = np.linspace(0, len(suite.pages), shards + 1).astype(int)
        for first, end in pairwise(bounds.tolist()):
            rows = np.flatnonzero((candidates.texts >= first) & (candidates.texts < end))
            features = measure_features(
                candidates.take(rows), index, sample_passages(part(tokens, first, end)), language
            )
            columns[rows] = np.column_stack(list(regressors(features).values()))
        yield Examples(columns, labels)


def find_suite_candidates(texts: Texts, tokens: Tokens, index: PostingsIndex) -> Candidates:
    """Find candidates as a check does."""
    seeds = shingle(tokens, index.arrays.parameters.seed_width)
    candidates = find_candidates(tokens, seeds, index)
    return replace(
        candidates,
        breaks=breaks(texts, tokens, candidates.texts, candidates.firsts, candidates.lasts),
    )


def part(tokens: Tokens, first: int, end: int) -> Tokens:
    """Return the tokens of the texts from `first` up to `end`."""
    low, high = tokens.offsets[first], tokens.offsets[end]
    return Tokens(
        tokens.hashes[low:high],
        tokens.starts[low:high],
        tokens.ends[low:high],
        tokens.offsets[first : end + 1] - low,
    )


def label_candidates(
    suite: Suite, texts: Texts, tokens: Tokens, candidates: Candidates, index: PostingsIndex
) -> Int64s:
    base = tokens.offsets[candidates.texts]
    starts = character_offsets(
        texts, candidates.texts, tokens.starts[base + candidates.firsts].astype(np.int64)
    )
    ends = character_offsets(
        texts, candidates.texts, tokens.ends[base + candidates.lasts].astype(np.int64)
    )
    arrays = index.arrays
    lengths = np.diff(arrays.token_offsets)[candidates.items]
    labels = np.where(is_quotation(candidates, lengths), -1, 0)
    plants_by_page = {plant.page: plant for plant in suite.plants}
    for row, page in enumerate(candidates.texts.tolist()):
        planted_item = plants_by_page.get(page)
        if planted_item and min(ends[row], planted_item.end) > max(starts[row], planted_item.start):
            labels[row] = 1 if arrays.first[planted_item.number] == candidates.items[row] else -1
    return labels


if __name__ == "__main__":
    main()
