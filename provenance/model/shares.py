"""Shares of a corpus, each with its interval."""

from dataclasses import dataclass

from provenance.model.calibration import Corrected
from provenance.model.terms import Verdict


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share in one unit.

    Parameters
    ----------
    count : int
        Documents, tokens or bytes, exclusive and verified.
    share : float
        `count` over the corpus's total, in [0, 1].
    low, high : float
        95 % interval of the true share, in [0, 1].
    any : float
        Share when every source that holds a span counts it, in [0, 1]; at least `share`.
    contested : float
        Share of `share` that a permitted source or the background holds too, in [0, 1].
    corrected : Corrected or None
        The true share as a calibration has it, with what is contested, as in `share`; None without
        one.
    """

    count: int
    share: float
    low: float
    high: float
    any: float
    contested: float
    corrected: Corrected | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What part of the corpus belongs to one source, verdict, terms, basis or kind of evidence.

    Parameters
    ----------
    by : str
        "source", "verdict", "terms", "basis" or "evidence".
    key : str
        Which one.
    verdict : Verdict or None
        The verdict on it; None where its findings have several.
    documents, tokens, bytes : Estimate
        In each unit. A document counts once for every key that it holds.
    """

    by: str
    key: str
    verdict: Verdict | None
    documents: Estimate
    tokens: Estimate
    bytes: Estimate
