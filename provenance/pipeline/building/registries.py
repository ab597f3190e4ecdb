"""Commands on registries: build, add, show, verify."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa

from provenance.cpu_count import available_cpus
from provenance.model.content.tables import Items, Unread, merge_unread
from provenance.model.results.coverage import RegistrySummary
from provenance.pipeline.building.dump_records import dump_recorder
from provenance.pipeline.building.dump_tasks import build_recipe, read_dumps
from provenance.pipeline.building.id_dates import date_by_ids
from provenance.pipeline.checking.reading_counts import PLANTED_SOURCE, ReadingCounts
from provenance.pipeline.exchange.registry_signatures import require_trusted_folder
from provenance.pipeline.exchange.trust_file import read_trust_file
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.execution.task_runner import open_runner
from provenance.pipeline.findings.summaries import summarise_registries
from provenance.pipeline.item_addresses import known_addresses
from provenance.pipeline.scan.readings import build_registry_indexes
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.pipeline.settings import EngineName
from provenance.pipeline.source_names import source_id
from provenance.read.dumps.layouts import AUTO, DumpReader, dump_readers
from provenance.read.dumps.published_dumps import (
    PublishedSource,
    find_published_source,
    published_sources,
)
from provenance.read.dumps.tables.column_mapping import NO_COLUMNS, ColumnMapping
from provenance.read.policy.policy_file import parse_size_option
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.changes.mark_changes import mark_items
from provenance.registry.manifest import Manifest
from provenance.registry.segments.withdrawn_items import DeletedItems, DeletionRecords
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from provenance.report.text.number_format import count

__all__ = [
    "BuildOutcome",
    "ColumnMapping",
    "DeletedItems",
    "DumpSource",
    "Manifest",
    "PublishedSource",
    "add_to_registry",
    "build_registry",
    "find_published_source",
    "published_sources",
    "show_registry",
    "verify_registry",
]


@dataclass(frozen=True, slots=True)
class DumpSource:
    """Dumps, and how to read them.

    Parameters
    ----------
    addresses : sequence of str
        Files.
    source : str or None
        Identifier of their source.
    layout : str
        Layout of the dumps; "auto" detects it.
    columns : ColumnMapping
        Columns of tables.
    published : int or None
        Total number of items of the source, where known.
    max_document : str, int or None
        Size limit of an item: "64MB".
    """

    addresses: Sequence[str]
    source: str | None
    layout: str = "auto"
    columns: ColumnMapping = NO_COLUMNS
    published: int | None = None
    max_document: str | int | None = None

    @property
    def declared_totals(self) -> dict[str, int]:
        """Declared total number of items, by source."""
        return (
            {} if self.published is None or self.source is None else {self.source: self.published}
        )

    def readers(self) -> list[DumpReader]:
        """Return readers of the files of all dumps."""
        return [reader for _, readers in self.readers_by_address() for reader in readers]

    def readers_by_address(self) -> list[tuple[str, list[DumpReader]]]:
        """Return each address with readers of its files."""
        return [
            (
                address,
                dump_readers(
                    address,
                    source=self.source or "",
                    layout=self.layout,
                    columns=self.columns,
                    max_document=parse_size_option(self.max_document),
                ),
            )
            for address in self.addresses
        ]

    def command_options(self) -> tuple[str, ...]:
        """Return the options of `registry build` and `registry add` that say the same."""
        columns = {
            field.name.replace("_", "-"): getattr(self.columns, field.name)
            for field in fields(self.columns)
            if field.name != "text_columns"
        }
        values = {
            "source": self.source,
            "layout": None if self.layout == AUTO else self.layout,
            **columns,
            "of": self.published,
            "max-document": self.max_document,
        }
        words = [
            word
            for name, value in values.items()
            if value is not None
            for word in (f"--{name}", str(value))
        ]
        texts = [word for name in self.columns.text_columns for word in ("--text-column", name)]
        return *words, *texts


def with_source_id(dumps: DumpSource) -> DumpSource:
    """Return dumps with the id of the source that is named; raises as `source_id`."""
    return dumps if dumps.source is None else replace(dumps, source=source_id(dumps.source))


@dataclass(frozen=True, slots=True)
class DumpEngine:
    """What reads dumps.

    Parameters
    ----------
    name : "threads", "processes" or "dask"
        This process, or others.
    scheduler : str or None
        Address of a Dask scheduler; None starts a cluster on this machine.
    """

    name: EngineName = "threads"
    scheduler: str | None = None

    @contextmanager
    def items(self, readers: Sequence[DumpReader], registry: Path) -> Iterator[Iterator[Items]]:
        """Return the items of dumps within the context.

        Other processes leave them in a folder beside the registry. It is removed with the context,
        unless that is left by an error: the next build continues from it.
        """
        if self.name == "threads":
            yield chain.from_iterable(reader.items() for reader in readers)
            return
        tasks = TaskFolder.at(f"{registry.absolute()}.tasks")
        with open_runner(self.name, self.scheduler, available_cpus()) as runner:
            yield read_dumps(readers, tasks, runner)
        tasks.remove()


@dataclass(frozen=True, slots=True, repr=False)
class BuildOutcome:
    """Outcome of building or extending a registry.

    Parameters
    ----------
    manifest : Manifest
        Manifest of the registry.
    unread : tuple of Unread
        Dumps that could not be read this time, or not to the end.
    reading : ReadingCounts
        Records that were kept and skipped, and the fields of items.
    deletions : DeletedItems
        What the deletion records among them came to.
    """

    manifest: Manifest
    unread: tuple[Unread, ...]
    reading: ReadingCounts
    deletions: DeletedItems

    def __bool__(self) -> bool:
        """Return whether all dumps were read: the exit code of the command is then 0."""
        return not self.unread

    def __repr__(self) -> str:
        missing = ", ".join(each.file for each in self.unread)
        return (
            f"<BuildOutcome: {count(self.manifest.items, 'item')} in the registry"
            f"{f'; not read: {missing}' if missing else ''}>"
        )


def build_registry(
    folder: Path,
    dumps: DumpSource,
    *,
    keep_texts: bool = True,
    keep_authors: bool = False,
    quiet: bool = True,
    engine: DumpEngine = DumpEngine(),
) -> BuildOutcome:
    """Build a registry from the readable part of dumps.

    Raises
    ------
    RegistryExists
        If `folder` exists.
    UnknownSource
        If the name of the source may be mistyped.
    """
    dumps = with_source_id(dumps)
    by_address, reading = dumps.readers_by_address(), ReadingCounts()
    deletions = DeletionRecords(known_addresses().canonical)
    readers = [reader for _, of_address in by_address for reader in of_address]
    kept = *(() if keep_texts else ("--no-text",)), *(("--keep-authors",) if keep_authors else ())
    options = *dumps.command_options(), *kept
    with (
        show_progress("building", None, " items", quiet=quiet) as progress,
        engine.items(readers, folder) as items,
        dump_recorder() as recorder,
    ):
        manifest = create_registry(
            folder,
            reading.watch(recorder.watch(date_by_ids(items), by_address)),
            keep_texts=keep_texts,
            keep_authors=keep_authors,
            published=dumps.declared_totals,
            progress=progress.advance,
            recipe=build_recipe(readers, kept),
            record=partial(recorder.step, "build", options),
            deletions=deletions,
        )
    manifest = _mark_planted(folder, manifest, reading)
    return BuildOutcome(manifest, manifest.unread, reading, deletions.outcome)


def add_to_registry(
    folder: Path, dumps: DumpSource, *, quiet: bool = True, engine: DumpEngine = DumpEngine()
) -> BuildOutcome:
    """Add the items of dumps to a registry; of two with the same id, the later one is kept."""
    unread: list[Unread] = []
    dumps = with_source_id(dumps)
    by_address, reading = dumps.readers_by_address(), ReadingCounts()
    deletions = DeletionRecords(known_addresses().canonical)
    readers = [reader for _, of_address in by_address for reader in of_address]
    with (
        show_progress("adding", None, " items", quiet=quiet) as progress,
        engine.items(readers, folder) as items,
        dump_recorder() as recorder,
    ):
        manifest = extend_registry(
            folder,
            _collect_unread(recorder.watch(date_by_ids(items), by_address), unread),
            addresses=dumps.addresses,
            published=dumps.declared_totals,
            progress=progress.advance,
            recipe=build_recipe(readers),
            watch=reading.watch,
            record=partial(recorder.step, "add", dumps.command_options()),
            deletions=deletions,
        )
    manifest = _mark_planted(folder, manifest, reading)
    return BuildOutcome(manifest, merge_unread(unread), reading, deletions.outcome)


def _mark_planted(folder: Path, manifest: Manifest, reading: ReadingCounts) -> Manifest:
    """Mark the items that are known to be planted, if there were any."""
    if not reading.planted:
        return manifest
    ids = pa.array(sorted(reading.planted))
    return mark_items(folder, ids, PLANTED_SOURCE, note="invented by the source").manifest


def _collect_unread(batches: Iterator[Items], unread: list[Unread]) -> Iterator[Items]:
    for items in batches:
        unread.extend(items.unread)
        yield items


def show_registry(folder: Path) -> tuple[RegistrySummary, Manifest]:
    """Return the summary and the manifest of a registry."""
    (registry_index,) = build_registry_indexes([open_registry(folder)])
    return summarise_registries([registry_index])[0], registry_index.registry.manifest


def verify_registry(folder: Path, trust: str | None = None) -> tuple[Manifest, tuple[str, ...]]:
    """Verify all files of a registry, and with a trust file its signatures.

    Returns
    -------
    manifest : Manifest
        Its manifest.
    principals : tuple of str
        Those who signed it; empty without a trust file.
    """
    manifest = verify_files(folder)
    if trust is None:
        return manifest, ()
    return manifest, require_trusted_folder(folder, manifest, read_trust_file(trust))
