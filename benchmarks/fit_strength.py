"""Fit the weights of `provenance.match.regression` on planted posts.

    python -m benchmarks.fit_strength SUITE [SUITE ...]

A SUITE is a folder with `corpus.parquet` (id, text), `truth.json` ({"plants": [{document, start,
end, source, items}]}) and `registry`, which `provenance registry build` made from the suite's
dumps: what the evaluation kit's `build planted` and `run` leave behind. Each suite counts twice:
as one corpus, and cut into shards of which each is a corpus by itself, so that the weights hold for
small corpora too. Prints the weights, and the recall at stated rates of chance documents.

Needs scikit-learn.
"""

import json
import sys
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from provenance.fingerprint import characters, shingle, tokenise
from provenance.match import Candidates, Features, index, measure, regressors, sample, scan
from provenance.model import Holdings, Texts, Tokens
from provenance.read import load_language
from provenance.registry import open_registry

SHARDS = 60
CHANCE_RUN = 8
"""A match outside the plants with a longer run is a real quotation: it teaches nothing."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Candidates of one suite: 1 the planted item, 0 chance, -1 neither."""

    columns: np.ndarray
    labels: np.ndarray
    documents: np.ndarray
    plants: dict[int, tuple[str, int]]
    words: int


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]]
    if not folders:
        sys.exit(__doc__)
    examples = [made for folder in folders for made in suite_examples(folder)]
    chosen = np.concatenate([each.labels >= 0 for each in examples])
    columns = np.concatenate([each.columns for each in examples])[chosen]
    labels = np.concatenate([each.labels for each in examples])[chosen]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    model.fit(columns, labels == 1)
    scale, regression = model[0], model[-1]
    weights = regression.coef_[0] / scale.scale_
    print(f"_INTERCEPT = {regression.intercept_[0] - (weights * scale.mean_).sum():.4f}")
    for name, weight in zip(NAMES, weights, strict=True):
        print(f'    "{name}": {weight:.4f},')
    for each in examples:
        tell(each, model.decision_function(each.columns))


NAMES = tuple(
    regressors(Features(*(np.ones(1) for _ in fields(Features))))  # the names alone
)


def suite_examples(folder: Path) -> tuple[Examples, Examples]:
    registry = open_registry(folder / "registry")
    holdings = registry.holdings()
    table = pq.read_table(folder / "corpus.parquet", columns=["id", "text"])
    texts = Texts.of(table["text"].cast(pa.large_string()).combine_chunks())
    tokens = tokenise(texts)
    seeds = shingle(tokens, holdings.parameters.seed_width)
    found = scan(tokens, seeds, index(holdings))
    labels, plants, words = labelled(
        folder, table["id"].to_pylist(), texts, tokens, found, registry
    )
    whole = columns_of(measure(found, holdings, sample(tokens), load_language()))
    parts = sharded(found, holdings, tokens)
    return (
        Examples(whole, labels, found.texts, plants, words),
        Examples(parts, labels, found.texts, plants, words),
    )


def columns_of(features: Features) -> np.ndarray:
    return np.column_stack(list(regressors(features).values()))


def sharded(found: Candidates, holdings: Holdings, tokens: Tokens) -> np.ndarray:
    rows = np.empty((len(found), len(NAMES)))
    bounds = np.linspace(0, len(tokens.offsets) - 1, SHARDS + 1).astype(int)
    for first, end in pairwise(bounds.tolist()):
        own = np.flatnonzero((found.texts >= first) & (found.texts < end))
        low, high = tokens.offsets[first], tokens.offsets[end]
        shard = Tokens(
            tokens.hashes[low:high],
            tokens.starts[low:high],
            tokens.ends[low:high],
            tokens.offsets[first : end + 1] - low,
        )
        rows[own] = columns_of(measure(found.take(own), holdings, sample(shard), load_language()))
    return rows


def labelled(folder, ids, texts, tokens, found, registry):
    truth = json.loads((folder / "truth.json").read_text())
    row_of = {document: row for row, document in enumerate(ids)}
    planted = {row_of[plant["document"]]: plant for plant in truth["plants"]}
    base = tokens.offsets[found.texts]
    starts = characters(texts, found.texts, tokens.starts[base + found.firsts].astype(np.int64))
    ends = characters(texts, found.texts, tokens.ends[base + found.lasts].astype(np.int64))
    numbers = np.unique(found.items)
    known = registry.describe(numbers).to_pylist()
    same = registry.same(numbers)
    ids_of = {
        number: {(row["source"], row["item"]), *copies.items}
        for number, row, copies in zip(numbers.tolist(), known, same, strict=True)
    }
    labels = np.where(found.longest < CHANCE_RUN, 0, -1)
    for row, text in enumerate(found.texts.tolist()):
        plant = planted.get(text)
        if plant and min(ends[row], plant["end"]) > max(starts[row], plant["start"]):
            wanted = {(plant["source"], item) for item in plant["items"]}
            labels[row] = 1 if wanted & ids_of[int(found.items[row])] else -1
    plants = {row: (plant["edit"], plant["tokens"]) for row, plant in planted.items()}
    return labels, plants, truth["words"]


def tell(examples: Examples, strengths: np.ndarray) -> None:
    worst: dict[int, float] = {}
    best: dict[int, float] = {}
    for document, label, value in zip(
        examples.documents.tolist(), examples.labels.tolist(), strengths.tolist(), strict=True
    ):
        side = {1: best, 0: worst}.get(label)
        if side is not None:
            side[document] = max(value, side.get(document, value))
    chance = sorted(worst.values(), reverse=True)
    for rate in (0.5, 1, 2, 4):
        threshold = chance[int(rate * examples.words / 1e6)]
        line = [f"{rate:g} a million, threshold {threshold:.2f}:"]
        for edit in dict.fromkeys(edit for edit, _ in examples.plants.values()):
            own = [
                row for row, (kind, size) in examples.plants.items() if kind == edit and size >= 8
            ]
            line.append(f"{edit} {np.mean([best.get(row, -99) > threshold for row in own]):.3f}")
        print(" ".join(line))


if __name__ == "__main__":
    main()
