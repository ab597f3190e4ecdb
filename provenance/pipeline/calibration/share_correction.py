"""Shares of a check, corrected by a calibration that was made for it."""

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
from provenance.model import LENGTHS, Calibration, Corrected, Floats, Int64s, Unit
from provenance.pipeline.calibration.recall import span_lengths, span_looks
from provenance.pipeline.findings.finding_table import Found
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.scan.readings import Counts, Opened

_DRAWS = 400
_LOOKED_AT = [
    *("registry", "number", "claim"),
    *("document_number", "span_tokens", "byte_start", "byte_end"),
]
"""Columns of spans."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All findings of a check, as far as a correction looks at them.

    Parameters
    ----------
    sources : sequence of str
        Whose each is.
    lengths, looks : ndarray of int64, shape (n,)
        Tokens of the item, and `recalls.span_looks`.
    documents : ndarray of int64, shape (n,)
        Where each stands.
    tokens, bytes : ndarray of int64, shape (n,)
        What each covers.
    chances : ndarray of float64, shape (n,)
        Probability that each is no copy, by its strength alone.
    """

    sources: Sequence[str]
    lengths: Int64s
    looks: Int64s
    documents: Int64s
    tokens: Int64s
    bytes: Int64s
    chances: Floats

    @classmethod
    def of(cls, found: Found, claims: Claims, registries: Sequence[Opened]) -> "Seen":
        """Look at the findings of a check, in the order of `found.findings`."""
        own = found.spans.select(_LOOKED_AT).take(pa.array(found.chosen))
        return cls(
            found.findings["source"].to_pylist(),
            span_lengths(own, registries),
            span_looks(own, claims, registries),
            own["document_number"].to_numpy(),
            own["span_tokens"].to_numpy(),
            own["byte_end"].to_numpy() - own["byte_start"].to_numpy(),
            found.chances,
        )


@dataclass(frozen=True, slots=True)
class Correcting:
    """Corrects the share of any findings of a check.

    Parameters
    ----------
    seen : Seen
        All findings.
    counts : Counts
        All that was looked at.
    learnt : Correction
        What findings stand for.
    sources : ndarray of int64, shape (n,)
        Number of each finding's source, as it was learnt with.
    sampled : Resampled or None
        The documents that were looked at, where these are a sample of the corpus.
    """

    seen: Seen
    counts: Counts
    learnt: RecallCorrection
    sources: Int64s
    sampled: BootstrapSample | None

    def of(self, findings: Int64s, unit: Unit) -> Corrected:
        """Correct the share that some findings make up, in a unit.

        Findings count here whether or not they are contested, as they do in the share itself: who
        else holds a passage says nothing of how many like it were missed. A document counts once.
        """
        place = list(Unit).index(unit)
        if unit is Unit.DOCUMENTS:
            findings = self._surest(findings)
            sizes = np.ones(len(findings))
        else:
            sizes = getattr(self.seen, str(unit))[findings].astype(np.float64)
        sightings = FindingObservations(
            self.sources[findings],
            length_classes(self.seen.lengths[findings]),
            self.seen.looks[findings],
            sizes,
            self.seen.chances[findings] / max(float(self.seen.chances.sum()), 1e-300),
        )
        if self.sampled is not None:
            places = self.sampled.places(self.seen.documents[findings])
            return correct_sampled_share(self.learnt, sightings, places, place, self.sampled)
        total = getattr(self.counts, str(unit))
        return correct_share(self.learnt, sightings, place, total, self.counts.documents)

    def _surest(self, findings: Int64s) -> Int64s:
        """Choose one finding a document: the one that stands for the fewest that were missed."""
        lengths, looks = length_classes(self.seen.lengths[findings]), self.seen.looks[findings]
        known = self.learnt.weights[0][self.sources[findings], lengths, looks]
        weights = np.where(looks >= 0, known, 1.0)
        documents = self.seen.documents[findings]
        order = np.lexsort((self.seen.chances[findings], weights, documents))
        firsts = np.unique(documents[order], return_index=True)[1]
        return np.asarray(findings[order[firsts]])


def correcting(
    calibration: Calibration, seen: Seen, counts: Counts, sampled: BootstrapSample | None = None
) -> Correcting:
    """Make a check's findings ready to be corrected.

    Parameters
    ----------
    calibration : Calibration
        Made for it: see `fitting.check_fit`.
    seen : Seen
        All findings.
    counts : Counts
        All that was looked at.
    sampled : Resampled or None
        The documents that were looked at, where these are a sample of the corpus.
    """
    # What is too short to be told from chance is no measure of what was missed.
    attributable = seen.lengths >= LENGTHS[1].least
    seen = replace(seen, looks=np.where(attributable, seen.looks, -1))
    dice = default_rng(0)
    false = _falsehood(calibration, seen, counts, dice)
    numbers = _numbered(calibration.plants)
    sources = np.array([numbers.get(source, 0) for source in seen.sources], np.int64)
    planted = _planted(calibration.plants, numbers)
    learnt = fit_correction(planted, _table(seen, sources, len(numbers) + 1), false, dice)
    return Correcting(seen, counts, learnt, sources, sampled)


def _table(seen: Seen, sources: Int64s, count: int) -> Floats:
    """Count findings, by their sources, lengths and looks."""
    shape = count, len(LENGTHS), APPEARANCES
    known = seen.looks >= 0
    places = sources[known], length_classes(seen.lengths[known]), seen.looks[known]
    cells = np.ravel_multi_index(places, shape)
    return np.bincount(cells, minlength=int(np.prod(shape))).astype(np.float64).reshape(shape)


def _numbered(plants: pa.Table) -> dict[str, int]:
    """Give numbers, from 1 on, to sources that may be harder to tell than others."""
    names = sorted(set(plants["source"].to_pylist()))
    return {source: number for number, source in enumerate(names, 1)} if len(names) > 1 else {}


def _planted(plants: pa.Table, sources: dict[str, int]) -> PlantedItems:
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


def _falsehood(
    calibration: Calibration, seen: Seen, counts: Counts, dice: np.random.Generator
) -> FalseFindings:
    """Tell how many findings are none: as measured, else as their strengths say."""
    rate = calibration.false
    if rate.basis is None or not rate.read:
        expected = float(seen.chances.sum())
        # Nobody measured it: it may as well be none, or twice as many, or more.
        return FalseFindings(expected, expected * dice.standard_exponential(_DRAWS))
    clean = max(counts.tokens - int(seen.tokens.sum()), 0) * rate.scale / rate.read
    most = float(len(seen.chances))
    drawn = dice.standard_gamma(rate.findings + 0.5, _DRAWS) * clean
    return FalseFindings(min(rate.findings * clean, most), np.minimum(drawn, most))
