"""Dumps in the layout of a source, such as Reddit or Stack Exchange, read as batches of items."""
