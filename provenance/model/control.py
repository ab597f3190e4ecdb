"""What a control found: of the findings, how many may be chance."""

from dataclasses import dataclass

from provenance.model.coverage import RegistrySummary


@dataclass(frozen=True, slots=True)
class Rate:
    """A number that was measured.

    Parameters
    ----------
    value : float
        At least 0.
    low, high : float
        Its 95 % interval.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Control:
    """A registry of items that cannot be in the corpus, looked for like any other.

    Parameters
    ----------
    registry : RegistrySummary
        What it holds.
    shared : int
        Its items that were left out, for the same words stand in a registry: copies are no chance.
    outdone : int
        Passages of it that were left out, for an item of a registry matches the same words at least
        as well: near-copies are no chance, either.
    scale : float
        Chance matches of the registries, for one of the control's.
    passages, documents : int
        What else was found of it, and in how many documents.
    passages_per_million, documents_per_million : Rate
        In a million tokens, scaled to the registries.
    findings : int
        Findings of the check by their content, to which chance can have added.
    expected : Rate
        How many of them may be chance.
    false_discovery : Rate or None
        Their part of the findings, in [0, 1]; None where nothing was found.
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
