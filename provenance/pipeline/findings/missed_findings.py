"""Upper ends of shares: what was found, with what may have been missed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng

from provenance.match.estimation.conditions import APPEARANCES, length_classes
from provenance.match.estimation.intervals import NO_COPY_FOUND, UpperEnd
from provenance.match.estimation.missed_copies import RecallTable, draw_missed_copies
from provenance.match.scoring.evalue import least_reported_odds
from provenance.model import LENGTHS, Floats, Int64s, Unit
from provenance.pipeline.findings.finding_appearances import FindingAppearances
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.read.shipped_plants import load_shipped_plants

_UPPER_PERCENTILE = 97.5


def check_recall(registries: Sequence[RegistryIndex]) -> RecallTable:
    """Return the shipped detector's recall at the threshold of a check with some registries.

    The more words the registries have, the stronger a match must be, and the more copies are
    missed. The highest of the registries' thresholds counts.
    """
    return RecallTable.of(load_shipped_plants(), least_odds(registries))


def least_odds(registries: Sequence[RegistryIndex]) -> float:
    """Return the log-odds from which matches with any of some registries are reported."""
    size = sum(each.size for each in registries)
    return max(
        least_reported_odds(each.index.arrays.chance, size, each.index.threshold)
        for each in registries
    )


@dataclass(frozen=True, slots=True)
class MissedFindings:
    """Estimates what was missed beside some findings of a check.

    Parameters
    ----------
    recall : RecallTable
        Recall at the threshold of the check.
    lengths : ndarray of int64, shape (n,)
        Class of length of the item of each finding of the check.
    appearances : ndarray of int64, shape (n,)
        Appearance of each; -1 where none can be missed, as addresses cannot.
    tokens : ndarray of int64, shape (n,)
        Size of each.
    """

    recall: RecallTable
    lengths: Int64s
    appearances: Int64s
    tokens: Int64s

    @classmethod
    def of(
        cls, recall: RecallTable, appearances: FindingAppearances, tokens: Int64s
    ) -> "MissedFindings":
        """Return the estimator for all findings of a check."""
        lengths = length_classes(appearances.lengths)
        # Items too short to be distinguished from chance say nothing about missed ones.
        is_visible = recall.recall.max(axis=1)[lengths] > 0
        is_visible &= lengths > 0
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
            return dict.fromkeys(Unit, NO_COPY_FOUND)
        missed = self._draw(findings)
        by_token = _upper_end(tokens, (missed * self.recall.tokens).sum(axis=(1, 2)))
        if 0 < len(documents) != len(findings):
            missed = self._draw(documents)
        by_document = _upper_end(documents_found, missed.sum(axis=(1, 2)))
        return {Unit.DOCUMENTS: by_document, Unit.TOKENS: by_token, Unit.BYTES: by_token}

    def _draw(self, findings: Int64s) -> Int64s:
        cells = self.lengths[findings] * APPEARANCES + self.appearances[findings]
        counts = np.bincount(cells, minlength=len(LENGTHS) * APPEARANCES)
        # The same findings have the same interval, whatever else is reported.
        return draw_missed_copies(
            self.recall, counts.reshape(len(LENGTHS), APPEARANCES), default_rng(0)
        )


def _upper_end(found: float, missed: Floats | Int64s) -> UpperEnd:
    """Return the upper end, rounded up so that it is the same on all machines."""
    ratio = 1 + np.percentile(missed, _UPPER_PERCENTILE) / found
    return UpperEnd(float(np.ceil(1000 * ratio) / 1000))
