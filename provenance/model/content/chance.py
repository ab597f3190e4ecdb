"""The distribution of chance matches, by which strengths are defined."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChanceModel:
    """Model of the chance matches between a registry and texts that contain nothing of it.

    Parameters
    ----------
    decay : float
        Decay of their number per unit of log-odds (lambda); above 0.
    scale : float
        Number with log-odds of at least 0, per token of text and token of the registry (K).
    exceedances : int
        Chance matches that it was fitted to.

    Notes
    -----
    In a text of `m` tokens, ``E = scale * m * n * exp(-decay * odds)`` matches with a registry of
    `n` tokens reach these log-odds by chance: the statistics of local alignments by Karlin and
    Altschul ("Methods for assessing the statistical significance of molecular sequence features",
    1990), applied to words.
    """

    decay: float
    scale: float
    exceedances: int
