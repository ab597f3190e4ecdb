"""Measure how often the interval of a share holds the truth, and how wide it is.

    python -m benchmarks.intervals [--posts FILE] [--pages FILE ...] [--out FILE] [--draws N]

Plants posts of FILE into texts of other files, with edits from which the shipped recall was not
measured, and looks for them once. Then draws corpora with a known number of copies from these
plants, and computes the interval of each as a check does. Writes INTERVALS.md. Takes a quarter of
an hour.
"""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa

from provenance.match.estimation.conditions import length_classes
from provenance.match.estimation.intervals import (
    EXCESS_EDGE,
    MISSING_EDGE,
    UNMEASURED_MISSES,
    ChanceProbabilities,
    poisson_interval,
    share_interval,
)
from provenance.match.estimation.missed_copies import RecallTable
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model.content.fingerprints import Flags, Floats, Int64s
from provenance.model.results.calibration import Calibration
from provenance.model.rules.policy import Policy, Unit
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.calibration.calibrate import PlantingOptions, calibrate
from provenance.pipeline.calibration.text_edits import (
    EDITS,
    EXCERPTS,
    Edit,
    add_typos,
    excerpt,
    lowercase,
    truncate,
    verbatim,
)
from provenance.pipeline.findings.finding_appearances import FindingAppearances
from provenance.pipeline.findings.missed_findings import (
    MissedFindings,
    ShippedRecall,
    shipped_counts,
)
from provenance.pipeline.findings.share_correction import CalibratedRecall
from provenance.pipeline.scan.readings import build_registry_indexes
from provenance.pipeline.settings import Settings
from provenance.registry.store import open_registry

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SEED, PLANTS = 21, 15_000
CALIBRATION_SEED, CALIBRATION_PLANTS = 22, 5_000
COPIES = (1, 3, 10, 30, 100, 1000)
"""Numbers of copies in a corpus. What a share is of does not matter: all of a corpus is read."""

FORMER_RECALL, FORMER_EDGE = 0.80, 0.03
"""Of the rule to compare with: findings are a Poisson count, thinned by a recall of 0.80."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_OTHER_WORDS = (
    *("people", "time", "year", "way", "day", "thing", "world", "life", "hand", "part", "place"),
    *("week", "case", "point", "number", "group", "problem", "know", "make", "take", "see", "come"),
    *("think", "look", "want", "give", "use", "find", "tell", "ask", "work", "seem", "feel", "try"),
)


def without_sentence(text: str, random: Random) -> str:
    """Remove a sentence."""
    sentences = _SENTENCE_END.split(text)
    if len(sentences) > 1:
        sentences.pop(random.randrange(len(sentences)))
    return " ".join(sentences)


def replace_words(rate: float) -> Callable[[str, Random], str]:
    """Replace words by other common ones."""

    def change(text: str, random: Random) -> str:
        return " ".join(
            random.choice(_OTHER_WORDS) if random.random() < rate else word for word in text.split()
        )

    return change


def swap_words(text: str, random: Random) -> str:
    """Exchange one word in ten with the next."""
    words = text.split()
    for place in range(len(words) - 1):
        if random.random() < 0.1:
            words[place], words[place + 1] = words[place + 1], words[place]
    return " ".join(words)


def shuffle_sentences(text: str, random: Random) -> str:
    """Put the sentences in random order."""
    sentences = _SENTENCE_END.split(text)
    random.shuffle(sentences)
    return " ".join(sentences)


def last_part(text: str, _: Random) -> str:
    """Keep the last three fifths of the words."""
    words = text.split()
    return " ".join(words[-max(1, round(0.6 * len(words))) :])


def replace_and_cut(text: str, random: Random) -> str:
    """Replace words and cut the end off."""
    return truncate(0.8)(replace_words(0.07)(text, random), random)


def lower_with_typos(text: str, random: Random) -> str:
    """Convert to lower case, with a typing error in every twelfth word."""
    return add_typos(12)(lowercase(text, random), random)


OTHER_EDITS = (
    Edit("verbatim", "other", verbatim),
    Edit("a sentence left out", "other", without_sentence),
    Edit("sentences in random order", "other", shuffle_sentences),
    Edit("one word in ten exchanged with the next", "other", swap_words),
    Edit("7% of words replaced", "other", replace_words(0.07)),
    Edit("15% of words replaced", "other", replace_words(0.15)),
    Edit("7% replaced, cut to 80%", "other", replace_and_cut),
    Edit("a typing error in every 7th word", "other", add_typos(7)),
    Edit("lower case, an error in every 12th word", "other", lower_with_typos),
    Edit("cut to 80%", "other", truncate(0.8)),
    Edit("cut to 60%", "other", truncate(0.6)),
    Edit("cut to 40%", "other", truncate(0.4)),
    Edit("the last 60%", "other", last_part),
    Edit("excerpt of 80%", "other", excerpt(0.8)),
    Edit("excerpt of 60%", "other", excerpt(0.6)),
)
"""Edits other than those that the shipped recall was measured with, but for the first."""

Mixture = Callable[[np.random.Generator], Mapping[str, float]]
"""Draws the shares of edits in a corpus."""


@dataclass(frozen=True, slots=True)
class Plants:
    """Planted items: what was planted, and what was found."""

    edits: list[str]
    lengths: Int64s
    tokens: Floats
    found: Flags
    found_tokens: Int64s
    missed: MissedFindings
    calibrated: MissedFindings

    @classmethod
    def of(cls, table: pa.Table, registry: Path, calibration: Calibration) -> "Plants":
        is_visible = length_classes(table["item_tokens"].to_numpy()) > 0
        rows = table.filter(pa.array(is_visible & (table["tokens"].to_numpy() > 0)))
        indexes = build_registry_indexes([open_registry(registry)], threshold=STRENGTH_THRESHOLD)
        lengths, found_tokens = rows["item_tokens"].to_numpy(), rows["found_tokens"].to_numpy()
        appearances = FindingAppearances(lengths, rows["look"].to_numpy())
        shipped, sources = shipped_counts(indexes), rows["source"].to_pylist()
        recall = ShippedRecall(RecallTable.of(shipped))
        calibrated = CalibratedRecall.of(calibration, shipped, sources, lengths)
        return cls(
            rows["edit"].to_pylist(),
            lengths,
            rows["tokens"].to_numpy().astype(np.float64),
            rows["look"].to_numpy() >= 0,
            found_tokens,
            MissedFindings.of(recall, appearances, found_tokens),
            MissedFindings.of(calibrated, appearances, found_tokens),
        )

    def draw(self, shares: Mapping[str, float], count: int, random: np.random.Generator) -> Int64s:
        """Draw copies of a corpus: rows of this table."""
        names = np.array(self.edits)
        weights = np.array(list(shares.values()))
        numbers = random.multinomial(count, weights / weights.sum())
        drawn = [
            random.choice(np.flatnonzero(names == name), number)
            for name, number in zip(shares, numbers, strict=True)
            if number
        ]
        return np.concatenate(drawn)


@dataclass(slots=True)
class Cell:
    """Intervals of the corpora with one mixture of edits and one number of copies."""

    held: list[bool]
    widths: list[float]
    calibrated_held: list[bool]
    calibrated_widths: list[float]
    former_held: list[bool]
    former_widths: list[float]
    known_widths: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--posts", type=Path, default=DATA / "scale" / "reddit_200k.parquet")
    parser.add_argument("--pages", nargs="+", default=default_pages())
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "INTERVALS.md")
    parser.add_argument("--draws", type=int, default=200)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        registry = Path(folder) / "registry"
        build_registry(registry, DumpSource([str(options.posts)], "reddit"))
        own = calibrate_with(registry, options.pages, EDITS, CALIBRATION_PLANTS, CALIBRATION_SEED)
        other, known = (
            Plants.of(calibrate_with(registry, options.pages, edits).plants, registry, own)
            for edits in (OTHER_EDITS, (*EDITS, *EXCERPTS))
        )
    options.out.write_text(render(measure(other, known, options.draws), options.draws), "utf-8")
    print(f"{options.out} is written")


def default_pages() -> list[str]:
    """Return the training sets that are not made of tweets: few of these have a sentence's end."""
    tweets = ("tweet", "btc", "wnut", "deepmoji")
    files = sorted((DATA / "training").glob("*.parquet"))
    return [str(file) for file in files if not any(name in file.name for name in tweets)]


def calibrate_with(
    registry: Path,
    pages: Sequence[str],
    edits: Sequence[Edit],
    plants: int = PLANTS,
    seed: int = SEED,
) -> Calibration:
    policy, options = (
        Policy(registries=(str(registry),)),
        PlantingOptions(plants, seed, edits=edits),
    )
    return calibrate(pages, policy, options, Settings(quiet=True))


def measure(other: Plants, known: Plants, draws: int) -> dict[tuple[str, int, Unit], Cell]:
    """Return the cells by name of the mixture, number of copies, and unit."""
    names = [edit.name for edit in OTHER_EDITS]
    mixtures: dict[str, tuple[Plants, Mixture]] = {
        "the edits it was measured with, mixed": (
            known,
            mixed([edit.name for edit in (*EDITS, *EXCERPTS)], 1),
        ),
        "other edits, mixed": (other, mixed(names, 1)),
        "a few of these, mixed": (other, mixed(names, 0.15)),
        **{f"all: {edit}": (known, only(edit)) for edit in ("changed 20%", "cut to 50%")},
        **{f"all: {name}": (other, only(name)) for name in names},
    }
    cells = {}
    random = np.random.default_rng(SEED)
    for name, (plants, mixture) in mixtures.items():
        for count in COPIES:
            for unit in (Unit.DOCUMENTS, Unit.TOKENS):
                cells[name, count, unit] = Cell([], [], [], [], [], [], [])
            for _ in range(draws):
                shares = mixture(random)
                score(plants, plants.draw(shares, count, random), shares, random, cells, name)
        print(name, flush=True)
    return cells


def mixed(names: Sequence[str], concentration: float) -> Mixture:
    weights = np.full(len(names), concentration)
    return lambda random: dict(zip(names, random.dirichlet(weights), strict=True))


def only(name: str) -> Mixture:
    return lambda _: {name: 1.0}


def score(
    plants: Plants,
    copies: Int64s,
    shares: Mapping[str, float],
    random: np.random.Generator,
    cells: dict[tuple[str, int, Unit], Cell],
    name: str,
) -> None:
    found = copies[plants.found[copies]]
    more = plants.missed.upper_ends(found, found)
    measured = plants.calibrated.upper_ends(found, found)
    for unit in (Unit.DOCUMENTS, Unit.TOKENS):
        is_tokens = unit is Unit.TOKENS
        sizes = plants.found_tokens[found].astype(np.float64) if is_tokens else np.ones(len(found))
        truth = float(plants.tokens[copies].sum()) if is_tokens else float(len(copies))
        # A corpus a thousand times as large as its copies, of texts as long as the copies are.
        total, documents = 1000 * truth, 1000 * len(copies)
        edges = (EXCESS_EDGE, MISSING_EDGE) if is_tokens else (0.0, UNMEASURED_MISSES)
        chances = ChanceProbabilities(np.zeros(len(found)), np.zeros(len(found)))
        interval, calibrated = (
            share_interval(sizes, chances, total, documents, upper[unit], edges)
            for upper in (more, measured)
        )
        cell = cells[name, len(copies), unit]
        share = truth / total
        cell.held.append(interval.low <= share <= interval.high)
        cell.calibrated_held.append(calibrated.low <= share <= calibrated.high)
        low, high = former_interval(sizes, FORMER_EDGE if is_tokens else 0.0)
        cell.former_held.append(low <= truth <= high)
        if len(found):
            cell.widths.append((interval.high - interval.low) / share)
            cell.calibrated_widths.append((calibrated.high - calibrated.low) / share)
            cell.former_widths.append((high - low) / truth)
            width = known_width(plants, len(found), shares, random, in_tokens=is_tokens)
            cell.known_widths.append(width / truth)


def former_interval(sizes: Floats, edge: float) -> tuple[float, float]:
    """Return the interval of a Poisson count, thinned by one recall for everything."""
    if not len(sizes):
        return 0.0, np.inf  # more than any of these corpora has
    covered = float(sizes.sum())
    count = min(len(sizes), covered**2 / float((sizes**2).sum()))
    _, upper = poisson_interval(count)
    return covered * (1 - edge), covered * upper / count / FORMER_RECALL * (1 + edge)


def known_width(
    plants: Plants,
    found: int,
    shares: Mapping[str, float],
    random: np.random.Generator,
    *,
    in_tokens: bool,
) -> float:
    """Return the width for somebody who knows the recall of the mixture: of what is missed only."""
    names = np.array(plants.edits)
    weights = np.zeros(len(names))
    for name, share in shares.items():
        rows = names == name
        weights[rows] = share / np.count_nonzero(rows)
    weights /= weights.sum()
    missed = weights * ~plants.found
    recall = 1 - missed.sum()
    numbers = random.negative_binomial(found, recall, 400)
    if in_tokens and missed.sum():
        mean = float((missed * plants.tokens).sum() / missed.sum())
        square = float((missed * plants.tokens**2).sum() / missed.sum())
        noise = random.standard_normal(400) * np.sqrt(numbers * max(square - mean**2, 0))
        numbers = np.maximum(numbers * mean + noise, 0)
    return float(np.percentile(numbers, 97.5) - np.percentile(numbers, 2.5))


def render(cells: Mapping[tuple[str, int, Unit], Cell], draws: int) -> str:
    lines = [
        "# Intervals of shares",
        "",
        "Written by `python -m benchmarks.intervals`.",
        "",
        "How often does the 95 % interval of a share hold the true share of the corpus, and how",
        "wide is it? Posts of a registry of 200,000 were planted into texts of other kinds than",
        "those that the shipped recall was measured in, with other edits. Corpora are drawn from",
        f"these plants, {draws} in each cell. *Held* is the share of intervals that hold the",
        "truth, *width* the median width where something was found, in multiples of the true",
        "share. *Known* is the width for somebody who knows the recall of that very mixture of",
        "edits, and where each copy ends: no interval can be narrower. *Calibrated* is that of the",
        f"corrected share, with a calibration of {CALIBRATION_PLANTS:,} plants of this registry in",
        "the same texts, with the usual edits. *Former* is the rule until November 2026: a",
        "Poisson count over a recall of 0.80.",
        "",
    ]
    for unit in (Unit.TOKENS, Unit.DOCUMENTS):
        own = {key: cell for key, cell in cells.items() if key[2] is unit}
        held = [np.mean(cell.held) for cell in own.values()]
        calibrated = [np.mean(cell.calibrated_held) for cell in own.values()]
        lines += [
            f"## Share of {unit}",
            "",
            f"Held in {np.mean(held):.1%} of all corpora; in {min(held):.1%} of the worst cell.",
            f"Calibrated: {np.mean(calibrated):.1%}, and {min(calibrated):.1%}.",
            "",
            "| edits | copies | held | width | calibrated | width | known | former | width |",
            "| --- | --: | --: | --: | --: | --: | --: | --: | --: |",
        ]
        lines += [
            f"| {name} | {count} | {np.mean(cell.held):.3f} | {np.median(cell.widths):.2f} "
            f"| {np.mean(cell.calibrated_held):.3f} | {np.median(cell.calibrated_widths):.2f} "
            f"| {np.median(cell.known_widths):.2f} | {np.mean(cell.former_held):.3f} "
            f"| {np.median(cell.former_widths):.2f} |"
            for (name, count, _), cell in own.items()
        ]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
