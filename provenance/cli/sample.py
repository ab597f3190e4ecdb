"""`provenance sample`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.options.path_options import OUTPUT_FOLDER
from provenance.cli.terminal_output import echo

_NEXT = """\
{folder} has the sample: {count} files, described in {folder}/README.md. Now try:

  provenance registry build registries/x --source x {folder}/social.jsonl
  provenance check {folder}/pages.jsonl --registry registries/x -o report
"""


@click.command("sample")
@click.option(
    "-o",
    "--output",
    default="sample",
    show_default=True,
    type=OUTPUT_FOLDER,
    metavar="DIR",
    help="Folder to write.",
)
def command(output: Path) -> None:
    """Write a small sample dataset to try the commands on.

    153 pages in six languages, and the posts, answers and notices that some of them quote. All of
    it was invented for this project.
    """
    names = pipeline.unpack_sample(output)
    echo(*_NEXT.format(folder=output, count=len(names)).splitlines())
