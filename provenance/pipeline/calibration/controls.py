"""Controls: registries of items that cannot be in the corpus. What is found of them is chance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.errors import RegistryError
from provenance.match.estimation.intervals import poisson_interval, wilson_interval
from provenance.model import Control, Flags, Rate, UInt64s
from provenance.pipeline.calibration.false_positives import chance_scale, false_rate
from provenance.pipeline.calibration.standalone_texts import looked_up
from provenance.pipeline.locate.claims import Claims, claims
from provenance.pipeline.scan.readings import Opened, Reading, opened
from provenance.registry.build.deduplication import whole_hashes
from provenance.registry.store import open_registry

_MOST_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class OpenedControl:
    """A control, ready to be matched against.

    Parameters
    ----------
    opened : Opened
        Its items.
    shared : ndarray of bool, shape (items,)
        Those whose words an item of the registries has, too: they may well be in the corpus.
    """

    opened: Opened
    shared: Flags

    @property
    def distinct(self) -> Flags:
        """The items with words of their own: not empty, and the first of those that are alike."""
        holdings = self.opened.index.holdings
        is_first = holdings.first == np.arange(len(holdings.first))
        return np.asarray(is_first & (np.diff(holdings.token_offsets) > 0))


def open_control(path: str, registries: Sequence[Opened]) -> OpenedControl:
    """Open a control.

    Raises
    ------
    RegistryError
        If most of its items are items of the registries: it would measure copies.
    """
    (held,) = opened([open_registry(Path(path))])
    known = np.concatenate([_wholes(registry) for registry in registries])
    control = OpenedControl(held, np.isin(_wholes(held), known))
    shared, distinct = int((control.shared & control.distinct).sum()), int(control.distinct.sum())
    if shared > _MOST_SHARED * distinct or not distinct:
        raise RegistryError(
            f"the control {path} holds {distinct:,} different items, and {shared:,} of them say "
            "the same as items of the registries: what is found of it may be there",
            remedy="name a registry of items that cannot be in the corpus, such as posts written "
            "after it was collected",
        )
    return control


def measured(
    control: OpenedControl,
    readings: Sequence[Reading],
    registries: Sequence[Opened],
    others: Claims,
    findings: pa.Table,
) -> Control:
    """Measure how many findings may be chance.

    Parameters
    ----------
    control : OpenedControl
        Looked for in the same reading, after the registries.
    readings : sequence of Reading
        Of the corpus.
    registries : sequence of Opened
        What the findings are of.
    others : Claims
        Of the registries.
    findings : pyarrow.Table
        Of schema `FINDINGS`: what was found of the registries.

    Notes
    -----
    Passages of the control are weighed and settled as those of the registries are, by themselves.
    Those count that match better than a registry's item in the same place (Elias and Gygi,
    "Target-decoy search strategy", 2007): where an item stands, its near-copies among later posts
    are found, too, but match no better; what both quote is matched best by either. The number has
    a Poisson interval, and is scaled to what the registries let through.
    """
    place = len(registries)
    settled = claims(
        [_unshared(reading, control.shared) for reading in looked_up(readings, place, place + 1)],
        [control.opened],
    )
    outdone = settled.chosen & _outdone(settled, others)
    settled = replace(settled, chosen=settled.chosen & ~outdone)
    shared = int((control.shared & control.distinct).sum())
    lengths = np.diff(control.opened.index.holdings.token_offsets)
    left_out = int(lengths[control.shared & control.distinct].sum())
    scale = chance_scale(registries, [control.opened], left_out)
    rate = false_rate("control", settled, readings, scale)
    expected = _times(_counted(rate.findings), scale)
    in_documents = _times(_counted(rate.documents), scale)
    million = 1e6 / rate.read
    content = int(np.count_nonzero(findings["evidence"].to_numpy() == "content"))
    return Control(
        registry=control.opened.registry.summary(),
        shared=shared,
        outdone=int(outdone.sum()),
        scale=scale,
        passages=rate.findings,
        documents=rate.documents,
        passages_per_million=_times(expected, million),
        documents_per_million=_times(in_documents, million),
        findings=content,
        expected=expected,
        false_discovery=_discovery(rate.findings, content, scale),
    )


def _wholes(opened: Opened) -> UInt64s:
    return whole_hashes(opened.index.holdings.tokens, opened.index.holdings.token_offsets)


def _unshared(reading: Reading, shared: Flags) -> Reading:
    (candidates,) = reading.candidates
    own = np.flatnonzero(~shared[candidates.items])
    return replace(reading, candidates=(candidates.take(own),))


def _outdone(passages: Claims, others: Claims) -> Flags:
    """Tell of which passages others claim at least half, matching at least as many tokens.

    Strengths of two registries do not compare so finely: each knows its own phrases best.
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


def _counted(count: int) -> Rate:
    return Rate(count, *poisson_interval(count))


def _times(rate: Rate, factor: float) -> Rate:
    return Rate(rate.value * factor, rate.low * factor, rate.high * factor)


def _discovery(passages: int, findings: int, scale: float) -> Rate | None:
    """Give the part of findings that may be chance: at most all of them.

    Both counts are of rare things, so the part of the one in both has Wilson's interval.
    """
    if not findings:
        return None
    low, high = wilson_interval(passages, passages + findings)
    value = min(scale * passages / findings, 1.0)
    return Rate(value, _capped(low, scale), max(value, _capped(high, scale)))


def _capped(part: float, scale: float) -> float:
    """Turn a part of both counts into the ratio of the one to the other, scaled, at most 1."""
    return min(scale * part / (1 - part), 1.0) if part < 1 else 1.0
