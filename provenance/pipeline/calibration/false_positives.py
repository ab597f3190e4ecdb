"""What a detector makes up: measured where nothing can be found."""

from collections.abc import Sequence

import numpy as np

from provenance.match.estimation.intervals import poisson_interval
from provenance.match.scoring.evalue import MIN_REGISTRY_TOKENS
from provenance.model import FalseRate
from provenance.pipeline.locate.claims import Claims, document_bases
from provenance.pipeline.scan.readings import Counts, Opened, Reading

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
"""Where nothing was measured: not zero."""


def false_rate(
    basis: str, settled: Claims, readings: Sequence[Reading], scale: float = 1.0
) -> FalseRate:
    """Sum up what was found where nothing can be.

    Parameters
    ----------
    basis : str
        "control" or "background".
    settled : Claims
        What was found.
    readings : sequence of Reading
        Of the texts in which it was.
    scale : float
        Chance matches of the registries, for each of what was looked up.
    """
    counts = sum((reading.counts for reading in readings), Counts())
    texts = settled.candidates.texts[settled.chosen]
    documents = np.concatenate(
        [
            np.zeros(0, np.int64),
            *(
                reading.documents + base
                for reading, base in zip(readings, document_bases(readings), strict=True)
            ),
        ]
    )
    hit = len(np.unique(documents[texts]))
    tokens = int((settled.lasts - settled.firsts + 1)[settled.chosen].sum())
    unit = scale * 1e6 / counts.tokens if counts.tokens else 0.0
    low, high = poisson_interval(hit)
    return FalseRate(
        basis=basis,
        reason=None,
        read=counts.tokens,
        scale=scale,
        findings=len(texts),
        documents=hit,
        tokens=tokens,
        documents_per_million=hit * unit,
        tokens_per_million=tokens * unit,
        low=low * unit,
        high=high * unit,
    )


def chance_scale(
    registries: Sequence[Opened], control: Sequence[Opened], without: int = 0
) -> float:
    """Give the chance matches of registries, for each of a control's.

    Parameters
    ----------
    registries, control : sequence of Opened
        What is compared.
    without : int
        Tokens of the control's items that were left out.

    Notes
    -----
    The threshold rises with the number of tokens, so that all registries of a check let through as
    much as a control by itself does; but it does not fall for those smaller than
    `MIN_REGISTRY_TOKENS`.
    """
    return _exposure(registries) / max(_exposure(control, without), 1e-12)


def _exposure(registries: Sequence[Opened], without: int = 0) -> float:
    size = sum(opened.size for opened in registries)
    return (size - without) / max(size, MIN_REGISTRY_TOKENS)
