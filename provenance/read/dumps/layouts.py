"""Every layout by its name, and the one way to open a dump."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from itertools import chain

import pyarrow as pa

from provenance.errors import InputError, UnsupportedFormat
from provenance.model import ITEMS, MAX_DOCUMENT, Items
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus.file_access import translate_read_errors, unread_entry
from provenance.read.dumps import layout_detection as detection
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.dump_files import files_at
from provenance.read.dumps.item_tables import read_table
from provenance.read.dumps.reddit import read_pushshift
from provenance.read.dumps.stackexchange import read_posts_or_comments
from provenance.read.dumps.x_posts import read_api, read_archive

AUTO = "auto"
LAYOUTS: dict[str, Callable[[Dump], Iterator[Items]]] = {
    detection.TABLE: read_table,
    detection.ARCHIVE: read_archive,
    detection.API: read_api,
    detection.REDDIT: read_pushshift,
    detection.STACKEXCHANGE: read_posts_or_comments,
}

_NOTHING = pa.RecordBatch.from_pylist([], schema=ITEMS)


def open_dump(  # noqa: PLR0913 (what the options of `registry build` say)
    path: str,
    *,
    source: str,
    layout: str = AUTO,
    source_column: str | None = None,
    text_column: str | None = None,
    max_document: int = MAX_DOCUMENT,
    strict: bool = True,
) -> Iterator[Items]:
    """Read the items of a dump.

    Parameters
    ----------
    path : str
        A file, or a folder that holds files of a dump.
    source : str
        Whose the items are.
    layout : str
        A name in `LAYOUTS`; "auto" looks.
    source_column : str or None
        The column that says whose each item is; `source` is then for rows that do not say.
    text_column : str or None
        The column of the text; a file of which a column is named is a table.
    max_document : int
        Bytes that an item may have: a line, a row, an element.
    strict : bool
        Whether a file that cannot be read is an error; else the batch in its place, or behind what
        could be read of it, says so, and reading goes on with the next file.

    Yields
    ------
    Items
        Up to 20,000 items, or 32 MB of them unless one alone has more.

    Raises
    ------
    DatasetNotFound
        If nothing is at `path`.
    InputError
        If the source is not valid UTF-8.
    UnsupportedFormat
        If the layout is not one of ours, a file is of none of them, or nobody knows how to reach
        the address.
    ColumnMissing
        If a column that was named, or the text, is not in a table.
    CorruptFile
        If a file is damaged or cut short: half a dump would pass for a whole one.
    """
    if layout != AUTO and layout not in LAYOUTS:
        near = get_close_matches(layout, LAYOUTS, n=1, cutoff=0.5)
        raise UnsupportedFormat(
            f"layout {layout!r} is not one of {[AUTO, *LAYOUTS]}",
            remedy=f"did you mean {near[0]}?" if near else "leave --layout out to have it found.",
        )
    if layout == AUTO and (source_column or text_column):
        layout = detection.TABLE
    if source != replace_surrogates(source):
        raise InputError(f"the source {source!r} is not valid UTF-8", remedy="name it in UTF-8.")
    # Found here and now: a generator would look for them when its first item is asked for.
    files = [replace(file, max_document=max_document) for file in files_at(path)]
    source_column, text_column = (
        None if name is None else replace_surrogates(name) for name in (source_column, text_column)
    )
    dumps = [Dump(file, source, source_column, text_column) for file in files]
    read = _read if strict else _to_its_end
    return chain.from_iterable(read(dump, layout) for dump in dumps)


def _read(dump: Dump, layout: str) -> Iterator[Items]:
    if dump.file.fault is not None:
        raise dump.file.fault
    name = detection.layout_of(dump.file) if layout == AUTO else layout
    yield from LAYOUTS[name](dump)


def _to_its_end(dump: Dump, layout: str) -> Iterator[Items]:
    found, records = _read(dump, layout), 0
    while True:
        try:
            with translate_read_errors(dump.told):
                items = next(found, None)
        except InputError as error:
            unread = unread_entry(dump.told, error, records or None)
            yield Items(_NOTHING, unread=(unread,))
            return
        if items is None:
            return
        records += len(items.batch) + sum(one.count for one in items.skipped)
        yield items
