"""`provenance cache`."""

import click

from provenance import pipeline
from provenance.cli.lazy_groups import OrderedGroup
from provenance.cli.terminal_output import echo
from provenance.report.text.number_format import size


@click.group("cache", cls=OrderedGroup)
def command() -> None:
    """Show or clear what earlier checks have cached.

    A check caches what it finds in each part of a dataset, so that the next one reads only what has
    changed: files and row groups are identified by their bytes, registries by their digests. Rules
    and policies do not affect the cache. It is in your user's cache folder, or in the folder that
    PROVENANCE_CACHE names, and contains excerpts of your dataset. `provenance check --no-cache`
    does not use it.
    """


@command.command("show")
def show() -> None:
    """Show where the cache is and how large it is."""
    usage = pipeline.cache_usage()
    echo(f"{usage.folder}: {usage.entries:,} entries, {size(usage.size_bytes)}")


@command.command("clear")
def clear() -> None:
    """Delete the cache: the next check reads its whole dataset."""
    usage = pipeline.clear_cache()
    echo(f"Deleted {usage.entries:,} entries, {size(usage.size_bytes)}, from {usage.folder}")
