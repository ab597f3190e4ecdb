"""Upper ends of shares: what was found, with what may have been missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.random import default_rng

from provenance.match.estimation.conditions import APPEARANCES, length_classes
from provenance.match.estimation.intervals import NO_COPY_FOUND, UpperEnd
from provenance.match.estimation.missed_copies import (
    PlantCounts,
    RecallTable,
    draw_missed_copies,
)
from provenance.match.scoring.evalue import least_reported_odds
from provenance.model.content.fingerprints import Floats, Int64s
from provenance.model.results.calibration import LENGTHS
from provenance.model.rules.policy import Unit
from provenance.pipeline.findings.finding_appearances import FindingAppearances
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.read.shipped_plants import load_shipped_plants

_UPPER_PERCENTILE = 97.5


def shipped_counts(registries: Sequence[RegistryIndex]) -> PlantCounts:
    """Return the plants of the shipped detector, found at the threshold of some registries.

    The more words the registries have, the stronger a match must be, and the more copies are
    missed. The highest of the registries' thresholds counts.
    """
    return PlantCounts.of(load_shipped_plants(), least_odds(registries))


def least_odds(registries: Sequence[RegistryIndex]) -> float:
    """Return the log-odds from which matches with any of some registries are reported."""
    size = sum(each.size for each in registries)
    return max(
        least_reported_odds(each.index.arrays.chance, size, each.index.threshold)
        for each in registries
    )


class FindingRecall(Protocol):
    """The recall with which findings of a check were found."""

    def table(self, findings: Int64s) -> RecallTable:
        """Return the recall of copies such as some of the findings."""


@dataclass(frozen=True, slots=True)
class ShippedRecall:
    """The recall that was measured with the shipped detector: one for all findings."""

    recall: RecallTable

    def table(self, findings: Int64s) -> RecallTable:  # noqa: ARG002 (the same for all)
        """Return the recall."""
        return self.recall


@dataclass(frozen=True, slots=True)
class MissedFindings:
    """Estimates what was missed beside some findings of a check.

    Parameters
    ----------
    recall : FindingRecall
        Recall at the threshold of the check.
    lengths : ndarray of int64, shape (n,)
        Class of length of the item of each finding of the check.
    appearances : ndarray of int64, shape (n,)
        Appearance of each; -1 where none can be missed, as addresses cannot.
    tokens : ndarray of int64, shape (n,)
        Size of each.
    none_found : UpperEnd
        What there may be if nothing was found.
    """

    recall: FindingRecall
    lengths: Int64s
    appearances: Int64s
    tokens: Int64s
    none_found: UpperEnd = NO_COPY_FOUND

    @classmethod
    def of(
        cls, recall: FindingRecall, appearances: FindingAppearances, tokens: Int64s
    ) -> "MissedFindings":
        """Return the estimator for all findings of a check."""
        lengths = length_classes(appearances.lengths)
        # Items too short to be distinguished from chance say nothing about missed ones.
        best = recall.table(np.arange(len(lengths))).recall.max(axis=(0, 2))
        is_visible = (best[lengths] > 0) & (lengths > 0)
        return cls(recall, lengths, np.where(is_visible, appearances.appearances, -1), tokens)

    def upper_ends(self, findings: Int64s, documents: Int64s) -> dict[Unit, UpperEnd]:
        """Return how much more there may be than was found, in every unit.

        Parameters
        ----------
        findings : ndarray of int64
            Some of the findings.
        documents : ndarray of int64
            Those that stand for their documents, one for each.
        """
        tokens, documents_found = float(self.tokens[findings].sum()), len(documents)
        findings = findings[self.appearances[findings] >= 0]
        documents = documents[self.appearances[documents] >= 0]
        if not len(findings):
            return dict.fromkeys(Unit, self.none_found)
        table = self.recall.table(findings)
        missed = self._draw(table, findings)
        by_token = _upper_end(tokens, (missed * table.tokens).sum(axis=(1, 2)))
        if 0 < len(documents) != len(findings):
            missed = self._draw(table, documents)
        by_document = _upper_end(documents_found, missed.sum(axis=(1, 2)))
        return {Unit.DOCUMENTS: by_document, Unit.TOKENS: by_token, Unit.BYTES: by_token}

    def _draw(self, table: RecallTable, findings: Int64s) -> Int64s:
        cells = self.lengths[findings] * APPEARANCES + self.appearances[findings]
        counts = np.bincount(cells, minlength=len(LENGTHS) * APPEARANCES)
        # The same findings have the same interval, whatever else is reported.
        return draw_missed_copies(table, counts.reshape(len(LENGTHS), APPEARANCES), default_rng(0))


def _upper_end(found: float, missed: Floats | Int64s) -> UpperEnd:
    """Return the upper end, rounded up so that it is the same on all machines."""
    ratio = 1 + np.percentile(missed, _UPPER_PERCENTILE) / found
    mean = 1 + missed.mean() / found
    return UpperEnd(float(np.ceil(1000 * ratio) / 1000), mean_ratio=round(float(mean), 3))
