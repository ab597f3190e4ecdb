"""States of a ledger: what it had at a time, and the digest of that.

Each record names the newest ones before it, of all writers. So the digest of the newest record
covers all that was there when it was written. Where several are the newest, as after writers were
at work at once, the state's digest is that of the list of them.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping

from provenance.model.records.ledger import LedgerRecord

Records = Mapping[str, LedgerRecord]
"""Records by their SHA-256."""


def newest_records(records: Records) -> list[str]:
    """Return the digests of the records that no other names, sorted."""
    named = {digest for record in records.values() for digest in record.previous}
    return sorted(records.keys() - named)


def state_digest(newest: Collection[str]) -> str:
    """Return the digest of a state, given by its newest records."""
    if len(newest) == 1:
        return next(iter(newest))
    lines = "".join(f"{digest}\n" for digest in sorted(newest))
    return hashlib.sha256(lines.encode()).hexdigest()


def covered_records(records: Records, newest: Iterable[str]) -> set[str]:
    """Return the digests of all that a state had; those that are gone are among them."""
    covered, open_ = set[str](), list(newest)
    while open_:
        digest = open_.pop()
        if digest in covered:
            continue
        covered.add(digest)
        if (record := records.get(digest)) is not None:
            open_ += record.previous
    return covered


def all_states(records: Records) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the digest of each state that a ledger can have been in, with its newest records."""
    for newest in _states(records):
        yield state_digest(newest), newest


def find_states(records: Records, digits: str) -> dict[str, tuple[str, ...]]:
    """Return the newest records of the states whose digest begins with some digits, by digest."""
    found = dict[str, tuple[str, ...]]()
    for digest, newest in all_states(records):
        if digest.startswith(digits):
            found.setdefault(digest, newest)
    return found


def _states(records: Records) -> Iterator[tuple[str, ...]]:
    """Yield the states that a ledger can have been in, given by their newest records."""
    named = {digest for record in records.values() for digest in record.previous}
    yield from ((digest,) for digest in records.keys() | named)
    yield from (record.previous for record in records.values() if len(record.previous) > 1)
    # What no writer saw, such as a verification between two of them: states in the order of time.
    newest, earlier = set[str](), set[str]()
    for digest in sorted(records, key=lambda each: (records[each].recorded, each)):
        earlier.update(records[digest].previous)
        newest = (newest | {digest}) - earlier
        if len(newest) > 1:
            yield tuple(sorted(newest))
