"""`provenance report`."""

import os
from pathlib import Path

import click

from provenance.cli.completions import folders
from provenance.cli.error_reporting import CLEAR
from provenance.cli.format_options import ReportRenderer, format_options
from provenance.cli.local_paths import OUTPUT_FILE
from provenance.startup import lean_imports

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
    "--authors-of",
    multiple=True,
    shell_complete=folders,
    metavar="REGISTRY",
    help="For --format attribution: take the authors' names from this registry, which was built "
    "with --keep-authors; repeatable.",
)
@click.option(
    "-o",
    "--output",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write to this file instead of stdout.",
)
def command(
    result: Path,
    form: str,
    excerpts: bool,
    anchor: str | None,
    authors_of: tuple[str, ...],
    output: Path | None,
) -> int:
    """Render RESULT, the folder that `provenance check --output` wrote, in another format.

    Only its result.json and findings.parquet are read: the dataset and the registries are not
    needed. The exit code does not depend on the verdict.
    """
    if authors_of and form != "attribution":
        raise click.UsageError("--authors-of needs --format attribution")
    renderer = ReportRenderer(form, excerpts, anchor, authors_of)
    with lean_imports():
        from provenance.report.files.report_folder import write_text  # noqa: PLC0415 (slow import)
        from provenance.report.files.report_reader import read_report  # noqa: PLC0415 (slow import)
    report = read_report(result.parent if os.path.isfile(result) else result)
    if output is None:
        renderer.print(report)
    else:
        write_text(renderer.text(report), output)
    return CLEAR
