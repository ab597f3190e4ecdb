"""Writing a corpus again without some of its rows, or with passages of its texts replaced."""

from provenance.read.rewriting.output_file import UnwritableError
from provenance.read.rewriting.removal_plan import Removals
from provenance.read.rewriting.rewrite_file import check_rewritable, rewrite_file
from provenance.read.rewriting.rewrite_saved import write_saved_metadata

__all__ = [
    "Removals",
    "UnwritableError",
    "check_rewritable",
    "rewrite_file",
    "write_saved_metadata",
]
