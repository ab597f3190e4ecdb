"""Labelled pairs of a passage and an item, and what can be estimated from them."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from provenance.model.content.fingerprints import Flags, Floats

DRAWS, SEED = 2000, 33

LABELS = ("item", "quotation", "chance")


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled pair: a place of a document, and an item.

    Parameters
    ----------
    id : str
        Identifier.
    file, row, field, start, end
        Place of the passage.
    source, item : str
        The item.
    register : str
        Kind of text.
    weight : float
        Number of findings that it stands for: one divided by the probability of being drawn.
    group : int
        Number of the group of pairs that share a quoted work, an author or an item.
    split : "development" or "held-out"
        Half of the groups.
    extent : "row" or "part"
        Whether the passage is a whole row, or a part of one.
    made_of : bool
        Whether the collection of the document was made of the item's source.
    first, second, label : str
        Labels of the two readers, and the final one.
    """

    id: str
    file: str
    row: int
    field: str
    start: int
    end: int
    source: str
    item: str
    register: str
    weight: float
    group: int
    split: str
    extent: str
    made_of: bool
    first: str
    second: str
    label: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A labelled pair, and what a check says of it; an origin of None is not found.

    Parameters
    ----------
    pair : Pair
        The pair.
    origin : str or None
        Origin by the check.
    counted : bool
        Whether the check counts the finding as the item's words.
    strength : float
        Strength of the finding, in bits; NaN if it is not found.
    reasons : tuple of str
        Reasons of the origin.
    in_background : bool
        Whether the background has the passage.
    """

    pair: Pair
    origin: str | None
    counted: bool
    strength: float
    reasons: tuple[str, ...]
    in_background: bool


def read_pairs(path: Path) -> list[Pair]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    numbers = {"row": int, "start": int, "end": int, "weight": float, "group": int}
    for row in rows:
        row.update({name: kind(row[name]) for name, kind in numbers.items()})
        row["made_of"] = row["made_of"] == "yes"
    return [Pair(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Share:
    """A share with values of it in resamples.

    Parameters
    ----------
    value : float
        The share; NaN if there is nothing that it is a share of.
    draws : ndarray of float64, shape (DRAWS,)
        Its values in resamples.
    """

    value: float
    draws: Floats

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval, by percentiles."""
        low, high = np.nanquantile(self.draws, [0.025, 0.975])
        return float(low), float(high)


class Bootstrap:
    """Resamples of groups of labelled pairs, for weighted shares and functions of them.

    Parameters
    ----------
    outcomes : sequence of Outcome
        What a check says of the pairs.
    """

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = outcomes
        groups = sorted({each.pair.group for each in outcomes})
        places = {group: place for place, group in enumerate(groups)}
        self._places = np.array([places[each.pair.group] for each in outcomes])
        self._weights = np.array([each.pair.weight for each in outcomes])
        self._dice = np.random.default_rng(SEED)
        even = np.full(len(groups), 1 / len(groups))
        self._counts = self._dice.multinomial(len(groups), even, DRAWS)

    def share(
        self, part: Callable[[Outcome], bool], whole: Callable[[Outcome], bool] = lambda _: True
    ) -> Share:
        """Return the weighted share of those of `whole` that are of `part` too.

        If all or none are, resamples would be too, and would promise certainty. Values are then
        drawn as if each group were one trial (Jeffreys).
        """
        is_whole = np.array([whole(each) for each in self.outcomes])
        is_part = is_whole & np.array([part(each) for each in self.outcomes])
        wholes, parts = self._sums(is_whole), self._sums(is_part)
        if not wholes.any():
            return Share(np.nan, np.full(DRAWS, np.nan))
        value = float(parts.sum() / wholes.sum())
        if 0 < value < 1:
            with np.errstate(invalid="ignore"):
                return Share(value, self._counts @ parts / (self._counts @ wholes))
        trials = int(np.count_nonzero(wholes))
        hits = trials if value else 0
        return Share(value, self._dice.beta(hits + 0.5, trials - hits + 0.5, DRAWS))

    def _sums(self, mask: Flags) -> Floats:
        return np.bincount(self._places, self._weights * mask, minlength=self._counts.shape[1])


def precision_at(rate: float, items: Share, quotations: Share) -> Share:
    """Return the precision of what is counted, if a share `rate` were quotations and no chance.

    Parameters
    ----------
    rate : float
        Share of the findings that are quotations; the others are items' own words.
    items, quotations : Share
        Share of each that is counted.
    """

    def precision(item: Floats, quotation: Floats) -> Floats:
        return (1 - rate) * item / ((1 - rate) * item + rate * quotation)

    value = precision(np.array([items.value]), np.array([quotations.value]))
    return Share(float(value[0]), precision(items.draws, quotations.draws))


def mean_share(shares: Sequence[Share]) -> Share:
    """Return the mean of shares, each of which weighs the same."""
    values = np.array([each.value for each in shares])
    return Share(float(values.mean()), np.mean([each.draws for each in shares], axis=0))


def agreement(pairs: Sequence[Pair]) -> tuple[Share, Share]:
    """Return the share of pairs that two readers give the same label, and Cohen's kappa."""
    labels = sorted({pair.first for pair in pairs} | {pair.second for pair in pairs})
    groups = sorted({pair.group for pair in pairs})
    tables = np.zeros((len(groups), len(labels), len(labels)))
    for pair in pairs:
        place = groups.index(pair.group), labels.index(pair.first), labels.index(pair.second)
        tables[place] += 1
    even = np.full(len(groups), 1 / len(groups))
    counts = np.random.default_rng(SEED).multinomial(len(groups), even, DRAWS)
    draws = np.vstack([np.ones((1, len(groups)), np.int64), counts])
    sums = np.tensordot(draws, tables, 1)
    sums /= sums.sum(axis=(1, 2), keepdims=True)
    same = np.trace(sums, axis1=1, axis2=2)
    by_chance = (sums.sum(axis=1) * sums.sum(axis=2)).sum(axis=1)
    kappa = (same - by_chance) / (1 - by_chance)
    return Share(float(same[0]), same[1:]), Share(float(kappa[0]), kappa[1:])
