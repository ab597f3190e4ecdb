"""Summaries, tables and charts for a terminal."""
