"""A receipt in a few lines, for a terminal."""

from collections.abc import Iterator

from provenance.model import CleanedFile, Receipt
from provenance.report.sanitize import one_line
from provenance.report.terminal.terminal_style import Pen
from provenance.report.text.number_format import count, number, percent, size
from provenance.report.text.unread_text import unread_line

_FILES = 10
_REASONS = 10


def receipt_text(receipt: Receipt, pen: Pen) -> str:
    """Say what was taken out, where and why, and what is left.

    Parameters
    ----------
    receipt : Receipt
        What was done.
    pen : Pen
        For the terminal.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    lines = [*_head(receipt, pen), *_why(receipt, pen), *_where(receipt, pen), *_left(receipt, pen)]
    return "\n".join(lines) + "\n"


def _head(receipt: Receipt, pen: Pen) -> Iterator[str]:
    if not receipt.rounds:
        verdicts = " or ".join(receipt.cleaning.verdicts)
        yield from pen.wrap(f"Nothing to take out: nothing in it is {verdicts}.")
    else:
        parts = []
        if receipt.documents:
            parts.append(count(receipt.documents, "document"))
        if receipt.spans:
            parts.append(count(receipt.spans, "passage"))
        yield pen.bold(f"Taken out: {' and '.join(parts)}.")
    kept = receipt.after.bytes / receipt.before.bytes if receipt.before.bytes else 1.0
    yield from pen.wrap(
        f"{number(receipt.after.documents)} of {count(receipt.before.documents, 'document')} are "
        f"left, {size(receipt.after.bytes)} of text ({percent(kept)}). What is left was checked "
        "again, weighed as before and by itself: nothing more is to be taken out.",
        "  ",
    )
    if receipt.rounds > 1:
        yield from pen.wrap(
            f"It took {receipt.rounds} rounds: some passages stand out only where others are gone.",
            "  ",
        )


def _why(receipt: Receipt, pen: Pen) -> Iterator[str]:
    if not receipt.reasons:
        return
    yield ""
    yield "Why"
    for reason in receipt.reasons[:_REASONS]:
        by = f", by {reason.terms}" if reason.terms else ""
        yield from pen.wrap(
            f"{reason.source}: {reason.verdict} ({reason.basis or 'no basis'}{by}): "
            f"{count(reason.findings, 'passage')} in {count(reason.documents, 'document')}.",
            "  ",
            "    ",
        )
    if more := receipt.reasons[_REASONS:]:
        yield f"  {count(len(more), 'more reason')} in the receipt."


def _where(receipt: Receipt, pen: Pen) -> Iterator[str]:
    changed = [file for file in receipt.files if file.before != file.after]
    same = len(receipt.files) - len(changed)
    yield ""
    yield "Where"
    for file in changed[:_FILES]:
        yield from pen.wrap(_file(file), "  ", "    ")
    if more := changed[_FILES:]:
        yield f"  {count(len(more), 'more file')} in the receipt."
    if same:
        yield f"  {count(same, 'file')} copied byte for byte."


def _file(file: CleanedFile) -> str:
    if file.written is None:
        return f"{one_line(file.file)}: nothing of it is left."
    parts = [
        count(number, noun)
        for number, noun in ((file.documents, "document"), (file.spans, "passage"))
        if number
    ]
    return f"{one_line(file.file)}: {' and '.join(parts)} taken out."


def _left(receipt: Receipt, pen: Pen) -> Iterator[str]:
    told = [
        (receipt.left_waived, "is waived", "are waived", "finding", "--waived takes them out too"),
        (
            receipt.left_contested,
            "is contested",
            "are contested",
            "finding",
            "--contested takes them out too",
        ),
    ]
    for number_left, one, many, noun, how in told:
        if number_left:
            verb = one if number_left == 1 else many
            yield ""
            yield from pen.wrap(f"Left in: {count(number_left, noun)} that {verb} ({how}).")
    if receipt.unread:
        yield ""
        yield from pen.wrap(
            f"Not written: {count(len(receipt.unread), 'file')} that could not be read to the end, "
            "and so could not be checked."
        )
        for unread in receipt.unread[:_FILES]:
            yield from pen.wrap(unread_line(unread), "  ", "    ")
        if more := receipt.unread[_FILES:]:
            yield f"  {count(len(more), 'more file')} in the receipt."
    if receipt.not_copied:
        yield ""
        yield from pen.wrap(
            f"Not copied: {count(receipt.not_copied, 'file')} of its folders that are no data, and "
            "so were not checked."
        )
