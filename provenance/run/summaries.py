"""Registries, summed up as a check sees them: with what it could not find even if it were there."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from provenance.match import unattributable
from provenance.model import RegistrySummary
from provenance.run.readings import Opened


def summaries(registries: Sequence[Opened]) -> tuple[RegistrySummary, ...]:
    """Sum up registries that are matched at a time: the more they hold, the more is beyond."""
    size = sum(one.size for one in registries)
    return tuple(_summary(one, size) for one in registries)


def _summary(one: Opened, size: int) -> RegistrySummary:
    holdings = one.index.holdings
    beyond = unattributable(one.index, size)
    counts = np.bincount(holdings.source_codes, beyond, len(holdings.sources))
    known = dict(zip(holdings.sources, counts.astype(int).tolist(), strict=True))
    summary = one.registry.summary()
    sources = (replace(source, unattributable=known[source.source]) for source in summary.sources)
    return replace(summary, sources=tuple(sources))
