"""Sentences on files that could not be read."""

from collections.abc import Sequence

from provenance.model.content.tables import Unread
from provenance.model.results.coverage import RegistrySummary
from provenance.model.results.result import Result
from provenance.report.text.number_format import count, number

_NAMED = 3


def unread_sentence(unread: Sequence[Unread], allowed: int) -> str | None:
    """Return how many files could not be read, and whether that is accepted; None if all were.

    Examples
    --------
    >>> unread_sentence([Unread("a.jsonl", "permission denied", "make it readable.")], 0)
    '1 file or folder could not be read to its end: the rest was not checked.'
    """
    if not unread:
        return None
    is_single = len(unread) == 1
    files = "1 file or folder" if is_single else f"{number(len(unread))} files or folders"
    sentence = f"{files} could not be read to {'its' if is_single else 'their'} end"
    accepted_note = f" ({number(allowed)} accepted)" if len(unread) <= allowed else ""
    return f"{sentence}{accepted_note}: the rest was not checked."


def unread_line(unread: Unread) -> str:
    """Return a file, how far it was read, the reason and the remedy.

    Examples
    --------
    >>> unread_line(Unread("a.jsonl", "permission denied", "make it readable.", row=12))
    'a.jsonl, from row 12 on: permission denied. Try: make it readable.'
    """
    return _line(unread.file, unread)


def unread_lines(unread: Sequence[Unread], most: int, where: str) -> list[str]:
    """Return a line for each of the first `most` files, and one on the others.

    Files that are not read for the same reason share a line. `where` says where all are listed.

    Examples
    --------
    >>> missing = [Unread(f"{n}.jsonl", "it is missing", "fetch it.") for n in range(9)]
    >>> unread_lines(missing, 2, "result.json")
    ['0.jsonl, 1.jsonl, 2.jsonl and 6 more: it is missing. Try: fetch it.']
    """
    alike: dict[object, list[Unread]] = {}
    for each in unread:
        key = each if each.row or each.offset else (each.reason, each.remedy)
        alike.setdefault(key, []).append(each)
    groups = [*alike.values()]
    lines = [_line(_names([each.file for each in group]), group[0]) for group in groups[:most]]
    if others := sum(map(len, groups[most:])):
        lines.append(f"and {number(others)} more: see {where}")
    return lines


def _line(files: str, unread: Unread) -> str:
    row = f", from row {number(unread.row)} on" if unread.row else ""
    offset = f" (byte {number(unread.offset)})" if unread.offset else ""
    return f"{files}{row}{offset}: {unread.reason}. Try: {unread.remedy.rstrip('.')}."


def _names(files: Sequence[str]) -> str:
    more = len(files) - _NAMED
    return ", ".join(files[:_NAMED]) + (f" and {number(more)} more" if more > 0 else "")


def unread_steps(result: Result) -> tuple[str, ...]:
    """Return what to do about unread files that are not accepted."""
    if result.status != "incomplete":
        return ()
    step = (
        f"Make {count(len(result.unread), 'file')} readable and check again, or accept with "
        f"--allow-unread {len(result.unread)} that the rest is not checked."
    )
    return (step,)


def registry_gap(registry: RegistrySummary) -> str | None:
    """Return why a registry lacks items: all were withdrawn, or dumps were not read; else None."""
    if registry.is_empty:
        return "No text was compared with any: the check is of what documents declare."
    if not registry.items and registry.opt_outs:
        return None
    if not registry.items:
        return f"Registry {registry.path} holds no item: no text was compared with any."
    if not registry.unread:
        return None
    files = "; ".join(f"{entry.file} ({entry.reason})" for entry in registry.unread[:_NAMED])
    more = len(registry.unread) - _NAMED
    more_note = f"; and {count(more, 'more file')}" if more > 0 else ""
    return (
        f"Registry {registry.path} is incomplete: its dumps could not all be read: "
        f"{files}{more_note}. Items in the unread parts cannot be found."
    )
