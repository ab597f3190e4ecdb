"""The window out: every way to tell a result. All render the same result and findings."""

from provenance.report.calibrationfile import (
    calibration_document,
    calibration_schema,
    write_calibration,
)
from provenance.report.folder import read_report, write
from provenance.report.formats import RENDERERS, render
from provenance.report.hostile import one_line
from provenance.report.html import html_page
from provenance.report.lawlist import rule_card, rule_list
from provenance.report.lawstory import story
from provenance.report.pen import Pen
from provenance.report.policytext import TEMPLATE as POLICY_TEMPLATE
from provenance.report.policytext import policy_text
from provenance.report.recalltable import recall_table
from provenance.report.resultfile import dumps, json_schema, loads, result_document
from provenance.report.terminal import terminal_summary
from provenance.report.timeline import timeline_text

__all__ = [
    "POLICY_TEMPLATE",
    "RENDERERS",
    "Pen",
    "calibration_document",
    "calibration_schema",
    "dumps",
    "html_page",
    "json_schema",
    "loads",
    "one_line",
    "policy_text",
    "read_report",
    "recall_table",
    "render",
    "result_document",
    "rule_card",
    "rule_list",
    "story",
    "terminal_summary",
    "timeline_text",
    "write",
    "write_calibration",
]
