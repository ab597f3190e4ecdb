"""What is made once a process, before threads ask for it."""

from provenance.fingerprint.lone import lone_hashes
from provenance.fingerprint.partings import parting


def make_tables() -> None:
    """Make now what the first text would wait for, and every thread of its own."""
    lone_hashes()
    parting()
