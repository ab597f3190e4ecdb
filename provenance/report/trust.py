"""How far shares can be trusted, in sentences that reports share."""

from provenance.model import Result
from provenance.report.figures import count, day, percent
from provenance.report.wording import by


def bound(result: Result) -> str | None:
    """Say how much can have been missed, where nothing was found.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str or None
        One sentence; None where something was found.
    """
    sources = by(result.shares, "source")
    if not sources or any(share.documents.count for share in sources):
        return None
    most = max([0.00001, *(share.tokens.high for share in sources)])
    return (
        f"With 95% confidence, no source looked for holds more than {percent(most)} of the tokens, "
        "as far as the registries know its items."
    )


def calibrated(result: Result) -> tuple[str, ...]:
    """Say what corrected shares rest on, and what is to be held against them.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    tuple of str
        Sentences; none where shares were not corrected.
    """
    made = result.calibration
    if made is None:
        return ()
    found = "nothing was planted" if made.recall is None else f"{percent(made.recall)} were found"
    rests = (
        "Corrected shares take into account what is missed and what is made up, as measured in "
        f"{made.path} of {day(made.created)}: of {count(made.planted, 'planted item')}, "
        f"{found}. Gates look at the shares that were verified."
    )
    return (
        rests,
        *(f"Corrected shares: {reservation}." for reservation in made.reservations),
    )
