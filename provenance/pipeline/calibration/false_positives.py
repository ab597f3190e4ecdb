"""Rate of false positives, measured where nothing can be found."""

from collections.abc import Sequence

import numpy as np

from provenance.match.estimation.intervals import poisson_interval
from provenance.match.scoring.evalue import MIN_REGISTRY_TOKENS
from provenance.model import FalseRate
from provenance.pipeline.locate.claims import Claims, document_bases
from provenance.pipeline.scan.readings import Counts, Reading, RegistryIndex

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


def false_positive_rate(
    basis: str, claims: Claims, readings: Sequence[Reading], scale: float = 1.0
) -> FalseRate:
    """Return the rate of findings where there can be none.

    Parameters
    ----------
    basis : str
        "control" or "background".
    claims : Claims
        The claims.
    readings : sequence of Reading
        Of the texts.
    scale : float
        Chance matches of the registries per chance match of what was searched for.
    """
    counts = sum((reading.counts for reading in readings), Counts())
    texts = claims.candidates.texts[claims.chosen]
    documents = np.concatenate(
        [
            np.zeros(0, np.int64),
            *(
                reading.documents + base
                for reading, base in zip(readings, document_bases(readings), strict=True)
            ),
        ]
    )
    document_count = len(np.unique(documents[texts]))
    tokens = int((claims.lasts - claims.firsts + 1)[claims.chosen].sum())
    per_million = scale * 1e6 / counts.tokens if counts.tokens else 0.0
    low, high = poisson_interval(document_count)
    return FalseRate(
        basis=basis,
        reason=None,
        read=counts.tokens,
        scale=scale,
        findings=len(texts),
        documents=document_count,
        tokens=tokens,
        documents_per_million=document_count * per_million,
        tokens_per_million=tokens * per_million,
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
