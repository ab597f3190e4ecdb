"""Controls: registries of items that cannot be in the corpus, whose matches are chance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from provenance.errors import RegistryError
from provenance.match.estimation.intervals import poisson_interval, wilson_interval
from provenance.model.content.fingerprints import Flags, UInt64s
from provenance.model.results.control import Control, Rate
from provenance.pipeline.calibration.false_positives import (
    MatchCounts,
    chance_scale,
    false_positive_rate,
)
from provenance.pipeline.exchange.remote_registries import open_named_registry
from provenance.pipeline.locate.claims import Claims, attribute_claims
from provenance.pipeline.scan.corpus_modelling import ScoringModel
from provenance.pipeline.scan.readings import (
    Reading,
    RegistryIndex,
    build_registry_indexes,
    document_numbers,
)
from provenance.registry.items.item_copies import sequence_hashes

_MAX_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class ControlIndex:
    """A control, ready to be matched against.

    Parameters
    ----------
    index : RegistryIndex
        Its index.
    shared : ndarray of bool, shape (items,)
        Items whose words an item of the registries has too, which may be in the corpus.
    """

    index: RegistryIndex
    shared: Flags

    @property
    def distinct(self) -> Flags:
        """Mask of the items that are not empty and have no earlier copy."""
        arrays = self.index.index.arrays
        is_distinct = np.zeros(len(arrays.first), np.bool_)
        is_distinct[arrays.firsts] = True
        return np.asarray(is_distinct & (np.diff(arrays.token_offsets) > 0))


def open_control(
    path: str, registries: Sequence[RegistryIndex], trust: str | None = None
) -> ControlIndex:
    """Open a control.

    Parameters
    ----------
    path : str
        The registry.
    registries : sequence of RegistryIndex
        The registries that a corpus is matched against.
    trust : str or None
        File with the keys that must have signed it; None accepts any.

    Raises
    ------
    RegistryError
        If most of its items are items of the registries, so that it would measure copies.
    """
    (registry_index,) = build_registry_indexes(
        [open_named_registry(path, trust=trust)], threshold=registries[0].index.threshold
    )
    registry_hashes = np.concatenate([_item_hash_set(registry) for registry in registries])
    control = ControlIndex(
        registry_index, np.isin(_item_hash_set(registry_index), registry_hashes, kind="sort")
    )
    shared_items, distinct_items = (
        int((control.shared & control.distinct).sum()),
        int(control.distinct.sum()),
    )
    if shared_items > _MAX_SHARED * distinct_items or not distinct_items:
        raise RegistryError(
            f"the control {path} holds {distinct_items:,} different items, of which "
            f"{shared_items:,} have the same words as items of the registries: these matches may "
            "be real copies",
            remedy="name a registry of items that cannot be in the corpus, such as posts written "
            "after it was collected",
        )
    return control


@dataclass(frozen=True, slots=True)
class ControlCounts:
    """Matches of a control in a part of a corpus.

    Parameters
    ----------
    matches : MatchCounts
        Those that match better than any item of the registries in the same place.
    outcompeted : int
        Number of the others.
    """

    matches: MatchCounts
    outcompeted: int

    def __add__(self, other: "ControlCounts") -> "ControlCounts":
        """Return the counts of two parts of a corpus."""
        return ControlCounts(self.matches + other.matches, self.outcompeted + other.outcompeted)


NO_CONTROL_COUNTS = ControlCounts(MatchCounts(), 0)
"""Where nothing was found, or there is no control."""


def count_control_matches(
    control: ControlIndex, readings: Sequence[Reading], model: ScoringModel, registry_claims: Claims
) -> ControlCounts:
    """Count the matches of a control in some parts of a corpus.

    Parameters
    ----------
    control : ControlIndex
        Matched in the same reading, after the registries.
    readings : sequence of Reading
        Of the parts.
    model : ScoringModel
        The model of the corpus, for the control.
    registry_claims : Claims
        Claims of the registries on the same parts.

    Notes
    -----
    Passages of the control are scored and attributed like those of the registries, on their own.
    Only those count that match better than a registry's item in the same place (Elias and Gygi,
    "Target-decoy search strategy", 2007): where an item occurs, near-copies among later posts are
    found too, but match no better; a text that both quote is matched equally well by either.
    """
    place = len(readings[0].candidates) - 1
    control_readings = [
        _drop_shared(reading.select_registries(place, place + 1), control.shared)
        for reading in readings
    ]
    claims = attribute_claims(control_readings, [control.index], model)
    is_outcompeted = claims.chosen & _outcompeted_mask(claims, registry_claims)
    claims = replace(claims, chosen=claims.chosen & ~is_outcompeted)
    matches = MatchCounts.of(claims, document_numbers(readings))
    return ControlCounts(matches, int(is_outcompeted.sum()))


def measure_control(
    control: ControlIndex,
    counts: ControlCounts,
    registries: Sequence[RegistryIndex],
    tokens: int,
    findings: pa.Table,
) -> Control:
    """Estimate how many findings are chance matches.

    Parameters
    ----------
    control : ControlIndex
        The control.
    counts : ControlCounts
        Its matches in the corpus.
    registries : sequence of RegistryIndex
        Registries of the findings.
    tokens : int
        Tokens of the corpus.
    findings : pyarrow.Table
        Findings of the registries, of schema `FINDINGS`.

    Notes
    -----
    The number has a Poisson interval, and is scaled to the size of the registries.
    """
    shared = int((control.shared & control.distinct).sum())
    lengths = np.diff(control.index.index.arrays.token_offsets)
    omitted_tokens = int(lengths[control.shared & control.distinct].sum())
    scale = chance_scale(registries, [control.index], omitted_tokens)
    rate = false_positive_rate("control", counts.matches, tokens, scale)
    expected = _scale_rate(_count_interval(rate.findings), scale)
    expected_documents = _scale_rate(_count_interval(rate.documents), scale)
    million = 1e6 / rate.read
    content_findings = int(np.count_nonzero(findings["evidence"].to_numpy() == "content"))
    return Control(
        registry=control.index.registry.summary(),
        shared=shared,
        outdone=counts.outcompeted,
        scale=scale,
        passages=rate.findings,
        documents=rate.documents,
        passages_per_million=_scale_rate(expected, million),
        documents_per_million=_scale_rate(expected_documents, million),
        findings=content_findings,
        expected=expected,
        false_discovery=_false_discovery_rate(rate.findings, content_findings, scale),
    )


def _item_hash_set(registry_index: RegistryIndex) -> UInt64s:
    return sequence_hashes(
        registry_index.index.arrays.tokens, registry_index.index.arrays.token_offsets
    )


def _drop_shared(reading: Reading, shared: Flags) -> Reading:
    (candidates,) = reading.candidates
    rows = np.flatnonzero(~shared[candidates.items])
    return replace(reading, candidates=(candidates.take(rows),))


def _outcompeted_mask(control_claims: Claims, registry_claims: Claims) -> Flags:
    """Return the passages of which others claim half, with at least as many matched tokens.

    Strengths are not comparable across registries: each knows its own phrases best.
    """
    is_outcompeted = np.zeros(len(control_claims), bool)
    texts, matched = registry_claims.candidates.texts, registry_claims.candidates.matched
    passage_matched = control_claims.candidates.matched
    for row in np.flatnonzero(control_claims.chosen).tolist():
        text = control_claims.candidates.texts[row]
        rivals = slice(*np.searchsorted(texts, [text, text + 1]))
        overlap = (
            np.minimum(registry_claims.lasts[rivals], control_claims.lasts[row])
            - np.maximum(registry_claims.firsts[rivals], control_claims.firsts[row])
            + 1
        )
        is_half = 2 * overlap >= control_claims.lasts[row] - control_claims.firsts[row] + 1
        is_better = matched[rivals] >= passage_matched[row]
        is_outcompeted[row] = (is_half & is_better).any()
    return is_outcompeted


def _count_interval(count: int) -> Rate:
    return Rate(count, *poisson_interval(count))


def _scale_rate(rate: Rate, factor: float) -> Rate:
    return Rate(rate.value * factor, rate.low * factor, rate.high * factor)


def _false_discovery_rate(passages: int, findings: int, scale: float) -> Rate | None:
    """Return the share of findings that may be chance, at most 1.

    Both counts are small, so that the proportion of the one in both has Wilson's interval.
    """
    if not findings:
        return None
    low, high = wilson_interval(passages, passages + findings)
    value = min(scale * passages / findings, 1.0)
    return Rate(value, _scaled_ratio(low, scale), max(value, _scaled_ratio(high, scale)))


def _scaled_ratio(part: float, scale: float) -> float:
    """Convert a proportion of both counts to their ratio, scaled, at most 1."""
    return min(scale * part / (1 - part), 1.0) if part < 1 else 1.0
