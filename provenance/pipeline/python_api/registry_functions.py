"""`provenance.build_registry`, `open_registry` and others: `provenance registry` as functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict, Unpack

from provenance import pipeline
from provenance.errors import InputError
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import (
    Address,
    Addresses,
    Day,
    MaxDocument,
    Names,
    ProgressCallback,
    Scheduler,
    given_paths,
)
from provenance.pipeline.python_api.options import Option, OptionError
from provenance.pipeline.settings import EngineName
from provenance.report.text.number_format import count

if TYPE_CHECKING:
    import pyarrow as pa

    from provenance.model.results.coverage import RegistrySummary
    from provenance.pipeline.building.dump_preview import DumpPreview
    from provenance.pipeline.building.registries import BuildOutcome, DumpEngine, DumpSource
    from provenance.pipeline.building.registry_changes import Conditions, ExampleItem
    from provenance.registry.changes.mark_changes import Marking
    from provenance.registry.changes.registry_merge import Combination
    from provenance.registry.changes.withdrawal import Withdrawal
    from provenance.registry.manifest import Manifest

ItemSource = Annotated[str | None, Option("Items of this source: x, reddit, ...", metavar="ID")]
ItemAuthor = Annotated[
    str | None, Option("Items of this author, as the dump spells the name.", metavar="NAME")
]
ItemIds = Annotated[
    Address | None,
    Option(
        "Items with these ids or addresses: one a line, or a table (CSV, JSON Lines, Parquet) with "
        "a column of them, such as a dump's list of deletions.",
        metavar="FILE",
        paths="files",
    ),
]
RequiredIds = Annotated[
    Address, Option("Ids of items, as for `registry remove`.", metavar="FILE", paths="files")
]
NewRegistry = Annotated[
    Address,
    Option("The registry to make.", flags="-o --output", metavar="DIR", paths="folders"),
]


class DumpOptions(TypedDict, total=False):
    """Options for reading dumps."""

    source: Annotated[
        str | None,
        Option(
            "Source of the items: x, reddit, ... `provenance rules list --kind source` lists those "
            "that have rules.",
            metavar="ID",
        ),
    ]
    layout: Annotated[
        str | None,
        Option(
            "table, x-archive, x-api, x-api-v2, x-graphql, x-gnip, x-collected, reddit, "
            "stackexchange, stackexchange-api, hackernews, arxiv, biorxiv, openreview, openalex, "
            "crossref, pubmed, jats, pmc-metadata, the-stack, git, github-events, mastodon, "
            "mastodon-api, mediawiki, wikiextractor, wikimedia, cirrussearch, warc, bluesky, "
            "bluesky-car, slack, telegram, telegram-api, discord, discord-package, mattermost, "
            "rocketchat, zulip, matrix, teams, skype, hangouts, whatsapp, irc, youtube, "
            "youtube-live, twitch, facebook, linkedin, weibo, lemmy-posts, lemmy-comments, "
            "discourse, imageboard, lobsters, tiktok, nostr, misskey, tumblr, openassistant, "
            "app-store, mail, feed, json-feed, epub, subtitles, html or text: see docs/dumps.md. "
            "Unset: detected.",
            metavar="NAME",
        ),
    ]
    text_columns: Annotated[
        Names,
        Option(
            "Column with the text; of several, the texts are joined{repeatable}. This option and "
            "those below read a dump as a table. A path such as `files[].content` makes an item of "
            "each element.",
            flags="--text-column",
            metavar="NAME",
        ),
    ]
    template: Annotated[
        str | None, Option("The text, as in '{{title}}\\n{{body}}'.", metavar="TEXT")
    ]
    id_column: Annotated[str | None, Option("Column with the id.", metavar="NAME")]
    date_column: Annotated[str | None, Option("Column with the date.", metavar="NAME")]
    url_column: Annotated[str | None, Option("Column with the address.", metavar="NAME")]
    author_column: Annotated[str | None, Option("Column with the author.", metavar="NAME")]
    licence_column: Annotated[str | None, Option("Column with the licence.", metavar="NAME")]
    source_column: Annotated[
        str | None, Option("Column that names the source, in mixed tables.", metavar="NAME")
    ]
    text_format: Annotated[
        Literal["plain", "html"] | None,
        Option(
            "html: convert the texts from HTML. plain: keep texts that look like markup, JSON or "
            "headers, or are all the same. Unset: such a table is an error."
        ),
    ]
    max_document: MaxDocument
    of: Annotated[
        int | None,
        Option(
            "Total number of items of the source, as far as you know: reports show which part of "
            "it was searched for.",
            metavar="N",
            low=1,
        ),
    ]
    engine: Annotated[
        EngineName,
        Option(
            "What reads the dumps: this process, or others, which leave the items in "
            "REGISTRY.tasks; a build that is interrupted continues from there.",
            default="threads",
        ),
    ]
    scheduler: Scheduler
    progress: ProgressCallback | None


class BuildOptions(DumpOptions, total=False):
    """Options of a build."""

    no_text: Annotated[bool, Option("Store no texts: findings show only ids.")]
    keep_authors: Annotated[
        bool,
        Option(
            "Store the names of authors, for attribution lists: personal data, see "
            "docs/privacy.md. Unset: only digests. Later additions do the same."
        ),
    ]


@dataclass(frozen=True, slots=True, repr=False)
class OpenRegistry:
    """A registry, with what it contains.

    Parameters
    ----------
    path : Path
        Its folder.
    summary : RegistrySummary
        Sources, with numbers of items and dates, as `result.json` has them.
    manifest : Manifest
        Its manifest.
    """

    path: Path
    summary: "RegistrySummary"
    manifest: "Manifest"

    def __repr__(self) -> str:
        sources = ", ".join(self.sources) or "no source"
        return f"<OpenRegistry {self.path}: {count(self.items, 'item')} of {sources}>"

    @property
    def items(self) -> int:
        """Number of items."""
        return self.manifest.items

    @property
    def digest(self) -> str:
        """Digest of the registry, by which reports name it."""
        return self.manifest.digest

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of its sources."""
        return tuple(source.source for source in self.summary.sources)

    def examples(self, count: int = 5) -> "list[ExampleItem]":
        """Return some items from all over it: source, id, date, address and text."""
        return pipeline.example_items(self.path, count)

    @public_function
    def verify(self, trust: Address | None = None) -> "OpenRegistry":
        """Read every file and compare it with the digests; return the registry.

        Parameters
        ----------
        trust : str or path, optional
            File with the keys that must have signed it.

        Raises
        ------
        DigestMismatch
            If a file is damaged or missing.
        SigningError
            If nobody who is trusted has signed it.
        """
        pipeline.verify_registry(self.path, None if trust is None else fspath(trust))
        return self

    def recipe(self) -> str:
        """Return the commands that build it again, as `provenance registry show --recipe`."""
        return "\n".join(pipeline.registry_recipe(self.path))

    def withdrawn(self, source: str | None = None) -> "pa.Table":
        """Return what was withdrawn, of one source or all: id, source, site, date and reason."""
        return pipeline.withdrawn_items(self.path, source)


@public_function
def open_registry(registry: Address) -> OpenRegistry:
    """Open a registry to look at it, as `provenance registry show` does.

    Parameters
    ----------
    registry : str or path
        Its folder or address.

    Raises
    ------
    RegistryNotFound
        If there is none.
    """
    folder = pipeline.local_folder(fspath(registry))
    return OpenRegistry(folder, *pipeline.show_registry(folder))


@public_function
def preview_dumps(dumps: Addresses, **options: Unpack[DumpOptions]) -> "list[DumpPreview]":
    """Return what a build would read, as `provenance registry build --dry-run` shows it.

    Parameters
    ----------
    dumps : str, path, or iterable of them
        Files, folders, archives, addresses.
    progress : callable, optional
        As for `check`.

    Raises
    ------
    InputError
        If the source is not given.
    """
    with pipeline.report_progress_to(options["progress"]):
        return list(pipeline.preview_dumps(_dump_source(dumps, options)))


@public_function
def build_registry(
    registry: Address,
    dumps: Addresses,
    **options: Unpack[BuildOptions],
) -> "BuildOutcome":
    """Build a registry from dumps, as `provenance registry build` does.

    What the dumps say was deleted is recorded in the ledger that the policy names, if any.

    Parameters
    ----------
    registry : str or path
        Folder of the registry; must not exist.
    dumps : str, path, or iterable of them
        Files, folders, archives, addresses.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    BuildOutcome
        The manifest, what was kept and skipped, what the dumps say was deleted (`deletions`), and
        dumps that could not be read (`unread`): it is false if there are any.

    Raises
    ------
    RegistryExists
        If the folder exists.
    InputError
        If no dump can be read.
    """
    folder, dump_source = pipeline.local_registry(registry), _dump_source(dumps, options)
    with pipeline.report_progress_to(options["progress"]):
        outcome = pipeline.build_registry(
            folder,
            dump_source,
            keep_texts=not options["no_text"],
            keep_authors=options["keep_authors"],
            engine=_engine(options),
        )
    _record_deletions(outcome)
    return outcome


@public_function
def add_to_registry(
    registry: Address, dumps: Addresses, **options: Unpack[DumpOptions]
) -> "BuildOutcome":
    """Add dumps to a registry, as `provenance registry add` does.

    What the dumps say was deleted is recorded in the ledger that the policy names, if any.

    Parameters
    ----------
    registry : str or path
        The registry.
    dumps : str, path, or iterable of them
        Files, folders, archives, addresses.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    BuildOutcome
        As for `build_registry`.
    """
    folder, dump_source = pipeline.local_registry(registry), _dump_source(dumps, options)
    with pipeline.report_progress_to(options["progress"]):
        outcome = pipeline.add_to_registry(folder, dump_source, engine=_engine(options))
    _record_deletions(outcome)
    return outcome


@public_function
def remove_from_registry(  # noqa: PLR0913 (the options of the command)
    registry: Address,
    *,
    ids: ItemIds = None,
    author: ItemAuthor = None,
    before: Annotated[
        Day | None, Option("Items published before this day, month or year.", metavar="DATE")
    ] = None,
    source: ItemSource = None,
    on: Annotated[
        Day | None, Option("When they were withdrawn. Unset: today.", metavar="DAY")
    ] = None,
    reason: Annotated[str | None, Option("Why; kept with the tombstones.", metavar="TEXT")] = None,
    purge: Annotated[
        bool,
        Option(
            "Rewrite files of any size now, and clear the result cache and the tasks of builds."
        ),
    ] = False,
    keep_fingerprints: Annotated[
        Day | None,
        Option(
            "Until this day, keep a digest of all words of each item under a key, so that "
            "`check --withdrawn-key` recognises texts that are the item. Not searchable, no "
            "excerpts.",
            metavar="DATE",
        ),
    ] = None,
    key: Annotated[
        Address | None,
        Option(
            "File with the key, outside of REGISTRY; created if there is none.",
            metavar="FILE",
            paths="files",
        ),
    ] = None,
) -> "Withdrawal":
    """Withdraw the items that meet all conditions given, as `provenance registry remove` does.

    The withdrawal is recorded in the ledger that the policy names, if any.

    Parameters
    ----------
    registry : str or path
        The registry.
    """
    folder, ledger = pipeline.local_registry(registry), pipeline.ledger_of_policy()
    tombstones = None if ledger is None else pipeline.tombstones_of(folder)
    withdrawal = pipeline.withdraw_from_registry(
        folder,
        _conditions(ids, author, source, before=before),
        day=pipeline.day_text(on),
        reason=reason,
        purge=purge,
        keep_fingerprints=pipeline.day_text(keep_fingerprints),
        key=None if key is None else Path(key),
    )
    if ledger is not None and tombstones is not None:
        digest = withdrawal.manifest.digest
        pipeline.record_withdrawal(ledger, tombstones, folder, digest, reason)
    return withdrawal


@public_function
def restore_registry_items(
    registry: Address, ids: RequiredIds, *, source: ItemSource = None
) -> int:
    """Lift the tombstones of the ids in a file, as `provenance registry restore` does.

    That they were lifted is recorded in the ledger that the policy names, if any.

    Parameters
    ----------
    registry : str or path
        The registry.

    Returns
    -------
    int
        How many were lifted.
    """
    folder, ledger = pipeline.local_registry(registry), pipeline.ledger_of_policy()
    tombstones = None if ledger is None else pipeline.tombstones_of(folder)
    manifest, lifted = pipeline.restore_to_registry(folder, fspath(ids), source)
    if ledger is not None and tombstones is not None:
        pipeline.record_restoration(ledger, tombstones, folder, manifest.digest)
    return lifted


@public_function
def add_opt_outs(
    registry: Address,
    lists: Addresses,
    *,
    reason: Annotated[str | None, Option("Why; shown with each finding.", metavar="TEXT")] = None,
) -> int:
    """Add addresses to the opt-outs of a registry, as `provenance registry opt-out` does.

    Parameters
    ----------
    registry : str or path
        The registry; created if there is none.
    lists : str, path, or iterable of them
        Files that list domains, or addresses that stand for all below them.

    Returns
    -------
    int
        How many are new.
    """
    return pipeline.opt_out(pipeline.local_registry(registry), given_paths(lists), reason)


@public_function
def mark_registry_items(
    registry: Address,
    ids: RequiredIds,
    *,
    source: ItemSource = None,
    note: Annotated[
        str | None, Option("What they are; kept with the marks.", metavar="TEXT")
    ] = None,
    undo: Annotated[bool, Option("Remove the marks of these items.")] = False,
) -> "Marking":
    """Mark items that their owner planted, as `provenance registry mark` does.

    Parameters
    ----------
    registry : str or path
        The registry.

    Returns
    -------
    Marking
        How many `items` were marked, and how many ids are `absent`.
    """
    return pipeline.mark(pipeline.local_registry(registry), fspath(ids), source, note, undo=undo)


@public_function
def fit_registry(
    registry: Address,
    texts: Addresses,
    *,
    max_document: MaxDocument = None,
    progress: ProgressCallback | None = None,
) -> OpenRegistry:
    """Measure how often a registry matches by chance, as `provenance registry fit` does.

    Parameters
    ----------
    registry : str or path
        The registry, which is changed in place.
    texts : str, path, or iterable of them
        Files, folders, addresses of texts that contain none of its items.
    progress : callable, optional
        As for `check`.

    Raises
    ------
    InputError
        If there is too little text, or not all of it can be read.
    """
    folder = pipeline.local_registry(registry)
    with pipeline.report_progress_to(progress):
        pipeline.fit_chance_model(folder, given_paths(texts), pipeline.Settings(), max_document)
    return open_registry(folder)


@public_function
def compact_registry(registry: Address) -> OpenRegistry:
    """Merge the segments of a registry, as `provenance registry compact` does.

    Parameters
    ----------
    registry : str or path
        The registry, which is changed in place.
    """
    folder = pipeline.local_registry(registry)
    pipeline.compact(folder)
    return open_registry(folder)


@public_function
def merge_registries(registries: Iterable[Address], output: NewRegistry) -> "Combination":
    """Merge registries into a new one, as `provenance registry merge` does.

    Parameters
    ----------
    registries : iterable of str or path
        Their folders or addresses, in any order.
    """
    return pipeline.merge_into(given_paths(registries), pipeline.local_registry(output))


@public_function
def subset_registry(  # noqa: PLR0913 (the options of the command)
    registry: Address,
    output: NewRegistry,
    *,
    source: ItemSource = None,
    since: Annotated[
        Day | None,
        Option("Items published since this day, month or year.", flags="--from", metavar="DATE"),
    ] = None,
    until: Annotated[
        Day | None, Option("Items published before this day, month or year.", metavar="DATE")
    ] = None,
    author: ItemAuthor = None,
    ids: ItemIds = None,
) -> "Combination":
    """Make a registry of the items that meet all conditions, as `provenance registry subset` does.

    Parameters
    ----------
    registry : str or path
        The registry.
    """
    conditions = _conditions(ids, author, source, since=since, until=until)
    folder, target = pipeline.local_registry(registry), pipeline.local_registry(output)
    return pipeline.take_subset(folder, conditions, target)


def _conditions(
    ids: Address | None, author: str | None, source: str | None, **days: Day | None
) -> "Conditions":
    listed = None if ids is None else fspath(ids)
    texts = {name: pipeline.day_text(day) for name, day in days.items()}
    return pipeline.Conditions(listed, author, source, **texts)


def _dump_source(dumps: Addresses, options: DumpOptions) -> "DumpSource":
    source, of = options["source"], options["of"]
    if options["template"] is not None and options["text_columns"]:
        raise OptionError("give either {template} or {text_columns}")
    if source is None and options["source_column"] is None:
        raise InputError(
            "the source of these items is not given",
            remedy="name the source with --source, or its column with --source-column",
        )
    if of is not None and source is None:
        raise InputError(
            "--of needs a single source, but --source-column allows several",
            remedy="add the dumps of each source separately, with --source and --of",
        )
    columns = pipeline.ColumnMapping(
        tuple(given_paths(options["text_columns"])),
        template=options["template"],
        id_column=options["id_column"],
        date_column=options["date_column"],
        url_column=options["url_column"],
        author_column=options["author_column"],
        licence_column=options["licence_column"],
        source_column=options["source_column"],
        text_format=options["text_format"],
    )
    return pipeline.DumpSource(
        given_paths(dumps),
        source,
        options["layout"] or "auto",
        columns,
        of,
        options["max_document"],
    )


def _engine(options: DumpOptions) -> "DumpEngine":
    if options["scheduler"] is not None and options["engine"] != "dask":
        raise OptionError("{scheduler} needs {engine} dask")
    return pipeline.DumpEngine(options["engine"], options["scheduler"])


def _record_deletions(outcome: "BuildOutcome") -> None:
    """Record in the ledger of the policy, if there is one, what dumps say was deleted."""
    tombstones = outcome.deletions.tombstones
    if len(tombstones) and (ledger := pipeline.ledger_of_policy()) is not None:
        pipeline.record_tombstones(
            ledger, tombstones, outcome.manifest.digest, "deletion records of dumps"
        )
