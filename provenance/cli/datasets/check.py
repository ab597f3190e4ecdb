"""`provenance check`."""

from inspect import unwrap
from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.datasets.check_conclusion import conclude, print_notes
from provenance.cli.error_reporting import CLEAR, FAILED
from provenance.cli.options.format_options import ReportRenderer, format_options
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import quiet_option, registry_key_option
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import print_unread_error
from provenance.pipeline.python_api.check_function import check, check_shard
from provenance.pipeline.python_api.option_types import AddressList

if TYPE_CHECKING:
    from provenance.pipeline.python_api.outcomes import Outcome

_EXAMPLES = """
\b
Examples:
  provenance check data/*.parquet --registry registries/x -o report
  provenance check imdb --registry registries/x --collected 2023-06-01
  zcat posts.jsonl.gz | provenance check - --registry registries/x
  provenance check data --registry registries/x --fail-on forbidden=0.1%
  provenance check data --registry registries/x --sample 1%
  provenance check data --registry registries/x --baseline main-report
  provenance check data --registry registries/x -o report --shard 3/64
"""


@function_command(check, "check", epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True, shell_complete=files)
@registry_key_option
@format_options
@click.option(
    "--shard",
    metavar="K/N",
    help="Only read the K-th of N shards of CORPUS, and store what is found in --output DIR; "
    "`provenance merge DIR` makes the report.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if the policy is violated.")
@quiet_option("No progress and no summary.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Write to stderr what is opened, what was cached, and the time and memory of each stage.",
)
def command(  # noqa: PLR0913 (one parameter per option)
    run: "FunctionCall[Outcome]",
    corpus: tuple[str, ...],
    form: str,
    excerpts: bool,
    anchor: str | None,
    shard: str | None,
    exit_zero: bool,
    verbose: bool,
) -> int:
    """Check which share of CORPUS comes from which source, and whether its terms allow the use.

    CORPUS is files, folders or globs (Parquet, JSON Lines, CSV, Arrow, text, compressed too;
    WebDataset, MDS, TFRecord, SQLite, Delta and Iceberg), a folder that the datasets library
    saved, a dataset on a hub, or - for JSON Lines on stdin.

    Exit codes: 0 the policy holds, 1 it is violated, 2 not completed, or not for all of CORPUS.
    """
    with pipeline.log_to_stderr(verbose):
        if shard is not None:
            return _run_shard(run, corpus, shard)
        outcome = run(AddressList(corpus))
    if not run.quiet:
        print_notes(corpus, outcome.result.policy)
    renderer = ReportRenderer(form, excerpts, anchor)
    return conclude(outcome, renderer, run, exit_zero=exit_zero)


def _run_shard(run: "FunctionCall[Outcome]", corpus: tuple[str, ...], shard: str) -> int:
    options = {**run.options}
    engine, scheduler, output = (options.pop(name) for name in ("engine", "scheduler", "output"))
    if output is None:
        raise click.UsageError("--shard needs --output, the folder that all shards share")
    if engine != "threads" or scheduler is not None:
        raise click.UsageError("--shard and --engine cannot be combined: run more shards instead")
    run_shard = FunctionCall(unwrap(check_shard), options, run.quiet)
    scanned = run_shard(AddressList(corpus), shard, output)
    if not run.quiet:
        echo(
            f"Shard {shard}: {scanned.parts:,} of {scanned.all_parts:,} parts, "
            f"{scanned.counts.documents:,} documents."
        )
        echo(f"When all shards are done: provenance merge {output}")
    if scanned.unread:
        print_unread_error(scanned.unread, "the shard has only what was read")
        return FAILED
    return CLEAR
