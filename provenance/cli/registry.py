"""`provenance registry`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.completions import files, folders
from provenance.cli.groups import OrderedGroup
from provenance.cli.options import allow_unread_option, max_document_option
from provenance.cli.sizes import doubt, law, shown
from provenance.cli.terminals import echo
from provenance.cli.unread import unread_code
from provenance.errors import InputError

_FOLDER = click.Path(path_type=Path)


@click.group("registry", cls=OrderedGroup)
def command() -> None:
    """Build, extend, show and verify registries.

    A registry is a folder that holds what is needed to recognise a source's items: their
    fingerprints, ids, dates and, unless told otherwise, their texts.
    """


_DUMPS = click.argument("dumps", nargs=-1, required=True, metavar="DUMP...", shell_complete=files)
_SOURCE = click.option("--source", metavar="ID", help="Whose the items are: x, reddit, ...")
_SOURCE_COLUMN = click.option(
    "--source-column", metavar="NAME", help="The column that says so, in mixed tables."
)
_LAYOUT = click.option(
    "--layout",
    default="auto",
    metavar="NAME",
    help="table, x-archive, x-api, reddit or stackexchange. Unset: found by itself.",
)
_TEXT_COLUMN = click.option("--text-column", metavar="NAME", help="The column of the text.")
_OF = click.option(
    "--of",
    "published",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many items the source has in all, as far as you know: reports say which part of it "
    "is looked for.",
)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress, no summary.")


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
@click.option("--no-text", is_flag=True, help="Keep no texts: findings show ids alone.")
@allow_unread_option
@_QUIET
def build(  # noqa: PLR0913 (one parameter an option)
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
    quiet: bool,
) -> int:
    """Make REGISTRY from dumps.

    A dump is a table (Parquet, CSV, JSON; compressed, zipped or not), an X archive or API stream,
    Reddit submissions and comments as Pushshift wrote them, or a Stack Exchange Posts.xml.
    """
    read = _dumps(dumps, source, source_column, layout, text_column, max_document, published)
    built = pipeline.build_registry(registry, read, keep_texts=not no_text, quiet=quiet)
    return _told(registry, built, allow_unread, quiet=quiet)


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
@_QUIET
def add(  # noqa: PLR0913 (one parameter an option)
    registry: Path,
    dumps: tuple[str, ...],
    source: str | None,
    source_column: str | None,
    layout: str,
    text_column: str | None,
    max_document: str | None,
    published: int | None,
    allow_unread: int,
    quiet: bool,
) -> int:
    """Add dumps to REGISTRY; of two items with the same source and id, the later one counts."""
    read = _dumps(dumps, source, source_column, layout, text_column, max_document, published)
    built = pipeline.add_to_registry(registry, read, quiet=quiet)
    return _told(registry, built, allow_unread, quiet=quiet)


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
    """Tell what REGISTRY holds, and what it cannot answer."""
    _doubt(_show(registry))


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
    """Measure on TEXTS, which hold no item of REGISTRY, how often chance gives a match with it.

    A registry is made with what was measured on books, news and web pages. Where your corpus is of
    another kind or language, measure on clean texts of that kind: the strength of every match, and
    so what is reported, is stated by it.
    """
    before = pipeline.show_registry(registry)[1]
    made = pipeline.fit_registry(registry, texts, pipeline.Settings(quiet=quiet), max_document)
    if not quiet:
        echo(*law(before, made))


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
    """Hold every file of REGISTRY against the digests in its manifest."""
    manifest = pipeline.verify_registry(registry)
    echo(f"{registry} is whole: {manifest.items:,} items, digest {manifest.digest}")


def _dumps(  # noqa: PLR0913 (what the options say)
    dumps: tuple[str, ...],
    source: str | None,
    source_column: str | None,
    layout: str,
    text_column: str | None,
    max_document: str | None,
    published: int | None,
) -> "pipeline.Dumps":
    if source is None and source_column is None:
        raise InputError(
            "nobody said whose these items are",
            remedy="name the source with --source, or its column with --source-column",
        )
    if published is not None and source is None:
        raise InputError(
            "--of counts the items of one source, and the dumps hold several",
            remedy="add the dumps of each source by themselves, with --source and --of",
        )
    doubt = None if source is None else pipeline.doubt_about(source)
    if doubt:
        echo(f"Note: {doubt}", err=True)
    return pipeline.Dumps(
        dumps, source, source_column, layout, text_column, published, max_document
    )


def _told(registry: Path, built: "pipeline.Built", allowed: int, *, quiet: bool) -> int:
    _doubt(built.manifest)
    if not quiet:
        _show(registry)
    return unread_code(
        built.unread,
        allowed,
        "the registry lacks what is in there",
        "then add it with `provenance registry add`",
    )


def _show(registry: Path) -> "pipeline.Manifest":
    summary, manifest = pipeline.show_registry(registry)
    echo(*shown(summary, manifest))
    return manifest


def _doubt(manifest: "pipeline.Manifest") -> None:
    if (why := doubt(manifest)) is not None:
        echo(f"Note: {why}", err=True)
