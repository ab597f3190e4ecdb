"""Gates: shares that the policy tolerates, held against the shares that were found."""

from collections.abc import Sequence
from dataclasses import replace

from provenance.model import Circumstances, Gate, GateOutcome, Verdict, Violation

_SAID = {
    Verdict.FORBIDDEN: "forbidden for {purpose}",
    Verdict.UNKNOWN: "of unknown standing for {purpose}",
    Verdict.RESTRICTED: "restricted for {purpose}",
    Verdict.PERMITTED: "permitted for {purpose}",
}
_STEP = {
    Verdict.FORBIDDEN: "Leave it out (provenance clean writes the dataset without it), or sign an "
    "agreement and write it under [[agreements]] in the policy",
    Verdict.UNKNOWN: "Read the remedy of each source in the report: a missing date, rule or "
    "permission makes it unknown",
    Verdict.RESTRICTED: "Meet the conditions that the report names, and then raise the limit",
    Verdict.PERMITTED: "Raise the limit",
}


_WAIVER = "or, if somebody answers for these findings, write a waiver under [[waivers]]"


def hold_gates(
    gates: Sequence[Gate], shares: Sequence[tuple[float, float]]
) -> tuple[GateOutcome, ...]:
    """Hold each gate against the share that it is about.

    Parameters
    ----------
    gates : sequence of Gate
        Of the policy.
    shares : sequence of (share, low)
        In [0, 1], for each gate: the exclusive, uncontested, unwaived share of its content, and
        the low end of its interval.
    """
    return tuple(
        GateOutcome(gate, share, low, low <= gate.limit)
        for gate, (share, low) in zip(gates, shares, strict=True)
    )


def with_doubts(outcomes: Sequence[GateOutcome], lows: Sequence[float]) -> tuple[GateOutcome, ...]:
    """Mark the gates that pass only because not everything was looked at.

    Parameters
    ----------
    outcomes : sequence of GateOutcome
        Of a sample.
    lows : sequence of float
        For each, the low end that its share would have if the corpus were as the sample is.
    """
    return tuple(
        replace(outcome, undecided=outcome.passed and low > outcome.gate.limit)
        for outcome, low in zip(outcomes, lows, strict=True)
    )


def violations(
    outcomes: Sequence[GateOutcome], circumstances: Circumstances, *, among_new: bool = False
) -> tuple[Violation, ...]:
    """Put the gates that failed into words; with a baseline, they are about what is new."""
    content = "new content" if among_new else "content"
    return tuple(
        _violation(outcome, circumstances, content) for outcome in outcomes if not outcome.passed
    )


def _violation(outcome: GateOutcome, circumstances: Circumstances, content: str) -> Violation:
    gate = outcome.gate
    content = content if gate.source is None else f"{content} of {gate.source}"
    standing = _SAID[gate.verdict].format(purpose=circumstances.purpose)
    standing += "" if gate.basis is None else f" ({gate.basis})"
    return Violation(
        gate=str(gate),
        message=(
            f"{_percent(outcome.share)} of {gate.unit} (at least {_percent(outcome.low)}) is "
            f"{content} that is {standing}; the policy "
            f"tolerates {_percent(gate.limit)}"
        ),
        remedy=f"{_unstated(circumstances)}{_STEP[gate.verdict]}; {_WAIVER}.",
    )


def _unstated(circumstances: Circumstances) -> str:
    if circumstances.collected is not None:
        return ""
    return "If you know when the content was collected, say so (--collected). "


def _percent(share: float) -> str:
    """Write a share so that a small one is not taken for none.

    Examples
    --------
    >>> _percent(0.0523), _percent(0.0000041), _percent(0.0), _percent(1.0)
    ('5.2 %', '0.00041 %', '0 %', '100 %')
    """
    percent = 100 * share
    digits = f"{percent:.1f}" if percent >= 1 else f"{percent:.2g}"
    if "e" in digits:
        digits = f"{percent:.12f}"[:15].rstrip("0")
    return f"{digits.removesuffix('.0')} %"
