"""Dumps: files in a source's own layout, read as batches of items."""

from provenance.read.dumps.layouts import LAYOUTS, detect_layout, open_dump

__all__ = ["LAYOUTS", "detect_layout", "open_dump"]
