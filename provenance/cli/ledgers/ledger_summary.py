"""Ledgers for the terminal."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.ledger_text import DIGEST_LENGTH, access_totals, entry_sentence
from provenance.report.text.number_format import count, number

if TYPE_CHECKING:
    from provenance.model.records.ledger import (
        Contradiction,
        EarlierState,
        Ledger,
        LedgerEntry,
        LedgerVerification,
    )

_DIGEST = re.compile(r"[0-9a-f]{64}")


def record_lines(
    ledger: "Ledger", entries: Iterable["LedgerEntry"], style: TerminalStyle
) -> Iterator[str]:
    """Yield lines on records, the oldest first, and sums of those in force."""
    corrected = ledger.corrections()
    for entry in entries:
        record = entry.record
        yield f"{record.recorded:%Y-%m-%d %H:%M}  {record.kind:11}  {entry.digest[:DIGEST_LENGTH]}"
        yield from style.wrap(entry_sentence(entry), "  ", "    ")
        if (instead := corrected.get(entry.digest)) is not None:
            yield f"  corrected: record {instead.digest[:DIGEST_LENGTH]} counts instead"
        if record.corrects is not None:
            yield f"  corrects record {record.corrects[:DIGEST_LENGTH]}"
        if entry.recorded_by is not None:
            yield from style.wrap(f"recorded by the account {entry.recorded_by}", "  ", "    ")
        for file in record.files:
            if (erasure := ledger.erasures.get(file.name)) is not None:
                yield f"  {file.role} erased on {erasure.day}, reason: {erasure.reason}"
    yield ""
    extent = count(len(ledger.entries), "record")
    yield extent if not corrected else f"{extent}, {number(len(corrected))} of them corrected"
    yield from style.wrap(access_totals(ledger))
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
    unnamed = (
        "no record names this file: its writer was interrupted, or is at work, or the newest "
        "records were removed"
    )
    for file, message in (
        *((fault.file, fault.message) for fault in found.faults),
        *((name, unnamed) for name in found.unnamed),
        *((record.file, record.message) for record in found.late),
    ):
        yield from style.wrap(_short(file), "  ", "    ")
        yield from style.wrap(message, "    ")
    if found.since is not None:
        yield from _since_lines(found.since, style)
    for witness in found.witnesses:
        digest = witness.state.digest[:DIGEST_LENGTH]
        extent = f"state {digest} ({count(witness.state.records, 'record')})"
        yield from style.wrap(f"{witness.kind} of {extent}: {witness.statement}", "  ", "    ")
    if found.contradictions:
        yield from _contradiction_lines(found.contradictions, style)
    yield "  Newest records (note the digest elsewhere: their removal would not be seen):"
    for writer, place, digest in found.newest:
        yield f"    {writer} {place} {digest[:DIGEST_LENGTH]}"


def _contradiction_lines(
    contradictions: Sequence["Contradiction"], style: TerminalStyle
) -> Iterator[str]:
    yield f"  {count(len(contradictions), 'contradiction')} between records:"
    for each in contradictions:
        yield from style.wrap(each.sentence, "    ", "      ")
        records = ", ".join(digest[:DIGEST_LENGTH] for digest in each.records)
        yield from style.wrap(f"records: {records}", "      ", "        ")


def _since_lines(since: "EarlierState", style: TerminalStyle) -> Iterator[str]:
    """Yield lines on what became of an earlier state."""
    if not since.records:
        yield from style.wrap(f"NOT proven: {since.faults[0].message}.", "  ", "    ")
        return
    state = (
        f"{count(since.records, 'record')} of that time there, unchanged"
        if not since.faults
        else "NOT all that it covers is there, unchanged"
    )
    added = f"{count(since.added, 'record')} added since"
    erased = f"{count(since.erased, 'file')} erased since, as recorded"
    yield from style.wrap(
        f"Since {since.digest[:DIGEST_LENGTH]}: {state}; {added}; {erased}", "  ", "    "
    )


def _short(file: str) -> str:
    """Return the name of a file with the first digits of its digest, which tell it apart."""
    return _DIGEST.sub(lambda match: f"{match[0][:DIGEST_LENGTH]}…", file)
