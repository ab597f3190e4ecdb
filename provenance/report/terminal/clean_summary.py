"""Summary of a receipt for the terminal."""

from collections.abc import Iterator

from provenance.model.records.receipt import CleanedFile, Receipt
from provenance.report.sanitize import one_line
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.number_format import count, number, percent, size
from provenance.report.text.unread_text import unread_lines

_FILES = 10
_REASONS = 10


def receipt_text(receipt: Receipt, style: TerminalStyle) -> str:
    """Summarise what was removed, where and why, and what remains.

    Parameters
    ----------
    receipt : Receipt
        The receipt.
    style : TerminalStyle
        Width and colours.

    Returns
    -------
    str
        Lines, including the last newline.
    """
    lines = [
        *_head(receipt, style),
        *_reasons(receipt, style),
        *_files_changed(receipt, style),
        *_exceptions(receipt, style),
    ]
    return "\n".join(lines) + "\n"


def _head(receipt: Receipt, style: TerminalStyle) -> Iterator[str]:
    if not receipt.rounds:
        verdicts = " or ".join(receipt.cleaning.verdicts)
        where = "the corpus" if not receipt.wordless else "what could be compared of the corpus"
        yield from style.wrap(f"Nothing to remove: nothing in {where} is {verdicts}.")
    else:
        parts = []
        if receipt.documents:
            parts.append(count(receipt.documents, "document"))
        if receipt.spans:
            parts.append(count(receipt.spans, "passage"))
        yield style.bold(f"Removed: {' and '.join(parts)}.")
    share = receipt.after.bytes / receipt.before.bytes if receipt.before.bytes else 1.0
    yield from style.wrap(
        f"{number(receipt.after.documents)} of {count(receipt.before.documents, 'document')} "
        f"remain, {size(receipt.after.bytes)} of text ({percent(share)}). {_rest(receipt)}",
        "  ",
    )
    if receipt.documents and receipt.cleaning.redact is None:
        removed = receipt.before.bytes - receipt.after.bytes
        yield from style.wrap(
            f"Whole documents were removed, {size(removed)} of text: --redact TEXT removes only "
            "the passages in them.",
            "  ",
        )
    if receipt.rounds > 1:
        yield from style.wrap(
            f"It took {receipt.rounds} rounds: some passages are only found once others are gone.",
            "  ",
        )


def _rest(receipt: Receipt) -> str:
    if receipt.cleaning.forget_set is not None:
        return "All that the forget set lists of them is gone."
    return (
        "They were checked again, scored with the model of the original corpus and with their own: "
        "nothing more is to be removed."
    )


def _reasons(receipt: Receipt, style: TerminalStyle) -> Iterator[str]:
    if not receipt.reasons:
        return
    yield ""
    yield "Why"
    for reason in receipt.reasons[:_REASONS]:
        by = f", by {reason.terms}" if reason.terms else ""
        yield from style.wrap(
            f"{reason.source}: {reason.verdict} ({reason.basis or 'no basis'}{by}): "
            f"{count(reason.findings, 'passage')} in {count(reason.documents, 'document')}.",
            "  ",
            "    ",
        )
    if more := receipt.reasons[_REASONS:]:
        yield f"  {count(len(more), 'more reason')} in the receipt."


def _files_changed(receipt: Receipt, style: TerminalStyle) -> Iterator[str]:
    changed = [file for file in receipt.files if file.before != file.after]
    same = len(receipt.files) - len(changed)
    yield ""
    yield "Where"
    for file in changed[:_FILES]:
        yield from style.wrap(_file(file), "  ", "    ")
    if more := changed[_FILES:]:
        yield f"  {count(len(more), 'more file')} in the receipt."
    if same:
        yield f"  {count(same, 'file')} copied byte for byte."


def _file(file: CleanedFile) -> str:
    if file.written is None:
        return f"{one_line(file.file)}: removed completely."
    parts = [
        count(number, noun)
        for number, noun in ((file.documents, "document"), (file.spans, "passage"))
        if number
    ]
    return f"{one_line(file.file)}: {' and '.join(parts)} removed."


def _exceptions(receipt: Receipt, style: TerminalStyle) -> Iterator[str]:
    exceptions = [
        (receipt.left_waived, "is waived", "are waived", "finding", "--waived removes them too"),
        (
            receipt.left_contested,
            "is contested",
            "are contested",
            "finding",
            "--contested removes them too",
        ),
    ]
    for number_left, singular, plural, noun, option in exceptions:
        if number_left:
            verb = singular if number_left == 1 else plural
            yield ""
            yield from style.wrap(f"Kept: {count(number_left, noun)} that {verb} ({option}).")
    if receipt.unread:
        yield ""
        yield from style.wrap(
            f"Not written: {count(len(receipt.unread), 'file')} that could not be read to the end "
            "and so could not be checked."
        )
        for line in unread_lines(receipt.unread, _FILES, "the receipt"):
            yield from style.wrap(line, "  ", "    ")
    if receipt.wordless:
        yield ""
        yield from style.wrap(
            f"Not compared: {count(len(receipt.wordless), 'column')} of texts that are not words, "
            "written as they were."
        )
        for line in unread_lines(receipt.wordless, _FILES, "the receipt"):
            yield from style.wrap(line, "  ", "    ")
    if receipt.not_copied:
        yield ""
        yield from style.wrap(
            f"Not copied: {count(receipt.not_copied, 'file')} beside the data, which "
            f"{'was' if receipt.not_copied == 1 else 'were'} not checked."
        )
