"""The dump layouts by name, and reading of a dump in any of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain

import pyarrow as pa

from provenance.errors import InputError, PassedOver, UnsupportedFormat
from provenance.model.content.tables import ITEMS, Items, Skipped
from provenance.model.rules.policy import MAX_DOCUMENT
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus.file_access import translate_read_errors, unread_entry
from provenance.read.dumps import layout_detection
from provenance.read.dumps.checkouts import source_trees
from provenance.read.dumps.dump_discovery import find_dump_files
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.layout_detection import TABLE
from provenance.read.dumps.object_layouts import OBJECT_LAYOUTS
from provenance.read.dumps.sources import books, chat_exports, chat_logs, papers, wikipedia
from provenance.read.dumps.sources.bluesky import read_repository
from provenance.read.dumps.sources.feeds import read_feed, read_json_feed
from provenance.read.dumps.sources.git_checkout import read_checkout
from provenance.read.dumps.sources.mail import read_mail
from provenance.read.dumps.sources.mastodon import read_outbox
from provenance.read.dumps.sources.reddit import read_reddit
from provenance.read.dumps.sources.stackexchange import read_site
from provenance.read.dumps.sources.web_archive import read_page, read_web_archive
from provenance.read.dumps.sources.x_posts import read_archive
from provenance.read.dumps.tables.column_mapping import NO_COLUMNS, ColumnMapping
from provenance.read.dumps.tables.item_tables import read_table, table_mapping

AUTO = "auto"
LAYOUTS: dict[str, Callable[[Dump], Iterator[Items]]] = {
    TABLE: read_table,
    layout_detection.ARCHIVE: read_archive,
    layout_detection.STACKEXCHANGE: read_site,
    layout_detection.OUTBOX: read_outbox,
    layout_detection.MEDIAWIKI: wikipedia.read_export,
    layout_detection.WIKIEXTRACTOR: wikipedia.read_extracted,
    layout_detection.WEB_ARCHIVE: read_web_archive,
    layout_detection.REPOSITORY: read_repository,
    layout_detection.TELEGRAM: chat_exports.read_telegram_export,
    layout_detection.DISCORD: chat_exports.read_discord_export,
    layout_detection.IRC: chat_logs.read_irc,
    layout_detection.WHATSAPP: chat_logs.read_whatsapp,
    layout_detection.MAIL: read_mail,
    layout_detection.FEED: read_feed,
    layout_detection.JSON_FEED: read_json_feed,
    layout_detection.PUBMED: papers.read_pubmed,
    layout_detection.JATS: papers.read_articles,
    layout_detection.TEXT: books.read_text,
    layout_detection.SUBTITLES: books.read_subtitles,
    layout_detection.EPUB: books.read_epub,
    layout_detection.PAGE: read_page,
    layout_detection.CHECKOUT: read_checkout,
    **{layout.name: layout.read for layout in OBJECT_LAYOUTS},
    "reddit": read_reddit,  # by columns, where possible
    "discord-package": chat_exports.read_discord_package,
}

_EMPTY_BATCH = pa.RecordBatch.from_pylist([], schema=ITEMS)


@dataclass(frozen=True, slots=True)
class DumpReader:
    """Reads a file of a dump; can be pickled.

    A file that is passed over counts as a skipped record.

    Parameters
    ----------
    dump : Dump
        The file.
    layout : str
        A name in `LAYOUTS`; "auto" detects it.
    """

    dump: Dump
    layout: str

    @property
    def is_passed_over(self) -> bool:
        """Return whether the file only lies beside those of a dump."""
        return isinstance(self.dump.file.fault, PassedOver)

    def items(self) -> Iterator[Items]:
        """Yield its items; a batch with an `unread` entry is the last one, if reading fails."""
        return _read_tolerantly(self.dump, self.layout)

    def detect(self) -> str:
        """Return the name of the layout.

        Raises
        ------
        InputError
            If it is not known, or the file cannot be read.
        """
        return _layout_name(self.dump, self.layout)

    def identity(self) -> str | None:
        """Return what changes with the content of the file, as `File.identity` does."""
        file = self.dump.file
        if file.fault is None and source_trees.is_tree(file):
            return source_trees.tree_identity(file)
        return file.identity()

    def columns(self) -> dict[str, str]:
        """Return the columns of a table by what they hold; nothing for other layouts."""
        return table_mapping(self.dump).describe() if self.detect() == TABLE else {}


def open_dump(
    path: str,
    *,
    source: str,
    layout: str = AUTO,
    columns: ColumnMapping = NO_COLUMNS,
    max_document: int = MAX_DOCUMENT,
    strict: bool = True,
) -> Iterator[Items]:
    """Read the items of a dump.

    Parameters
    ----------
    path : str
        A file, or a folder with the files of a dump.
    source : str
        Source of the items.
    layout : str
        A name in `LAYOUTS`; "auto" detects it.
    columns : ColumnMapping
        Columns of tables. A file is read as a table if any is named.
    max_document : int
        Largest size of an item in bytes: a line, a row, an element.
    strict : bool
        Raise if a file cannot be read. Otherwise a batch with an `unread` entry follows what could
        be read of it, and reading continues with the next file.

    Yields
    ------
    Items
        Up to 20,000 items, or 32 MB of them unless a single one is larger.

    Raises
    ------
    DatasetNotFound
        If nothing is at `path`.
    InputError
        If the source is not valid UTF-8.
    UnsupportedFormat
        If the layout or the address is not supported, or a file is of no known layout.
    WrongLayout
        If the texts of a table show that it is none, or a named column is empty.
    ColumnMissing
        If a named column, or the text, is missing in a table.
    CorruptFile
        If a file is damaged or cut short, so that a part is not taken for the whole dump.
    """
    readers = dump_readers(
        path,
        source=source,
        layout=layout,
        columns=columns,
        max_document=max_document,
    )
    return chain.from_iterable(
        _read(reader.dump, reader.layout) if strict else reader.items() for reader in readers
    )


def dump_readers(
    path: str,
    *,
    source: str,
    layout: str = AUTO,
    columns: ColumnMapping = NO_COLUMNS,
    max_document: int = MAX_DOCUMENT,
) -> list[DumpReader]:
    """Return readers of the files of a dump; parameters and errors are those of `open_dump`."""
    if layout != AUTO and layout not in LAYOUTS:
        matches = get_close_matches(layout, LAYOUTS, n=1, cutoff=0.5)
        raise UnsupportedFormat(
            f"layout {layout!r} is not one of {[AUTO, *LAYOUTS]}",
            remedy=f"did you mean {matches[0]}?" if matches else "remove --layout to detect it.",
        )
    if layout == AUTO and columns.names_columns:
        layout = TABLE
    named = None if layout == AUTO else layout
    if source != replace_surrogates(source):
        raise InputError(f"the source {source!r} is not valid UTF-8", remedy="give it in UTF-8.")
    # Not in a generator: errors are raised by this call, not when the first item is read.
    files = [replace(file, max_document=max_document) for file in find_dump_files(path, named)]
    return [DumpReader(Dump(file, source, columns), layout) for file in files]


def _layout_name(dump: Dump, layout: str) -> str:
    if dump.file.fault is not None:
        raise dump.file.fault
    return layout_detection.detect_layout(dump.file) if layout == AUTO else layout


def _read(dump: Dump, layout: str) -> Iterator[Items]:
    fault = dump.file.fault
    if isinstance(fault, PassedOver):
        reason = f"{fault.message}; {fault.remedy.rstrip('.')}"
        yield Items(_EMPTY_BATCH, skipped=(Skipped(dump.name, reason, 1, ()),))
        return
    yield from LAYOUTS[_layout_name(dump, layout)](dump)


def _read_tolerantly(dump: Dump, layout: str) -> Iterator[Items]:
    batches, records = _read(dump, layout), 0
    while True:
        try:
            with translate_read_errors(dump.display_path):
                items = next(batches, None)
        except InputError as error:
            unread = unread_entry(dump.display_path, error, records or None)
            yield Items(_EMPTY_BATCH, unread=(unread,))
            return
        if items is None:
            return
        records += len(items.batch) + sum(entry.count for entry in items.skipped)
        yield items
