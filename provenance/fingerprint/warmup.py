"""Build lookup tables before threads need them."""

from provenance.fingerprint.boundaries import break_table
from provenance.fingerprint.tokenizer.unicode_words import single_character_hashes


def make_tables() -> None:
    """Build the tables of this package; otherwise every thread would wait for them."""
    single_character_hashes()
    break_table()
