"""How findings compare to their items: the length of the item, and the appearance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.match.estimation.conditions import NEAR_DUPLICATE_APPEARANCE, appearance_classes
from provenance.model.content.fingerprints import Int64s
from provenance.pipeline.locate.claims import Claims, item_lengths
from provenance.pipeline.scan.readings import RegistryIndex

_COLUMNS = ["registry", "number", "claim"]
"""Columns of spans that the appearance of a finding depends on."""


@dataclass(frozen=True, slots=True)
class FindingAppearances:
    """How findings compare to their items.

    Parameters
    ----------
    lengths : ndarray of int64, shape (n,)
        Tokens of the item; 0 where the finding has none.
    appearances : ndarray of int64, shape (n,)
        Appearance of the finding (`span_appearances`).
    """

    lengths: Int64s
    appearances: Int64s

    @classmethod
    def of(
        cls,
        spans: pa.Table,
        finding_rows: Int64s,
        claims: Claims,
        registries: Sequence[RegistryIndex],
    ) -> "FindingAppearances":
        """Return the appearances of some spans of schema `SPANS`."""
        findings = spans.select(_COLUMNS).take(pa.array(finding_rows))
        return cls(
            span_item_lengths(findings, registries), span_appearances(findings, claims, registries)
        )

    def take(self, rows: Int64s) -> "FindingAppearances":
        """Return those of some findings."""
        return FindingAppearances(self.lengths[rows], self.appearances[rows])


def concatenate_appearances(parts: Sequence[FindingAppearances]) -> FindingAppearances:
    """Return the appearances of the findings of several parts of a corpus."""
    return FindingAppearances(
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.appearances for part in parts]),
    )


def span_appearances(
    spans: pa.Table, claims: Claims, registries: Sequence[RegistryIndex]
) -> Int64s:
    """Return the appearance of each span (`appearance_classes`); -1 if it names only a source.

    Parameters
    ----------
    spans : pyarrow.Table
        Columns `registry`, `number` and `claim` of `SPANS`.
    claims : Claims
        The claims that they locate.
    registries : sequence of RegistryIndex
        Registries of the items.
    """
    numbers = spans["claim"].to_numpy()
    appearances = np.where(spans["number"].to_numpy() >= 0, NEAR_DUPLICATE_APPEARANCE, -1).astype(
        np.int64
    )
    rows = np.flatnonzero(numbers >= 0)
    candidates = claims.candidates.take(numbers[rows])
    appearances[rows] = appearance_classes(candidates, span_item_lengths(spans, registries)[rows])
    return appearances


def span_item_lengths(spans: pa.Table, registries: Sequence[RegistryIndex]) -> Int64s:
    """Return the tokens of the item of each span; 0 where it has none."""
    owners, numbers = spans["registry"].to_numpy(), spans["number"].to_numpy()
    return item_lengths(np.where(numbers >= 0, owners, -1), numbers, registries)
