"""The window out: every way to tell a result. All render the same result and findings."""

from provenance.report.code_location import parse_anchor
from provenance.report.files.calibration_json import (
    calibration_document,
    calibration_schema,
    write_calibration,
)
from provenance.report.files.changes_json import changes_json
from provenance.report.files.receipt_json import receipt_document, receipt_schema, write_receipt
from provenance.report.files.report_folder import write_report, write_text
from provenance.report.files.report_reader import (
    findings_digest,
    has_model,
    has_report,
    read_model,
    read_report,
)
from provenance.report.files.result_json import dumps, loads, result_document, result_schema
from provenance.report.formats.html_report import html_page
from provenance.report.formats.rendering import FORMATS, render
from provenance.report.github.job_summary import (
    append_job_summary,
    find_pull_request,
    set_outputs,
    shares_output,
)
from provenance.report.github.pull_request_comment import post_comment
from provenance.report.render_options import DEFAULT_OPTIONS, RenderOptions
from provenance.report.sanitize import one_line
from provenance.report.terminal.check_summary import terminal_summary
from provenance.report.terminal.clean_summary import receipt_text
from provenance.report.terminal.diff_summary import changes_markdown, changes_text
from provenance.report.terminal.policy_summary import POLICY_TEMPLATE, policy_text
from provenance.report.terminal.recall_table import recall_table
from provenance.report.terminal.rule_listing import rule_card, rule_list
from provenance.report.terminal.ruling_explanation import ruling_explanation
from provenance.report.terminal.signal_summary import CapturedSignals, signal_summary
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.terminal.verdict_timeline import timeline_text
from provenance.report.text.next_steps import outcome_line
from provenance.report.text.unread_text import unread_line

__all__ = [
    "DEFAULT_OPTIONS",
    "FORMATS",
    "POLICY_TEMPLATE",
    "CapturedSignals",
    "RenderOptions",
    "TerminalStyle",
    "append_job_summary",
    "calibration_document",
    "calibration_schema",
    "changes_json",
    "changes_markdown",
    "changes_text",
    "dumps",
    "find_pull_request",
    "findings_digest",
    "has_model",
    "has_report",
    "html_page",
    "loads",
    "one_line",
    "outcome_line",
    "parse_anchor",
    "policy_text",
    "post_comment",
    "read_model",
    "read_report",
    "recall_table",
    "receipt_document",
    "receipt_schema",
    "receipt_text",
    "render",
    "result_document",
    "result_schema",
    "rule_card",
    "rule_list",
    "ruling_explanation",
    "set_outputs",
    "shares_output",
    "signal_summary",
    "terminal_summary",
    "timeline_text",
    "unread_line",
    "write_calibration",
    "write_receipt",
    "write_report",
    "write_text",
]
