"""What stands against shares, in words: who else holds the same words, and what may be chance.

How far shares and findings can be trusted, in sentences that reports share.
"""

from collections.abc import Iterable

from provenance.model import Control, DateRange, Estimate, GateOutcome, Rate, Result, Share
from provenance.report.text.number_format import (
    about,
    count,
    day,
    interval,
    limit,
    number,
    percent,
    rarity,
)
from provenance.report.text.sentences import by
from provenance.report.text.unread_text import lacking

CONTESTED = "a permitted source or a background holds the same words"
"""What contested means."""

BANDS = (
    "Uncontested: no permitted source and no background holds the same words; gates count only "
    "this. In all: with what was given to another source that has the same words."
)
"""How a band is read."""


def band(estimate: Estimate) -> str:
    """Write a share as a band, from what nobody contests to all that its holders could claim.

    Examples
    --------
    >>> band(Estimate(30, 0.03, 0.02, 0.04, any=0.032, contested=0.01))
    '2.0% uncontested … 3.2% in all; 1.0% contested'
    """
    contested = f"; {percent(estimate.contested)} contested" if estimate.contested else ""
    return (
        f"{percent(_uncontested(estimate))} uncontested … {percent(estimate.any)} in all{contested}"
    )


def _uncontested(estimate: Estimate) -> float:
    return max(estimate.share - estimate.contested, 0.0)


def is_banded(estimate: Estimate) -> bool:
    """Tell whether others hold some of a share, or it some of theirs, as far as figures show it."""
    return percent(_uncontested(estimate)) != percent(estimate.any)


def banded(shares: Iterable[Share]) -> tuple[Share, ...]:
    """Pick the shares of which a band says more than the share, by tokens."""
    return tuple(share for share in shares if is_banded(share.tokens))


def band_lines(shares: Iterable[Share]) -> tuple[str, ...]:
    """Write the bands that say more than their shares, one a line."""
    return tuple(f"{share.key}: {band(share.tokens)}" for share in banded(shares))


def limits(result: Result) -> tuple[str, ...]:
    """Say what is passed over, what registries lack, and what came of backgrounds and the like."""
    backgrounds = [
        f"Background {background.path}: {count(background.items, 'item')}; what it holds too is "
        "contested."
        for background in result.backgrounds
    ]
    lacks = [lack for registry in result.registries if (lack := lacking(registry))]
    told = (*passed_over(result), *lacks, *backgrounds, *weighed(result))
    if result.control is None:
        return told
    doubts = control_doubts(result.control, result.policy.circumstances.collected)
    return (*told, " ".join((chance_sentence(result.control), *doubts)))


def passed_over(result: Result) -> tuple[str, ...]:
    """Say which files of the corpus's folders were not checked: no data, or text beside tables."""
    beside = result.corpus.passed_over
    if beside is None:
        return ()
    more = beside.count - len(beside.files)
    named = ", ".join(beside.files) + (f" and {count(more, 'more')}" if more else "")
    verb = "was" if beside.count == 1 else "were"
    return (f"{count(beside.count, 'file')} beside the data {verb} not checked: {named}.",)


def weighed(result: Result) -> tuple[str, ...]:
    """Say by what matches were weighed, where that is not the corpus itself."""
    model = result.corpus_model
    if model is None or model.taken_from is None:
        return ()
    doubts = "".join(f" {doubt[:1].upper()}{doubt[1:]}." for doubt in model.reservations)
    said = (
        f"Matches were weighed by the model of {model.taken_from}, an earlier check: what is in "
        f"both corpora is judged alike.{doubts}"
    )
    return (said,)


def chance_sentence(control: Control) -> str:
    """Say how many findings may be chance.

    Parameters
    ----------
    control : Control
        What measured it.

    Returns
    -------
    str
        "Of 400 findings by content, about 12 (5 to 20) may be chance, 3.0% (1.0 to 5.0%): measured
        with 900 items that cannot be in the corpus (registries/later)."
    """
    how = (
        f"measured with {count(control.registry.items, 'item')} that cannot be in the corpus "
        f"({control.registry.path})"
    )
    rate = control.false_discovery
    if rate is None:
        return (
            "Nothing was found by content; by chance about "
            f"{_amount(control.expected, None)} would have been, {how}."
        )
    part = f"{percent(rate.value)} ({interval(rate.low, rate.high)})"
    return (
        f"Of {count(control.findings, 'finding')} by content, about "
        f"{_amount(control.expected, control.findings)} may be chance, {part}: {how}."
    )


def control_doubts(control: Control, collected: DateRange | None) -> tuple[str, ...]:
    """Say why what was found of a control may be more, or less, than chance.

    Parameters
    ----------
    control : Control
        What measured chance.
    collected : DateRange or None
        When the corpus was collected, where that is known.

    Returns
    -------
    tuple of str
        Sentences.
    """
    doubts = []
    if control.shared:
        doubts.append(
            f"{count(control.shared, 'item')} of the control say the same as items of a registry, "
            "and were left out."
        )
    if control.outdone:
        doubts.append(
            f"{count(control.outdone, 'more passage')} of the control match no better than an item "
            "of a registry in the same place: near-copies, and not counted."
        )
    first = min((source.first for source in control.registry.sources if source.first), default=None)
    last = collected and collected.until
    if first and last and first < last:
        doubts.append(
            f"The control's items begin on {first}, before the corpus was collected: some may "
            "be in it, and count as chance here."
        )
    return tuple(doubts)


def _amount(rate: Rate, most: int | None) -> str:
    """Write an expected number with its interval; it cannot be more than there are."""
    value, low, high = (
        f"{each:,.0f}" if each >= 10 else f"{each:.1f}".removesuffix(".0")
        for each in (
            part if most is None else min(part, most) for part in (rate.value, rate.low, rate.high)
        )
    )
    return f"{value} ({low}\N{EN DASH}{high})"


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
