"""Fit the chance model behind strengths (`provenance.match.scoring.evalue.SHIPPED_CHANCE`).

    python -m benchmarks.fit_chance LANGUAGE REGISTRY[,REGISTRY ...] FILE [FILE ...]

The FILEs hold no item of the REGISTRIES, which should differ in size by orders of magnitude: what
matches is chance. LANGUAGE is a file of counts as `benchmarks.build_language` makes it, of other
texts, or `-` for the shipped ones. Prints, for every registry, the log-odds that chance reaches at
stated densities in the texts as one corpus and as many small ones; the decay and the scale that
fit them all; and the penalty of small corpora.
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.fit_strength import find_suite_candidates, part
from benchmarks.suites import Page, cut_pages
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.estimation.conditions import is_quotation
from provenance.match.index.postings_index import PostingsIndex, build_postings_index
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.match.scoring.classifier import log_odds
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.features import measure_features
from provenance.model.content.fingerprints import Floats, Texts
from provenance.model.content.language import Language
from provenance.read.language_counts import load_language
from provenance.registry.store import open_registry

DENSITIES = (1, 2, 4, 8, 16)
"""Documents with a chance match per million tokens."""

SHARDS = (60,)
KNOWING = 1 << 24
"""Tokens of a sample that is large enough not to be penalised."""


def main() -> None:
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    language = load_language(None if sys.argv[1] == "-" else Path(sys.argv[1]))
    pages = cut_pages([Path(name) for name in sys.argv[3:]], seed=77)
    rows: list[tuple[float, float, float]] = []
    for name in sys.argv[2].split(","):
        arrays = open_registry(Path(name)).arrays()
        index = build_postings_index(arrays, NO_STOPS)
        odds = chance_odds(pages, index, language, 1)
        print(
            f"{name}: {arrays.size:,} tokens; log-odds at {DENSITIES} a million:",
            odds.round(2),
        )
        rows += [
            (float(value), float(np.log(arrays.size)), float(np.log(density / 1e6)))
            for value, density in zip(odds, DENSITIES, strict=True)
        ]
    table = np.array(rows)
    # ln(density) = ln(scale) + ln(size) - decay * odds
    design = np.column_stack([np.ones(len(table)), -table[:, 0]])
    (constant, decay), *_ = np.linalg.lstsq(design, table[:, 2] - table[:, 1], rcond=None)
    print(f"decay={decay:.3f}, scale={np.exp(constant):.2e}")
    for shards in SHARDS:
        small = chance_odds(pages, index, language, shards)
        print(f"the last, as {shards} corpora:", small.round(2), (small - odds).mean().round(2))


def chance_odds(pages: list[Page], index: PostingsIndex, language: Language, shards: int) -> Floats:
    """Return the log-odds that chance reaches at each density, with texts split into corpora."""
    texts = Texts.of(pa.array([page.text for page in pages], pa.large_string()))
    tokens = tokenise(texts)
    candidates = find_suite_candidates(texts, tokens, index)
    values = np.empty(len(candidates))
    bounds = np.linspace(0, len(pages), shards + 1).astype(int)
    for first, end in pairwise(bounds.tolist()):
        rows = np.flatnonzero((candidates.texts >= first) & (candidates.texts < end))
        if len(rows):
            sample = sample_passages(part(tokens, first, end))
            values[rows] = log_odds(
                measure_features(candidates.take(rows), index, sample, language), KNOWING
            )
    lengths = np.diff(index.arrays.token_offsets)[candidates.items]
    is_chance = ~is_quotation(candidates, lengths)
    best = np.full(len(pages), -99.0)
    np.maximum.at(best, candidates.texts[is_chance], values[is_chance])
    descending = np.sort(best)[::-1]
    million = len(tokens.hashes) / 1e6
    return np.array([descending[int(density * million)] for density in DENSITIES])


if __name__ == "__main__":
    main()
