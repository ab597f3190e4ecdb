"""How a detector was set, and how well it does as shipped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting that the outcome depends on: its name, its value, and what it means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class MeasuredRecall:
    """What the detector finds of planted posts, as shipped.

    Parameters
    ----------
    edit : str
        What was done to the post: "verbatim", "cut70", ...
    length : str
        "8+", "5-7": tokens of the post.
    recall : float
        In [0, 1].
    """

    edit: str
    length: str
    recall: float


@dataclass(frozen=True, slots=True)
class Method:
    """How the findings came about, and how far to trust them.

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
