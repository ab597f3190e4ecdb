"""Recall against chance: what a detector finds of planted items, and what it makes up beside them.

Pure figures, of any detector: one that gives strengths makes a curve, a rule makes a point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenance.model import Flags, Floats, Int64s


@dataclass(frozen=True, slots=True)
class Matches:
    """What a detector says of texts of which some hold a plant, one row a match.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        Which text.
    strengths : ndarray of float64, shape (n,)
        Of the match; of a rule, the same for all that it lets through.
    right : ndarray of bool, shape (n,)
        Whether it touches the text's plant, and names the plant's source.
    outside : ndarray of bool, shape (n,)
        Whether it touches no plant.
    quoted : ndarray of bool, shape (n,)
        Whether the two really share words: somebody quoted, and it is not chance.
    """

    texts: Int64s
    strengths: Floats
    right: Flags
    outside: Flags
    quoted: Flags


@dataclass(frozen=True, slots=True)
class Outcome:
    """How strongly each plant was found, and how strongly what is none.

    Parameters
    ----------
    found : ndarray of float64, shape (plants,)
        Strength of the strongest right match; minus infinity where there is none.
    chance, quotations : ndarray of float64
        Strength of the strongest match outside the plants, one a text that has any; sorted from
        the strongest down.
    millions : float
        Words that were looked at.
    """

    found: Floats
    chance: Floats
    quotations: Floats
    millions: float

    def chance_rate(self, threshold: float) -> float:
        """Give the texts with a chance match so strong, a million words."""
        return float((self.chance >= threshold).sum()) / self.millions

    def quotation_rate(self, threshold: float) -> float:
        """Give the texts with a quotation so strong, a million words."""
        return float((self.quotations >= threshold).sum()) / self.millions

    def threshold_at(self, rate: float) -> float:
        """Give the least threshold at which chance gives no more than this rate."""
        allowed = int(rate * self.millions)
        if allowed >= len(self.chance):
            return -np.inf
        return float(np.nextafter(self.chance[allowed], np.inf))


def outcome(matches: Matches, planted: Int64s, texts: int, words: int) -> Outcome:
    """Sum up matches by plant and by text.

    Parameters
    ----------
    matches : Matches
        Of one detector.
    planted : ndarray of int64, shape (plants,)
        The text that holds each plant; one a text.
    texts, words : int
        That were looked at.
    """
    alone = matches.outside & ~matches.quoted
    return Outcome(
        _strongest(matches, matches.right, texts)[planted],
        _falling(_strongest(matches, alone, texts)),
        _falling(_strongest(matches, matches.outside & matches.quoted, texts)),
        words / 1e6,
    )


def _strongest(matches: Matches, chosen: Flags, texts: int) -> Floats:
    best = np.full(texts, -np.inf)
    np.maximum.at(best, matches.texts[chosen], matches.strengths[chosen])
    return best


def _falling(best: Floats) -> Floats:
    return np.sort(best[best > -np.inf])[::-1]


@dataclass(frozen=True, slots=True)
class Plants:
    """What was planted: what was done to each item, and how long it had been.

    Parameters
    ----------
    edits : ndarray of str, shape (plants,)
        Names of edits.
    lengths : ndarray of int64, shape (plants,)
        Tokens of the item as it was published.
    """

    edits: np.ndarray
    lengths: Int64s

    def of(self, edit: str, least: int, most: int) -> Flags:
        """Tell which plants had this edit, and a length from `least` to `most`."""
        fits = (self.lengths >= least) & (self.lengths <= most)
        return np.asarray(fits & (self.edits == edit))


def recall(found: Floats, threshold: float, chosen: Flags) -> float:
    """Give the share of the chosen plants that were found so strongly; NaN where there are none."""
    if not chosen.any():
        return float("nan")
    return float((found[chosen] >= threshold).mean())


def mean_recall(found: Floats, threshold: float, classes: Sequence[Flags]) -> float:
    """Give the mean of the recalls of several classes of plants, each class counting alike."""
    return float(np.mean([recall(found, threshold, chosen) for chosen in classes]))


def curve(
    result: Outcome, classes: Sequence[Flags], rates: Sequence[float]
) -> list[tuple[float, float]]:
    """Trace a detector from strict to lax.

    Parameters
    ----------
    result : Outcome
        Of the detector.
    classes : sequence of ndarray of bool
        Of plants, each counting alike.
    rates : sequence of float
        Where to look: chance texts a million words. A rate that chance does not reach, or that the
        texts are too few to tell, gives no point.

    Returns
    -------
    list of (float, float)
        Chance texts a million words and mean recall. While one chance text is all that a threshold
        lets in, recall rises: its least and its most are both there.
    """
    counts = {int(rate * result.millions) for rate in rates}
    points = []
    for count in sorted(count for count in counts if 0 < count < len(result.chance)):
        last, next_one = result.chance[count - 1 : count + 1].tolist()
        for threshold in (last, float(np.nextafter(next_one, np.inf))):
            rate = result.chance_rate(threshold)
            points.append((rate, mean_recall(result.found, threshold, classes)))
    return sorted(set(points))
