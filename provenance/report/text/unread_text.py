"""What could not be read, in words."""

from collections.abc import Sequence

from provenance.model import RegistrySummary, Result, Unread
from provenance.report.text.number_format import count, number

_NAMED = 3


def unread_sentence(unread: Sequence[Unread], allowed: int) -> str | None:
    """Say how much could not be read, and whether that is accepted; None where all was read.

    Examples
    --------
    >>> unread_sentence([Unread("a.jsonl", "permission denied", "make it readable.")], 0)
    '1 file or folder could not be read to its end: the rest was not checked.'
    """
    if not unread:
        return None
    one = len(unread) == 1
    named = "1 file or folder" if one else f"{number(len(unread))} files or folders"
    said = f"{named} could not be read to {'its' if one else 'their'} end"
    accepted = f" ({number(allowed)} accepted)" if len(unread) <= allowed else ""
    return f"{said}{accepted}: the rest was not checked."


def unread_line(one: Unread) -> str:
    """Name a file, how far it was read, and why not further.

    Examples
    --------
    >>> unread_line(Unread("a.jsonl", "permission denied", "make it readable.", row=12))
    'a.jsonl, from row 12 on: permission denied. Try: make it readable.'
    """
    row = f", from row {number(one.row)} on" if one.row else ""
    offset = f" (byte {number(one.offset)})" if one.offset else ""
    return f"{one.file}{row}{offset}: {one.reason}. Try: {one.remedy.rstrip('.')}."


def unread_step(result: Result) -> tuple[str, ...]:
    """Say what to do about what could not be read, where it is not accepted."""
    if result.status != "incomplete":
        return ()
    step = (
        f"Make {count(len(result.unread), 'file')} readable, and check again; or accept with "
        f"--allow-unread {len(result.unread)} that the rest is not checked."
    )
    return (step,)


def lacking(registry: RegistrySummary) -> str | None:
    """Say what a registry lacks, for it could not be read; None where nothing is known of that."""
    if not registry.unread:
        return None
    named = "; ".join(f"{one.file} ({one.reason})" for one in registry.unread[:_NAMED])
    more = len(registry.unread) - _NAMED
    rest = f"; and {count(more, 'more file')}" if more > 0 else ""
    return (
        f"Registry {registry.path} lacks what could not be read of its dumps: {named}{rest}. "
        "What is in there cannot be found."
    )
