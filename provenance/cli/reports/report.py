"""`provenance report`."""

import os
from pathlib import Path

import click
from click.core import ParameterSource

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, VIOLATED
from provenance.cli.lazy_groups import ParentCommand
from provenance.cli.options.format_options import ReportRenderer, format_options
from provenance.cli.options.path_options import OUTPUT_FILE, folders
from provenance.cli.options.shared_options import make_settings, registry_key_option, threads_option
from provenance.cli.reports.replay_summary import replay_lines
from provenance.cli.terminal_output import echo, terminal_style
from provenance.startup import lean_imports

_VERIFY_EXAMPLES = """
\b
Examples:
  provenance report verify report
  provenance report verify report --replay
"""
_EXAMPLES = """
\b
Examples:
  provenance report report
  provenance report report --format markdown >> "$GITHUB_STEP_SUMMARY"
  provenance report report --format sarif --anchor data.dvc -o a.sarif
  provenance report report -o findings.csv
"""

_FORMATS_BY_SUFFIX = {
    ".html": "html",
    ".json": "json",
    ".md": "markdown",
    ".sarif": "sarif",
    ".xml": "junit",
    ".csv": "csv",
    ".jsonl": "jsonl",
}


@click.command("report", cls=ParentCommand, epilog=_EXAMPLES)
@click.argument("result", metavar="REPORT", type=click.Path(path_type=Path))
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
    help="Write to this file instead of stdout. Without --format, its suffix decides: .html, "
    ".json, .md, .csv, .jsonl, .sarif, or .xml for junit.",
)
def command(
    result: Path,
    form: str,
    excerpts: bool,
    anchor: str | None,
    authors_of: tuple[str, ...],
    output: Path | None,
) -> int:
    """Render REPORT, the folder that `provenance check --output` wrote, in another format.

    Only its result.json and findings.parquet are read: the dataset and the registries are not
    needed. The exit code does not depend on the verdict.
    """
    if authors_of and form != "attribution":
        raise click.UsageError("--authors-of needs --format attribution")
    origin = click.get_current_context().get_parameter_source("form")
    if output is not None and origin is ParameterSource.DEFAULT:
        form = _FORMATS_BY_SUFFIX.get(output.suffix.lower(), form)
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


@click.command("verify", epilog=_VERIFY_EXAMPLES)
@click.argument("result", metavar="REPORT", type=click.Path(path_type=Path), shell_complete=folders)
@click.option(
    "--replay",
    is_flag=True,
    help="Repeat the check as of its date, without any cache, and compare. Dataset, registries and "
    "rules must be where they were, seen from the working folder; the policy is the recorded one.",
)
@registry_key_option
@threads_option
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def verify(result: Path, replay: bool, threads: int | None, quiet: bool) -> int:
    """Verify that the files of REPORT are as they were written.

    Exit codes: 0 as written, and with --replay the same result; 1 the check gives another result
    now; 2 a file was changed, or the check could not be repeated.
    """
    folder = result.parent if result.is_file() else result
    digests = pipeline.verify_report(folder)
    echo(
        f"{folder}: its files match the digests in result.json",
        *(f"  {name:<16}  sha256 {digest}" for name, digest in digests.items()),
    )
    if not replay:
        echo("That result.json itself is unchanged, only --replay or a signature can show.")
        return CLEAR
    settings = make_settings(threads, no_cache=True, quiet=quiet)
    outcome = pipeline.replay(folder, settings)
    echo(*replay_lines(outcome, terminal_style()))
    return CLEAR if outcome.is_same else VIOLATED


command.subcommands = {"verify": verify}
