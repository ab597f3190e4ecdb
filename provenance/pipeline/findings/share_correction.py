"""Correct the shares of a check with its calibration: recall and false findings as measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc
from numpy.random import default_rng

from provenance.match.estimation.conditions import APPEARANCES, length_classes
from provenance.match.estimation.intervals import ChanceProbabilities, poisson_interval
from provenance.match.estimation.missed_copies import PlantCounts, RecallTable
from provenance.model.content.fingerprints import Floats, Int64s
from provenance.model.results.calibration import LENGTHS, Calibration, FalseRate, PlantedOutcomes
from provenance.pipeline.findings.finding_table import FindingSet
from provenance.read.shipped_plants import load_shipped_plants

_MIN_COVERAGE_TOKENS = 1000.0
"""Tokens of plants that are taken to be covered as a whole, beside those that were planted."""


@dataclass(frozen=True, slots=True)
class CalibratedRecall:
    """Recall of planted items of the user's own registries, for findings of a check.

    Parameters
    ----------
    plants : PlantedOutcomes
        The planted items.
    plant_sources, finding_sources : ndarray of int64, shape (plants,), (findings,)
        Number of the source of each; -1 for sources of which nothing was planted.
    finding_lengths : ndarray of int64, shape (findings,)
        Class of length of each finding's item.
    shipped : PlantCounts
        Plants of the shipped detector at the threshold of the check, for lengths and edits of which
        little was planted here.
    """

    plants: PlantedOutcomes
    plant_sources: Int64s
    finding_sources: Int64s
    finding_lengths: Int64s
    shipped: PlantCounts

    @classmethod
    def of(
        cls,
        calibration: Calibration,
        shipped: PlantCounts,
        sources: Sequence[str],
        item_tokens: Int64s,
    ) -> "CalibratedRecall":
        """Return the recall for findings with items of some sources and lengths in tokens."""
        plant_sources = calibration.plants["source"].to_pylist()
        numbers = {name: number for number, name in enumerate(sorted(set(plant_sources)))}
        return cls(
            _planted_outcomes(calibration),
            np.array([numbers[name] for name in plant_sources], np.int64),
            np.array([numbers.get(name, -1) for name in sources], np.int64),
            length_classes(item_tokens),
            shipped,
        )

    def table(self, findings: Int64s) -> RecallTable:
        """Return the recall of copies such as some of the findings.

        Items of one source may be harder to find than those of another, so planted items count as
        often as items of their source and length are among the findings. What uneven weights cost
        in precision is taken off them (Kish's effective sample size).
        """
        counts = PlantCounts.of(self.plants, 0.0, self._weights(findings))
        # The same findings have the same recall, whatever else is reported.
        return RecallTable.draw(counts.filled_up(self.shipped), default_rng(0))

    @property
    def overall(self) -> float:
        """Share of all planted items that are found; 0 if nothing was planted."""
        return float((self.plants.appearances >= 0).mean()) if len(self.plants.lengths) else 0.0

    def _weights(self, findings: Int64s) -> Floats:
        count = int(self.plant_sources.max(initial=0)) + 1
        room = count * len(LENGTHS)
        of_known = findings[self.finding_sources[findings] >= 0]
        cells = self.finding_sources[of_known] * len(LENGTHS) + self.finding_lengths[of_known]
        plant_cells = self.plant_sources * len(LENGTHS) + self.plants.lengths
        planted = np.bincount(plant_cells, minlength=room).reshape(count, -1)
        found = np.bincount(cells, minlength=room).reshape(count, -1) * (planted > 0)
        # All plants of a length count alike if nothing of that length was found.
        found = np.where(found.sum(axis=0) > 0, found, planted)
        weights = found / np.maximum(planted, 1)
        weights *= (weights * planted).sum(axis=0) / np.maximum(
            (weights**2 * planted).sum(axis=0), 1e-300
        )
        return np.asarray(weights.ravel()[plant_cells], np.float64)


@dataclass(frozen=True, slots=True)
class ShareCorrector:
    """Recall, coverage and false findings of a calibration, applied to the findings of a check.

    Parameters
    ----------
    recall : CalibratedRecall
        Recall of copies such as the findings.
    coverage : ndarray of float64, shape (appearances,)
        Share of a planted item that its finding covers, by appearance.
    expected_false, most_false : float
        False findings expected in the corpus, and the upper end of their 95 % interval, in
        multiples of those that the strengths of the findings imply.
    """

    recall: CalibratedRecall
    coverage: Floats
    expected_false: float
    most_false: float

    def most_chances(self, chances: ChanceProbabilities) -> ChanceProbabilities:
        """Return how far findings may be chance matches at most, by what was measured."""
        return ChanceProbabilities(
            np.minimum(chances.possible * self.most_false, 1.0),
            np.minimum(chances.distributed * self.most_false, 1.0),
        )


def build_share_corrector(
    calibration: Calibration,
    shipped: PlantCounts,
    finding_set: FindingSet,
    corpus_tokens: int,
) -> ShareCorrector:
    """Apply a calibration to a check's findings.

    Parameters
    ----------
    calibration : Calibration
        A calibration for this check: see `check_calibration`.
    shipped : PlantCounts
        Plants of the shipped detector at the threshold of the check.
    finding_set : FindingSet
        All findings.
    corpus_tokens : int
        Tokens of the whole corpus.
    """
    findings, lengths = finding_set.findings, finding_set.appearances.lengths
    recall = CalibratedRecall.of(calibration, shipped, findings["source"].to_pylist(), lengths)
    searched = max(corpus_tokens - int(pc.sum(findings["tokens"]).as_py() or 0), 0)
    factors = _false_factors(
        calibration.false, searched, float(finding_set.chance_probabilities.sum())
    )
    return ShareCorrector(recall, _coverage(calibration), *factors)


def _planted_outcomes(calibration: Calibration) -> PlantedOutcomes:
    """Return the outcomes of the plants; conditions are numbered as the shipped ones, then more."""
    plants, shipped = calibration.plants, load_shipped_plants()
    is_row = [place == "row" for place in plants["place"].to_pylist()]
    keys = list(zip(plants["family"].to_pylist(), is_row, strict=True))
    known = list(shipped.condition_keys)
    known += sorted(set(keys) - set(known))
    numbers = {key: number for number, key in enumerate(known)}
    return replace(
        shipped,
        lengths=length_classes(plants["item_tokens"].to_numpy()),
        edits=np.zeros(len(plants), np.int64),
        conditions=np.array([numbers[key] for key in keys], np.int64),
        appearances=plants["look"].to_numpy(),
        odds=np.where(plants["look"].to_numpy() >= 0, np.inf, -np.inf),
        tokens=plants["tokens"].to_numpy().astype(np.float64),
        condition_keys=tuple(known),
    )


def _coverage(calibration: Calibration) -> Floats:
    """Return the share of planted items that their findings cover, by appearance."""
    plants = calibration.plants
    is_found = plants["look"].to_numpy() >= 0
    looks = plants["look"].to_numpy()[is_found]
    covered, planted = (
        np.bincount(looks, plants[name].to_numpy()[is_found], APPEARANCES) + _MIN_COVERAGE_TOKENS
        for name in ("found_tokens", "tokens")
    )
    return np.asarray(covered / planted)


def _false_factors(rate: FalseRate, searched: int, implied: float) -> tuple[float, float]:
    """Return the expected and the greatest number of false findings, over what strengths imply."""
    if rate.basis is None or not rate.read or not implied:
        return 1.0, 1.0
    exposure = searched * rate.scale / rate.read
    most = poisson_interval(rate.findings)[1]
    return rate.findings * exposure / implied, most * exposure / implied
