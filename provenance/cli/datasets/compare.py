"""`provenance compare`."""

import sys

import click

from provenance.cli.error_reporting import CLEAR, FAILED
from provenance.cli.options.format_options import output_format
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import quiet_option
from provenance.cli.terminal_output import print_rendered, terminal_style
from provenance.cli.unread_errors import print_unread_error
from provenance.model.results.sketches import Comparison
from provenance.pipeline.python_api.option_types import AddressList
from provenance.pipeline.python_api.sketch_functions import compare
from provenance.report.files.comparisons_json import comparison_json
from provenance.report.terminal.comparison_table import comparison_text

_EXAMPLES = """
\b
Examples:
  provenance compare data/train.parquet registries/x
  provenance compare mine.sketch theirs-1.sketch theirs-2.sketch
  provenance compare data-v1 data-v2 --format json
"""


@function_command(compare, "compare", epilog=_EXAMPLES)
@click.argument("a", shell_complete=files)
@click.argument("b", nargs=-1, required=True, shell_complete=files)
@output_format("json")
@quiet_option("No progress.")
def command(run: FunctionCall[Comparison], a: str, b: tuple[str, ...], form: str) -> int:
    """Estimate how much A has in common with each B: containment both ways, and resemblance.

    Each is a sketch that `provenance fingerprint` wrote, a dataset, or a registry. All are compared
    by their distinct runs of eight words. The B that contains most of A comes first. Shares have
    95% intervals. This is not a verdict: it does not say which documents, and common phrases count.
    """
    comparison = run(*(AddressList([each]) for each in (a, *b)))
    if form == "json":
        sys.stdout.write(comparison_json(comparison))
    else:
        print_rendered(comparison_text(comparison, terminal_style()))
    if comparison.is_incomplete:
        print_unread_error(comparison.unread, "the comparison is incomplete")
        return FAILED
    return CLEAR
