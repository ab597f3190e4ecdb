"""`provenance merge`."""

import click

from provenance import pipeline
from provenance.cli.datasets.check_running import CheckArguments, Running, run_check, tasks_address
from provenance.cli.options.format_options import ReportRenderer, format_options
from provenance.cli.options.shared_options import registry_key_option, threads_option

_EXAMPLES = """
\b
Examples:
  for k in 1 2 3 4; do
    provenance check data --registry registries/x -o report --shard $k/4 &
  done; wait; provenance merge report
"""


@click.command("merge", epilog=_EXAMPLES)
@click.argument("folder", metavar="DIR")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Write the report to this folder. Unset: to the folder of the shards.",
)
@format_options
@registry_key_option
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if the policy is violated.")
@threads_option
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Write to stderr what is opened, and the time and memory of each stage.",
)
def command(  # noqa: PLR0913 (one parameter per option)
    folder: str,
    output: str | None,
    form: str,
    excerpts: bool,
    anchor: str | None,
    exit_zero: bool,
    threads: int | None,
    quiet: bool,
    verbose: bool,
) -> int:
    """Make the report of a check from its shards in DIR, their --output.

    It is the same as if one command had checked all of the dataset. If shards are missing, they are
    named. The registries must be where they were, and so must the dataset: passages that shards
    did not keep are read again. DIR/tasks can be removed afterwards.
    """
    tasks = tasks_address(folder)
    plan = pipeline.CheckPlan.load(tasks)
    running = Running(
        output=output or folder,
        threads=threads,
        no_cache=True,
        quiet=quiet,
        verbose=verbose,
        exit_zero=exit_zero,
    )
    renderer = ReportRenderer(form, excerpts, anchor)
    return run_check(CheckArguments.of(plan.arguments), renderer, running, tasks, plan.shards)
