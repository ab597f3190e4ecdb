"""Render ACCURACY.md: the figures of the curve, in text and tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import ClassVar

import numpy as np

from benchmarks.curves import Outcome, Plants, mean_recall, recall
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD, chance_threshold
from provenance.pipeline.calibration.text_edits import EDITS

SIX = ("verbatim", "changed 5%", "changed 10%", "changed 20%", "cut to 70%", "cut to 50%")
"""Edits for which figures of other rules are known."""

RATES = (0.25, 0.5, 1, 2, 4)
CHANCES = 0.1, 10.0  # of the option --chance, beside the default
"""Chance documents per million words, for the columns of the tables."""


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """A point that was measured earlier, on other posts and pages."""

    name: str
    chance: float
    recalls: dict[str, float]


def _known_point(name: str, chance: float, *recalls: float) -> KnownPoint:
    return KnownPoint(name, chance, dict(zip(SIX, recalls, strict=True)))


KNOWN = (
    _known_point("5-word shingles: 2, containment ≥ .5", 4.3, 1, 0.85, 0.67, 0.30, 0.76, 0),
    _known_point("5-word shingles: 2", 102, 1, 0.96, 0.90, 0.72, 0.93, 0.68),
    _known_point("4-word seeds: 55 bits", 7.4, 0.99, 0.94, 0.89, 0.72, 0.79, 0.50),
    _known_point("4-word seeds: 60 bits", 3.7, 0.98, 0.92, 0.85, 0.69, 0.72, 0.42),
    _known_point("regression, first fit", 0.5, 0.996, 0.971, 0.931, 0.812, 0.883, 0.576),
    _known_point("regression, first fit", 4, 1, 0.977, 0.957, 0.846, 0.936, 0.687),
)
"""Experiments that the design rests on: 85,000 posts, 3.2 million words of books."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Outcomes of provenance and of other rules on the same texts."""

    LONG: ClassVar[tuple[int, int]] = (8, 1 << 40)
    SHORT: ClassVar[tuple[int, int]] = (5, 7)

    plants: Plants
    ours: Outcome
    rules: dict[str, Outcome]


@dataclass(frozen=True, slots=True)
class GroundFacts:
    """Size of the evaluation data."""

    seed: int
    items: int
    tokens: int
    pages: int


def render_document(comparison: Comparison, facts: GroundFacts) -> str:
    """Render the document."""
    outcome = comparison.ours
    parts = [
        _opening(comparison, facts),
        "## Posts of 8 and more tokens\n",
        _edits_table(comparison, comparison.LONG),
        "## Posts of 5 to 7 tokens\n",
        _edits_table(comparison, comparison.SHORT),
        "## Other rules, on the same pages\n",
        _RULES,
        _rules_table(comparison),
        "## Points known from elsewhere\n",
        _ELSEWHERE,
        _known_points_table(comparison),
        _verdict(comparison),
        _LIMITS.format(seed=facts.seed, chance=outcome.chance_rate(STRENGTH_THRESHOLD)),
    ]
    return "\n".join(parts)


def _opening(comparison: Comparison, facts: GroundFacts) -> str:
    words = f"""{len(comparison.plants.lengths):,} posts of a registry of {facts.items:,}
        ({facts.tokens:,} tokens) are planted into {facts.pages:,} pages of books, news,
        encyclopaedias and the web ({comparison.ours.millions:.2f} million words), one a page: each
        edited in one of {len(EDITS)} ways, and set in as a sentence among others, a paragraph, a
        row of its own, quoted, or run into a sentence. *Recall* is the share of posts of which a
        match touches the place and names the source. *Chance* is counted in documents a million
        words that hold a match which touches no plant and is no quotation: fewer than eight words
        in a row, and not most of the post. Real quotations are counted apart. As shipped, a match
        is reported from {STRENGTH_THRESHOLD:.0f} bits: chance should give one in a million
        words."""
    return f"""# Accuracy

Written by `python -m benchmarks.accuracy`, in a minute; the same data give the same file.

![Recall against chance](accuracy.svg)

{fill(" ".join(words.split()), 100)}
"""


def _columns(outcome: Outcome) -> list[tuple[str, float]]:
    rates = [(f"≤ {rate:g}", outcome.threshold_at(rate)) for rate in RATES]
    options = [(f"`--chance {chance:g}`", chance_threshold(chance)) for chance in CHANCES]
    return [("as shipped", STRENGTH_THRESHOLD), *options, *rates]


def _edits_table(comparison: Comparison, lengths: tuple[int, int]) -> str:
    outcome, columns = comparison.ours, _columns(comparison.ours)
    classes = {edit.name: comparison.plants.of(edit.name, *lengths) for edit in EDITS}
    rows = [
        [
            name,
            f"{plants.sum():,}",
            *(_share(recall(outcome.found, threshold, plants)) for _, threshold in columns),
        ]
        for name, plants in classes.items()
    ]
    means = {
        f"**mean of all {len(EDITS)}**": list(classes.values()),
        "**mean of the six in the picture**": [classes[name] for name in SIX],
    }
    rows += [
        [
            name,
            "",
            *(_share(mean_recall(outcome.found, threshold, plants)) for _, threshold in columns),
        ]
        for name, plants in means.items()
    ]
    rows += [
        ["threshold, bits", "", *(f"{threshold:.1f}" for _, threshold in columns)],
        [
            "chance documents a million words",
            "",
            *(f"{outcome.chance_rate(x):.2f}" for _, x in columns),
        ],
        ["quotations, likewise", "", *(f"{outcome.quotation_rate(x):.2f}" for _, x in columns)],
    ]
    return _table(["edit", "posts", *(name for name, _ in columns)], rows)


def _rules_table(comparison: Comparison) -> str:
    classes = [comparison.plants.of(edit, *comparison.LONG) for edit in SIX]
    rows = []
    for name, rule in comparison.rules.items():
        chance = rule.chance_rate(0)
        recalls = [recall(rule.found, 0, plants) for plants in classes]
        rows.append(
            [name, f"{chance:,.1f}", f"{rule.quotation_rate(0):.1f}", *map(_share, recalls)]
        )
        rows[-1] += [_share(np.mean(recalls)), _ours_at(comparison, chance)]
    head = ["rule", "chance", "quotations", *SIX, "mean", "ours, at as much chance"]
    return _table(head, rows)


def _known_points_table(comparison: Comparison) -> str:
    rows = [
        [
            point.name,
            f"{point.chance:g}",
            *(_share(point.recalls[edit]) for edit in SIX),
            _share(np.mean(list(point.recalls.values()))),
            _ours_at(comparison, point.chance),
        ]
        for point in KNOWN
    ]
    return _table(["rule", "chance", *SIX, "mean", "ours, at as much chance here"], rows)


def _ours_at(comparison: Comparison, chance: float) -> str:
    if chance * comparison.ours.millions < 1:
        return f"{_share(_mean_at(comparison, chance))} (at no chance)"
    return _share(_mean_at(comparison, chance))


def _mean_at(comparison: Comparison, chance: float) -> float:
    classes = [comparison.plants.of(edit, *comparison.LONG) for edit in SIX]
    return mean_recall(comparison.ours.found, comparison.ours.threshold_at(chance), classes)


def _verdict(comparison: Comparison) -> str:
    """Compare provenance with every point, on average and by edit."""
    classes = {edit: comparison.plants.of(edit, *comparison.LONG) for edit in SIX}
    points = [(rule.name, rule.chance, rule.recalls) for rule in KNOWN]
    points += [
        (name, rule.chance_rate(0), {e: recall(rule.found, 0, c) for e, c in classes.items()})
        for name, rule in comparison.rules.items()
    ]
    above, lower = 0, []
    for name, chance, recalls in points:
        threshold = comparison.ours.threshold_at(chance)
        above += _mean_at(comparison, chance) >= np.mean(list(recalls.values()))
        for edit, plants in classes.items():
            if (own_recall := recall(comparison.ours.found, threshold, plants)) < recalls[edit]:
                lower.append(
                    f"{edit}, {_share(own_recall)} against {_share(recalls[edit])} of *{name}*"
                )
    words = f"Ours lies above {above} of {len(points)} points in the mean of the six edits"
    ends = f"; edit by edit it is lower in: {'; '.join(lower)}." if lower else ", and in each edit."
    return words + ends + "\n"


def _share(value: float | np.floating) -> str:
    return "" if np.isnan(value) else f"{value:.3f}".removeprefix("0")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


_RULES = """Posts of 8 and more tokens. Each rule is given our tokens, so it sees through the same
disguises. Rules on bits take our candidates, without what we know of everybody's phrases, and add
up the information of words one by one: of those that 4-word seeds cover, or, where cover is asked
too, of all that the seeds are extended to over gaps. MinHash finds a post only where it is a row
of its own, as one in seven is here.
"""

_ELSEWHERE = """As measured when the detector was designed, on 85,000 posts and 3.2 million words
of books (the regression: on other pages, half of the posts being kept for it). A larger registry
gives more chance, so here they would lie further to the right.
"""

_LIMITS = """## What these figures do not say

- The shipped counts of language were counted from the same backgrounds as the pages are cut from,
  so they know what these pages say better than they will know yours. `--language FILE` takes other
  counts.
- The weights and the chance model were fitted on planted posts too, from other seeds than these
  (here: seed {seed}): of this kind of post, edit and page. `provenance calibrate` measures on your
  corpus and your registry.
- Chance is counted in a few documents where it is rare: at {chance:.2f} a million words and below,
  one document more or less moves a column.
"""
