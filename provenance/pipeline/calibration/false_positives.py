"""Rate of false positives, measured where nothing can be found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenance.match.estimation.intervals import poisson_interval
from provenance.match.scoring.evalue import MIN_REGISTRY_TOKENS
from provenance.model.content.fingerprints import Int64s
from provenance.model.results.calibration import FalseRate
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.scan.readings import RegistryIndex

UNKNOWN = FalseRate(
    basis=None,
    reason="no registry of items that cannot be in the corpus (--control), nor one of texts that "
    "hold no item (--background), was named",
    read=0,
    scale=1.0,
    findings=0,
    documents=0,
    tokens=0,
    documents_per_million=None,
    tokens_per_million=None,
    low=None,
    high=None,
)
"""The rate where nothing was measured; not zero."""


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """Number of passages that are attributed, of documents with one, and of their tokens."""

    passages: int = 0
    documents: int = 0
    tokens: int = 0

    @classmethod
    def of(cls, claims: Claims, documents: Int64s) -> "MatchCounts":
        """Count the attributed claims; `documents` has the document of each text."""
        texts = claims.candidates.texts[claims.chosen]
        return cls(
            len(texts),
            len(np.unique(documents[texts])),
            int((claims.lasts - claims.firsts + 1)[claims.chosen].sum()),
        )

    def __add__(self, other: "MatchCounts") -> "MatchCounts":
        """Return the counts of two parts of a corpus."""
        return MatchCounts(
            self.passages + other.passages,
            self.documents + other.documents,
            self.tokens + other.tokens,
        )


def false_positive_rate(
    basis: str, matches: MatchCounts, read: int, scale: float = 1.0
) -> FalseRate:
    """Return the rate of findings where there can be none.

    Parameters
    ----------
    basis : str
        "control" or "background".
    matches : MatchCounts
        What was found.
    read : int
        Tokens of the texts.
    scale : float
        Chance matches of the registries per chance match of what was searched for.
    """
    per_million = scale * 1e6 / read if read else 0.0
    low, high = poisson_interval(matches.documents)
    return FalseRate(
        basis=basis,
        reason=None,
        read=read,
        scale=scale,
        findings=matches.passages,
        documents=matches.documents,
        tokens=matches.tokens,
        documents_per_million=matches.documents * per_million,
        tokens_per_million=matches.tokens * per_million,
        low=low * per_million,
        high=high * per_million,
    )


def chance_scale(
    registries: Sequence[RegistryIndex], control: Sequence[RegistryIndex], omitted_tokens: int = 0
) -> float:
    """Return the number of chance matches of registries per chance match of a control.

    Parameters
    ----------
    registries, control : sequence of RegistryIndex
        What to compare.
    omitted_tokens : int
        Tokens of the control's items that were left out.

    Notes
    -----
    The threshold rises with the number of tokens, so that all registries of a check give as many
    chance matches as a control on its own; but it does not fall below that for
    `MIN_REGISTRY_TOKENS`.
    """
    return _exposure_tokens(registries) / max(_exposure_tokens(control, omitted_tokens), 1e-12)


def _exposure_tokens(registries: Sequence[RegistryIndex], omitted_tokens: int = 0) -> float:
    size = sum(registry_index.size for registry_index in registries)
    return (size - omitted_tokens) / max(size, MIN_REGISTRY_TOKENS)
