"""`provenance report`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.errors import CLEAR
from provenance.cli.telling import Told, format_options

_EXAMPLES = """
\b
Examples:
  provenance report report
  provenance report report --format markdown >> "$GITHUB_STEP_SUMMARY"
  provenance report report --format sarif --anchor data.dvc -o a.sarif
  provenance report report --format csv -o findings.csv
"""


@click.command("report", epilog=_EXAMPLES)
@click.argument("result", type=click.Path(path_type=Path))
@format_options
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there, not to stdout.",
)
def command(
    result: Path, form: str, excerpts: bool, anchor: str | None, output: Path | None
) -> int:
    """Tell RESULT, the folder that a check wrote with --output, in another format.

    Nothing but its result.json and findings.parquet is read: neither the dataset nor a registry
    need be there any more. The exit code says only whether this was done.
    """
    told = Told(form, excerpts, anchor)
    report = pipeline.earlier_report(result)
    if output is None:
        told.tell(report)
    else:
        pipeline.written_text(told.text(report), output)
    return CLEAR
