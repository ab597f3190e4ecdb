"""`provenance registry`: commands that change a registry, or make one from others."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import LOCAL_FOLDER, files, folders
from provenance.cli.options.shared_options import quiet_option
from provenance.cli.registries.registry_summary import (
    combination_lines,
    compaction_lines,
    marking_lines,
    opt_out_lines,
    restoration_lines,
    withdrawal_lines,
)
from provenance.cli.terminal_output import echo
from provenance.pipeline.python_api.registry_functions import (
    OpenRegistry,
    add_opt_outs,
    compact_registry,
    mark_registry_items,
    merge_registries,
    remove_from_registry,
    restore_registry_items,
    subset_registry,
)

if TYPE_CHECKING:
    from provenance.registry.changes.mark_changes import Marking
    from provenance.registry.changes.registry_merge import Combination
    from provenance.registry.changes.withdrawal import Withdrawal

_REGISTRY = click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
_QUIET = quiet_option("No summary.")


@function_command(
    compact_registry,
    "compact",
    epilog="""
\b
Example:
  provenance registry compact registries/x
""",
)
@_REGISTRY
@_QUIET
def compact(run: FunctionCall[OpenRegistry], registry: Path) -> None:
    """Merge the segments of REGISTRY, and drop items that do not count any more.

    Each `add` writes a segment, and merges small ones now and then; a registry of few segments is
    smaller, and a check opens and searches it faster. What is found stays the same. All items are
    written again: the disk needs room for a second copy until the command ends.
    """
    before = pipeline.show_registry(registry)[1]
    after = run(registry).manifest
    if not run.quiet:
        echo(*compaction_lines(before, after))


@function_command(
    remove_from_registry,
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
@_QUIET
def remove(run: "FunctionCall[Withdrawal]", registry: Path) -> None:
    """Withdraw items from REGISTRY: those that meet all conditions given.

    They are not matched any more. Their files are rewritten without them: at once where a segment
    is smaller than 1 GB, else by the first change of REGISTRY a week later, or with --purge. A
    tombstone (source, id, day and reason) stays, so that dumps that still have them do not bring
    them back. With --ids and --source alone, ids that REGISTRY lacks are kept out, too. Keyed
    digests of authors and addresses stay here, and in no copy that is pushed or published, so that
    `provenance audit` can tell whose the items were. Of two days of one item, the earlier counts.
    """
    withdrawal = run(registry)
    if not run.quiet:
        echo(*withdrawal_lines(registry, withdrawal, purged=run.options["purge"]))


@function_command(
    restore_registry_items,
    "restore",
    epilog="""
\b
Example:
  provenance registry restore registries/x --ids ids.txt
""",
)
@_REGISTRY
@_QUIET
def restore(run: FunctionCall[int], registry: Path) -> None:
    """Lift the tombstones of items, so that they can be added to REGISTRY again.

    Their content is not kept: add the dumps that have them.
    """
    number = run(registry)
    if not run.quiet:
        echo(*restoration_lines(pipeline.show_registry(registry)[1], number))


@function_command(
    add_opt_outs,
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
@_QUIET
def opt_out(run: FunctionCall[int], registry: Path, lists: tuple[str, ...]) -> None:
    """Add the addresses in LIST to the opt-outs of REGISTRY; it is created if there is none.

    An entry is a domain (example.com, its subdomains included) or an address and all that is below
    it (github.com/owner, github.com/owner/repository, a page). LIST has one a line, or is a table
    with a column address, domain or url. A check reports documents that declare such an address:
    no text is needed, and none is compared.
    """
    number = run(registry, lists)
    if not run.quiet:
        echo(*opt_out_lines(registry, pipeline.show_registry(registry)[1], number))


@function_command(
    mark_registry_items,
    "mark",
    epilog="""
\b
Examples:
  provenance registry mark registries/qa --ids planted.txt --note invented
  provenance registry mark registries/qa --ids planted.txt --undo
""",
)
@_REGISTRY
@_QUIET
def mark(run: "FunctionCall[Marking]", registry: Path) -> None:
    """Mark items of REGISTRY that their owner planted to see who takes them.

    A check reports a hit on one apart, as evidence that the dataset has content of the source. It
    counts in no share and for no gate.
    """
    marking = run(registry)
    if not run.quiet:
        echo(*marking_lines(marking, undo=run.options["undo"]))


@function_command(
    merge_registries,
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
@_QUIET
def merge(run: "FunctionCall[Combination]", registries: tuple[str, ...]) -> None:
    """Merge registries into a new one, in any order.

    It shares their files by hard links, so that it takes hardly any space; on another disk, it has
    copies. Segments with withdrawn items are rewritten. Of two items with the same id,
    that of the later segment counts; an item that was withdrawn from one is left out. Texts are
    kept if all have them. The others stay as they are, and can be removed.
    """
    _print_combination(run, run(registries))


@function_command(
    subset_registry,
    "subset",
    epilog="""
\b
Examples:
  provenance registry subset registries/all --source x -o registries/x
  provenance registry subset registries/x --from 2023 -o registries/new
""",
)
@_REGISTRY
@_QUIET
def subset(run: "FunctionCall[Combination]", registry: Path) -> None:
    """Make a registry of those items of REGISTRY that meet all conditions given.

    Segments of which all items are taken are shared, as by `registry merge`. All tombstones are
    kept. With --from or --until, items without a date are left out.
    """
    _print_combination(run, run(registry))


def _print_combination(run: "FunctionCall[Combination]", combination: "Combination") -> None:
    if not run.quiet:
        echo(*combination_lines(run.options["output"], combination))


CHANGES = [remove, restore, opt_out, mark, merge, subset, compact]
"""The commands, in the order of the help."""
