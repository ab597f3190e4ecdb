"""Sentences on how far shares and findings can be trusted.

Contested words, chance matches, samples, baselines, calibration and missing registry content.
"""

from collections.abc import Iterable

from provenance.model.results.control import Control, Rate
from provenance.model.results.result import GateOutcome, Result
from provenance.model.results.shares import Estimate, Share
from provenance.model.rules.terms import DateRange
from provenance.report.text.number_format import (
    approximate,
    count,
    day,
    exact_percent,
    interval,
    number,
    percent,
    rarity,
)
from provenance.report.text.sentences import shares_by
from provenance.report.text.unread_text import is_wordless, registry_gap, wordless_sentence

_MAX_BOUND = 0.5
"""Upper bound of a share beyond which finding nothing says nothing."""

CONTESTED_MEANING = (
    "a permitted source or a background registry contains the same words, or it is unclear whose "
    "they are"
)

BAND_MEANING = (
    "Uncontested: no permitted source or background registry contains the same words, and it is "
    "clear enough whose they are; gates count only this part. In total: with words that were "
    "attributed to another source with the same text."
)
"""Explanation of the ends of a share's range: uncontested, and in total."""


def band_sentence(estimate: Estimate) -> str:
    """Return the range of a share, from its uncontested part to all words that its sources contain.

    Examples
    --------
    >>> band_sentence(Estimate(30, 0.03, 0.02, 0.04, any=0.032, contested=0.01))
    '2.0% uncontested to 3.2% in total; 1.0% contested'
    """
    contested = f"; {percent(estimate.contested)} contested" if estimate.contested else ""
    low, high = percent(_uncontested_share(estimate)), percent(estimate.any)
    return f"{low} uncontested to {high} in total{contested}"


def _uncontested_share(estimate: Estimate) -> float:
    return max(estimate.share - estimate.contested, 0.0)


def has_band(estimate: Estimate) -> bool:
    """Return whether the ends of the band of a share differ when printed."""
    return percent(_uncontested_share(estimate)) != percent(estimate.any)


def shares_with_band(shares: Iterable[Share]) -> tuple[Share, ...]:
    """Return the shares whose band has different ends, by tokens."""
    return tuple(share for share in shares if has_band(share.tokens))


def band_lines(shares: Iterable[Share]) -> tuple[str, ...]:
    """Return a line for each share whose band has different ends."""
    return tuple(
        f"{share.key}: {band_sentence(share.tokens)}" for share in shares_with_band(shares)
    )


def coverage_caveats(result: Result) -> tuple[str, ...]:
    """Return sentences on unchecked files, incomplete registries, backgrounds and the control."""
    backgrounds = [
        f"Background registry {background.path}: {count(background.items, 'item')}; findings that "
        "it also contains are contested."
        for background in result.backgrounds
    ]
    gaps = [gap for registry in result.registries if (gap := registry_gap(registry))]
    is_compared = any(registry.items for registry in result.registries)
    of_texts = (*common_caveats(result), *model_caveats(result), expected_chance(result))
    caveats = (
        *wordless_sentence(result),
        *(*ignored_files_sentence(result), *unread_card_sentence(result), *gaps, *backgrounds),
        *(of_texts if is_compared else ()),
    )
    if result.control is None:
        return caveats
    reservations = control_caveats(result.control, result.policy.circumstances.collected)
    return (*caveats, " ".join((chance_sentence(result.control), *reservations)))


def common_caveats(result: Result) -> tuple[str, ...]:
    """Return a sentence on the shipped background, if it was used."""
    background = result.common_background
    if background is None:
        return ()
    tokens = sum(source.tokens for source in background.sources)
    sentence = (
        f"Words of the {background.path} ({count(tokens, 'word')} of classics, scripture, sayings "
        "and licences) are quotations: they count for no source."
    )
    return (sentence,)


def expected_chance(result: Result) -> str:
    """Return how many documents chance would give findings in, beside the number that have some.

    Returns
    -------
    str
        "By chance alone, about 0.05 documents of a corpus of this size (0.95 in a million words)
        would have findings by content; 58 have some."
    """
    expected = result.corpus.tokens * result.method.chance_per_million / 1e6
    found = sum(
        share.documents.count
        for share in result.shares
        if (share.by, share.key) == ("evidence", "content")
    )
    chance = result.policy.chance
    accepted = f", as --chance {chance:g} accepts" if chance != 1 else ""
    return (
        f"By chance alone, {_rough(expected)} documents of a corpus of this size "
        f"({result.method.chance_per_million:.2g} in a million words{accepted}) would have "
        f"findings by content; {found:,} {'has' if found == 1 else 'have'} some."
    )


def _rough(number: float) -> str:
    """Format a number with one or two digits: "about 0.05", "about 12", "about 3,400"."""
    if number < 0.01:
        return "fewer than 0.01"
    return f"about {number:.1g}" if number < 1 else f"about {float(f'{number:.2g}'):,.0f}"


def ignored_files_sentence(result: Result) -> tuple[str, ...]:
    """Return a sentence on files in the corpus's folders that were not checked."""
    ignored = result.corpus.passed_over
    if ignored is None:
        return ()
    more = ignored.count - len(ignored.files)
    names = ", ".join(ignored.files) + (f" and {more:,} more" if more else "")
    verb = "was" if ignored.count == 1 else "were"
    told = f"{count(ignored.count, 'file')} beside the data {verb} not checked: {names}"
    return (f"{told}; to check one, name it.",)


def unread_card_sentence(result: Result) -> tuple[str, ...]:
    """Return a sentence on a dataset card whose licence counts for no row."""
    card = result.corpus.card
    return () if card is None else (f"{card}; without --signals, this is applied to no row.",)


def model_caveats(result: Result) -> tuple[str, ...]:
    """Return a sentence if matches were scored with the model of another corpus."""
    model = result.corpus_model
    if model is None or model.taken_from is None:
        return ()
    reservations = "".join(
        f" {reservation[:1].upper()}{reservation[1:]}." for reservation in model.reservations
    )
    sentence = (
        f"Matches were scored with the corpus model of {model.taken_from}, an earlier check, so "
        f"that text in both corpora is scored alike.{reservations}"
    )
    return (sentence,)


def chance_sentence(control: Control) -> str:
    """Return how many findings may be chance matches.

    Parameters
    ----------
    control : Control
        Measurement with items that cannot be in the corpus.

    Returns
    -------
    str
        "Of 400 findings by content, about 12 (5 to 20) may be chance matches, 3.0% (1.0 to 5.0%);
        measured with 900 items that cannot be in the corpus (registries/later)."
    """
    method = (
        f"measured with {count(control.registry.items, 'item')} that cannot be in the corpus "
        f"({control.registry.path})"
    )
    rate = control.false_discovery
    if rate is None:
        return (
            "Nothing was found by content; about "
            f"{_amount(control.expected, None)} chance matches would be expected, {method}."
        )
    part = f"{percent(rate.value)} ({interval(rate.low, rate.high)})"
    return (
        f"Of {count(control.findings, 'finding')} by content, about "
        f"{_amount(control.expected, control.findings)} may be chance matches, {part}; {method}."
    )


def control_caveats(control: Control, collected: DateRange | None) -> tuple[str, ...]:
    """Return reasons why matches with a control may not be chance matches.

    Parameters
    ----------
    control : Control
        Measurement with items that cannot be in the corpus.
    collected : DateRange or None
        When the corpus was collected, if known.

    Returns
    -------
    tuple of str
        Sentences.
    """
    reservations = []
    if control.shared:
        reservations.append(
            f"{count(control.shared, 'item')} of the control with the same text as an item of a "
            "registry: not counted."
        )
    if control.outdone:
        reservations.append(
            f"{count(control.outdone, 'more passage')} of the control where an item of a registry "
            "matches at least as well: near-duplicates, not counted."
        )
    first = min((source.first for source in control.registry.sources if source.first), default=None)
    last = collected and collected.until
    if first and last and first < last:
        reservations.append(
            f"The control's items date from {first} on, before the corpus was collected: some may "
            "be in the corpus and are counted as chance here."
        )
    return tuple(reservations)


def _amount(rate: Rate, most: int | None) -> str:
    """Format an expected number and its interval, capped at `most`."""
    value, low, high = (
        f"{each:,.0f}" if each >= 10 else f"{each:.1f}".removesuffix(".0")
        for each in (
            part if most is None else min(part, most) for part in (rate.value, rate.low, rate.high)
        )
    )
    return f"{value} ({low}\N{EN DASH}{high})"


def upper_bound_sentence(result: Result) -> str | None:
    """Return the upper bound on all shares if nothing was found.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str or None
        One sentence; None if something was found.
    """
    sources = shares_by(result.shares, "source")
    if not sources or any(share.documents.count for share in sources) or is_wordless(result):
        return None
    most = max([0.00001, *(share.tokens.high for share in sources)])
    if most > _MAX_BOUND:
        return (
            "So little text rules out little: a source may still account for "
            f"{percent(most)} of the tokens, by the 95% interval."
        )
    return (
        f"With 95% confidence, no source accounts for more than {percent(most)} of the tokens, as "
        "far as its items are in the registries."
    )


def calibration_caveats(result: Result) -> tuple[str, ...]:
    """Return what corrected shares are based on, and their caveats.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    tuple of str
        Sentences; none if shares were not corrected.
    """
    summary = result.calibration
    if summary is None:
        return ()
    recall_phrase = (
        "none were tested" if summary.recall is None else f"{percent(summary.recall)} were found"
    )
    basis = (
        "Corrected shares account for missed items and false matches, as measured in "
        f"{summary.path} on {day(summary.created)}: of {count(summary.planted, 'planted item')}, "
        f"{recall_phrase}. Gates use the uncorrected shares."
    )
    return (
        basis,
        *(f"Corrected shares: {reservation}." for reservation in summary.reservations),
    )


def sample_sentence(result: Result) -> str | None:
    """Return which part of the corpus was checked if it was sampled.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str or None
        Two sentences; None if the whole corpus was checked.
    """
    summary = result.sample
    if summary is None:
        return None
    return (
        f"Sampled: {number(summary.documents)} of {count(summary.of_documents, 'document')} were "
        f"checked ({exact_percent(summary.rate)} requested). Shares are estimates for the whole "
        "corpus; their intervals include the sampling error."
    )


def baseline_sentence(result: Result) -> str | None:
    """Return how many findings are new compared with the baseline.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str or None
        Sentences; None without a baseline.
    """
    summary = result.baseline
    if summary is None:
        return None
    stricter = (
        f" {summary.stricter:,} of the new findings are in the baseline, too, but with a laxer "
        "verdict, or waived or contested: was it made with the same policy and options?"
        if summary.stricter
        else ""
    )
    return (
        f"Compared with the baseline {summary.path} of {day(summary.created)}: "
        f"{count(summary.new, 'new finding')}, {summary.unchanged:,} unchanged, "
        f"{summary.absent:,} gone.{stricter} Gates count only new findings; shares count all."
    )


def undecided_sentence(outcome: GateOutcome) -> str | None:
    """Return a warning if a gate passes only because the sample is small.

    Parameters
    ----------
    outcome : GateOutcome
        The gate and the measured share.

    Returns
    -------
    str or None
        None if the gate is decided.
    """
    if not outcome.undecided:
        return None
    return (
        "It passes only because the sample is small: the share in the sample is above the limit. "
        "Check more documents to decide."
    )


def strength_sentence(strength: float, expected: float) -> str:
    """Return how often a match of this strength occurs by chance.

    Parameters
    ----------
    strength : float
        Bits: a chance match of this strength occurs once in ``2**strength`` words.
    expected : float
        Expected number of such chance matches in the whole corpus.

    Returns
    -------
    str
        Two sentences.

    Examples
    --------
    >>> strength_sentence(31.7, 0.0003).split(". ")[1]
    'One in about 3,000 corpora of this size contains one by chance.'
    """
    frequency = f"A match this strong occurs by chance {rarity(strength)}."
    if expected >= 0.5:
        return f"{frequency} A corpus of this size contains about {expected:,.0f} by chance."
    corpora = "more than a billion" if expected < 1e-9 else f"about {approximate(1 / expected)}"
    return f"{frequency} One in {corpora} corpora of this size contains one by chance."
