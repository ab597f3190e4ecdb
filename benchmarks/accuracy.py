"""How much of what was planted is found, against how much chance gives: ours, and rules of others.

    python -m benchmarks.accuracy [--data DIR] [--out DIR] [--language FILE]

Posts of DIR/registries are planted into pages of DIR/background, and looked for. Writes
ACCURACY.md and accuracy.svg. FILE holds counts as `benchmarks.build_language` makes them, in the
place of the shipped ones. Takes a minute, and 2 GB of memory.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.accuracytables import KNOWN, SIX, Compared, Told, told
from benchmarks.charts import FIRST, LAST, Panel, Point, drawn
from benchmarks.curves import Matches, Outcome, curve, mean_recall, outcome
from benchmarks.fit_strength import candidates_of
from benchmarks.grounds import Ground, ground_of, registry_of, suite_of
from benchmarks.references import references
from provenance.match.estimation.conditions import is_quotation
from provenance.match.index.postings_index import build_postings_index
from provenance.match.index.stop_shingles import find_stop_shingles
from provenance.match.scoring.classifier import log_odds
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD, strength
from provenance.match.scoring.features import measure_features
from provenance.model import Flags, Language
from provenance.read.language_counts import load_language

SEED = 5
"""Of pages and plants; neither the weights nor the law of chance were fitted on it."""

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
    compared = Compared(
        ground.plants,
        _outcome(ground, ours(ground, load_language(options.language))),
        {name: _outcome(ground, matches) for name, matches in references(ground)},
    )
    options.out.mkdir(parents=True, exist_ok=True)
    facts = Told(SEED, len(ground.arrays.first), ground.arrays.size, len(ground.texts))
    (options.out / "ACCURACY.md").write_text(told(compared, facts), "utf-8")
    (options.out / "accuracy.svg").write_text(picture(compared), "utf-8")
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
    """Give every candidate with its strength, as a check weighs it."""
    arrays = ground.arrays
    made = build_postings_index(arrays, find_stop_shingles([arrays]))
    found = candidates_of(ground.texts, ground.tokens, made)
    corpus = sample_passages(ground.tokens)
    likely = log_odds(measure_features(found, made, corpus, language), len(corpus.tokens))
    return ground.matches(
        (found.texts, found.items),
        strength(likely, arrays.chance, arrays.size),
        ground.touches(found.texts, found.firsts, found.lasts),
        is_quotation(found, ground.lengths[found.items]),
    )


def _outcome(ground: Ground, matches: Matches) -> Outcome:
    return outcome(matches, ground.planted, len(ground.texts), len(ground.tokens.hashes))


def picture(compared: Compared) -> str:
    """Draw the curve, with every point that is known."""
    hard = ("changed 20%", "cut to 50%")
    return drawn(
        "How much is found, against how much chance gives",
        "Posts of 8 and more tokens, planted in pages. Up and to the left is better.",
        [
            _panel(compared, "Mean recall over six edits", SIX, 0.5),
            _panel(compared, "The two hardest: a fifth of the words changed; cut to half", hard, 0),
        ],
    )


def _panel(compared: Compared, title: str, edits: Sequence[str], least: float) -> Panel:
    classes: list[Flags] = [compared.plants.of(edit, *compared.LONG) for edit in edits]
    own = compared.ours
    points = [
        Point(name, one.chance_rate(0), mean_recall(one.found, 0, classes), here=True)
        for name, one in compared.rules.items()
    ]
    points += [
        Point(one.name, one.chance, float(np.mean([one.recalls[edit] for edit in edits])), False)
        for one in KNOWN
    ]
    shipped = (
        own.chance_rate(STRENGTH_THRESHOLD),
        mean_recall(own.found, STRENGTH_THRESHOLD, classes),
    )
    return Panel(title, least, curve(own, classes, RATES), shipped, points)


if __name__ == "__main__":
    main()
