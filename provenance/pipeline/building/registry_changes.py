"""Commands that change a registry, or make one from others."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance import __version__
from provenance.errors import InputError
from provenance.judge.item_names import readings
from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline.caching.result_cache import clear_cache
from provenance.pipeline.exchange.key_files import make_key, read_key
from provenance.pipeline.exchange.remote_registries import local_folder
from provenance.pipeline.item_addresses import author_name, item_names, known_addresses
from provenance.pipeline.ledger_records import parse_day
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.pipeline.source_names import source_id
from provenance.read.dumps.tables.id_lists import read_addresses, read_ids
from provenance.read.policy.date_syntax import parse_day_option
from provenance.registry.build.registry_builder import compact_registry
from provenance.registry.changes.mark_changes import Marking, mark_items
from provenance.registry.changes.opt_out_changes import add_opt_outs
from provenance.registry.changes.registry_merge import (
    Combination,
    merge_registries,
    subset_registry,
)
from provenance.registry.changes.withdrawal import (
    KeptFingerprints,
    Withdrawal,
    remove_items,
    restore_items,
)
from provenance.registry.files.mapped_files import map_registry
from provenance.registry.files.verified_segments import forget_verified
from provenance.registry.manifest import Manifest, read_manifest, read_manifest_bytes
from provenance.registry.recipe import BuildStep
from provenance.registry.registry_folder import signature_name
from provenance.registry.segments.item_selection import Selection, find_author_names
from provenance.registry.segments.pending_rewrites import PendingRewrite, pending_rewrites
from provenance.registry.segments.segment_set import SegmentSet
from provenance.registry.side_tables.marks import read_marks
from provenance.registry.side_tables.opt_outs import read_opt_outs
from provenance.registry.side_tables.statuses import REPLACED, read_statuses
from provenance.registry.side_tables.tombstones import read_tombstones
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from provenance.report.sanitize import csv_cell


@dataclass(frozen=True, slots=True)
class Conditions:
    """Which items a command selects; all that is given must hold.

    Parameters
    ----------
    ids : str or None
        File that lists ids or addresses.
    author, source : str or None
        Author and source, as in the dumps.
    since : str or None
        A day, month or year: items published since its beginning.
    before, until : str or None
        The same, for items published before; one of them.
    """

    ids: str | None = None
    author: str | None = None
    source: str | None = None
    since: str | None = None
    before: str | None = None
    until: str | None = None

    def command_options(self) -> tuple[str, ...]:
        """Return the options of a command that say the same."""
        named = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return tuple(
            word
            for name, value in named
            if value is not None
            for word in ("--from" if name == "since" else f"--{name}", value)
        )

    def selection(self) -> Selection:
        """Return what the registry selects by.

        Raises
        ------
        ProvenanceError
            If the list cannot be read, the author is an address, or a date is invalid.
        """
        return Selection(
            author=None if self.author is None else author_name(self.author),
            source=None if self.source is None else source_id(self.source),
            since=parse_day_option("--from", self.since),
            before=parse_day_option("--before", self.before)
            or parse_day_option("--until", self.until),
            names=None if self.ids is None else item_names(read_ids(self.ids).to_pylist()),
        )


def author_names(report: Report, registries: Sequence[str]) -> dict[tuple[str, str, str], str]:
    """Return the names of the authors of a report's items, as far as registries keep them.

    Parameters
    ----------
    report : Report
        The report.
    registries : sequence of str
        Folders or addresses of registries.

    Returns
    -------
    dict
        Names by source, id and address of the items.

    Raises
    ------
    InputError
        If a registry keeps no names.
    """
    ids = report.findings["item"].combine_chunks().drop_null().unique()
    names: dict[tuple[str, str, str], str] = {}
    for name in registries:
        registry = open_registry(local_folder(name))
        if not registry.manifest.keeps_authors:
            raise InputError(
                f"{name} has only digests of authors",
                remedy="build it with `registry build --keep-authors`",
            )
        for row in find_author_names(
            SegmentSet(registry.segments, registry.statuses), ids
        ).to_pylist():
            names[row["source"], row["item"], row["url"] or ""] = row["author"]
    return names


def withdraw_from_registry(  # noqa: PLR0913 (the options of the command)
    folder: Path,
    conditions: Conditions,
    *,
    day: str | None = None,
    reason: str | None = None,
    purge: bool = False,
    keep_fingerprints: str | None = None,
    key: Path | None = None,
) -> Withdrawal:
    """Withdraw items from a registry.

    Parameters
    ----------
    folder : Path
        The registry.
    conditions : Conditions
        The items.
    day : str or None
        Day on which they were withdrawn; None means today.
    reason : str or None
        Why they are withdrawn.
    purge : bool
        Whether to rewrite files of any size now, and to remove what checks and builds stored of
        items. Without conditions, this is all that is done.
    keep_fingerprints : str or None
        Day until which fingerprints of the items are kept; None keeps none.
    key : Path or None
        File with the key of the fingerprints; created if there is none.

    Raises
    ------
    InputError
        If there is no condition, the day is to come, or fingerprints are to be kept without key or
        until a day past.
    """
    selection, withdrawn = conditions.selection(), _past_day(day)
    kept = _kept_fingerprints(folder, keep_fingerprints, key)
    if conditions == Conditions():
        if not purge:
            raise InputError(
                "nothing says which items are withdrawn",
                remedy="name them with --ids, --author, --before or --source",
            )
        selection = Selection(ids=pa.array([], pa.string()))
    withdrawal = remove_items(
        folder,
        selection,
        reason=reason,
        at_once=purge,
        kept_fingerprints=kept,
        day=withdrawn,
        canonical=known_addresses().canonical,
    )
    if purge:
        TaskFolder.at(f"{folder.absolute()}.tasks").remove()
        clear_cache()
    return withdrawal


def _past_day(day: str | None) -> date | None:
    when = None if day is None else parse_day("--on", day)
    if when is not None and when > datetime.now(UTC).date():
        raise InputError(
            f"--on {day} is to come: nothing was withdrawn yet",
            remedy="give the day on which the items were withdrawn, or leave it out for today",
        )
    return when


def _kept_fingerprints(
    folder: Path, until: str | None, key: Path | None
) -> KeptFingerprints | None:
    day = parse_day_option("--keep-fingerprints", until)
    if day is None:
        if key is not None:
            raise InputError(
                "--key is of no use without fingerprints",
                remedy="say until when to keep them: --keep-fingerprints DATE",
            )
        return None
    if key is None:
        raise InputError(
            "fingerprints need a key",
            remedy="name a file for it outside of the registry: --key FILE; it will be created",
        )
    if day <= datetime.now(UTC).date():
        raise InputError(f"{until} is past", remedy="name a day to come")
    if key.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            f"{key} is inside the registry", remedy="keep the key where the registry is not"
        )
    if not key.exists():
        make_key(key)
    return KeptFingerprints(read_key(key), day)


_WILDCARDS = re.compile(r"^((?:https?:)?//)?\*\.|(/)\*+$", re.IGNORECASE)
"""Wildcards for subdomains and for the pages below, which an entry covers without them, too."""


def opt_out(folder: Path, lists: Sequence[str], reason: str | None = None) -> int:
    """Add the addresses that files list to the opt-outs of a registry; return how many are new.

    The registry may be a new one.

    Raises
    ------
    InputError
        If a list cannot be read, or an entry is neither a domain nor an address.
    """
    addresses = list[str]()
    for name in lists:
        for entry in read_addresses(name).to_pylist():
            meant = [_WILDCARDS.sub(r"\1", each) for each in readings(entry)]
            forms = [*filter(None, map(known_addresses().opt_out, meant))]
            if not forms or "*" in meant[0]:
                raise InputError(
                    f"{name}: {entry[:100]!r} is neither a domain nor an address",
                    remedy="give entries such as example.com, github.com/owner or "
                    "https://example.com/page",
                )
            addresses += forms
    return add_opt_outs(folder, pa.array(addresses, pa.string()), reason=reason)[1]


def mark(
    folder: Path, ids: str, source: str | None, note: str | None = None, *, undo: bool = False
) -> Marking:
    """Mark the items whose ids a file lists as planted by their owner, or remove the marks."""
    names = item_names(read_ids(ids).to_pylist())
    source = None if source is None else source_id(source)
    return mark_items(folder, names, source, note=note, undo=undo)


def restore_to_registry(folder: Path, ids: str, source: str | None) -> tuple[Manifest, int]:
    """Lift the tombstones of the ids that a file lists; return the manifest and their number."""
    source = None if source is None else source_id(source)
    options = () if source is None else ("--source", source)
    ended = datetime.now(UTC).replace(microsecond=0)
    step = BuildStep("restore", options, (), ended, __version__)
    names = item_names(read_ids(ids).to_pylist())
    return restore_items(
        folder, pa.array(sorted(names.ids)), source, addresses=names.canonical, step=step
    )


def compact(folder: Path) -> tuple[Manifest, Manifest]:
    """Merge the segments of a registry, and return its manifest before and after."""
    before = read_manifest(folder)
    return before, compact_registry(folder)


def merge_into(names: Sequence[str], output: Path) -> Combination:
    """Merge registries, given by paths or addresses, into a new one."""
    folders = [local_folder(name) for name in names]
    return merge_registries(folders, output, canonical=known_addresses().canonical)


def take_subset(folder: Path, conditions: Conditions, output: Path) -> Combination:
    """Make a registry of the items of another that meet all conditions.

    Raises
    ------
    InputError
        If there is no condition.
    """
    if conditions == Conditions():
        raise InputError(
            "nothing says which items the subset has",
            remedy="name them with --source, --from, --until, --author or --ids",
        )
    ended = datetime.now(UTC).replace(microsecond=0)
    step = BuildStep("subset", conditions.command_options(), (), ended, __version__)
    return subset_registry(folder, conditions.selection(), output, step=step)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The state of a registry that was changed.

    Parameters
    ----------
    tombstones : int
        Number of tombstones.
    fingerprints : int
        Number of those with a fingerprint.
    fingerprints_until : date or None
        First day on which none is kept.
    opt_outs : int
        Number of opt-outs.
    marks : int
        Number of marked items.
    pending : sequence of PendingRewrite
        Segments whose files still have withdrawn items.
    replaced : int
        Number of items in its files that later ones replaced.
    is_signed : bool
        Whether it has signatures; who has signed is not verified.
    """

    tombstones: int
    fingerprints: int
    fingerprints_until: date | None
    opt_outs: int
    marks: int
    pending: Sequence[PendingRewrite]
    replaced: int
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class ExampleItem:
    """An item of a registry; fields as in `ITEMS`, the text None if the registry keeps none."""

    source: str
    item: str
    created_at: datetime | None
    url: str | None
    text: str | None


def registry_upkeep(folder: Path) -> Upkeep:
    """Return the state of a registry that was changed."""
    mapped = map_registry(folder)
    statuses = read_statuses(mapped.statuses, [each.entry.items for each in mapped.segments])
    segments = SegmentSet(mapped.segments, statuses)
    pending = pending_rewrites(segments, BuildLimits().rewritten_bytes, datetime.now(UTC).date())
    replaced = pc.sum(pc.equal(statuses["state"], REPLACED)).as_py() or 0
    tombstones = read_tombstones(mapped)
    return Upkeep(
        tombstones=len(tombstones),
        fingerprints=len(tombstones) - tombstones["fingerprint"].null_count,
        fingerprints_until=pc.max(tombstones["expires"]).as_py(),
        opt_outs=len(read_opt_outs(mapped)),
        marks=len(read_marks(mapped)),
        pending=pending,
        replaced=replaced,
        is_signed=(folder / signature_name(read_manifest_bytes(folder))).exists(),
    )


def example_items(folder: Path, count: int) -> list[ExampleItem]:
    """Return some items of a registry that count, from all over it."""
    registry = open_registry(folder)
    numbers = np.flatnonzero(registry.arrays().is_live).astype(np.uint32)
    places = np.linspace(0, len(numbers) - 1, min(count, len(numbers))).astype(np.int64)
    chosen = numbers[places]
    described = registry.describe(chosen).select(["source", "item", "created_at", "url"])
    return [
        ExampleItem(**row, text=text)
        for row, text in zip(described.to_pylist(), registry.texts(chosen), strict=True)
    ]


WITHDRAWN_COLUMNS = {
    "item": "id",
    "source": "source",
    "site": "site",
    "date": "date",
    "reason": "reason",
    "expires": "fingerprint_until",
}
"""Columns of tombstones that are shown, and how they are called there."""


def withdrawn_items(
    folder: Path, source: str | None = None, reason: str | None = None, day: str | None = None
) -> pa.Table:
    """Return what was withdrawn from a registry.

    Parameters
    ----------
    folder : Path
        The registry.
    source : str or None
        Only of this source.
    reason : str or None
        Only for this reason.
    day : str or None
        Only on this day.
    """
    tombstones = read_tombstones(map_registry(folder))
    if source is not None:
        tombstones = tombstones.filter(pc.equal(tombstones["source"], source_id(source)))
    if reason is not None:
        tombstones = tombstones.filter(pc.equal(tombstones["reason"], reason))
    if day is not None:
        when = pa.scalar(parse_day("--on", day), tombstones["date"].type)
        tombstones = tombstones.filter(pc.equal(tombstones["date"], when))
    return tombstones.select([*WITHDRAWN_COLUMNS]).rename_columns([*WITHDRAWN_COLUMNS.values()])


def withdrawn_lines(
    folder: Path, source: str | None = None, reason: str | None = None, day: str | None = None
) -> Iterator[str]:
    """Yield what `withdrawn_items` returns as lines of CSV."""
    tombstones = withdrawn_items(folder, source, reason, day)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(tombstones.column_names)
    for batch in tombstones.to_batches():
        columns = (map(csv_cell, column.to_pylist()) for column in batch.columns)
        writer.writerows(zip(*columns, strict=True))
        yield text.getvalue()
        text.truncate(text.seek(0))
    yield text.getvalue()


def forget_registries(policy: Policy, *others: str | None) -> None:
    """Make the next opening of the registries of a policy, and of others, read every byte again."""
    folders = [*policy.registries, *policy.backgrounds, *others]
    for folder in filter(None, folders):
        forget_verified(local_folder(folder))
