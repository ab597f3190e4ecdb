"""Results of a control registry: how many findings may be due to chance."""

from dataclasses import dataclass

from provenance.model.results.coverage import RegistrySummary


@dataclass(frozen=True, slots=True)
class Rate:
    """A measured number, rate or share, with its interval.

    Parameters
    ----------
    value : float
        At least 0.
    low, high : float
        Its 95 % confidence interval.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Control:
    """Results of searching a registry of items that cannot be in the corpus.

    Parameters
    ----------
    registry : RegistrySummary
        The control registry.
    shared : int
        Its items left out because a registry has the same words: copies are not chance.
    outdone : int
        Its passages left out because an item of a registry matches the same words at least as well:
        near-copies are not chance either.
    scale : float
        Ratio of chance matches of the registries to those of the control.
    passages, documents : int
        Remaining passages found, and documents with them.
    passages_per_million, documents_per_million : Rate
        Per million tokens, scaled to the registries.
    findings : int
        Content findings of the check, which may include chance matches.
    expected : Rate
        Expected number of chance matches among them.
    false_discovery : Rate or None
        Their share of the findings, in [0, 1]; None if there are no findings.
    """

    registry: RegistrySummary
    shared: int
    outdone: int
    scale: float
    passages: int
    documents: int
    passages_per_million: Rate
    documents_per_million: Rate
    findings: int
    expected: Rate
    false_discovery: Rate | None
