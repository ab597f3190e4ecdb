"""`provenance registry`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.completions import files, folders
from provenance.cli.lazy_groups import OrderedGroup
from provenance.cli.options import allow_unread_option, max_document_option, scheduler_option
from provenance.cli.registry_summary import fit_lines, registry_lines, unusable_reason
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import unread_code
from provenance.errors import InputError
from provenance.pipeline.settings import EngineName

_FOLDER = click.Path(path_type=Path)


@click.group("registry", cls=OrderedGroup)
def command() -> None:
    """Build, extend, show and verify registries.

    A registry is a folder with what is needed to recognise the items of a source: their
    fingerprints, ids, dates and, unless disabled, their texts.
    """


_DUMPS = click.argument("dumps", nargs=-1, required=True, metavar="DUMP...", shell_complete=files)
_SOURCE = click.option("--source", metavar="ID", help="Source of the items: x, reddit, ...")
_SOURCE_COLUMN = click.option(
    "--source-column", metavar="NAME", help="Column that names the source, in mixed tables."
)
_LAYOUT = click.option(
    "--layout",
    default="auto",
    metavar="NAME",
    help="table, x-archive, x-api, reddit or stackexchange. Unset: detected.",
)
_TEXT_COLUMN = click.option("--text-column", metavar="NAME", help="Column with the text.")
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
@click.argument("registry", type=_FOLDER, shell_complete=folders)
@_DUMPS
@_SOURCE
@_SOURCE_COLUMN
@_LAYOUT
@_TEXT_COLUMN
@max_document_option
@_OF
@click.option("--no-text", is_flag=True, help="Store no texts: findings show only ids.")
@allow_unread_option
@_ENGINE
@scheduler_option
@_QUIET
def build(  # noqa: PLR0913 (one parameter per option)
    registry: Path,
    dumps: tuple[str, ...],
    source: str | None,
    source_column: str | None,
    layout: str,
    text_column: str | None,
    max_document: str | None,
    published: int | None,
    no_text: bool,
    allow_unread: int,
    engine: EngineName,
    scheduler: str | None,
    quiet: bool,
) -> int:
    """Build REGISTRY from dumps.

    A dump is a table (Parquet, CSV, JSON; compressed, zipped or not), an X archive or API stream,
    Reddit submissions and comments in Pushshift's format, or a Stack Exchange Posts.xml.
    """
    dump_source = _dumps(dumps, source, source_column, layout, text_column, max_document, published)
    outcome = pipeline.build_registry(
        registry,
        dump_source,
        keep_texts=not no_text,
        quiet=quiet,
        engine=_engine(engine, scheduler),
    )
    return _finish(registry, outcome, allow_unread, quiet=quiet)


@command.command(
    "add",
    epilog="""
\b
Example:
  provenance registry add registries/all --source youtube comments.parquet
""",
)
@click.argument("registry", type=_FOLDER, shell_complete=folders)
@_DUMPS
@_SOURCE
@_SOURCE_COLUMN
@_LAYOUT
@_TEXT_COLUMN
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
    source_column: str | None,
    layout: str,
    text_column: str | None,
    max_document: str | None,
    published: int | None,
    allow_unread: int,
    engine: EngineName,
    scheduler: str | None,
    quiet: bool,
) -> int:
    """Add dumps to REGISTRY; of two items with the same source and id, the later one is kept."""
    dump_source = _dumps(dumps, source, source_column, layout, text_column, max_document, published)
    outcome = pipeline.add_to_registry(
        registry, dump_source, quiet=quiet, engine=_engine(engine, scheduler)
    )
    return _finish(registry, outcome, allow_unread, quiet=quiet)


@command.command(
    "show",
    epilog="""
\b
Example:
  provenance registry show registries/x
""",
)
@click.argument("registry", type=_FOLDER, shell_complete=folders)
def show(registry: Path) -> None:
    """Show what REGISTRY contains, and what it cannot find."""
    _warn_if_unusable(_show(registry))


@command.command(
    "fit",
    epilog="""
\b
Example:
  provenance registry fit registries/x books.parquet news.jsonl.gz
""",
)
@click.argument("registry", type=_FOLDER, shell_complete=folders)
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
""",
)
@click.argument("registry", type=_FOLDER, shell_complete=folders)
def verify(registry: Path) -> None:
    """Verify every file of REGISTRY against the digests in its manifest."""
    manifest = pipeline.verify_registry(registry)
    echo(f"{registry} is intact: {manifest.items:,} items, digest {manifest.digest}")


def _dumps(  # noqa: PLR0913 (what the options say)
    dumps: tuple[str, ...],
    source: str | None,
    source_column: str | None,
    layout: str,
    text_column: str | None,
    max_document: str | None,
    published: int | None,
) -> "pipeline.DumpSource":
    if source is None and source_column is None:
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
    return pipeline.DumpSource(
        dumps, source, source_column, layout, text_column, published, max_document
    )


def _finish(
    registry: Path, outcome: "pipeline.BuildOutcome", allow_unread: int, *, quiet: bool
) -> int:
    _warn_if_unusable(outcome.manifest)
    if not quiet:
        _show(registry)
    return unread_code(
        outcome.unread,
        allow_unread,
        "the registry is incomplete",
        "then add it with `provenance registry add`",
    )


def _show(registry: Path) -> "pipeline.Manifest":
    summary, manifest = pipeline.show_registry(registry)
    echo(*registry_lines(summary, manifest))
    return manifest


def _warn_if_unusable(manifest: "pipeline.Manifest") -> None:
    if (reason := unusable_reason(manifest)) is not None:
        echo(f"Note: {reason}", err=True)
