"""Verify a ledger with what its checks, signatures and time stamps show."""

from dataclasses import replace

from provenance.ledger.ledger_store import read_ledger
from provenance.ledger.ledger_verification import verify_ledger
from provenance.model.records.ledger import LedgerVerification
from provenance.pipeline.audit.check_contradictions import check_contradictions
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.ledger_witnesses import check_witnesses
from provenance.signing.envelopes import Trust


def check_ledger(
    address: str, *, since: str | None = None, trust: Trust | None = None, quiet: bool = False
) -> LedgerVerification:
    """Verify every byte of a ledger, with progress.

    Parameters
    ----------
    address : str
        The ledger.
    since : str or None
        Digest of an earlier state, all of which must be there.
    trust : Trust or None
        Whose signatures count; None verifies none.
    quiet : bool
        Show no progress.
    """
    with show_progress("verifying the ledger", None, "files", quiet=quiet) as progress:
        found = verify_ledger(address, progress.advance, since=since)
    if not found.faults:  # of a damaged ledger, no check can be trusted
        refuted = tuple(check_contradictions(read_ledger(address)))
        found = replace(found, contradictions=(*found.contradictions, *refuted))
    return check_witnesses(address, found, trust)
