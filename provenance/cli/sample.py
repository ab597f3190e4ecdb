"""`provenance sample`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.terminals import echo

_NEXT = """\
Wrote {folder}: {count} files, which {folder}/README.md explains. Now try:

  provenance registry build registries/x --source x {folder}/social.jsonl
  provenance check {folder}/pages.jsonl --registry registries/x -o report
"""


@click.command("sample")
@click.option(
    "-o",
    "--output",
    default="sample",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to write it.",
)
def command(output: Path) -> None:
    """Write a small dataset, and what it quotes, to try things on.

    153 pages in six languages, and posts, answers and notices that some of them hold: invented for
    this project, and yours to play with.
    """
    names = pipeline.unpacked_sample(output)
    echo(*_NEXT.format(folder=output, count=len(names)).splitlines())
