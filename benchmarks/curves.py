"""Recall against chance matches: planted items that a detector finds, and its false matches.

Works for any detector: one that returns strengths gives a curve, a rule gives a point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenance.model.content.fingerprints import Flags, Floats, Int64s


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches of a detector in texts, some of which contain a planted item; one row per match.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        Text of the match.
    strengths : ndarray of float64, shape (n,)
        Strength of the match; the same for all matches of a rule.
    right : ndarray of bool, shape (n,)
        Whether it overlaps the planted item of the text, and has its source.
    outside : ndarray of bool, shape (n,)
        Whether it overlaps no planted item.
    quoted : ndarray of bool, shape (n,)
        Whether it is a real quotation, not a chance match.
    """

    texts: Int64s
    strengths: Floats
    right: Flags
    outside: Flags
    quoted: Flags


@dataclass(frozen=True, slots=True)
class Outcome:
    """Strengths of the matches with planted items, and of false ones.

    Parameters
    ----------
    found : ndarray of float64, shape (plants,)
        Strength of the strongest right match; minus infinity where there is none.
    chance, quotations : ndarray of float64
        Strength of the strongest match outside planted items, one per text that has any; in
        descending order.
    millions : float
        Millions of words searched.
    """

    found: Floats
    chance: Floats
    quotations: Floats
    millions: float

    def chance_rate(self, threshold: float) -> float:
        """Return the texts with a chance match of at least this strength per million words."""
        return float((self.chance >= threshold).sum()) / self.millions

    def quotation_rate(self, threshold: float) -> float:
        """Return the texts with a quotation of at least this strength per million words."""
        return float((self.quotations >= threshold).sum()) / self.millions

    def threshold_at(self, rate: float) -> float:
        """Return the lowest threshold at which chance matches do not exceed a rate."""
        limit = int(rate * self.millions)
        if limit >= len(self.chance):
            return -np.inf
        return float(np.nextafter(self.chance[limit], np.inf))


def outcome(matches: Matches, planted: Int64s, texts: int, words: int) -> Outcome:
    """Aggregate matches by planted item and by text.

    Parameters
    ----------
    matches : Matches
        Of one detector.
    planted : ndarray of int64, shape (plants,)
        The text of each planted item; at most one per text.
    texts, words : int
        Numbers of texts and words searched.
    """
    is_chance = matches.outside & ~matches.quoted
    return Outcome(
        _strongest(matches, matches.right, texts)[planted],
        _falling(_strongest(matches, is_chance, texts)),
        _falling(_strongest(matches, matches.outside & matches.quoted, texts)),
        words / 1e6,
    )


def _strongest(matches: Matches, mask: Flags, texts: int) -> Floats:
    best = np.full(texts, -np.inf)
    np.maximum.at(best, matches.texts[mask], matches.strengths[mask])
    return best


def _falling(best: Floats) -> Floats:
    return np.sort(best[best > -np.inf])[::-1]


@dataclass(frozen=True, slots=True)
class Plants:
    """Planted items: the edit applied to each, and its length before.

    Parameters
    ----------
    edits : ndarray of str, shape (plants,)
        Names of edits.
    lengths : ndarray of int64, shape (plants,)
        Tokens of the item before the edit.
    """

    edits: np.ndarray
    lengths: Int64s

    def of(self, edit: str, min_tokens: int, max_tokens: int) -> Flags:
        """Return a mask of plants with this edit and `min_tokens` to `max_tokens` tokens."""
        fits = (self.lengths >= min_tokens) & (self.lengths <= max_tokens)
        return np.asarray(fits & (self.edits == edit))


def recall(found: Floats, threshold: float, mask: Flags) -> float:
    """Return the share of the masked plants found with at least this strength; NaN if none."""
    if not mask.any():
        return float("nan")
    return float((found[mask] >= threshold).mean())


def mean_recall(found: Floats, threshold: float, classes: Sequence[Flags]) -> float:
    """Return the mean recall over classes of plants, each with the same weight."""
    return float(np.mean([recall(found, threshold, mask) for mask in classes]))


def curve(
    result: Outcome, classes: Sequence[Flags], rates: Sequence[float]
) -> list[tuple[float, float]]:
    """Return the curve of recall against chance of a detector, from strict to lax.

    Parameters
    ----------
    result : Outcome
        Outcome of the detector.
    classes : sequence of ndarray of bool
        Classes of plants, with equal weights.
    rates : sequence of float
        Rates of chance texts per million words. A rate that chance does not reach, or that so few
        texts cannot resolve, gives no point.

    Returns
    -------
    list of (float, float)
        Chance texts per million words and mean recall. Between two thresholds with the same number
        of chance texts recall rises: both ends are included.
    """
    counts = {int(rate * result.millions) for rate in rates}
    points = []
    for count in sorted(count for count in counts if 0 < count < len(result.chance)):
        last, next_one = result.chance[count - 1 : count + 1].tolist()
        for threshold in (last, float(np.nextafter(next_one, np.inf))):
            rate = result.chance_rate(threshold)
            points.append((rate, mean_recall(result.found, threshold, classes)))
    return sorted(set(points))
