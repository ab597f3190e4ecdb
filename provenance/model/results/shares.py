"""Shares of a corpus with their confidence intervals."""

from dataclasses import dataclass

from provenance.model.results.calibration import CorrectedShare
from provenance.model.rules.terms import Verdict

OTHER_CONTENT = "other content"
"""Key of the share of content in no collection."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share in one unit.

    Parameters
    ----------
    count : int
        Documents, tokens or bytes, exclusive and verified.
    share : float
        `count` divided by the corpus's total, in [0, 1].
    low, high : float
        95 % confidence interval of the true share, in [0, 1].
    any : float
        Share if a span counts for every source that has it, in [0, 1]; at least `share`.
    contested : float
        Share of `share` that a permitted source or the background has too, or of which it is
        unclear whose words they are, in [0, 1].
    corrected : CorrectedShare or None
        The share corrected by a calibration, including contested content; None without one.
    """

    count: int
    share: float
    low: float
    high: float
    any: float
    contested: float
    corrected: CorrectedShare | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """The share of the corpus with one source, verdict, terms, basis or kind of evidence.

    Parameters
    ----------
    by : str
        "source", "verdict", "terms", "basis", "evidence" or "collection".
    key : str
        Which one.
    verdict : Verdict or None
        Its verdict; None if its findings have several.
    documents, tokens, bytes : Estimate
        In each unit. A document counts once for every key that it contains.
    """

    by: str
    key: str
    verdict: Verdict | None
    documents: Estimate
    tokens: Estimate
    bytes: Estimate
