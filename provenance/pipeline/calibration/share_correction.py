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
from provenance.pipeline.calibration.recall import span_conditions, span_item_lengths
from provenance.pipeline.findings.finding_table import FindingSet
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.scan.readings import Counts, RegistryIndex

_DRAWS = 400
_SPAN_COLUMNS = [
    *("registry", "number", "claim"),
    *("document_number", "span_tokens", "byte_start", "byte_end"),
]
"""Columns of spans that a correction needs."""


@dataclass(frozen=True, slots=True)
class ObservedFindings:
    """Findings of a check, as a correction needs them.

    Parameters
    ----------
    sources : sequence of str
        Source of each.
    lengths, conditions : ndarray of int64, shape (n,)
        Tokens of the item, and `span_conditions`.
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
    def of(
        cls, found: FindingSet, claims: Claims, registries: Sequence[RegistryIndex]
    ) -> "ObservedFindings":
        """Return the observations of a check's findings, in the order of `found.findings`."""
        own = found.spans.select(_SPAN_COLUMNS).take(pa.array(found.finding_rows))
        return cls(
            found.findings["source"].to_pylist(),
            span_item_lengths(own, registries),
            span_conditions(own, claims, registries),
            own["document_number"].to_numpy(),
            own["span_tokens"].to_numpy(),
            own["byte_end"].to_numpy() - own["byte_start"].to_numpy(),
            found.chance_probabilities,
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
            findings = self._surest(findings)
            sizes = np.ones(len(findings))
        else:
            sizes = getattr(self.observed, str(unit))[findings].astype(np.float64)
        sightings = FindingObservations(
            self.sources[findings],
            length_classes(self.observed.lengths[findings]),
            self.observed.conditions[findings],
            sizes,
            self.observed.chances[findings] / max(float(self.observed.chances.sum()), 1e-300),
        )
        if self.sample is not None:
            places = self.sample.places(self.observed.documents[findings])
            return correct_sampled_share(self.estimates, sightings, places, place, self.sample)
        total = getattr(self.counts, str(unit))
        return correct_share(self.estimates, sightings, place, total, self.counts.documents)

    def _surest(self, findings: Int64s) -> Int64s:
        """Choose one finding per document: the one with the smallest weight of missed ones."""
        lengths, looks = (
            length_classes(self.observed.lengths[findings]),
            self.observed.conditions[findings],
        )
        known = self.estimates.weights[0][self.sources[findings], lengths, looks]
        weights = np.where(looks >= 0, known, 1.0)
        documents = self.observed.documents[findings]
        order = np.lexsort((self.observed.chances[findings], weights, documents))
        firsts = np.unique(documents[order], return_index=True)[1]
        return np.asarray(findings[order[firsts]])


def build_share_corrector(
    calibration: Calibration,
    seen: ObservedFindings,
    counts: Counts,
    sampled: BootstrapSample | None = None,
) -> ShareCorrector:
    """Fit the correction to a check's findings.

    Parameters
    ----------
    calibration : Calibration
        A calibration for this check: see `check_calibration`.
    seen : ObservedFindings
        All findings.
    counts : Counts
        Size of the corpus.
    sampled : BootstrapSample or None
        The sampled documents, where the corpus was sampled.
    """
    # Items too short to be detected say nothing about missed ones.
    attributable = seen.lengths >= LENGTHS[1].least
    seen = replace(seen, conditions=np.where(attributable, seen.conditions, -1))
    dice = default_rng(0)
    false = _false_finding_draws(calibration, seen, counts, dice)
    numbers = _number_sources(calibration.plants)
    sources = np.array([numbers.get(source, 0) for source in seen.sources], np.int64)
    planted = _planted_counts(calibration.plants, numbers)
    learnt = fit_correction(
        planted, _contingency_table(seen, sources, len(numbers) + 1), false, dice
    )
    return ShareCorrector(seen, counts, learnt, sources, sampled)


def _contingency_table(seen: ObservedFindings, sources: Int64s, count: int) -> Floats:
    """Count findings by source, length and condition."""
    shape = count, len(LENGTHS), APPEARANCES
    known = seen.conditions >= 0
    places = sources[known], length_classes(seen.lengths[known]), seen.conditions[known]
    cells = np.ravel_multi_index(places, shape)
    return np.bincount(cells, minlength=int(np.prod(shape))).astype(np.float64).reshape(shape)


def _number_sources(plants: pa.Table) -> dict[str, int]:
    """Return numbers of the sources, from 1, if there are several: their recall may differ."""
    names = sorted(set(plants["source"].to_pylist()))
    return {source: number for number, source in enumerate(names, 1)} if len(names) > 1 else {}


def _planted_counts(plants: pa.Table, sources: dict[str, int]) -> PlantedItems:
    families, places = plants["family"].to_pylist(), plants["place"].to_pylist()
    named = [(family, place == "row") for family, place in zip(families, places, strict=True)]
    numbers = {condition: place for place, condition in enumerate(sorted(set(named)))}
    found = plants["found"].to_numpy().astype(np.float64)
    masses = [np.ones(len(plants)), plants["tokens"].to_numpy(), plants["bytes"].to_numpy()]
    covered = [found, plants["found_tokens"].to_numpy(), plants["found_bytes"].to_numpy()]
    return PlantedItems(
        np.array([sources.get(source, 0) for source in plants["source"].to_pylist()], np.int64),
        length_classes(plants["item_tokens"].to_numpy()),
        np.array([numbers[condition] for condition in named], np.int64),
        plants["look"].to_numpy(),
        np.array(masses, np.float64),
        np.array(covered, np.float64),
    )


def _false_finding_draws(
    calibration: Calibration, seen: ObservedFindings, counts: Counts, dice: np.random.Generator
) -> FalseFindings:
    """Draw the number of false findings: as measured, else from their strengths."""
    rate = calibration.false
    if rate.basis is None or not rate.read:
        expected = float(seen.chances.sum())
        # Unmeasured: the number may as well be zero, or twice as large, or more.
        return FalseFindings(expected, expected * dice.standard_exponential(_DRAWS))
    clean = max(counts.tokens - int(seen.tokens.sum()), 0) * rate.scale / rate.read
    most = float(len(seen.chances))
    drawn = dice.standard_gamma(rate.findings + 0.5, _DRAWS) * clean
    return FalseFindings(min(rate.findings * clean, most), np.minimum(drawn, most))
