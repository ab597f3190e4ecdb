"""Ledgers for the terminal."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.ledger_text import DIGEST_LENGTH, entry_sentence
from provenance.report.text.number_format import count

if TYPE_CHECKING:
    from provenance.model.records.ledger import Ledger, LedgerEntry, LedgerVerification

_DIGEST = re.compile(r"[0-9a-f]{64}")


def record_lines(
    ledger: "Ledger", entries: Iterable["LedgerEntry"], style: TerminalStyle
) -> Iterator[str]:
    """Yield lines on records, the oldest first."""
    for entry in entries:
        record = entry.record
        yield f"{record.recorded:%Y-%m-%d %H:%M}  {record.kind:11}  {entry.digest[:DIGEST_LENGTH]}"
        yield from style.wrap(entry_sentence(entry), "  ", "    ")
        for file in record.files:
            if (erasure := ledger.erasures.get(file.name)) is not None:
                yield f"  {file.role} erased on {erasure.day}, reason: {erasure.reason}"
    yield ""
    yield count(len(ledger.entries), "record")
    yield f"digest {ledger.digest}"


def verification_lines(
    address: str, found: "LedgerVerification", style: TerminalStyle
) -> Iterator[str]:
    """Yield lines on the verification of a ledger."""
    extent = f"{count(found.records, 'record')} of {count(found.writers, 'writer')}"
    state = "is intact" if not found.faults else "is NOT intact"
    yield f"{address} {state}: {extent}, {count(found.files, 'file')}"
    yield f"  digest {found.digest}"
    for name, erasure in found.erased:
        yield f"  {_short(f'files/{name}')}"
        yield f"    erased on {erasure.day}, reason: {erasure.reason}"
    for fault in found.faults:
        yield f"  {_short(fault.file)}"
        yield from style.wrap(fault.message, "    ")
    for name in found.unnamed:
        yield f"  {_short(name)}"
        yield "    no record names this file: its writer was interrupted, or is at work"
    yield "  Newest records (note them elsewhere: their removal would not be seen):"
    for writer, number, digest in found.newest:
        yield f"    {writer} {number} {digest[:DIGEST_LENGTH]}"


def _short(file: str) -> str:
    """Return the name of a file with the first digits of its digest, which tell it apart."""
    return _DIGEST.sub(lambda match: f"{match[0][:DIGEST_LENGTH]}…", file)
