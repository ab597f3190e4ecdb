"""`provenance diff`."""

import sys
from typing import TYPE_CHECKING

import click

from provenance.cli.error_reporting import CLEAR, FAILED, VIOLATED
from provenance.cli.options.format_options import output_format
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import quiet_option, registry_key_option
from provenance.cli.terminal_output import print_rendered, terminal_style
from provenance.pipeline.python_api.dataset_functions import diff
from provenance.pipeline.python_api.option_types import AddressList
from provenance.report.files.comparisons_json import changes_json
from provenance.report.terminal.diff_summary import changes_markdown, changes_text

if TYPE_CHECKING:
    from provenance.model.results.changes import Changes

_EXAMPLES = """
\b
Examples:
  provenance diff data-v1 data-v2 --registry registries/x
  provenance diff report-v1 report-v2 --format markdown
"""


@function_command(diff, "diff", epilog=_EXAMPLES)
@click.argument("old", shell_complete=files)
@click.argument("new", shell_complete=files)
@registry_key_option
@output_format("markdown", "json")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if NEW is worse than OLD.")
@quiet_option("No progress.")
def command(run: "FunctionCall[Changes]", old: str, new: str, form: str, exit_zero: bool) -> int:
    """Show what changed from OLD to NEW: documents, shares and findings.

    Each is a dataset, which is checked, or the folder of a report. NEW is scored with the corpus
    model of OLD, so that text in both is scored alike. Exits with 1 if a gate of the policy fails
    in NEW that passed in OLD, or fails by more; with 2 if something could not be read.
    """
    changes = run(AddressList([old]), AddressList([new]))
    if form == "terminal":
        print_rendered(changes_text(changes, terminal_style()))
    else:
        write = changes_json if form == "json" else changes_markdown
        sys.stdout.write(write(changes))
    if changes.is_incomplete:
        return FAILED
    return VIOLATED if changes.worse and not exit_zero else CLEAR
