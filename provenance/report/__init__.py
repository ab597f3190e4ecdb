"""The window out: every way to tell a result. All render the same result and findings."""

from provenance.report.code_location import named_anchor
from provenance.report.files.calibration_json import (
    calibration_document,
    calibration_schema,
    write_calibration,
)
from provenance.report.files.changes_json import changes_json
from provenance.report.files.receipt_json import receipt_document, receipt_schema, write_receipt
from provenance.report.files.report_folder import write, write_text
from provenance.report.files.report_reader import (
    findings_digest,
    has_model,
    has_report,
    read_model,
    read_report,
)
from provenance.report.files.result_json import dumps, json_schema, loads, result_document
from provenance.report.formats.html_report import html_page
from provenance.report.formats.rendering import FORMATS, render
from provenance.report.github.job_summary import (
    give_outputs,
    pull_request,
    shares_output,
    summarise,
)
from provenance.report.github.pull_request_comment import comment
from provenance.report.render_options import PLAIN, Manner
from provenance.report.sanitize import one_line
from provenance.report.terminal.check_summary import terminal_summary
from provenance.report.terminal.clean_summary import receipt_text
from provenance.report.terminal.diff_summary import changes_markdown, changes_text
from provenance.report.terminal.policy_summary import TEMPLATE as POLICY_TEMPLATE
from provenance.report.terminal.policy_summary import policy_text
from provenance.report.terminal.recall_table import recall_table
from provenance.report.terminal.rule_listing import rule_card, rule_list
from provenance.report.terminal.ruling_explanation import story
from provenance.report.terminal.signal_summary import Heard, signal_story
from provenance.report.terminal.terminal_style import Pen
from provenance.report.terminal.verdict_timeline import timeline_text
from provenance.report.text.next_steps import summary_line
from provenance.report.text.unread_text import unread_line

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
