"""The shares that a review corrected, for a terminal of 80 columns."""

from collections.abc import Sequence

from provenance.model.results.reviews import Review, ReviewedEstimate, ReviewLabel, ReviewScope
from provenance.report.sanitize import one_line
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.cell_width import pad
from provenance.report.text.number_format import count, day, interval, number, percent

_NAME = 30

_ROWS = {
    ReviewLabel.ITEM: "the item's own words",
    ReviewLabel.QUOTATION: "quotations of a third text",
    ReviewLabel.CHANCE: "alike by chance",
}


def review_summary(
    review: Review, estimates: Sequence[ReviewedEstimate], style: TerminalStyle
) -> str:
    """Return who labelled how many findings, and the corrected shares.

    Parameters
    ----------
    review : Review
        The review.
    estimates : sequence of ReviewedEstimate
        Its corrected shares.
    style : TerminalStyle
        Width and colours.

    Returns
    -------
    str
        Lines, including the last newline.
    """
    lines = style.wrap(_progress(review))
    if not any(estimate.corrected is not None for estimate in estimates):
        return "\n".join([*lines, "No share can be corrected yet."]) + "\n"
    title = f"{'Share of all tokens':{_NAME}} {'reported':>9} {'corrected':>10}  95% interval"
    title = f"{title:71}{'draws':>8}"
    lines += [
        "",
        style.bold(title),
        *(line for estimate in estimates for line in _rows(estimate)),
        "",
    ]
    if any(estimate.is_exact for estimate in estimates):
        lines += style.wrap(
            "* Exact: too few labels for the narrower interval. It is wider than it would have to "
            "be.",
            hanging="  ",
        )
    if review.result.sample is not None:
        lines += style.wrap(
            "Shares are those of the documents that were checked, a sample; with what was missed, "
            "of all."
        )
    if review.sample.scope is ReviewScope.COUNTED:
        lines += style.wrap(
            "Only what counts for a source was drawn: what the check took for quotations, or "
            "contested, is in no figure."
        )
    lines += style.wrap(
        "Corrected are precision and origin: whether what was found is what it seems. "
        + _missed(review, estimates)
    )
    return "\n".join(lines) + "\n"


def _progress(review: Review) -> str:
    labels = [review.labels[key] for key in review.keys if key in review.labels]
    skipped = sum(label.label is ReviewLabel.SKIP for label in labels)
    drawn = count(len(review.keys), "finding")
    if not labels:
        return f"0 of {drawn} labelled, in {count(review.sample.draws, 'draw')}."
    people = ", ".join(sorted({one_line(label.labeller) for label in labels}))
    first, last = (choose(label.date for label in labels) for choose in (min, max))
    days = f"on {first}" if first == last else f"from {first} to {last}"
    return (
        f"{number(len(labels))} of {drawn} looked at, {number(skipped)} of them skipped, by "
        f"{people}, {days}; {count(review.sample.draws, 'draw')}, seed {review.sample.seed}."
    )


def _missed(review: Review, estimates: Sequence[ReviewedEstimate]) -> str:
    made = review.result.calibration
    if made is None or not any(estimate.with_missed for estimate in estimates):
        return "What was missed is in none of these figures; provenance calibrate measures that."
    return (
        f"What was missed is added by the calibration of {day(made.created)}, as if it had the "
        "same origins as what was found; both uncertainties are in the interval."
    )


def _rows(estimate: ReviewedEstimate) -> list[str]:
    rows = [_row(estimate)]
    if (missed := estimate.with_missed) is not None:
        name = pad("  with what was missed", _NAME)
        ends = interval(missed.low, missed.high)
        rows.append(f"{name} {'':9} {percent(missed.share):>10}  {ends}")
    return rows


def _row(estimate: ReviewedEstimate) -> str:
    name = _ROWS[estimate.label]
    if estimate.source is not None:
        name = f"  of {one_line(estimate.source)}"
    corrected = "-" if estimate.corrected is None else percent(estimate.corrected)
    ends = interval(estimate.low, estimate.high)
    exact = " *" if estimate.is_exact else ""
    cells = f"{pad(name, _NAME)} {percent(estimate.reported):>9} {corrected:>10}  {ends}{exact}"
    return f"{cells:71}{number(estimate.draws):>8}"
