"""`provenance diff`."""

import sys
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, FAILED, VIOLATED
from provenance.cli.options.path_options import files
from provenance.cli.options.shared_options import (
    allow_unread_option,
    background_option,
    chance_option,
    collected_option,
    make_settings,
    max_document_option,
    no_cache_option,
    policy_option,
    registry_option,
    rules_option,
    text_column_option,
    threads_option,
    verify_option,
)
from provenance.cli.terminal_output import print_rendered, terminal_style
from provenance.report.files.comparisons_json import changes_json
from provenance.report.terminal.diff_summary import changes_markdown, changes_text

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
@chance_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "markdown", "json"]),
    default="terminal",
    show_default=True,
    help="Format of the output.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if NEW is worse than OLD.")
@allow_unread_option
@rules_option
@threads_option
@no_cache_option
@verify_option
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def command(  # noqa: PLR0913 (one parameter per option)
    old: str,
    new: str,
    registries: tuple[str, ...],
    backgrounds: tuple[str, ...],
    common_background: bool | None,
    policy: str | None,
    collected: str | None,
    text_columns: tuple[str, ...],
    max_document: str | None,
    chance: float | None,
    form: str,
    exit_zero: bool,
    allow_unread: int,
    rules: Path | None,
    threads: int | None,
    no_cache: bool,
    verify: bool,
    quiet: bool,
) -> int:
    """Show what changed from OLD to NEW: documents, shares and findings.

    Each is a dataset, which is checked, or the folder of a report. NEW is scored with the corpus
    model of OLD, so that text in both is scored alike. Exits with 1 if a gate of the policy fails
    in NEW that passed in OLD, or fails by more; with 2 if something could not be read.
    """
    resolved_policy = pipeline.effective_policy(
        policy,
        collected=collected,
        text_columns=text_columns,
        max_document=max_document,
        chance=chance,
        registries=registries,
        backgrounds=backgrounds,
        common_background=common_background,
    )
    if verify:
        pipeline.forget_registries(resolved_policy)
    settings = make_settings(
        threads, no_cache=no_cache, quiet=quiet, rules=rules, allow_unread=allow_unread
    )
    changes = pipeline.diff(old, new, resolved_policy, settings)
    if form == "terminal":
        print_rendered(changes_text(changes, terminal_style()))
    else:
        write = changes_json if form == "json" else changes_markdown
        sys.stdout.write(write(changes))
    if changes.is_incomplete:
        return FAILED
    return VIOLATED if changes.worse and not exit_zero else CLEAR
