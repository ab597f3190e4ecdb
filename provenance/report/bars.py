"""Where the parts of a bar lie, for every report that draws one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provenance.model import Estimate, Verdict

_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A share on its scale: every length in per cent of the bar's full width.

    Parameters
    ----------
    clear : float
        Up to here, only this key's sources hold the words.
    share : float
        Up to here, the share; between `clear` and `share` it is contested.
    any : float
        Up to here, if every source that holds a span counted it.
    low, high : float
        Ends of the 95 % interval.
    """

    clear: float
    share: float
    any: float
    low: float
    high: float


def ceiling(shares: Iterable[float]) -> float:
    """Choose the end of a scale.

    Parameters
    ----------
    shares : iterable of float
        Whatever the scale must show, in [0, 1].

    Returns
    -------
    float
        The least of 0.0001, 0.0002, 0.0005, 0.001, … 1 that none exceeds.

    Examples
    --------
    >>> ceiling([0.013, 0.0004]), ceiling([]), ceiling([0.7])
    (0.02, 0.0001, 1.0)
    """
    most = max(shares, default=0.0)
    ends = (step / 10**power for power in (4, 3, 2, 1) for step in _STEPS)
    return next((end for end in ends if end >= most), 1.0)


def bar(estimate: Estimate, top: float) -> Bar:
    """Lay a share out on a scale.

    Parameters
    ----------
    estimate : Estimate
        The share, in one unit.
    top : float
        End of the scale, from `ceiling`.

    Returns
    -------
    Bar
        Nothing leaves the scale, and the parts are in order.
    """

    def length(share: float) -> float:
        return round(min(max(share / top, 0.0), 1.0) * 100, 3)

    share = length(estimate.share)
    return Bar(
        clear=length(estimate.share - estimate.contested),
        share=share,
        any=max(length(estimate.any), share),
        low=length(min(estimate.low, estimate.high)),
        high=length(estimate.high),
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar: lengths in per cent of its full width.

    Parameters
    ----------
    x, width : float
        Where it begins, and how long it is.
    verdict : Verdict
        What it stands for.
    """

    x: float
    width: float
    verdict: Verdict


def stack(amounts: Mapping[Verdict, int], most: int) -> tuple[Piece, ...]:
    """Lay amounts out end to end.

    Parameters
    ----------
    amounts : mapping of Verdict to int
        In the order in which they are drawn.
    most : int
        End of the scale; none of several bars is longer.

    Returns
    -------
    tuple of Piece
        One an amount.
    """
    pieces = []
    before = 0
    for verdict, amount in amounts.items():
        x = round(100 * before / max(most, 1), 3)
        pieces.append(Piece(x, round(100 * amount / max(most, 1), 3), verdict))
        before += amount
    return tuple(pieces)
