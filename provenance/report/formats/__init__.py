"""Formats that a report is rendered in: HTML, Markdown, SARIF, JUnit, CSV, JSON Lines."""
