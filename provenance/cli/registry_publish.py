"""`provenance registry publish`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.completions import files, folders
from provenance.cli.local_paths import LOCAL_FOLDER
from provenance.cli.registry_summary import publication_lines
from provenance.cli.terminal_output import echo


@click.command(
    "publish",
    epilog="""
\b
Examples:
  provenance registry publish registries/x -o for-lab --tier keyed --key-file lab.key --new-key
  provenance registry publish registries/x -o for-lab --tier keyed --key-file lab.key --drop ids
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
    type=click.Choice(["keyed"]),
    required=True,
    expose_value=False,
    help="keyed: a registry without texts whose files are encrypted, for one licensee.",
)
@click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="The licensee's key. Unset: PROVENANCE_REGISTRY_KEY.",
)
@click.option("--new-key", is_flag=True, help="Make the key, and write it to --key-file.")
@click.option(
    "--drop",
    multiple=True,
    type=click.Choice(["ids", "authors", "marks"]),
    help="Leave this out; repeatable. ids: pseudonyms instead of ids, no addresses, tombstones and "
    "marks. authors: the digests of their names. marks: which items are planted.",
)
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
def publish(
    registry: Path,
    output: Path,
    key_file: Path | None,
    new_key: bool,
    drop: tuple[str, ...],
    quiet: bool,
) -> None:
    """Make a copy of REGISTRY that can be given away.

    A check against a keyed copy, with its key, finds what a check against REGISTRY finds. What each
    tier reveals to whom is in docs/privacy.md.
    """
    manifest = pipeline.publish_keyed_copy(
        registry, output, key_file=key_file, new_key=new_key, drop=drop
    )
    if not quiet:
        echo(*publication_lines(output, manifest, key_file))
