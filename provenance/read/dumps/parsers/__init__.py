"""Parsers that the readers of several layouts share: JSON, XML, HTML, lines, dates."""
