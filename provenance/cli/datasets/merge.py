"""`provenance merge`."""

from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.datasets.check_conclusion import conclude, print_notes
from provenance.cli.options.format_options import ReportRenderer, format_options
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.shared_options import quiet_option, registry_key_option
from provenance.pipeline.python_api.check_function import merge

if TYPE_CHECKING:
    from provenance.pipeline.python_api.outcomes import Outcome

_EXAMPLES = """
\b
Examples:
  for k in 1 2 3 4; do
    provenance check data --registry registries/x -o report --shard $k/4 &
  done; wait; provenance merge report
"""


@function_command(merge, "merge", epilog=_EXAMPLES)
@click.argument("folder", metavar="DIR")
@registry_key_option
@format_options
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if the policy is violated.")
@quiet_option("No progress and no summary.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Write to stderr what is opened, and the time and memory of each stage.",
)
def command(  # noqa: PLR0913 (one parameter per option)
    run: "FunctionCall[Outcome]",
    folder: str,
    form: str,
    excerpts: bool,
    anchor: str | None,
    exit_zero: bool,
    verbose: bool,
) -> int:
    """Make the report of a check from its shards in DIR, their --output.

    It is the same as if one command had checked all of the dataset. If shards are missing, they are
    named. The registries must be where they were, and so must the dataset: passages that shards
    did not keep are read again. DIR/tasks can be removed afterwards.
    """
    run = run.with_options(output=run.options["output"] or folder)
    with pipeline.log_to_stderr(verbose):
        outcome = run(folder)
    if not run.quiet:
        print_notes(outcome.result.corpus.addresses, outcome.result.policy)
    renderer = ReportRenderer(form, excerpts, anchor)
    return conclude(outcome, renderer, run, exit_zero=exit_zero)
