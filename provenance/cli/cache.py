"""`provenance cache`."""

import click

from provenance import pipeline
from provenance.cli.groups import OrderedGroup
from provenance.cli.terminals import echo


@click.group("cache", cls=OrderedGroup)
def command() -> None:
    """Show or clear what earlier checks learnt.

    A check keeps what it finds in each part of a dataset, so that the next one reads only what has
    changed: files and row groups are known by their bytes, registries by their digests. Rules and
    policies decide nothing of it. It lies in your user's cache folder, or where PROVENANCE_CACHE
    says, and holds excerpts of your dataset. `provenance check --no-cache` does without.
    """


@command.command("show")
def show() -> None:
    """Say where it is, and how much it holds."""
    kept = pipeline.remembered()
    echo(f"{kept.folder}: {kept.entries:,} entries, {_size(kept.bytes)}")


@command.command("clear")
def clear() -> None:
    """Forget everything: the next check reads all of its dataset."""
    kept = pipeline.clear_memory()
    echo(f"Forgot {kept.entries:,} entries, {_size(kept.bytes)}, of {kept.folder}")


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
