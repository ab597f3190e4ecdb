"""Settings of the detector, and its performance as shipped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting that affects the outcome: name, value and meaning."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class MeasuredRecall:
    """Recall of planted posts, as shipped.

    Parameters
    ----------
    edit : str
        The edit applied to the post: "verbatim", "cut to 70%", ...
    length : str
        Tokens of the post: "8+", "5-7".
    recall : float
        In [0, 1].
    """

    edit: str
    length: str
    recall: float


@dataclass(frozen=True, slots=True)
class Method:
    """Settings of the detector that made the findings, and its measured reliability.

    Parameters
    ----------
    parameters : tuple of Parameter
        Fingerprint, matching, threshold.
    recall : tuple of MeasuredRecall
        On the maintainers' evaluation data; the user's own may differ.
    chance_per_million : float
        Expected documents with a chance match, per million tokens.
    """

    parameters: tuple[Parameter, ...]
    recall: tuple[MeasuredRecall, ...]
    chance_per_million: float
