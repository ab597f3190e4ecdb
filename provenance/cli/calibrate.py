"""`provenance calibrate`."""

import os
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.completions import files, folders
from provenance.cli.options import (
    allow_unread_option,
    max_document_option,
    policy_option,
    settings_of,
    split_option,
    text_column_option,
    threads_option,
)
from provenance.cli.terminals import draw, echo
from provenance.cli.unread import list_unread
from provenance.errors import OutputError

_EXAMPLES = """
\b
Examples:
  provenance calibrate data --registry registries/x -o calibration.json
  provenance calibrate data --registry registries/x --control registries/later
"""


@click.command("calibrate", epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True, shell_complete=files)
@click.option(
    "--registry",
    "registries",
    multiple=True,
    metavar="DIR",
    shell_complete=folders,
    help="Whose items are planted, and looked for; repeatable.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write what was measured there, for checks to be corrected by.",
)
@click.option(
    "--plants",
    type=click.IntRange(1, 1_000_000),
    default=12_000,
    show_default=True,
    metavar="N",
    help="How many items are planted.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Decides which items, where, and how edited.",
)
@click.option(
    "--control",
    metavar="DIR",
    shell_complete=folders,
    help="A registry of items that cannot be in the corpus: what is found of it is chance.",
)
@click.option(
    "--background",
    metavar="DIR",
    shell_complete=folders,
    help="A registry of texts that hold no item: what is found in them is chance. Without "
    "either, the false rate stays unknown.",
)
@policy_option
@text_column_option
@max_document_option
@split_option
@allow_unread_option
@threads_option
@click.option("-q", "--quiet", is_flag=True, help="No progress, no table.")
def command(  # noqa: PLR0913 (one parameter an option: that is what a command is)
    corpus: tuple[str, ...],
    registries: tuple[str, ...],
    output: Path | None,
    plants: int,
    seed: int,
    control: str | None,
    background: str | None,
    policy: str | None,
    text_columns: tuple[str, ...],
    max_document: str | None,
    split: str | None,
    allow_unread: int,
    threads: int | None,
    quiet: bool,
) -> None:
    """Measure what a check of CORPUS finds, on items planted into it.

    Items of the registries are planted into texts of CORPUS, edited as such copies are: in
    memory, nothing is written to it. What is found of them, by length and edit, is the recall that
    a check's shares are corrected by.
    """
    if output is not None and not os.path.isdir(output.absolute().parent):
        raise OutputError(
            f"{output} cannot be written: there is no folder {output.parent}",
            remedy="name a file in a folder that is there",
        )
    if output is not None:
        pipeline.check_outside(output, corpus)
    asked = pipeline.policy_of(
        policy, registries=registries, text_columns=text_columns, max_document=max_document
    )
    settings = settings_of(
        threads, no_cache=True, quiet=quiet, split=split, allow_unread=allow_unread
    )
    planting = pipeline.Planting(plants, seed, control, background)
    measured = pipeline.calibrate(corpus, asked, planting, settings)
    if output is not None:
        pipeline.written_calibration(measured, output)
    list_unread(measured.unread)
    if not quiet:
        draw(pipeline.calibration_table(measured))
        if output is not None:
            echo(f"Written: {output}")
