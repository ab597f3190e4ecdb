"""`provenance diff`."""

import sys
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.completions import files
from provenance.cli.errors import CLEAR, FAILED, VIOLATED
from provenance.cli.options import (
    allow_unread_option,
    background_option,
    collected_option,
    max_document_option,
    no_cache_option,
    policy_option,
    registry_option,
    rules_option,
    settings_of,
    text_column_option,
    threads_option,
)
from provenance.cli.terminals import draw, pen

_EXAMPLES = """
\b
Examples:
  provenance diff data-v1 data-v2 --registry registries/x
  provenance diff report-v1 report-v2 --format markdown
"""


@click.command("diff", epilog=_EXAMPLES)
@click.argument("old", shell_complete=files)
@click.argument("new", shell_complete=files)
@registry_option
@background_option
@policy_option
@collected_option
@text_column_option
@max_document_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "markdown", "json"]),
    default="terminal",
    show_default=True,
    help="What goes to stdout.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also where NEW is worse than OLD.")
@allow_unread_option
@rules_option
@threads_option
@no_cache_option
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def command(  # noqa: PLR0913 (one parameter an option: that is what a command is)
    old: str,
    new: str,
    registries: tuple[str, ...],
    backgrounds: tuple[str, ...],
    policy: str | None,
    collected: str | None,
    text_columns: tuple[str, ...],
    max_document: str | None,
    form: str,
    exit_zero: bool,
    allow_unread: int,
    rules: Path | None,
    threads: int | None,
    no_cache: bool,
    quiet: bool,
) -> int:
    """Say what changed from OLD to NEW: documents, shares and findings.

    Each is a dataset, which is checked, or the folder of a report. NEW is weighed by the words of
    OLD, so that what is in both is judged alike. Exits with 1 where a gate of the policy fails in
    NEW that passed in OLD, or fails by more; with 2 where something could not be read.
    """
    asked = pipeline.policy_of(
        policy,
        collected=collected,
        text_columns=text_columns,
        max_document=max_document,
        registries=registries,
        backgrounds=backgrounds,
    )
    settings = settings_of(
        threads, no_cache=no_cache, quiet=quiet, rules=rules, allow_unread=allow_unread
    )
    changes = pipeline.diff(old, new, asked, settings)
    if form == "terminal":
        draw(pipeline.told_changes(changes, pen()))
    else:
        sys.stdout.write(pipeline.rendered_changes(form, changes))
    if changes.is_incomplete:
        return FAILED
    return VIOLATED if changes.worse and not exit_zero else CLEAR
