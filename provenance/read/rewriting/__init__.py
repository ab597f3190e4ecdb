"""A corpus written again, without some of its rows, or with stretches of its texts replaced."""

from provenance.read.rewriting.cuts import Cuts
from provenance.read.rewriting.files import check_rewritable, rewrite
from provenance.read.rewriting.saved import write_saved
from provenance.read.rewriting.sinks import UnwritableError

__all__ = ["Cuts", "UnwritableError", "check_rewritable", "rewrite", "write_saved"]
