"""Plain ways to what the detector reaches by longer ones."""


def rogan_gladen(observed: float, recall: float, false: float) -> float:
    """Correct a share for one recall and one false rate.

    Parameters
    ----------
    observed : float
        Share that was found, in [0, 1].
    recall, false : float
        Part of what is there, and of what is not, that is found; `recall` is the greater.

    Examples
    --------
    >>> round(rogan_gladen(0.0895, 0.85, 0.005), 3)
    0.1
    """
    return min(1.0, max(0.0, (observed - false) / (recall - false)))
