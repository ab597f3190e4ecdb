"""Measure recall and false positives with planted items and controls, and correct shares."""
