"""Dumps: files in a source's own layout, read as batches of items."""

from provenance.read.dumps.layouts import open_dump

__all__ = ["open_dump"]
