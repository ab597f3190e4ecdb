"""The window out: every way to tell a result. All render the same result and findings."""

from provenance.report.folder import read_report, write
from provenance.report.formats import RENDERERS, render
from provenance.report.html import html_page
from provenance.report.resultfile import dumps, json_schema, loads, result_document
from provenance.report.terminal import terminal_summary

__all__ = [
    "RENDERERS",
    "dumps",
    "html_page",
    "json_schema",
    "loads",
    "read_report",
    "render",
    "result_document",
    "terminal_summary",
    "write",
]
