"""Sentences on files that could not be read, and on texts that are not words."""

from collections.abc import Sequence

from provenance.model.content.tables import Unread
from provenance.model.results.coverage import RegistrySummary
from provenance.model.results.result import Result
from provenance.report.text.number_format import count, number, percent

_NAMED = 3


def unchecked_sentence(result: Result) -> str | None:
    """Return how much was not checked, and whether that is accepted; None if all was."""
    unread, columns = len(result.unread), len(result.unchecked) - len(result.unread)
    accepted = f" ({number(result.allow_unread)} accepted)" if not result.lacks_files else ""
    sentences = []
    if unread:
        files = "1 file or folder" if unread == 1 else f"{number(unread)} files or folders"
        end = "its end" if unread == 1 else "their end"
        sentences.append(f"{files} could not be read to {end}{accepted}: the rest was not checked.")
    if columns:
        are = "column is" if columns == 1 else "columns are"
        sentences.append(
            f"{number(columns)} {are} not words{accepted}: nothing can be found there."
        )
    return " ".join(sentences) or None


def unchecked_phrase(unchecked: Sequence[Unread], unread: Sequence[Unread]) -> str:
    """Return how much was not checked, of which some could not be read.

    Examples
    --------
    >>> missing = Unread("a.jsonl", "permission denied", "make it readable.")
    >>> unchecked_phrase([missing], [missing])
    '1 file could not be read to the end'
    >>> unchecked_phrase([missing], [])
    '1 column is not words and could not be compared'
    """
    columns = len(unchecked) - len(unread)
    are = "is" if columns == 1 else "are"
    phrases = [
        *([f"{count(len(unread), 'file')} could not be read to the end"] if unread else []),
        *(
            [f"{count(columns, 'column')} {are} not words and could not be compared"]
            if columns
            else []
        ),
    ]
    return ", and ".join(phrases)


def wordless_sentence(result: Result) -> tuple[str, ...]:
    """Return which part of the corpus is not words, if any is."""
    corpus = result.corpus
    if not corpus.wordless:
        return ()
    tokens, size = (sum(getattr(each, n) for each in corpus.wordless) for n in ("tokens", "bytes"))
    kinds = "; ".join(dict.fromkeys(each.kind for each in corpus.wordless))
    have = "has" if corpus.wordless_documents == 1 else "have"
    documents = f"{number(corpus.wordless_documents)} of {count(corpus.documents, 'document')}"
    sentence = (
        f"{documents} {have} texts that are not words ({kinds}): in "
        f"{percent(tokens / max(1, corpus.tokens))} of the tokens and "
        f"{percent(size / max(1, corpus.bytes))} of the bytes nothing can be found."
    )
    return (sentence,)


def is_wordless(result: Result) -> bool:
    """Return whether no text of the corpus is words."""
    wordless = sum(each.texts for each in result.corpus.wordless)
    return bool(wordless) and wordless >= result.corpus.texts


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
    if not result.lacks_files:
        return ()
    unread, columns = len(result.unread), len(result.unchecked) - len(result.unread)
    steps = [
        *([f"make {count(unread, 'file')} readable"] if unread else []),
        *([f"give {count(columns, 'column')} as words"] if columns else []),
    ]
    step = (
        f"{' and '.join(steps)} and check again, or accept with --allow-unread "
        f"{len(result.unchecked)} that the rest is not checked."
    )
    return (f"{step[:1].upper()}{step[1:]}",)


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
