"""Dumps in the layout of a source, such as Reddit or Stack Exchange, read as batches of items."""

from provenance.read.dumps.layouts import open_dump

__all__ = ["open_dump"]
