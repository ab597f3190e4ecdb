"""`provenance registry`: make copies of a registry to be given away, and use public ones."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.options.format_options import output_format
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import LOCAL_FOLDER, files, folders
from provenance.cli.options.shared_options import allow_unread_option, quiet_option
from provenance.cli.registries.registry_summary import (
    keyed_copy_lines,
    public_copy_lines,
    screening_lines,
)
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import unread_code
from provenance.pipeline.python_api.option_types import AddressList
from provenance.pipeline.python_api.publishing_functions import publish_registry, screen_dataset

if TYPE_CHECKING:
    from provenance.pipeline.publishing.public_screening import Screening


@function_command(
    publish_registry,
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
@quiet_option("No progress and no summary.")
def publish(run: FunctionCall[Any], registry: Path) -> None:
    """Make a copy of REGISTRY that can be given away.

    A check against a keyed copy, with its key, finds what a check against REGISTRY without its
    texts finds. With a public copy, anyone can count texts that may be items; no verdict follows.
    What each tier reveals to whom is in docs/privacy.md.
    """
    manifest, output = run(registry), run.options["output"]
    if run.quiet:
        return
    if run.options["tier"] == "keyed":
        echo(*keyed_copy_lines(output, manifest, run.options["key_file"]))
    else:
        echo(*public_copy_lines(output, manifest))


@function_command(
    screen_dataset,
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
@output_format("json")
@allow_unread_option
@quiet_option("No progress.")
def screen(
    run: "FunctionCall[Screening]",
    public: Path,
    corpus: tuple[str, ...],
    form: str,
    allow_unread: int,
) -> int:
    """Count the texts of CORPUS that may be items, by PUBLIC, the public copy of a registry.

    Texts are compared as a whole. The filter accepts a stated share of all texts, so a hit proves
    nothing: its verdict is unknown, until you ask the owner. Beside the number of hits is the
    number that chance gives.
    """
    screening = run(public, AddressList(corpus))
    if form == "json":
        click.echo(json.dumps(screening.to_json(), indent=2))
    else:
        echo(*screening_lines(public, screening))
    return unread_code(
        screening.unread, allow_unread, "the counts cover only what was read", "then screen again"
    )


PUBLISHING = [publish, screen]
"""The commands, in the order of the help."""
