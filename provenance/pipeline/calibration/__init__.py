"""Recall and false positives, measured on planted items and controls."""
