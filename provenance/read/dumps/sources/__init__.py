"""Readers of the layouts in which particular sources publish their items."""
