"""`provenance publish`."""

import os
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR
from provenance.cli.options.format_options import anchor_option, excerpts_option
from provenance.cli.options.path_options import OUTPUT_FILE
from provenance.cli.terminal_output import echo
from provenance.terminal_safety import print_commands

_EXAMPLES = """
\b
Examples:
  provenance publish report --sarif report/provenance.sarif
  provenance publish report --comment never
"""


@click.command("publish", epilog=_EXAMPLES)
@click.argument("result", metavar="REPORT", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--sarif",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Also write SARIF to this file, for code scanning.",
)
@click.option(
    "--comment",
    "comments",
    type=click.Choice(["on-failure", "always", "never"]),
    default="on-failure",
    show_default=True,
    help="When to create a comment on the pull request. An existing one is updated.",
)
@excerpts_option
@anchor_option
def command(
    result: Path, sarif: Path | None, comments: str, excerpts: bool, anchor: str | None
) -> int:
    """Publish REPORT, the folder of a report, in the GitHub Actions job that runs this.

    Adds the report to the job's summary, prints annotations, sets the outputs verdict, shares,
    report and sarif, and creates or updates one comment on the pull request. It reads the GITHUB_
    variables of the job, and GITHUB_TOKEN for the comment. Outside of a job it only prints
    annotations. The exit code does not depend on the verdict: use the output verdict.
    """
    outcome = pipeline.publish(
        result, os.environ, sarif=sarif, comments=comments, excerpts=excerpts, anchor=anchor
    )
    print_commands(outcome.annotations)
    for target in outcome.published:
        echo(f"Published: {target}", err=True)
    for message, remedy in outcome.failures:
        echo(f"Not published: {message}", f"Try: {remedy}", err=True)
    return CLEAR
