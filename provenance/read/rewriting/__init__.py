"""Writing a corpus again without some of its rows, or with passages of its texts replaced."""

from provenance.read.rewriting.output_file import UnwritableError
from provenance.read.rewriting.removal_plan import Cuts
from provenance.read.rewriting.rewrite_file import check_rewritable, rewrite
from provenance.read.rewriting.rewrite_saved import write_saved

__all__ = ["Cuts", "UnwritableError", "check_rewritable", "rewrite", "write_saved"]
