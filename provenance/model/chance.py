"""How often chance alone gives a match: the law that strengths are stated by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chance:
    """Chance matches with a registry, in texts that hold nothing of it.

    Parameters
    ----------
    decay : float
        By how much their number falls with each unit of log-odds (lambda); above 0.
    scale : float
        How many have log-odds of at least 0, a token of the text and a token of the registry (K).
    exceedances : int
        Chance matches that it was fitted on.

    Notes
    -----
    In a text of `m` tokens, ``E = scale * m * n * exp(-decay * odds)`` matches with a registry of
    `n` tokens have at least so much log-odds by chance: Karlin and Altschul's law of local
    alignments ("Methods for assessing the statistical significance of molecular sequence features",
    1990), for words.
    """

    decay: float
    scale: float
    exceedances: int
