"""Segments: write and link them, select and withdraw their items, and keep count of these."""
