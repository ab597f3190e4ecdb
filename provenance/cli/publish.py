"""`provenance publish`."""

import os
import sys
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.errors import CLEAR
from provenance.cli.telling import anchor_option, excerpts_option
from provenance.cli.terminals import echo

_EXAMPLES = """
\b
Examples:
  provenance publish report --sarif report/provenance.sarif
  provenance publish report --comment never
"""


@click.command("publish", epilog=_EXAMPLES)
@click.argument("result", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--sarif",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write SARIF there too, for code scanning.",
)
@click.option(
    "--comment",
    "comments",
    type=click.Choice(["on-failure", "always", "never"]),
    default="on-failure",
    show_default=True,
    help="When to begin a comment on the pull request. One that is there is kept up to date.",
)
@excerpts_option
@anchor_option
def command(
    result: Path, sarif: Path | None, comments: str, excerpts: bool, anchor: str | None
) -> int:
    """Tell RESULT, the folder of a report, to the job of GitHub Actions that runs this.

    It adds the report to the job's summary, prints annotations, sets the outputs verdict, shares,
    report and sarif, and writes one comment on the pull request, or brings it up to date; all by
    the GITHUB_ variables of the job, and GITHUB_TOKEN for the comment. Outside of a job it prints
    annotations alone. The exit code does not tell the verdict: the output does.
    """
    told = pipeline.publish(
        result, os.environ, sarif=sarif, comments=comments, excerpts=excerpts, anchor=anchor
    )
    sys.stdout.write(told.annotations)
    for done in told.done:
        echo(f"Told: {done}", err=True)
    for message, remedy in told.undone:
        echo(f"Not told: {message}", f"Try: {remedy}", err=True)
    return CLEAR
