"""Learn, before you train, which share of a dataset you have no right to train on.

>>> import provenance
>>> outcome = provenance.check("data/train.parquet", registries="registries/x")  # doctest: +SKIP
>>> assert outcome, outcome  # doctest: +SKIP

Names are imported on first use, so that importing the package is cheap.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance.pipeline.api import Outcome, PolicyViolated
    from provenance.pipeline.api import check_from_python as check
    from provenance.pipeline.matching.matcher import Match, Matcher

__version__ = "0.1.0"
__all__ = ["Match", "Matcher", "Outcome", "PolicyViolated", "__version__", "check"]

_NAMES = {
    "Match": "Match",
    "Matcher": "Matcher",
    "Outcome": "Outcome",
    "PolicyViolated": "PolicyViolated",
    "check": "check_from_python",
}


def __getattr__(name: str) -> object:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from provenance import pipeline  # noqa: PLC0415 (`provenance.__version__` needs no compiler)

    return getattr(pipeline, _NAMES[name])
