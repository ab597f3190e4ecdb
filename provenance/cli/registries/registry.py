"""`provenance registry`."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, FAILED
from provenance.cli.lazy_groups import OrderedGroup
from provenance.cli.options.path_options import LOCAL_FOLDER, files, folders
from provenance.cli.options.shared_options import (
    allow_unread_option,
    max_document_option,
    registry_key_option,
    scheduler_option,
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
from provenance.pipeline.settings import EngineName

P = ParamSpec("P")
T = TypeVar("T")


@click.group("registry", cls=OrderedGroup)
def command() -> None:
    """Build, extend, show, verify, compact and exchange registries.

    A registry is a folder with what is needed to recognise the items of a source: their
    fingerprints, ids, dates and, unless disabled, their texts.
    """


_DUMPS = click.argument("dumps", nargs=-1, required=True, metavar="DUMP...", shell_complete=files)
_SOURCE = click.option(
    "--source",
    metavar="ID",
    help="Source of the items: x, reddit, ... `provenance rules list --kind source` lists those "
    "that have rules.",
)
_LAYOUT = click.option(
    "--layout",
    default="auto",
    metavar="NAME",
    help="table, x-archive, x-api, x-api-v2, x-graphql, x-gnip, x-collected, reddit, "
    "stackexchange, stackexchange-api, hackernews, arxiv, biorxiv, openreview, openalex, "
    "crossref, pubmed, jats, pmc-metadata, the-stack, git, github-events, mastodon, mastodon-api, "
    "mediawiki, wikiextractor, wikimedia, cirrussearch, warc, bluesky, bluesky-car, slack, "
    "telegram, telegram-api, discord, discord-package, mattermost, rocketchat, zulip, "
    "matrix, teams, skype, hangouts, whatsapp, irc, youtube, youtube-live, twitch, facebook, "
    "linkedin, weibo, lemmy-posts, lemmy-comments, discourse, imageboard, lobsters, tiktok, "
    "nostr, misskey, tumblr, openassistant, app-store, mail, feed, json-feed, epub, subtitles, "
    "html or text: see docs/dumps.md. Unset: detected.",
)
_COLUMN_OPTIONS = (
    click.option(
        "--text-column",
        "text_columns",
        multiple=True,
        metavar="NAME",
        help="Column with the text; repeat it to join several. This option and those below read "
        "a dump as a table. A path such as `files[].content` makes an item of each element.",
    ),
    click.option("--template", metavar="TEXT", help="The text, as in '{title}\\n{body}'."),
    click.option("--id-column", metavar="NAME", help="Column with the id."),
    click.option("--date-column", metavar="NAME", help="Column with the date."),
    click.option("--url-column", metavar="NAME", help="Column with the address."),
    click.option("--author-column", metavar="NAME", help="Column with the author."),
    click.option("--licence-column", metavar="NAME", help="Column with the licence."),
    click.option(
        "--source-column", metavar="NAME", help="Column that names the source, in mixed tables."
    ),
    click.option(
        "--text-format",
        type=click.Choice(["plain", "html"]),
        help="html: convert the texts from HTML. plain: keep texts that look like markup, JSON "
        "or headers, or are all the same. Unset: such a table is an error.",
    ),
)


def _column_options(function: Callable[P, T]) -> Callable[P, T]:
    """Add the options for columns, and pass them on as one `ColumnMapping`."""

    @wraps(function)
    def with_mapping(*args: P.args, **kwargs: P.kwargs) -> T:
        values = {name: kwargs.pop(name) for name in _COLUMN_NAMES}
        if values["template"] is not None and values["text_columns"]:
            raise click.UsageError("give either --template or --text-column")
        kwargs["columns"] = pipeline.ColumnMapping(**values)  # type: ignore[arg-type]
        return function(*args, **kwargs)

    for option in reversed(_COLUMN_OPTIONS):
        with_mapping = option(with_mapping)
    return with_mapping


_COLUMN_NAMES = (
    *("text_columns", "template", "id_column", "date_column", "url_column", "author_column"),
    *("licence_column", "source_column", "text_format"),
)
_OF = click.option(
    "--of",
    "published",
    type=click.IntRange(min=1),
    metavar="N",
    help="Total number of items of the source, as far as you know: reports show which part of it "
    "was searched for.",
)
_ENGINE = click.option(
    "--engine",
    type=click.Choice(["threads", "processes", "dask"]),
    default="threads",
    help="What reads the dumps: this process, or others, which leave the items in REGISTRY.tasks; "
    "a build that is interrupted continues from there. Default: threads.",
)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")


def _engine(name: EngineName, scheduler: str | None) -> "pipeline.DumpEngine":
    if scheduler is not None and name != "dask":
        raise click.UsageError("--scheduler needs --engine dask")
    return pipeline.DumpEngine(name, scheduler)


@command.command(
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
@_SOURCE
@_LAYOUT
@_column_options
@max_document_option
@_OF
@click.option("--no-text", is_flag=True, help="Store no texts: findings show only ids.")
@click.option(
    "--keep-authors",
    is_flag=True,
    help="Store the names of authors, for attribution lists: personal data, see docs/privacy.md. "
    "Unset: only digests. Later additions do the same.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Write nothing: show the layout, the columns and the first ten items of each dump.",
)
@allow_unread_option
@_ENGINE
@scheduler_option
@_QUIET
def build(  # noqa: PLR0913 (one parameter per option)
    registry: Path,
    dumps: tuple[str, ...],
    source: str | None,
    layout: str,
    columns: "pipeline.ColumnMapping",
    max_document: str | None,
    published: int | None,
    no_text: bool,
    keep_authors: bool,
    dry_run: bool,
    allow_unread: int,
    engine: EngineName,
    scheduler: str | None,
    quiet: bool,
) -> int:
    """Build REGISTRY from dumps.

    A dump is a table (Parquet, CSV, JSON) or in the layout of a source (X, Reddit, Stack Exchange,
    Wikipedia, ...), compressed, in an archive or not.
    """
    dump_source = _dumps(dumps, source, layout, columns, max_document, published)
    if dry_run:
        previews = pipeline.preview_dumps(dump_source)
        echo(*preview_lines(previews))
        if any(preview.unread for preview in previews):
            return FAILED
        if not any(preview.items for preview in previews):
            raise InputError(
                "the dumps hold no item that could be read",
                remedy="check the dumps, --layout and --text-column",
            )
        return CLEAR
    outcome = pipeline.build_registry(
        registry,
        dump_source,
        keep_texts=not no_text,
        keep_authors=keep_authors,
        quiet=quiet,
        engine=_engine(engine, scheduler),
    )
    _record_deletions(outcome)
    if (replaced := many_replaced(outcome.manifest, outcome.reading)) is not None:
        echo(f"Note: {replaced}", err=True)
    return _finish(registry, outcome, source, allow_unread, quiet=quiet)


@command.command(
    "add",
    epilog="""
\b
Example:
  provenance registry add registries/all --source youtube comments.parquet
""",
)
@click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
@_DUMPS
@_SOURCE
@_LAYOUT
@_column_options
@max_document_option
@_OF
@allow_unread_option
@_ENGINE
@scheduler_option
@_QUIET
def add(  # noqa: PLR0913 (one parameter per option)
    registry: Path,
    dumps: tuple[str, ...],
    source: str | None,
    layout: str,
    columns: "pipeline.ColumnMapping",
    max_document: str | None,
    published: int | None,
    allow_unread: int,
    engine: EngineName,
    scheduler: str | None,
    quiet: bool,
) -> int:
    """Add dumps to REGISTRY; of two items with the same source and id, the later one is kept."""
    dump_source = _dumps(dumps, source, layout, columns, max_document, published)
    outcome = pipeline.add_to_registry(
        registry, dump_source, quiet=quiet, engine=_engine(engine, scheduler)
    )
    _record_deletions(outcome)
    return _finish(registry, outcome, source, allow_unread, quiet=quiet)


@command.command(
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


@command.command(
    "fit",
    epilog="""
\b
Example:
  provenance registry fit registries/x books.parquet news.jsonl.gz
""",
)
@click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
@click.argument("texts", nargs=-1, required=True, shell_complete=files)
@max_document_option
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def fit(registry: Path, texts: tuple[str, ...], max_document: str | None, quiet: bool) -> None:
    """Measure how often REGISTRY matches by chance, on TEXTS that contain none of its items.

    A new registry uses rates measured on books, news and web pages. If your corpus is of another
    kind or language, measure on clean texts of that kind: the strength of every match, and so what
    is reported, depends on these rates.
    """
    before = pipeline.show_registry(registry)[1]
    after = pipeline.fit_chance_model(registry, texts, pipeline.Settings(quiet=quiet), max_document)
    if not quiet:
        echo(*fit_lines(before, after))


@command.command(
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


for _command in (*CHANGES, *PUBLISHING, *EXCHANGE):
    command.add_command(_command)


def _dumps(
    dumps: tuple[str, ...],
    source: str | None,
    layout: str,
    columns: "pipeline.ColumnMapping",
    max_document: str | None,
    published: int | None,
) -> "pipeline.DumpSource":
    if source is None and columns.source_column is None:
        raise InputError(
            "the source of these items is not given",
            remedy="name the source with --source, or its column with --source-column",
        )
    if published is not None and source is None:
        raise InputError(
            "--of needs a single source, but --source-column allows several",
            remedy="add the dumps of each source separately, with --source and --of",
        )
    warning = None if source is None else pipeline.source_name_warning(source)
    if warning:
        echo(f"Note: {warning}", err=True)
    given = pipeline.DumpSource(dumps, source, layout, columns, published, max_document)
    return pipeline.with_source_id(given)


def _record_deletions(outcome: "pipeline.BuildOutcome") -> None:
    """Record in the ledger of the policy, if there is one, what dumps say was deleted."""
    tombstones = outcome.deletions.tombstones
    if len(tombstones) and (ledger := pipeline.ledger_of_policy()) is not None:
        pipeline.record_tombstones(
            ledger, tombstones, outcome.manifest.digest, "deletion records of dumps"
        )


def _finish(
    registry: Path,
    outcome: "pipeline.BuildOutcome",
    source: str | None,
    allow_unread: int,
    *,
    quiet: bool,
) -> int:
    _warn_if_unusable(outcome.manifest)
    published = [each.id for each in pipeline.published_sources()]
    if (other := layout_of_another_source(outcome.manifest, source, published)) is not None:
        echo(f"Note: {other}", err=True)
    if (missing := missing_fields(outcome.reading)) is not None:
        echo(f"Note: {missing}", err=True)
    for unread in unread_columns(outcome.reading):
        echo(f"Note: {unread}", err=True)
    if not quiet:
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
