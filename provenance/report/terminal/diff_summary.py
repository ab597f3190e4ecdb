"""Changes between two datasets or reports, for the terminal and as Markdown."""

from collections.abc import Iterator

import pyarrow as pa

from provenance.model.results.changes import Changes, ComparedCorpus, DocumentChanges, ShareChange
from provenance.report.sanitize import markdown_text, one_line
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.number_format import count, number, percent
from provenance.report.text.unread_text import unread_line

_FINDINGS, _NAMES, _SHARES = 10, 5, 20
_LONGEST = 80
_COMPARED = ("content", "resemblance")
"""Evidence of texts that were compared; other evidence has no words in common."""


def changes_text(changes: Changes, style: TerminalStyle) -> str:
    """Render changes for a terminal."""
    lines = [style.bold(_headline(changes))]
    for heading, points in _sections(changes):
        lines += ["", style.bold(heading)]
        lines += [line for point in points for line in style.wrap(point, "  ", "    ")]
    return "\n".join(lines) + "\n"


def changes_markdown(changes: Changes) -> str:
    """Render changes as Markdown; untrusted text is escaped."""
    lines = [f"### {markdown_text(_headline(changes))}"]
    for heading, points in _sections(changes):
        lines += ["", f"**{heading}**", "", *(f"- {markdown_text(point)}" for point in points)]
    return "\n".join(lines) + "\n"


def _headline(changes: Changes) -> str:
    new = changes.appeared.num_rows
    summary = f"{count(new, 'new finding')}, {number(changes.vanished.num_rows)} vanished"
    if changes.is_incomplete:
        return f"INCOMPLETE  {summary}: not all could be read."
    if changes.worse:
        return f"WORSE  {summary}: the policy is violated more than before."
    if changes.new.status == "fail":
        return f"SAME   {summary}: the policy is violated, no more than before."
    return f"PASS   {summary}: the policy holds."


def _sections(changes: Changes) -> Iterator[tuple[str, list[str]]]:
    sides = changes.old, changes.new
    yield "Compared", [_side("old", changes.old), _side("new", changes.new)]
    unread = [
        f"{_name(s.name)}: {unread_line(unread_file)}" for s in sides for unread_file in s.unread
    ]
    if unread:
        more = [f"and {count(len(unread) - _FINDINGS, 'more file')}"] if unread[_FINDINGS:] else []
        yield "Not read", [*unread[:_FINDINGS], *more]
    if changes.worse:
        yield (
            "Gates",
            [
                f"{gate.gate} fails: {percent(gate.new)}, "
                + ("not checked before." if gate.old is None else f"{percent(gate.old)} before.")
                for gate in changes.worse
            ],
        )
    if changes.documents is not None:
        yield "Documents", list(_documents(changes.documents))
    else:
        yield "Documents", ["Not compared: a report lists only documents with findings."]
    if changes.shares:
        left = len(changes.shares) - _SHARES
        more = [f"and {number(left)} more (--format json has all)"] if left > 0 else []
        moves = [_move(move) for move in changes.shares[:_SHARES]]
        yield "Changed shares of tokens", [*moves, *more]
    for heading, table in (("New", changes.appeared), ("Vanished", changes.vanished)):
        if table.num_rows:
            yield f"{heading} findings ({table.num_rows:,})", list(_findings(table))
    if changes.reservations:
        yield (
            "Caveats",
            [f"{caveat[:1].upper()}{caveat[1:]}." for caveat in changes.reservations],
        )


def _side(label: str, side: ComparedCorpus) -> str:
    outcome = {"pass": "no gate fails", "fail": "fails the policy"}.get(
        side.status, "not checked completely"
    )
    return (
        f"{label}: {_name(side.name)}, {count(side.documents, 'document')}, "
        f"{count(side.tokens, 'token')}; {outcome}."
    )


def _documents(documents: DocumentChanges) -> Iterator[str]:
    yield (
        f"{number(documents.added)} added, {number(documents.removed)} removed, "
        f"{number(documents.changed)} changed."
    )
    for change in ("added", "removed", "changed"):
        names = [_name(name) for kind, name in documents.examples if kind == change]
        if names:
            more = ", …" if getattr(documents, change) > len(names[:_NAMES]) else ""
            yield f"{change}: {', '.join(names[:_NAMES])}{more}"


def _move(move: ShareChange) -> str:
    old, new = (None if share is None else share.tokens.share for share in (move.old, move.new))
    texts = ["not searched for" if share is None else percent(share) for share in (old, new)]
    verdict = f" ({move.verdict})" if move.verdict and move.by == "source" else ""
    return f"{_name(move.key)}{verdict}: {texts[0]} → {texts[1]}"


def _findings(table: pa.Table) -> Iterator[str]:
    for row in table.slice(0, _FINDINGS).to_pylist():
        item = f" {_name(row['item'])}" if row["item"] else ""
        how = row["evidence"]
        if how in _COMPARED:
            how = f"{count(row['tokens'], 'word')}, strength {row['strength']:.0f} bits"
        yield f"{row['verdict']}: {_name(row['source'])}{item} in {_name(row['document'])}, {how}"
    if table.num_rows > _FINDINGS:
        yield f"and {number(table.num_rows - _FINDINGS)} more (--format json has all)"


def _name(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
