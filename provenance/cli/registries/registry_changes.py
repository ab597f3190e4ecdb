"""`provenance registry`: commands that change a registry, or make one from others."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.options.path_options import LOCAL_FOLDER, files, folders
from provenance.cli.registries.registry_summary import (
    combination_lines,
    compaction_lines,
    marking_lines,
    opt_out_lines,
    restoration_lines,
    withdrawal_lines,
)
from provenance.cli.terminal_output import echo

_REGISTRY = click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
_SOURCE = click.option("--source", metavar="ID", help="Items of this source: x, reddit, ...")
_OUTPUT = click.option(
    "-o",
    "--output",
    type=LOCAL_FOLDER,
    required=True,
    metavar="DIR",
    shell_complete=folders,
    help="The registry to make.",
)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No summary.")


@click.command(
    "compact",
    epilog="""
\b
Example:
  provenance registry compact registries/x
""",
)
@_REGISTRY
@_QUIET
def compact(registry: Path, quiet: bool) -> None:
    """Merge the segments of REGISTRY, and drop items that do not count any more.

    Each `add` writes a segment, and merges small ones now and then; a registry of few segments is
    smaller, and a check opens and searches it faster. What is found stays the same. All items are
    written again: the disk needs room for a second copy until the command ends.
    """
    before, after = pipeline.compact(registry)
    if not quiet:
        echo(*compaction_lines(before, after))


@click.command(
    "remove",
    epilog="""
\b
Examples:
  provenance registry remove registries/x --ids deleted.txt --reason request \\
      --on 2023-05-02
  provenance registry remove registries/x --author somebody --purge
  provenance registry remove registries/all --source reddit --before 2015
""",
)
@_REGISTRY
@click.option(
    "--ids",
    metavar="FILE",
    shell_complete=files,
    help="Items with these ids or addresses: one a line, or a table (CSV, JSON Lines, Parquet) "
    "with a column of them, such as a dump's list of deletions.",
)
@click.option("--author", metavar="NAME", help="Items of this author, as the dump spells the name.")
@click.option("--before", metavar="DATE", help="Items published before this day, month or year.")
@_SOURCE
@click.option("--on", "day", metavar="DAY", help="When they were withdrawn. Unset: today.")
@click.option("--reason", metavar="TEXT", help="Why; kept with the tombstones.")
@click.option(
    "--purge",
    is_flag=True,
    help="Rewrite files of any size now, and clear the result cache and the tasks of builds.",
)
@click.option(
    "--keep-fingerprints",
    metavar="DATE",
    help="Until this day, keep a digest of all words of each item under a key, so that "
    "`check --withdrawn-key` recognises texts that are the item. Not searchable, no excerpts.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File with the key, outside of REGISTRY; created if there is none.",
)
@_QUIET
def remove(  # noqa: PLR0913 (one parameter per option)
    registry: Path,
    ids: str | None,
    author: str | None,
    before: str | None,
    source: str | None,
    day: str | None,
    reason: str | None,
    purge: bool,
    keep_fingerprints: str | None,
    key: Path | None,
    quiet: bool,
) -> None:
    """Withdraw items from REGISTRY: those that meet all conditions given.

    They are not matched any more. Their files are rewritten without them: at once where a segment
    is smaller than 1 GB, else by the first change of REGISTRY a week later, or with --purge. A
    tombstone (source, id, day and reason) stays, so that dumps that still have them do not bring
    them back. With --ids and --source alone, ids that REGISTRY lacks are kept out, too. Keyed
    digests of authors and addresses stay here, and in no copy that is pushed or published, so that
    `provenance audit` can tell whose the items were. Of two days of one item, the earlier counts.
    """
    conditions = pipeline.Conditions(ids, author, source, before=before)
    ledger = pipeline.ledger_of_policy()
    tombstones = None if ledger is None else pipeline.tombstones_of(registry)
    withdrawal, cleared = pipeline.withdraw_from_registry(
        registry,
        conditions,
        day=day,
        reason=reason,
        purge=purge,
        keep_fingerprints=keep_fingerprints,
        key=key,
    )
    if ledger is not None and tombstones is not None:
        digest = withdrawal.manifest.digest
        pipeline.record_withdrawal(ledger, tombstones, registry, digest, reason)
    if not quiet:
        echo(*withdrawal_lines(registry, withdrawal, cleared))


@click.command(
    "restore",
    epilog="""
\b
Example:
  provenance registry restore registries/x --ids ids.txt
""",
)
@_REGISTRY
@click.option(
    "--ids",
    metavar="FILE",
    required=True,
    shell_complete=files,
    help="Ids of items, as for `registry remove`.",
)
@_SOURCE
@_QUIET
def restore(registry: Path, ids: str, source: str | None, quiet: bool) -> None:
    """Lift the tombstones of items, so that they can be added to REGISTRY again.

    Their content is not kept: add the dumps that have them.
    """
    manifest, count = pipeline.restore_to_registry(registry, ids, source)
    if not quiet:
        echo(*restoration_lines(manifest, count))


@click.command(
    "opt-out",
    epilog="""
\b
Examples:
  provenance registry opt-out registries/opt-outs list.txt --reason form
  provenance registry opt-out registries/x owners.csv
""",
)
@_REGISTRY
@click.argument("lists", nargs=-1, required=True, metavar="LIST...", shell_complete=files)
@click.option("--reason", metavar="TEXT", help="Why; shown with each finding.")
@_QUIET
def opt_out(registry: Path, lists: tuple[str, ...], reason: str | None, quiet: bool) -> None:
    """Add the addresses in LIST to the opt-outs of REGISTRY; it is created if there is none.

    An entry is a domain (example.com, its subdomains included) or an address and all that is below
    it (github.com/owner, github.com/owner/repository, a page). LIST has one a line, or is a table
    with a column address, domain or url. A check reports documents that declare such an address:
    no text is needed, and none is compared.
    """
    manifest, number = pipeline.opt_out(registry, lists, reason)
    if not quiet:
        echo(*opt_out_lines(registry, manifest, number))


@click.command(
    "mark",
    epilog="""
\b
Examples:
  provenance registry mark registries/qa --ids planted.txt --note invented
  provenance registry mark registries/qa --ids planted.txt --undo
""",
)
@_REGISTRY
@click.option(
    "--ids",
    metavar="FILE",
    required=True,
    shell_complete=files,
    help="Ids of items, as for `registry remove`.",
)
@_SOURCE
@click.option("--note", metavar="TEXT", help="What they are; kept with the marks.")
@click.option("--undo", is_flag=True, help="Remove the marks of these items.")
@_QUIET
def mark(
    registry: Path, ids: str, source: str | None, note: str | None, undo: bool, quiet: bool
) -> None:
    """Mark items of REGISTRY that their owner planted to see who takes them.

    A check reports a hit on one apart, as evidence that the dataset has content of the source. It
    counts in no share and for no gate.
    """
    marking = pipeline.mark(registry, ids, source, note, undo=undo)
    if not quiet:
        echo(*marking_lines(marking, undo=undo))


@click.command(
    "merge",
    epilog="""
\b
Examples:
  provenance registry merge registries/x registries/reddit -o registries/all
  provenance registry merge registries/x s3://bucket/qa -o registries/all
""",
)
@click.argument(
    "registries", nargs=-1, required=True, metavar="REGISTRY...", shell_complete=folders
)
@_OUTPUT
@_QUIET
def merge(registries: tuple[str, ...], output: Path, quiet: bool) -> None:
    """Merge registries into a new one, in any order.

    It shares their files by hard links, so that it takes hardly any space; on another disk, it has
    copies. Segments with withdrawn items are rewritten. Of two items with the same id,
    that of the later segment counts; an item that was withdrawn from one is left out. Texts are
    kept if all have them. The others stay as they are, and can be removed.
    """
    combination = pipeline.merge_into(registries, output)
    if not quiet:
        echo(*combination_lines(output, combination))


@click.command(
    "subset",
    epilog="""
\b
Examples:
  provenance registry subset registries/all --source x -o registries/x
  provenance registry subset registries/x --from 2023 -o registries/new
""",
)
@_REGISTRY
@_SOURCE
@click.option(
    "--from", "since", metavar="DATE", help="Items published since this day, month or year."
)
@click.option("--until", metavar="DATE", help="Items published before this day, month or year.")
@click.option("--author", metavar="NAME", help="Items of this author, as the dump spells the name.")
@click.option(
    "--ids",
    metavar="FILE",
    shell_complete=files,
    help="Items with these ids, as for `registry remove`.",
)
@_OUTPUT
@_QUIET
def subset(  # noqa: PLR0913 (one parameter per option)
    registry: Path,
    source: str | None,
    since: str | None,
    until: str | None,
    author: str | None,
    ids: str | None,
    output: Path,
    quiet: bool,
) -> None:
    """Make a registry of those items of REGISTRY that meet all conditions given.

    Segments of which all items are taken are shared, as by `registry merge`. All tombstones are
    kept. With --from or --until, items without a date are left out.
    """
    conditions = pipeline.Conditions(ids, author, source, since, until=until)
    combination = pipeline.take_subset(registry, conditions, output)
    if not quiet:
        echo(*combination_lines(output, combination))


CHANGES = [remove, restore, opt_out, mark, merge, subset, compact]
"""The commands, in the order of the help."""
