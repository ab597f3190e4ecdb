"""The window out: every way to tell a result. All render the same result and findings."""

from provenance.report.anchors import named_anchor
from provenance.report.calibrationfile import (
    calibration_document,
    calibration_schema,
    write_calibration,
)
from provenance.report.changesfile import changes_json
from provenance.report.changestext import changes_markdown, changes_text
from provenance.report.comments import comment
from provenance.report.folder import write, write_text
from provenance.report.formats import FORMATS, render
from provenance.report.hostile import one_line
from provenance.report.html import html_page
from provenance.report.jobs import give_outputs, pull_request, shares_output, summarise
from provenance.report.lawlist import rule_card, rule_list
from provenance.report.lawstory import story
from provenance.report.manner import PLAIN, Manner
from provenance.report.pen import Pen
from provenance.report.policytext import TEMPLATE as POLICY_TEMPLATE
from provenance.report.policytext import policy_text
from provenance.report.recalltable import recall_table
from provenance.report.receiptfile import receipt_document, receipt_schema, write_receipt
from provenance.report.receipttext import receipt_text
from provenance.report.reportfiles import (
    findings_digest,
    has_model,
    has_report,
    read_model,
    read_report,
)
from provenance.report.resultfile import dumps, json_schema, loads, result_document
from provenance.report.signalstory import Heard, signal_story
from provenance.report.steps import summary_line
from provenance.report.terminal import terminal_summary
from provenance.report.timeline import timeline_text
from provenance.report.unreadlines import unread_line

__all__ = [
    "FORMATS",
    "PLAIN",
    "POLICY_TEMPLATE",
    "Heard",
    "Manner",
    "Pen",
    "calibration_document",
    "calibration_schema",
    "changes_json",
    "changes_markdown",
    "changes_text",
    "comment",
    "dumps",
    "findings_digest",
    "give_outputs",
    "has_model",
    "has_report",
    "html_page",
    "json_schema",
    "loads",
    "named_anchor",
    "one_line",
    "policy_text",
    "pull_request",
    "read_model",
    "read_report",
    "recall_table",
    "receipt_document",
    "receipt_schema",
    "receipt_text",
    "render",
    "result_document",
    "rule_card",
    "rule_list",
    "shares_output",
    "signal_story",
    "story",
    "summarise",
    "summary_line",
    "terminal_summary",
    "timeline_text",
    "unread_line",
    "write",
    "write_calibration",
    "write_receipt",
    "write_text",
]
