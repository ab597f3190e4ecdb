"""Fit the weights of `provenance.match.scoring.classifier` on planted items.

    python -m benchmarks.fit_strength REGISTRY LANGUAGE FILE [FILE ...]

Items of the REGISTRY are planted into pages that are cut from the FILEs, texts that hold none of
them. LANGUAGE is a file of counts as `benchmarks.build_language` makes it, of other texts than the
pages: the shipped counts know what most pages say, as they will not know a user's. Each suite
counts twice, as one corpus and cut into shards of which each is a corpus by itself, so that the
weights hold for small corpora too. Prints the weights.

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

from benchmarks.suites import Suite, pages_of, plant
from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.offsets import characters
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.estimation.conditions import is_quotation
from provenance.match.index.postings_index import PostingsIndex, build_postings_index
from provenance.match.index.stop_shingles import find_stop_shingles
from provenance.match.scoring.classifier import regressors
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.features import Features, measure_features
from provenance.model import Floats, Int64s, Language, Texts, Tokens
from provenance.read.language_counts import load_language
from provenance.registry.store import open_registry

SEEDS = (11, 12)
PLANTS = 9000
SHARDS = (1, 60)


@dataclass(frozen=True, slots=True)
class Examples:
    """Candidates of one suite: 1 the planted item, 0 chance, -1 neither."""

    columns: Floats
    labels: Int64s


def main() -> None:
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    registry, language = open_registry(Path(sys.argv[1])), load_language(Path(sys.argv[2]))
    files = [Path(name) for name in sys.argv[3:]]
    arrays = registry.arrays()
    made = build_postings_index(arrays, find_stop_shingles([arrays]))
    examples = [
        one
        for seed in SEEDS
        for one in examples_of(plant(pages_of(files, seed), registry, seed, PLANTS), made, language)
    ]
    model = fitted(examples)
    scale, regression = model[0], model[-1]
    weights = regression.coef_[0] / scale.scale_
    print(f"_INTERCEPT = {regression.intercept_[0] - (weights * scale.mean_).sum():.4f}")
    for name, weight in zip(NAMES, weights, strict=True):
        print(f'    "{name}": {weight:.4f},')


NAMES = tuple(
    regressors(Features(*(np.ones(1) for _ in fields(Features))))  # the names alone
)


def fitted(examples: list[Examples]) -> Pipeline:
    columns = np.concatenate([one.columns[one.labels >= 0] for one in examples])
    labels = np.concatenate([one.labels[one.labels >= 0] for one in examples])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    return model.fit(columns, labels == 1)


def examples_of(suite: Suite, made: PostingsIndex, language: Language) -> Iterator[Examples]:
    texts = Texts.of(pa.array([page.text for page in suite.pages], pa.large_string()))
    tokens = tokenise(texts)
    found = candidates_of(texts, tokens, made)
    labels = labelled(suite, texts, tokens, found, made)
    for shards in SHARDS:
        columns = np.empty((len(found), len(NAMES)))
        bounds = np.linspace(0, len(suite.pages), shards + 1).astype(int)
        for first, end in pairwise(bounds.tolist()):
            own = np.flatnonzero((found.texts >= first) & (found.texts < end))
            features = measure_features(
                found.take(own), made, sample_passages(part(tokens, first, end)), language
            )
            columns[own] = np.column_stack(list(regressors(features).values()))
        yield Examples(columns, labels)


def candidates_of(texts: Texts, tokens: Tokens, made: PostingsIndex) -> Candidates:
    """Find candidates as a check does."""
    seeds = shingle(tokens, made.arrays.parameters.seed_width)
    found = find_candidates(tokens, seeds, made)
    return replace(found, breaks=breaks(texts, tokens, found.texts, found.firsts, found.lasts))


def part(tokens: Tokens, first: int, end: int) -> Tokens:
    """Give the tokens of some texts alone."""
    low, high = tokens.offsets[first], tokens.offsets[end]
    return Tokens(
        tokens.hashes[low:high],
        tokens.starts[low:high],
        tokens.ends[low:high],
        tokens.offsets[first : end + 1] - low,
    )


def labelled(
    suite: Suite, texts: Texts, tokens: Tokens, found: Candidates, made: PostingsIndex
) -> Int64s:
    base = tokens.offsets[found.texts]
    starts = characters(texts, found.texts, tokens.starts[base + found.firsts].astype(np.int64))
    ends = characters(texts, found.texts, tokens.ends[base + found.lasts].astype(np.int64))
    arrays = made.arrays
    lengths = np.diff(arrays.token_offsets)[found.items]
    labels = np.where(is_quotation(found, lengths), -1, 0)
    planted = {plant.page: plant for plant in suite.plants}
    for row, page in enumerate(found.texts.tolist()):
        own = planted.get(page)
        if own and min(ends[row], own.end) > max(starts[row], own.start):
            labels[row] = 1 if arrays.first[own.number] == found.items[row] else -1
    return labels


if __name__ == "__main__":
    main()
