"""`provenance diff`."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from provenance import run
from provenance.cli.errors import CLEAR, VIOLATED
from provenance.cli.terminals import is_coloured, width

_EXAMPLES = """
\b
Examples:
  provenance diff data-v1 data-v2 --registry registries/x
  provenance diff report-v1 report-v2 --format markdown
"""


@click.command("diff", epilog=_EXAMPLES)
@click.argument("old")
@click.argument("new")
@click.option(
    "--registry",
    "registries",
    multiple=True,
    metavar="DIR",
    help="What datasets are matched against; repeatable.",
)
@click.option(
    "--background",
    "backgrounds",
    multiple=True,
    metavar="DIR",
    help="A registry of what many quote; repeatable.",
)
@click.option("--policy", metavar="FILE", help="Default: provenance.toml, or pyproject.toml.")
@click.option("--collected", metavar="DATE", help="When the content was collected, as for check.")
@click.option(
    "--text-column",
    "text_columns",
    multiple=True,
    metavar="NAME",
    help="Where the text is; repeatable. Unset: found by itself.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "markdown", "json"]),
    default="terminal",
    show_default=True,
    help="What goes to stdout.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also where NEW is worse than OLD.")
@click.option(
    "--rules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Rule files in place of the shipped ones.",
)
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Unset: one a core.")
@click.option("--no-cache", is_flag=True, help="Read everything anew, and keep nothing.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def command(  # noqa: PLR0913 (one parameter an option: that is what a command is)
    old: str,
    new: str,
    registries: tuple[str, ...],
    backgrounds: tuple[str, ...],
    policy: str | None,
    collected: str | None,
    text_columns: tuple[str, ...],
    form: str,
    exit_zero: bool,
    rules: Path | None,
    threads: int | None,
    no_cache: bool,
    quiet: bool,
) -> int:
    """Say what changed from OLD to NEW: documents, shares and findings.

    Each is a dataset, which is checked, or the folder of a report. NEW is weighed by the words of
    OLD, so that what is in both is judged alike. Exits with 1 where a gate of the policy fails in
    NEW that passed in OLD, or fails by more.
    """
    asked = run.policy_of(
        policy,
        collected=collected,
        text_columns=text_columns,
        registries=registries,
        backgrounds=backgrounds,
    )
    settings = run.Settings(
        quiet=quiet, rules=rules, cache=None if no_cache else run.memory_folder()
    )
    if threads is not None:
        settings = replace(settings, threads=threads)
    changes = run.diff(old, new, asked, settings)
    if form == "terminal":
        pen = run.pen_of(width=width(), colour=is_coloured())
        click.echo(run.told_changes(changes, pen), nl=False, color=True)
    else:
        sys.stdout.write(run.rendered_changes(form, changes))
    return VIOLATED if changes.worse and not exit_zero else CLEAR
