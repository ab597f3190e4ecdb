"""`provenance registry`: make copies of a registry to be given away, and use public ones."""

import json
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.options.path_options import LOCAL_FOLDER, OUTPUT_FILE, files, folders
from provenance.cli.options.shared_options import (
    allow_unread_option,
    make_settings,
    max_document_option,
    split_option,
    text_column_option,
    threads_option,
)
from provenance.cli.registries.registry_summary import (
    keyed_copy_lines,
    public_copy_lines,
    screening_lines,
)
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import unread_code

_DEFAULT_RATE = "1%"


@click.command(
    "publish",
    epilog="""
\b
Examples:
  provenance registry publish registries/x -o for-all --tier public
  provenance registry publish registries/x -o for-lab --tier keyed \\
      --key-file lab.key --new-key
""",
)
@click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
@click.option(
    "-o",
    "--output",
    type=LOCAL_FOLDER,
    required=True,
    metavar="DIR",
    shell_complete=folders,
    help="The folder to make.",
)
@click.option(
    "--tier",
    type=click.Choice(["public", "keyed"]),
    required=True,
    help="public: counts, a filter of whole items of 20 words or more, and a sketch. keyed: a "
    "registry without texts whose files are encrypted, for one licensee.",
)
@click.option(
    "--false-positives",
    metavar="N%",
    help="public: expected share of other texts that the filter accepts, so that a single hit "
    f"proves nothing.  [default: {_DEFAULT_RATE}]",
)
@click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="keyed: the licensee's key. Unset: PROVENANCE_REGISTRY_KEY.",
)
@click.option("--new-key", is_flag=True, help="keyed: make the key, and write it to --key-file.")
@click.option(
    "--drop",
    multiple=True,
    type=click.Choice(["ids", "authors", "marks"]),
    help="keyed: leave this out; repeatable. ids: pseudonyms instead of ids, no addresses, "
    "tombstones and marks. authors: the digests of their names. marks: which items are planted.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
def publish(  # noqa: PLR0913 (one parameter per option)
    registry: Path,
    output: Path,
    tier: str,
    false_positives: str | None,
    key_file: Path | None,
    new_key: bool,
    drop: tuple[str, ...],
    quiet: bool,
) -> None:
    """Make a copy of REGISTRY that can be given away.

    A check against a keyed copy, with its key, finds what a check against REGISTRY without its
    texts finds. With a public copy, anyone can count texts that may be items; no verdict follows.
    What each tier reveals to whom is in docs/privacy.md.
    """
    if tier == "keyed":
        if false_positives is not None:
            raise click.UsageError("--false-positives is for --tier public")
        manifest = pipeline.publish_keyed_copy(
            registry, output, key_file=key_file, new_key=new_key, drop=drop
        )
        lines = keyed_copy_lines(output, manifest, key_file)
    else:
        if key_file is not None or new_key or drop:
            raise click.UsageError("--key-file, --new-key and --drop are for --tier keyed")
        public = pipeline.publish_public_copy(
            registry,
            output,
            pipeline.parse_rate(false_positives or _DEFAULT_RATE),
            pipeline.Settings(quiet=quiet),
        )
        lines = public_copy_lines(output, public)
    if not quiet:
        echo(*lines)


@click.command(
    "screen",
    epilog="""
\b
Examples:
  provenance registry screen for-all data/*.parquet
  provenance registry screen for-all data -o hits.csv
""",
)
@click.argument("public", type=LOCAL_FOLDER, shell_complete=folders)
@click.argument("corpus", nargs=-1, required=True, shell_complete=files)
@click.option(
    "-o",
    "--output",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write the texts that may be items to this CSV file.",
)
@click.option(
    "--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", help="Format."
)
@text_column_option
@max_document_option
@split_option
@allow_unread_option
@threads_option
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def screen(  # noqa: PLR0913 (one parameter per option)
    public: Path,
    corpus: tuple[str, ...],
    output: Path | None,
    form: str,
    text_columns: tuple[str, ...],
    max_document: str | None,
    split: str | None,
    allow_unread: int,
    threads: int | None,
    quiet: bool,
) -> int:
    """Count the texts of CORPUS that may be items, by PUBLIC, the public copy of a registry.

    Texts are compared as a whole. The filter accepts a stated share of all texts, so a hit proves
    nothing: its verdict is unknown, until you ask the owner. Beside the number of hits is the
    number that chance gives.
    """
    settings = make_settings(threads, no_cache=True, quiet=quiet, split=split)
    screening = pipeline.screen_addresses(
        public, corpus, settings, text_columns=text_columns, max_document=max_document
    )
    if output is not None:
        pipeline.save_hits(screening, output)
    if form == "json":
        click.echo(json.dumps(screening.to_json(), indent=2))
    else:
        echo(*screening_lines(public, screening))
    return unread_code(
        screening.unread, allow_unread, "the counts cover only what was read", "then screen again"
    )


PUBLISHING = [publish, screen]
"""The commands, in the order of the help."""
