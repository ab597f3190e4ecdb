"""Controls: registries of items that cannot be in the corpus, whose matches are chance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.errors import RegistryError
from provenance.match.estimation.intervals import poisson_interval, wilson_interval
from provenance.model import Control, Flags, Rate, UInt64s
from provenance.pipeline.calibration.false_positives import chance_scale, false_positive_rate
from provenance.pipeline.calibration.standalone_texts import select_registries
from provenance.pipeline.locate.claims import Claims, attribute_claims
from provenance.pipeline.scan.readings import Reading, RegistryIndex, build_registry_indexes
from provenance.registry.build.deduplication import sequence_hashes
from provenance.registry.store import open_registry

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
        """Mask of the items that are not empty and the first with their words."""
        arrays = self.index.index.arrays
        is_first = arrays.first == np.arange(len(arrays.first))
        return np.asarray(is_first & (np.diff(arrays.token_offsets) > 0))


def open_control(path: str, registries: Sequence[RegistryIndex]) -> ControlIndex:
    """Open a control.

    Raises
    ------
    RegistryError
        If most of its items are items of the registries, so that it would measure copies.
    """
    (held,) = build_registry_indexes([open_registry(Path(path))])
    known = np.concatenate([_item_hash_set(registry) for registry in registries])
    control = ControlIndex(held, np.isin(_item_hash_set(held), known))
    shared, distinct = int((control.shared & control.distinct).sum()), int(control.distinct.sum())
    if shared > _MAX_SHARED * distinct or not distinct:
        raise RegistryError(
            f"the control {path} holds {distinct:,} different items, and {shared:,} of them say "
            "the same as items of the registries: what is found of it may be there",
            remedy="name a registry of items that cannot be in the corpus, such as posts written "
            "after it was collected",
        )
    return control


def measure_control(
    control: ControlIndex,
    readings: Sequence[Reading],
    registries: Sequence[RegistryIndex],
    others: Claims,
    findings: pa.Table,
) -> Control:
    """Estimate how many findings are chance matches.

    Parameters
    ----------
    control : ControlIndex
        Matched in the same reading, after the registries.
    readings : sequence of Reading
        Of the corpus.
    registries : sequence of RegistryIndex
        Registries of the findings.
    others : Claims
        Claims of the registries.
    findings : pyarrow.Table
        Findings of the registries, of schema `FINDINGS`.

    Notes ----- Passages of the control are scored and attributed like those of the registries, on
    their own. Only those count that match better than a registry's item in the same place (Elias
    and Gygi, "Target-decoy search strategy", 2007): where an item occurs, near-copies among later
    posts are found too, but match no better; a text that both quote is matched equally well by
    either. The number has a Poisson interval, and is scaled to the size of the registries.
    """
    place = len(registries)
    settled = attribute_claims(
        [
            _drop_shared(reading, control.shared)
            for reading in select_registries(readings, place, place + 1)
        ],
        [control.index],
    )
    outdone = settled.chosen & _outcompeted_mask(settled, others)
    settled = replace(settled, chosen=settled.chosen & ~outdone)
    shared = int((control.shared & control.distinct).sum())
    lengths = np.diff(control.index.index.arrays.token_offsets)
    left_out = int(lengths[control.shared & control.distinct].sum())
    scale = chance_scale(registries, [control.index], left_out)
    rate = false_positive_rate("control", settled, readings, scale)
    expected = _scale_rate(_count_interval(rate.findings), scale)
    in_documents = _scale_rate(_count_interval(rate.documents), scale)
    million = 1e6 / rate.read
    content = int(np.count_nonzero(findings["evidence"].to_numpy() == "content"))
    return Control(
        registry=control.index.registry.summary(),
        shared=shared,
        outdone=int(outdone.sum()),
        scale=scale,
        passages=rate.findings,
        documents=rate.documents,
        passages_per_million=_scale_rate(expected, million),
        documents_per_million=_scale_rate(in_documents, million),
        findings=content,
        expected=expected,
        false_discovery=_false_discovery_rate(rate.findings, content, scale),
    )


def _item_hash_set(opened: RegistryIndex) -> UInt64s:
    return sequence_hashes(opened.index.arrays.tokens, opened.index.arrays.token_offsets)


def _drop_shared(reading: Reading, shared: Flags) -> Reading:
    (candidates,) = reading.candidates
    own = np.flatnonzero(~shared[candidates.items])
    return replace(reading, candidates=(candidates.take(own),))


def _outcompeted_mask(passages: Claims, others: Claims) -> Flags:
    """Return the passages of which others claim half, with at least as many matched tokens.

    Strengths are not comparable across registries: each knows its own phrases best.
    """
    outdone = np.zeros(len(passages), bool)
    texts, matched = others.candidates.texts, others.candidates.matched
    own = passages.candidates.matched
    for place in np.flatnonzero(passages.chosen).tolist():
        text = passages.candidates.texts[place]
        there = slice(*np.searchsorted(texts, [text, text + 1]))
        common = (
            np.minimum(others.lasts[there], passages.lasts[place])
            - np.maximum(others.firsts[there], passages.firsts[place])
            + 1
        )
        half = 2 * common >= passages.lasts[place] - passages.firsts[place] + 1
        better = matched[there] >= own[place]
        outdone[place] = (half & better).any()
    return outdone


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
