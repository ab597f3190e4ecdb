"""Bars in the cells of a terminal."""

from provenance.model import Share, Verdict

_FILL = {
    Verdict.FORBIDDEN: "█",
    Verdict.UNKNOWN: "▓",
    Verdict.RESTRICTED: "▒",
    Verdict.PERMITTED: "░",
    None: "░",
}
_CONTESTED, _WHISKER = "=", "·"


def cell_bar(share: Share, top: float, width: int) -> str:
    """Draw a share of the tokens.

    Parameters
    ----------
    share : Share
        Its verdict decides the filling; what of it is contested is drawn as `=`.
    top : float
        End of the scale, from `ceiling`.
    width : int
        Cells; the last of them stays empty.

    Returns
    -------
    str
        What is not contested, what is, and dots up to the upper end of the interval.
    """

    def cells_of(part: float) -> int:
        return min(round(part / top * (width - 1)), width - 1)

    tokens = share.tokens
    filled = max(cells_of(tokens.share), 1 if tokens.share else 0)
    contested = round(filled * min(tokens.contested / tokens.share, 1.0)) if tokens.share else 0
    whisker = max(cells_of(tokens.high) - filled, 0)
    return _FILL[share.verdict] * (filled - contested) + _CONTESTED * contested + _WHISKER * whisker
