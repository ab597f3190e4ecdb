"""Ledgers: append-only records of what was collected, checked, used and destroyed."""
