"""`provenance fingerprint`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, FAILED
from provenance.cli.options.path_options import OUTPUT_FILE, files
from provenance.cli.options.shared_options import (
    allow_unread_option,
    make_settings,
    max_document_option,
    split_option,
    text_column_option,
    threads_option,
)
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import unread_code

_EXAMPLES = """
\b
Examples:
  provenance fingerprint data/train.parquet -o train.sketch
  provenance fingerprint registries/x -o x.sketch
  provenance fingerprint shard-1.sketch shard-2.sketch -o all.sketch
"""


@click.command("fingerprint", epilog=_EXAMPLES)
@click.argument("inputs", nargs=-1, required=True, shell_complete=files)
@click.option(
    "-o",
    "--output",
    type=OUTPUT_FILE,
    metavar="FILE",
    required=True,
    help="The sketch file to write; its name ends in .sketch.",
)
@click.option(
    "--scaled",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="N",
    help="Keep one in N runs of words, or fewer if there are more than a million. Smaller numbers "
    "make comparisons of small datasets more precise, and reveal more of them.",
)
@text_column_option
@split_option
@max_document_option
@allow_unread_option
@threads_option
@click.option("-q", "--quiet", is_flag=True, help="No progress, and no summary.")
def command(  # noqa: PLR0913 (one parameter per option)
    inputs: tuple[str, ...],
    output: Path,
    scaled: int,
    text_columns: tuple[str, ...],
    split: str | None,
    max_document: str | None,
    allow_unread: int,
    threads: int | None,
    quiet: bool,
) -> int:
    """Write a sketch of INPUTS: hashes of a sample of their runs of eight words, and counts.

    Each of INPUTS is a dataset, a registry, or a sketch; of several, one sketch is made. The file
    has no text, no names and no ids. `provenance compare` compares it with others. Items that were
    withdrawn from a registry do not count.
    """
    settings = make_settings(
        threads, no_cache=True, quiet=quiet, split=split, allow_unread=allow_unread
    )
    options = pipeline.sketch_options(scaled, text_columns, max_document)
    made = pipeline.sketch_addresses(inputs, settings, options)
    code = unread_code(made.unread, allow_unread, "no sketch was written", "then run this again")
    if code == FAILED:
        return FAILED
    pipeline.save_sketch(made, output)
    if not quiet:
        sketch = made.sketch
        echo(
            f"Wrote {output}: {sketch.documents:,} documents, {sketch.tokens:,} words, "
            f"{len(sketch.hashes):,} sampled runs of words (one in {sketch.scaled:,}), "
            f"digest {sketch.digest[:12]}"
        )
    return CLEAR
