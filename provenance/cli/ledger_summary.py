"""Ledgers for the terminal."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.ledger_text import DIGEST_LENGTH, entry_sentence
from provenance.report.text.number_format import count

if TYPE_CHECKING:
    from provenance.model import Ledger, LedgerEntry, LedgerVerification


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
    yield f"{count(len(ledger.entries), 'record')}, digest of the ledger {ledger.digest}"


def verification_lines(address: str, found: "LedgerVerification") -> Iterator[str]:
    """Yield lines on the verification of a ledger."""
    extent = f"{count(found.records, 'record')} of {count(found.writers, 'writer')}"
    state = "is intact" if not found.faults else "is NOT intact"
    yield f"{address} {state}: {extent}, {count(found.files, 'file')}"
    yield f"  digest {found.digest}"
    for name, erasure in found.erased:
        yield f"  erased on {erasure.day}, reason: {erasure.reason}: files/{name}"
    for fault in found.faults:
        yield f"  {fault.file}: {fault.message}"
    yield "  Newest records (keep a copy elsewhere: that these were removed is not seen):"
    for writer, number, digest in found.newest:
        yield f"    {writer} {number} {digest[:DIGEST_LENGTH]}"
