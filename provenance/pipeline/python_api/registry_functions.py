"""`provenance.build_registry`, `open_registry` and others: `provenance registry` as functions."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from os import fspath
from pathlib import Path
from typing import TypedDict, Unpack

import pyarrow as pa

from provenance.errors import InputError
from provenance.model.results.coverage import RegistrySummary
from provenance.pipeline.building.build_commands import registry_recipe
from provenance.pipeline.building.dump_preview import DumpPreview
from provenance.pipeline.building.dump_preview import preview_dumps as preview
from provenance.pipeline.building.registries import (
    BuildOutcome,
    ColumnMapping,
    DumpEngine,
    DumpSource,
    show_registry,
    verify_registry,
)
from provenance.pipeline.building.registries import add_to_registry as add_dumps
from provenance.pipeline.building.registries import build_registry as build_dumps
from provenance.pipeline.building.registry_changes import (
    Conditions,
    ExampleItem,
    compact,
    example_items,
    mark,
    merge_into,
    opt_out,
    restore_to_registry,
    take_subset,
    withdraw_from_registry,
    withdrawn_items,
)
from provenance.pipeline.calibration.chance_fit import fit_chance_model
from provenance.pipeline.exchange.remote_registries import local_folder
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, Addresses, Day, Names
from provenance.pipeline.python_api.python_inputs import day_text, given_paths
from provenance.pipeline.settings import EngineName, Settings
from provenance.registry.changes.mark_changes import Marking
from provenance.registry.changes.registry_merge import Combination
from provenance.registry.changes.withdrawal import Withdrawal
from provenance.registry.manifest import Manifest
from provenance.report.text.number_format import count


class DumpOptions(TypedDict, total=False):
    """Options for reading dumps, as of `provenance registry build`."""

    layout: str
    text_columns: Names
    template: str | None
    id_column: str | None
    date_column: str | None
    url_column: str | None
    author_column: str | None
    licence_column: str | None
    source_column: str | None
    text_format: str | None
    max_document: str | int | None
    of: int | None
    engine: EngineName
    scheduler: str | None
    progress: ProgressCallback | None


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
    summary: RegistrySummary
    manifest: Manifest

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

    def examples(self, count: int = 5) -> list[ExampleItem]:
        """Return some items from all over it: source, id, date, address and text."""
        return example_items(self.path, count)

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
        verify_registry(self.path, None if trust is None else fspath(trust))
        return self

    def recipe(self) -> str:
        """Return the commands that build it again, as `provenance registry show --recipe`."""
        return "\n".join(registry_recipe(self.path))

    def withdrawn(self, source: str | None = None) -> pa.Table:
        """Return what was withdrawn, of one source or all: id, source, site, date and reason."""
        return withdrawn_items(self.path, source)


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
    folder = local_folder(fspath(registry))
    return OpenRegistry(folder, *show_registry(folder))


@public_function
def preview_dumps(
    dumps: Addresses,
    *,
    source: str | None = None,
    **options: Unpack[DumpOptions],
) -> list[DumpPreview]:
    """Return what a build would read, as `provenance registry build --dry-run` shows it.

    Parameters
    ----------
    dumps, source, **options
        As for `build_registry`.
    """
    return list(preview(_dump_source(dumps, source, options)))


@public_function
def build_registry(
    registry: Address,
    dumps: Addresses,
    *,
    source: str | None = None,
    no_text: bool = False,
    keep_authors: bool = False,
    **options: Unpack[DumpOptions],
) -> BuildOutcome:
    """Build a registry from dumps, as `provenance registry build` does.

    Parameters
    ----------
    registry : str or path
        Folder of the registry; must not exist.
    dumps : str, path, or iterable of them
        Files, folders, archives, addresses.
    source : str, optional
        Source of the items: "x", "reddit", …; not needed with `source_column`.
    no_text : bool, optional
        Store no texts.
    keep_authors : bool, optional
        Store the names of authors, for attribution lists; else only digests.
    **options
        `layout`, `text_columns`, `template`, `id_column`, `date_column`, `url_column`,
        `author_column`, `licence_column`, `source_column`, `text_format`, `max_document`, `of`,
        `engine`, `scheduler`: as the options of the command. `progress` as for `check`.

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
    dump_source = _dump_source(dumps, source, options)
    with report_progress_to(options.get("progress")):
        return build_dumps(
            _local(registry),
            dump_source,
            keep_texts=not no_text,
            keep_authors=keep_authors,
            engine=_engine(options),
        )


@public_function
def add_to_registry(
    registry: Address,
    dumps: Addresses,
    *,
    source: str | None = None,
    **options: Unpack[DumpOptions],
) -> BuildOutcome:
    """Add dumps to a registry, as `provenance registry add` does.

    Parameters
    ----------
    registry : str or path
        The registry.
    dumps, source, **options
        As for `build_registry`.

    Returns
    -------
    BuildOutcome
        As for `build_registry`.
    """
    dump_source = _dump_source(dumps, source, options)
    with report_progress_to(options.get("progress")):
        return add_dumps(_local(registry), dump_source, engine=_engine(options))


@public_function
def remove_from_registry(  # noqa: PLR0913 (the options of the command)
    registry: Address,
    *,
    ids: Address | None = None,
    author: str | None = None,
    before: Day | None = None,
    source: str | None = None,
    on: Day | None = None,
    reason: str | None = None,
    purge: bool = False,
    keep_fingerprints: Day | None = None,
    key: Address | None = None,
) -> Withdrawal:
    """Withdraw the items that meet all conditions given, as `provenance registry remove` does.

    Parameters
    ----------
    registry : str or path
        The registry.
    ids : str or path, optional
        File that lists ids or addresses.
    author, source : str, optional
        Author and source of the items, as in the dumps.
    before : str, optional
        A day, month or year: items published before it.
    on : str, optional
        The day on which they were withdrawn, which is not to come. None means today.
    reason : str, optional
        Why; kept with the tombstones.
    purge : bool, optional
        Rewrite files of any size now, and clear the cache.
    keep_fingerprints : str, optional
        A day: until then, keep a digest of each item, by which `check` with `withdrawn_key`
        recognises texts that are the item.
    key : str or path, optional
        File with the key of these digests, outside of the registry; created if there is none.
    """
    conditions = Conditions(
        None if ids is None else fspath(ids), author, source, before=day_text(before)
    )
    return withdraw_from_registry(
        _local(registry),
        conditions,
        day=day_text(on),
        reason=reason,
        purge=purge,
        keep_fingerprints=day_text(keep_fingerprints),
        key=None if key is None else Path(key),
    )[0]


@public_function
def restore_registry_items(registry: Address, ids: Address, *, source: str | None = None) -> int:
    """Lift the tombstones of the ids in a file, as `provenance registry restore` does.

    Parameters
    ----------
    registry : str or path
        The registry.
    ids : str or path
        File that lists ids.
    source : str, optional
        Source of the items.

    Returns
    -------
    int
        How many were lifted.
    """
    return restore_to_registry(_local(registry), fspath(ids), source)[1]


@public_function
def add_opt_outs(registry: Address, lists: Addresses, *, reason: str | None = None) -> int:
    """Add addresses to the opt-outs of a registry, as `provenance registry opt-out` does.

    Parameters
    ----------
    registry : str or path
        The registry; created if there is none.
    lists : str, path, or iterable of them
        Files that list domains, or addresses that stand for all below them.
    reason : str, optional
        Why; shown with each finding.

    Returns
    -------
    int
        How many are new.
    """
    return opt_out(_local(registry), given_paths(lists), reason)[1]


@public_function
def mark_registry_items(
    registry: Address,
    ids: Address,
    *,
    source: str | None = None,
    note: str | None = None,
    undo: bool = False,
) -> Marking:
    """Mark items that their owner planted, as `provenance registry mark` does.

    Parameters
    ----------
    registry : str or path
        The registry.
    ids : str or path
        File that lists ids.
    source : str, optional
        Source of the items.
    note : str, optional
        What they are; kept with the marks.
    undo : bool, optional
        Remove the marks.

    Returns
    -------
    Marking
        How many `items` were marked, and how many ids are `absent`.
    """
    return mark(_local(registry), fspath(ids), source, note, undo=undo)


@public_function
def fit_registry(
    registry: Address,
    texts: Addresses,
    *,
    max_document: str | int | None = None,
    progress: ProgressCallback | None = None,
) -> OpenRegistry:
    """Measure how often a registry matches by chance, as `provenance registry fit` does.

    Parameters
    ----------
    registry : str or path
        The registry, which is changed in place.
    texts : str, path, or iterable of them
        Files, folders, addresses of texts that contain none of its items.
    max_document : str or int, optional
        Largest size of a document, such as "200MB".
    progress : callable, optional
        As for `check`.

    Raises
    ------
    InputError
        If there is too little text, or not all of it can be read.
    """
    with report_progress_to(progress):
        fit_chance_model(_local(registry), given_paths(texts), Settings(), max_document)
    return open_registry(registry)


@public_function
def compact_registry(registry: Address) -> OpenRegistry:
    """Merge the segments of a registry, as `provenance registry compact` does.

    Parameters
    ----------
    registry : str or path
        The registry, which is changed in place.
    """
    compact(_local(registry))
    return open_registry(registry)


@public_function
def merge_registries(registries: Iterable[Address], output: Address) -> Combination:
    """Merge registries into a new one, as `provenance registry merge` does.

    Parameters
    ----------
    registries : iterable of str or path
        Their folders or addresses, in any order.
    output : str or path
        Folder of the new registry.
    """
    return merge_into(given_paths(registries), _local(output))


@public_function
def subset_registry(  # noqa: PLR0913 (the options of the command)
    registry: Address,
    output: Address,
    *,
    source: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    author: str | None = None,
    ids: Address | None = None,
) -> Combination:
    """Make a registry of the items that meet all conditions, as `provenance registry subset` does.

    Parameters
    ----------
    registry, output : str or path
        The registry, and the folder of the new one.
    source, author : str, optional
        Source and author of the items.
    since, until : str, optional
        A day, month or year: items published since the one, and before the other.
    ids : str or path, optional
        File that lists ids.
    """
    listed = None if ids is None else fspath(ids)
    conditions = Conditions(listed, author, source, day_text(since), until=day_text(until))
    return take_subset(_local(registry), conditions, _local(output))


def _dump_source(dumps: Addresses, source: str | None, options: DumpOptions) -> DumpSource:
    mapping = dict[str, object]()
    for field in fields(ColumnMapping):
        if (value := options.get(field.name)) is not None:
            mapping[field.name] = value
    columns = mapping.pop("text_columns", ())
    columns = (columns,) if isinstance(columns, str) else tuple(columns)  # type: ignore[arg-type]
    if source is None and "source_column" not in mapping:
        raise InputError(
            "the source of these items is not given",
            remedy="name it with source=, or its column with source_column=",
        )
    return DumpSource(
        given_paths(dumps),
        source,
        options.get("layout", "auto"),
        ColumnMapping(columns, **mapping),  # type: ignore[arg-type]
        options.get("of"),
        options.get("max_document"),
    )


def _engine(options: DumpOptions) -> DumpEngine:
    return DumpEngine(options.get("engine", "threads"), options.get("scheduler"))


def _local(registry: Address) -> Path:
    """Return the folder of a registry that is changed or made."""
    path = fspath(registry)
    if "://" in path:
        raise InputError(
            f"{path}: a registry is a folder on this machine, not an address",
            remedy="give a local folder; push_registry and pull_registry copy registries to and "
            "from addresses",
        )
    return Path(path)
