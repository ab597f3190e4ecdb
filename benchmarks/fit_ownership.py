"""Fit the weights of `provenance.pipeline.findings.ownership` on labelled and planted findings.

    python -m benchmarks.fit_ownership

Reads benchmarks/labels/ownership.tsv: what was observed of findings, and whose words they are. No
text is kept. The findings are

- the development half of the labelled pairs (benchmarks/labels/CRITERIA.md);
- excerpts and posts that `benchmarks.origin` planted in pages of news;
- findings that were read in collections fetched from public repositories in December 2026: blogs,
  documentation, newsletters, jokes, fortunes and exercises (`pages`), and collections of posts;
- passages of self-posts that were put into such pages (`passages in pages`).

`title-in-document`, the title of a linked page in a document of other words, is a quotation by a
rule; it is among the features so that it does not bend the weights of the others. Prints the
weights.
"""

import csv
from pathlib import Path

import numpy as np

from provenance.model.content.fingerprints import Flags, Floats

EXAMPLES = Path(__file__).parent / "labels" / "ownership.tsv"

KINDS = {
    ("labelled pairs", "own"): 2.0,
    ("collections of posts", "own"): 1.5,
    ("planted excerpts", "own"): 1.2,
    ("passages in pages", "own"): 0.8,
    ("planted posts", "own"): 0.4,
    ("planted posts without a line", "own"): 0.4,
    ("labelled pairs", "quoted"): 1.0,
    ("pages", "quoted"): 1.6,
}
"""Weight of each kind of finding among those of its label, whatever their number.

Chosen on the development half: most findings of real collections are whole posts, and what was
planted is of few kinds.
"""

EFFECTIVE = 800.0
"""Number of findings that all together count as, against the regularisation."""

STEPS = 25


def main() -> None:
    names, features, is_own, weights = read_examples(EXAMPLES)
    intercept, *fitted = fit(features, is_own, weights)
    print(f"_INTERCEPT = {intercept:.2f}")
    for name, weight in zip(names, fitted, strict=True):
        print(f'    "{name}": {weight:.2f},')


def fit(features: Floats, is_own: Flags, weights: Floats) -> Floats:
    """Fit a logistic regression with a penalty of half the squared weights, by Newton's method.

    Returns
    -------
    ndarray of float64, shape (1 + m,)
        Intercept, which has no penalty, and the weight of each feature.
    """
    rows = np.column_stack([np.ones(len(features)), features])
    penalty = np.diag([0.0] + [1.0] * features.shape[1])
    found = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        own = 1 / (1 + np.exp(-rows @ found))
        gradient = rows.T @ (weights * (is_own - own)) - penalty @ found
        curvature = (rows.T * (weights * own * (1 - own))) @ rows + penalty
        found += np.linalg.solve(curvature, gradient)
    return found


def read_examples(path: Path) -> tuple[list[str], Floats, Flags, Floats]:
    """Return the names of features, those of each example, whose words it is, and its weight."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    names = [name for name in rows[0] if name not in {"kind", "label", "count"}]
    kinds = [(row["kind"], row["label"]) for row in rows]
    counts = np.array([int(row["count"]) for row in rows], np.float64)
    sums = {kind: sum(counts[i] for i, each in enumerate(kinds) if each == kind) for kind in KINDS}
    weights = counts * np.array([KINDS[kind] / sums[kind] for kind in kinds])
    is_own = np.array([row["label"] == "own" for row in rows])
    for mask in (is_own, ~is_own):
        weights[mask] *= EFFECTIVE / 2 / weights[mask].sum()
    features = np.array([[float(row[name]) for name in names] for row in rows])
    return names, features, is_own, weights


if __name__ == "__main__":
    main()
