"""`provenance compare`."""

import sys

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, FAILED
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import (
    allow_unread_option,
    make_settings,
    max_document_option,
    split_option,
    text_column_option,
    threads_option,
)
from provenance.cli.terminal_output import print_rendered, terminal_style
from provenance.cli.unread_errors import print_unread_error
from provenance.report.files.comparisons_json import comparison_json
from provenance.report.terminal.comparison_table import comparison_text

_EXAMPLES = """
\b
Examples:
  provenance compare data/train.parquet registries/x
  provenance compare mine.sketch theirs-1.sketch theirs-2.sketch
  provenance compare data-v1 data-v2 --format json
"""


@click.command("compare", epilog=_EXAMPLES)
@click.argument("a", shell_complete=files)
@click.argument("b", nargs=-1, required=True, shell_complete=files)
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="Format of the output.",
)
@text_column_option
@split_option
@max_document_option
@allow_unread_option
@threads_option
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def command(  # noqa: PLR0913 (one parameter per option)
    a: str,
    b: tuple[str, ...],
    form: str,
    text_columns: tuple[str, ...],
    split: str | None,
    max_document: str | None,
    allow_unread: int,
    threads: int | None,
    quiet: bool,
) -> int:
    """Estimate how much A has in common with each B: containment both ways, and resemblance.

    Each is a sketch that `provenance fingerprint` wrote, a dataset, or a registry. All are compared
    by their distinct runs of eight words. The B that contains most of A comes first. Shares have
    95% intervals. This is not a verdict: it does not say which documents, and common phrases count.
    """
    settings = make_settings(
        threads, no_cache=True, quiet=quiet, split=split, allow_unread=allow_unread
    )
    options = pipeline.sketch_options(1, text_columns, max_document)
    comparison = pipeline.compare_addresses(a, b, settings, options)
    if form == "json":
        sys.stdout.write(comparison_json(comparison))
    else:
        print_rendered(comparison_text(comparison, terminal_style()))
    if comparison.is_incomplete:
        print_unread_error(comparison.unread, "the comparison is incomplete")
        return FAILED
    return CLEAR
