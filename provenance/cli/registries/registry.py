"""`provenance registry`."""

from inspect import unwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, FAILED
from provenance.cli.lazy_groups import OrderedGroup
from provenance.cli.options.function_commands import FunctionCall, function_command
from provenance.cli.options.path_options import LOCAL_FOLDER, files, folders
from provenance.cli.options.shared_options import (
    allow_unread_option,
    quiet_option,
    registry_key_option,
    trust_option,
)
from provenance.cli.registries.dump_summary import (
    deletion_lines,
    layout_of_another_source,
    many_replaced,
    missing_fields,
    preview_lines,
    reading_lines,
    unread_columns,
)
from provenance.cli.registries.registry_changes import CHANGES
from provenance.cli.registries.registry_exchange import EXCHANGE
from provenance.cli.registries.registry_publish import PUBLISHING
from provenance.cli.registries.registry_summary import (
    fit_lines,
    item_lines,
    public_copy_lines,
    registry_lines,
    unusable_reason,
)
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import unread_code
from provenance.errors import InputError
from provenance.pipeline.python_api.registry_functions import (
    DumpOptions,
    OpenRegistry,
    add_to_registry,
    build_registry,
    fit_registry,
    preview_dumps,
)

if TYPE_CHECKING:
    from provenance.pipeline.building.registries import BuildOutcome


@click.group("registry", cls=OrderedGroup)
def command() -> None:
    """Build, extend, show, verify, compact and exchange registries.

    A registry is a folder with what is needed to recognise the items of a source: their
    fingerprints, ids, dates and, unless disabled, their texts.
    """


_DUMPS = click.argument("dumps", nargs=-1, required=True, metavar="DUMP...", shell_complete=files)
_QUIET = quiet_option("No progress and no summary.")


@function_command(
    build_registry,
    "build",
    epilog="""
\b
Examples:
  provenance registry build registries/x --source x archive/data/tweets.js
  provenance registry build registries/reddit --source reddit RC_2020-01.zst
  provenance registry build registries/qa --source stackexchange Posts.xml
""",
)
@click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
@_DUMPS
@click.option(
    "--dry-run",
    is_flag=True,
    help="Write nothing: show the layout, the columns and the first ten items of each dump.",
)
@allow_unread_option
@_QUIET
def build(
    run: "FunctionCall[BuildOutcome]",
    registry: Path,
    dumps: tuple[str, ...],
    dry_run: bool,
    allow_unread: int,
) -> int:
    """Build REGISTRY from dumps.

    A dump is a table (Parquet, CSV, JSON) or in the layout of a source (X, Reddit, Stack Exchange,
    Wikipedia, ...), compressed, in an archive or not.
    """
    _print_source_note(run.options["source"])
    if dry_run:
        return _print_previews(run, dumps)
    outcome = run(registry, dumps)
    if (replaced := many_replaced(outcome.manifest, outcome.reading)) is not None:
        echo(f"Note: {replaced}", err=True)
    return _finish(registry, outcome, run, allow_unread)


@function_command(
    add_to_registry,
    "add",
    epilog="""
\b
Example:
  provenance registry add registries/all --source youtube comments.parquet
""",
)
@click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
@_DUMPS
@allow_unread_option
@_QUIET
def add(
    run: "FunctionCall[BuildOutcome]", registry: Path, dumps: tuple[str, ...], allow_unread: int
) -> int:
    """Add dumps to REGISTRY; of two items with the same source and id, the later one is kept."""
    _print_source_note(run.options["source"])
    return _finish(registry, run(registry, dumps), run, allow_unread)


@click.command(
    "show",
    epilog="""
\b
Examples:
  provenance registry show registries/x
  provenance registry show registries/x --items 5
  provenance registry show registries/x --recipe
""",
)
@click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
@click.option(
    "--items",
    type=click.IntRange(min=1),
    metavar="N",
    help="Also show N of its items: source, id, date, address and first words.",
)
@click.option(
    "--recipe",
    is_flag=True,
    help="Show only the commands that build it again, with size and digest of each dump.",
)
@click.option(
    "--withdrawn",
    is_flag=True,
    help="Show only what was withdrawn, as CSV: id, source, site, date and reason.",
)
@click.option("--source", metavar="ID", help="With --withdrawn: of this source.")
@click.option("--reason", metavar="TEXT", help="With --withdrawn: for this reason.")
@click.option("--on", "day", metavar="DAY", help="With --withdrawn: on this day.")
@registry_key_option
@click.option("-v", "--verbose", is_flag=True, help="Also show the law of chance matches.")
def show(  # noqa: PLR0913 (one parameter per option)
    registry: Path,
    items: int | None,
    recipe: bool,
    withdrawn: bool,
    source: str | None,
    reason: str | None,
    day: str | None,
    verbose: bool,
) -> None:
    """Show what REGISTRY contains, what it cannot find, and what waits to be removed."""
    if recipe + withdrawn + (items is not None) > 1:
        raise click.UsageError("give one of --items, --recipe and --withdrawn")
    if {source, reason, day} != {None} and not withdrawn:
        raise click.UsageError("--source, --reason and --on need --withdrawn")
    if recipe:
        echo(*pipeline.registry_recipe(registry))
        return
    if withdrawn:
        for text in pipeline.withdrawn_lines(registry, source, reason, day):
            click.echo(text, nl=False)
        return
    if items is None and pipeline.is_public_copy(registry):
        echo(*public_copy_lines(registry, pipeline.open_public_copy(registry).manifest))
        return
    _warn_if_unusable(_show(registry, verbose=verbose))
    if items is not None:
        echo("", *item_lines(pipeline.example_items(registry, items)))


@function_command(
    fit_registry,
    "fit",
    epilog="""
\b
Example:
  provenance registry fit registries/x books.parquet news.jsonl.gz
""",
)
@click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
@click.argument("texts", nargs=-1, required=True, shell_complete=files)
@quiet_option("No progress.")
def fit(run: FunctionCall[OpenRegistry], registry: Path, texts: tuple[str, ...]) -> None:
    """Measure how often REGISTRY matches by chance, on TEXTS that contain none of its items.

    A new registry uses rates measured on books, news and web pages. If your corpus is of another
    kind or language, measure on clean texts of that kind: the strength of every match, and so what
    is reported, depends on these rates.
    """
    before = pipeline.show_registry(registry)[1]
    after = run(registry, texts).manifest
    if not run.quiet:
        echo(*fit_lines(before, after))


@click.command(
    "verify",
    epilog="""
\b
Example:
  provenance registry verify registries/x
  provenance registry verify registries/x --trust trust.toml
""",
)
@click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
@registry_key_option
@trust_option
def verify(registry: Path, trust: str | None) -> None:
    """Verify every file of REGISTRY against the digests in its manifest.

    With a trust file, the signatures of the manifest are verified, too.
    """
    if pipeline.is_public_copy(registry):
        if trust is not None:
            raise click.UsageError("public copies are not signed: leave out --trust")
        public = pipeline.open_public_copy(registry).manifest
        echo(f"{registry} is intact: the public copy of a registry, {public.items:,} items")
        return
    trust = trust or pipeline.trust_of_policy()
    manifest, principals = pipeline.verify_registry(registry, trust)
    signed = f", signed by {', '.join(principals)}" if principals else ""
    echo(f"{registry} is intact{signed}: {manifest.items:,} items, digest {manifest.digest}")


for _command in (build, add, show, fit, verify, *CHANGES, *PUBLISHING, *EXCHANGE):
    command.add_command(_command)


def _print_source_note(source: str | None) -> None:
    note = None if source is None else pipeline.source_name_warning(source)
    if note:
        echo(f"Note: {note}", err=True)


def _print_previews(run: "FunctionCall[BuildOutcome]", dumps: tuple[str, ...]) -> int:
    """Show what a build would read, and return the exit code."""
    options = {name: run.options[name] for name in DumpOptions.__annotations__}
    previews = FunctionCall(unwrap(preview_dumps), options, run.quiet)(dumps)
    echo(*preview_lines(previews))
    if any(preview.unread for preview in previews):
        return FAILED
    if not any(preview.items for preview in previews):
        raise InputError(
            "the dumps hold no item that could be read",
            remedy="check the dumps, --layout and --text-column",
        )
    return CLEAR


def _finish(
    registry: Path,
    outcome: "BuildOutcome",
    run: "FunctionCall[BuildOutcome]",
    allow_unread: int,
) -> int:
    _warn_if_unusable(outcome.manifest)
    source = run.options["source"]
    published = [each.id for each in pipeline.published_sources()]
    if (other := layout_of_another_source(outcome.manifest, source, published)) is not None:
        echo(f"Note: {other}", err=True)
    if (missing := missing_fields(outcome.reading)) is not None:
        echo(f"Note: {missing}", err=True)
    for unread in unread_columns(outcome.reading):
        echo(f"Note: {unread}", err=True)
    if not run.quiet:
        echo(*reading_lines(outcome.reading), *deletion_lines(outcome.deletions), "")
        _show(registry)
    return unread_code(
        outcome.unread,
        allow_unread,
        "the registry is incomplete",
        "then add them with `provenance registry add`",
    )


def _show(registry: Path, *, verbose: bool = False) -> "pipeline.Manifest":
    summary, manifest = pipeline.show_registry(registry)
    echo(*registry_lines(summary, manifest, pipeline.registry_upkeep(registry), verbose=verbose))
    return manifest


def _warn_if_unusable(manifest: "pipeline.Manifest") -> None:
    if (reason := unusable_reason(manifest)) is not None:
        echo(f"Note: {reason}", err=True)
