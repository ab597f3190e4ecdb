"""Measure recall of planted posts against chance matches: provenance, and rules of other tools.

    python -m benchmarks.accuracy [--data DIR] [--out DIR] [--language FILE]

Posts of DIR/registries are planted into pages of DIR/background, and searched for. Writes
ACCURACY.md and accuracy.svg. FILE has counts from `benchmarks.build_language`, to use instead of
the shipped ones. Takes a minute and 2 GB of memory.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy_tables import KNOWN, SIX, Comparison, GroundFacts, render_document
from benchmarks.charts import FIRST, LAST, Panel, Point, draw_panels
from benchmarks.curves import Matches, Outcome, curve, mean_recall, outcome
from benchmarks.fit_strength import find_suite_candidates
from benchmarks.grounds import Ground, ground_of, registry_of, suite_of
from benchmarks.references import references
from provenance.match.estimation.conditions import is_quotation
from provenance.match.index.postings_index import build_postings_index
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.match.scoring.classifier import log_odds
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD, strength
from provenance.match.scoring.features import measure_features
from provenance.model.content.language import Language
from provenance.read.language_counts import load_language

if TYPE_CHECKING:
    from provenance.model.content.fingerprints import Flags

SEED = 5
"""Seed of pages and plants; neither the weights nor the chance model were fitted with it."""

PLANTS = 9000
ROOT = Path(__file__).resolve().parents[1]
RATES = np.geomspace(FIRST, LAST, 120).tolist()


def main() -> None:
    options = _options()
    if not (options.data / "manifest.json").is_file():
        print(f"Error: there is no evaluation data at {options.data}", file=sys.stderr)
        print("Try: name its folder with --data", file=sys.stderr)
        sys.exit(2)
    with TemporaryDirectory() as folder:
        posts = registry_of(options.data, Path(folder) / "registry")
        ground = ground_of(suite_of(options.data, posts, SEED, PLANTS), posts)
    comparison = Comparison(
        ground.plants,
        _outcome(ground, ours(ground, load_language(options.language))),
        {name: _outcome(ground, matches) for name, matches in references(ground)},
    )
    options.out.mkdir(parents=True, exist_ok=True)
    facts = GroundFacts(SEED, len(ground.arrays.first), ground.arrays.size, len(ground.texts))
    (options.out / "ACCURACY.md").write_text(render_document(comparison, facts), "utf-8")
    (options.out / "accuracy.svg").write_text(picture(comparison), "utf-8")
    print(f"{options.out / 'ACCURACY.md'} and accuracy.svg are written")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks")
    parser.add_argument("--language", type=Path)
    return parser.parse_args()


def ours(ground: Ground, language: Language) -> Matches:
    """Return every candidate with its strength, computed as in a check."""
    arrays = ground.arrays
    index = build_postings_index(arrays, NO_STOPS)
    candidates = find_suite_candidates(ground.texts, ground.tokens, index)
    sample = sample_passages(ground.tokens)
    scores = log_odds(measure_features(candidates, index, sample, language), len(sample.tokens))
    return ground.matches(
        (candidates.texts, candidates.items),
        strength(scores, arrays.chance, arrays.size),
        ground.touches(candidates.texts, candidates.firsts, candidates.lasts),
        is_quotation(candidates, ground.lengths[candidates.items]),
    )


def _outcome(ground: Ground, matches: Matches) -> Outcome:
    return outcome(matches, ground.planted, len(ground.texts), len(ground.tokens.hashes))


def picture(comparison: Comparison) -> str:
    """Draw the curve, and all points for comparison."""
    hard = ("changed 20%", "cut to 50%")
    return draw_panels(
        "How much is found, against how much chance gives",
        "Posts of 8 and more tokens, planted in pages. Up and to the left is better.",
        [
            _panel(comparison, "Mean recall over six edits", SIX, 0.5),
            _panel(
                comparison, "The two hardest: a fifth of the words changed; cut to half", hard, 0
            ),
        ],
    )


def _panel(comparison: Comparison, title: str, edits: Sequence[str], lowest_recall: float) -> Panel:
    classes: list[Flags] = [comparison.plants.of(edit, *comparison.LONG) for edit in edits]
    outcome = comparison.ours
    points = [
        Point(name, rule.chance_rate(0), mean_recall(rule.found, 0, classes), here=True)
        for name, rule in comparison.rules.items()
    ]
    points += [
        Point(rule.name, rule.chance, float(np.mean([rule.recalls[edit] for edit in edits])), False)
        for rule in KNOWN
    ]
    shipped = (
        outcome.chance_rate(STRENGTH_THRESHOLD),
        mean_recall(outcome.found, STRENGTH_THRESHOLD, classes),
    )
    return Panel(title, lowest_recall, curve(outcome, classes, RATES), shipped, points)


if __name__ == "__main__":
    main()
