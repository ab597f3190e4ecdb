"""Correct the shares of a check with its calibration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.random import default_rng

from provenance.match.estimation.bootstrap import BootstrapSample
from provenance.match.estimation.conditions import APPEARANCES, length_classes
from provenance.match.estimation.em_mixture import PlantedItems
from provenance.match.estimation.recall_correction import (
    FalseFindings,
    FindingObservations,
    RecallCorrection,
    correct_sampled_share,
    correct_share,
    fit_correction,
)
from provenance.model import LENGTHS, Calibration, CorrectedShare, Floats, Int64s, Unit
from provenance.pipeline.findings.finding_table import FindingSet
from provenance.pipeline.scan.readings import Counts

_DRAWS = 400


@dataclass(frozen=True, slots=True)
class ObservedFindings:
    """Findings of a check, as a correction needs them.

    Parameters
    ----------
    sources : sequence of str
        Source of each.
    lengths, conditions : ndarray of int64, shape (n,)
        Tokens of the item, and appearance of the finding (`FindingAppearances`).
    documents : ndarray of int64, shape (n,)
        Document of each.
    tokens, bytes : ndarray of int64, shape (n,)
        Size of each.
    chances : ndarray of float64, shape (n,)
        Probability that each is a chance match, from its strength alone.
    """

    sources: Sequence[str]
    lengths: Int64s
    conditions: Int64s
    documents: Int64s
    tokens: Int64s
    bytes: Int64s
    chances: Floats

    @classmethod
    def of(cls, finding_set: FindingSet) -> "ObservedFindings":
        """Return the observations of all findings of a check."""
        sizes = finding_set.spans.take(pa.array(finding_set.finding_rows))
        return cls(
            finding_set.findings["source"].to_pylist(),
            finding_set.appearances.lengths,
            finding_set.appearances.appearances,
            sizes["document_number"].to_numpy(),
            sizes["span_tokens"].to_numpy(),
            sizes["byte_end"].to_numpy() - sizes["byte_start"].to_numpy(),
            finding_set.chance_probabilities,
        )


@dataclass(frozen=True, slots=True)
class ShareCorrector:
    """Corrects the share of any findings of a check.

    Parameters
    ----------
    observed : ObservedFindings
        All findings.
    counts : Counts
        Size of the corpus.
    estimates : RecallCorrection
        The fitted correction.
    sources : ndarray of int64, shape (n,)
        Number of each finding's source in the correction.
    sample : BootstrapSample or None
        The sampled documents, where the corpus was sampled.
    """

    observed: ObservedFindings
    counts: Counts
    estimates: RecallCorrection
    sources: Int64s
    sample: BootstrapSample | None

    def of(self, findings: Int64s, unit: Unit) -> CorrectedShare:
        """Correct the share of some findings in a unit.

        Contested findings count as they do in the share itself: other holders of a passage say
        nothing about how many like it were missed. A document counts once.
        """
        place = list(Unit).index(unit)
        if unit is Unit.DOCUMENTS:
            findings = self._one_per_document(findings)
            sizes = np.ones(len(findings))
        else:
            sizes = getattr(self.observed, str(unit))[findings].astype(np.float64)
        observations = FindingObservations(
            self.sources[findings],
            length_classes(self.observed.lengths[findings]),
            self.observed.conditions[findings],
            sizes,
            self.observed.chances[findings] / max(float(self.observed.chances.sum()), 1e-300),
        )
        if self.sample is not None:
            places = self.sample.places(self.observed.documents[findings])
            return correct_sampled_share(self.estimates, observations, places, place, self.sample)
        total = getattr(self.counts, str(unit))
        return correct_share(self.estimates, observations, place, total, self.counts.documents)

    def _one_per_document(self, findings: Int64s) -> Int64s:
        """Choose one finding per document: the one with the smallest weight of missed ones."""
        lengths, conditions = (
            length_classes(self.observed.lengths[findings]),
            self.observed.conditions[findings],
        )
        missed_weights = self.estimates.weights[0][self.sources[findings], lengths, conditions]
        weights = np.where(conditions >= 0, missed_weights, 1.0)
        documents = self.observed.documents[findings]
        order = np.lexsort((self.observed.chances[findings], weights, documents))
        firsts = np.unique(documents[order], return_index=True)[1]
        return np.asarray(findings[order[firsts]])


def build_share_corrector(
    calibration: Calibration,
    observed: ObservedFindings,
    counts: Counts,
    sample: BootstrapSample | None = None,
) -> ShareCorrector:
    """Fit the correction to a check's findings.

    Parameters
    ----------
    calibration : Calibration
        A calibration for this check: see `check_calibration`.
    observed : ObservedFindings
        All findings.
    counts : Counts
        Size of the corpus.
    sample : BootstrapSample or None
        The sampled documents, where the corpus was sampled.
    """
    # Items too short to be detected say nothing about missed ones.
    is_detectable = observed.lengths >= LENGTHS[1].min_tokens
    observed = replace(observed, conditions=np.where(is_detectable, observed.conditions, -1))
    random = default_rng(0)
    false = _false_finding_draws(calibration, observed, counts, random)
    numbers = _number_sources(calibration.plants)
    sources = np.array([numbers.get(source, 0) for source in observed.sources], np.int64)
    planted = _planted_counts(calibration.plants, numbers)
    correction = fit_correction(
        planted, _contingency_table(observed, sources, len(numbers) + 1), false, random
    )
    return ShareCorrector(observed, counts, correction, sources, sample)


def _contingency_table(observed: ObservedFindings, sources: Int64s, count: int) -> Floats:
    """Count findings by source, length and appearance."""
    shape = count, len(LENGTHS), APPEARANCES
    has_condition = observed.conditions >= 0
    indices = (
        sources[has_condition],
        length_classes(observed.lengths[has_condition]),
        observed.conditions[has_condition],
    )
    cells = np.ravel_multi_index(indices, shape)
    return np.bincount(cells, minlength=int(np.prod(shape))).astype(np.float64).reshape(shape)


def _number_sources(plants: pa.Table) -> dict[str, int]:
    """Return numbers of the sources, from 1, if there are several: their recall may differ."""
    names = sorted(set(plants["source"].to_pylist()))
    return {source: number for number, source in enumerate(names, 1)} if len(names) > 1 else {}


def _planted_counts(plants: pa.Table, sources: dict[str, int]) -> PlantedItems:
    families, places = plants["family"].to_pylist(), plants["place"].to_pylist()
    conditions = [
        (family, number == "row") for family, number in zip(families, places, strict=True)
    ]
    numbers = {condition: number for number, condition in enumerate(sorted(set(conditions)))}
    is_found = plants["found"].to_numpy().astype(np.float64)
    sizes = [np.ones(len(plants)), plants["tokens"].to_numpy(), plants["bytes"].to_numpy()]
    found_sizes = [is_found, plants["found_tokens"].to_numpy(), plants["found_bytes"].to_numpy()]
    return PlantedItems(
        np.array([sources.get(source, 0) for source in plants["source"].to_pylist()], np.int64),
        length_classes(plants["item_tokens"].to_numpy()),
        np.array([numbers[condition] for condition in conditions], np.int64),
        plants["look"].to_numpy(),
        np.array(sizes, np.float64),
        np.array(found_sizes, np.float64),
    )


def _false_finding_draws(
    calibration: Calibration,
    observed: ObservedFindings,
    counts: Counts,
    random: np.random.Generator,
) -> FalseFindings:
    """Draw the number of false findings: as measured, else from their strengths."""
    rate = calibration.false
    if rate.basis is None or not rate.read:
        expected = float(observed.chances.sum())
        # Unmeasured: the number may as well be zero, or twice as large, or more.
        return FalseFindings(expected, expected * random.standard_exponential(_DRAWS))
    exposure = max(counts.tokens - int(observed.tokens.sum()), 0) * rate.scale / rate.read
    limit = float(len(observed.chances))
    draws = random.standard_gamma(rate.findings + 0.5, _DRAWS) * exposure
    return FalseFindings(min(rate.findings * exposure, limit), np.minimum(draws, limit))
