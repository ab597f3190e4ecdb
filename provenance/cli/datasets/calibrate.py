"""`provenance calibrate`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.options.path_options import OUTPUT_FILE, files, folders
from provenance.cli.options.shared_options import (
    allow_unread_option,
    chance_option,
    make_settings,
    max_document_option,
    no_cache_option,
    policy_option,
    registry_key_option,
    split_option,
    text_column_option,
    threads_option,
    verify_option,
)
from provenance.cli.terminal_output import echo, print_rendered
from provenance.cli.unread_errors import list_unread
from provenance.report.terminal.recall_table import recall_table

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
    help="Registry whose items are planted and searched for; repeatable.",
)
@registry_key_option
@click.option(
    "-o",
    "--output",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write the measurements to this file, for `provenance check --calibration`.",
)
@click.option(
    "--plants",
    type=click.IntRange(1, 1_000_000),
    default=12_000,
    show_default=True,
    metavar="N",
    help="Number of items to plant.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Random seed for the choice of items, places and edits.",
)
@click.option(
    "--control",
    metavar="DIR",
    shell_complete=folders,
    help="Registry of items that cannot be in the corpus: matches with it are chance matches.",
)
@click.option(
    "--background",
    metavar="DIR",
    shell_complete=folders,
    help="Registry of texts that contain no item: matches in them are chance matches. Without "
    "--control or --background, the rate of false matches stays unknown.",
)
@policy_option
@text_column_option
@max_document_option
@chance_option
@split_option
@allow_unread_option
@threads_option
@no_cache_option
@verify_option
@click.option("-q", "--quiet", is_flag=True, help="No progress and no table.")
def command(  # noqa: PLR0913 (one parameter per option)
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
    chance: float | None,
    split: str | None,
    allow_unread: int,
    threads: int | None,
    no_cache: bool,
    verify: bool,
    quiet: bool,
) -> None:
    """Measure the recall of a check of CORPUS with items that are planted into it.

    Items of the registries are edited as copies usually are, and planted into texts of CORPUS in
    memory; nothing is written to CORPUS. The measured recall, by length and edit, can correct the
    shares of a check.
    """
    if output is not None:
        pipeline.check_output_file(output, corpus)
    resolved_policy = pipeline.effective_policy(
        policy,
        registries=registries,
        text_columns=text_columns,
        max_document=max_document,
        chance=chance,
    )
    if verify:
        pipeline.forget_registries(resolved_policy, control, background)
    settings = make_settings(
        threads, no_cache=no_cache, quiet=quiet, split=split, allow_unread=allow_unread
    )
    planting = pipeline.PlantingOptions(plants, seed, control, background)
    calibration = pipeline.calibrate(corpus, resolved_policy, planting, settings)
    if output is not None:
        from provenance.report.files.calibration_json import write_calibration  # noqa: PLC0415 (slow import)

        write_calibration(calibration, output)
    list_unread(calibration.unread, "Not checked")
    if not quiet:
        print_rendered(recall_table(calibration))
        if output is not None:
            echo(f"Written: {output}")
