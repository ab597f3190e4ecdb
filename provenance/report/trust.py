"""How far shares and findings can be trusted, in sentences that reports share."""

from provenance.model import GateOutcome, Result
from provenance.report.figures import about, count, day, limit, number, percent, rarity
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


def sampled(result: Result) -> str | None:
    """Say how much was looked at, where that is not all.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str or None
        One or two sentences; None where everything was looked at.
    """
    made = result.sample
    if made is None:
        return None
    return (
        f"A sample: {number(made.documents)} of {count(made.of_documents, 'document')} were "
        f"looked at ({limit(made.rate)} was asked for). Shares are "
        "estimates for the whole corpus, and their intervals hold the error of sampling."
    )


def baseline_sentence(result: Result) -> str | None:
    """Say what is new beside a baseline.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str or None
        One or two sentences; None without a baseline.
    """
    made = result.baseline
    if made is None:
        return None
    return (
        f"Beside the baseline {made.path} of {day(made.created)}: "
        f"{count(made.new, 'new finding')}, {made.unchanged:,} unchanged, {made.absent:,} gone. "
        "Gates count what is new alone; shares count all."
    )


def undecided(outcome: GateOutcome) -> str | None:
    """Say of a gate that more of the corpus may fail it.

    Parameters
    ----------
    outcome : GateOutcome
        The gate, and what was held against it.

    Returns
    -------
    str or None
        None where a sample decides nothing.
    """
    if not outcome.undecided:
        return None
    return (
        "It passes only because so little was looked at: what the sample holds is above the limit. "
        "Check more documents to know."
    )


def strength_sentence(strength: float, expected: float) -> str:
    """Say how strong a finding is, as chance against it.

    Parameters
    ----------
    strength : float
        Bits: chance gives a match so strong once in ``2**strength`` words.
    expected : float
        How many so strong it gives in the whole corpus.

    Returns
    -------
    str
        Two sentences for people who never met a bit.

    Examples
    --------
    >>> strength_sentence(31.7, 0.0003).split(". ")[1]
    'One corpus of this size in about 3,000 would hold one by chance.'
    """
    once = f"Chance gives a match this strong {rarity(strength)}."
    if expected >= 0.5:
        return f"{once} A corpus of this size holds about {expected:,.0f} by chance."
    corpora = "more than a billion" if expected < 1e-9 else f"about {about(1 / expected)}"
    return f"{once} One corpus of this size in {corpora} would hold one by chance."
