"""What a build would read from dumps: layout, columns and a few items of each file."""

from dataclasses import dataclass, field

from provenance.errors import InputError
from provenance.model.content.tables import Skipped, Unread, merge_skipped
from provenance.pipeline.building.id_dates import date_by_ids
from provenance.pipeline.building.registries import DumpSource, with_source_id
from provenance.read.corpus.file_access import unread_entry
from provenance.read.dumps.layouts import DumpReader

PREVIEW_ITEMS = 10


@dataclass(frozen=True, slots=True)
class DumpPreview:
    """What a build would read from a file of a dump.

    Parameters
    ----------
    file : str
        The file.
    layout : str
        Its layout; empty if it was not recognised.
    columns : dict of str to str
        Columns of a table by what they hold; empty for other layouts.
    items : list of dict
        The first items, by fields of `ITEMS`.
    skipped : tuple of Skipped
        Records that were skipped before and between them.
    unread : Unread or None
        Why the file cannot be read.
    """

    file: str
    layout: str
    columns: dict[str, str] = field(default_factory=dict)
    items: list[dict[str, object]] = field(default_factory=list)
    skipped: tuple[Skipped, ...] = ()
    unread: Unread | None = None


def preview_dumps(dumps: DumpSource) -> list[DumpPreview]:
    """Return what a build would read from each file, without reading more than its beginning."""
    return [_preview(reader) for reader in with_source_id(dumps).readers()]


def _preview(reader: DumpReader) -> DumpPreview:
    file = reader.dump.display_path
    if reader.is_passed_over:
        entries = tuple(entry for items in reader.items() for entry in items.skipped)
        return DumpPreview(file, "", skipped=entries)
    try:
        layout = reader.detect()
        columns = reader.columns()
    except InputError as error:
        return DumpPreview(file, "", unread=unread_entry(file, error))
    rows: list[dict[str, object]] = []
    skipped: list[Skipped] = []
    unread = None
    for items in date_by_ids(reader.items()):
        rows += items.batch.slice(0, PREVIEW_ITEMS - len(rows)).to_pylist()
        skipped += items.skipped
        unread = items.unread[0] if items.unread else None
        if unread is not None or len(rows) == PREVIEW_ITEMS:
            break
    return DumpPreview(file, layout, columns, rows, merge_skipped(skipped), unread)
