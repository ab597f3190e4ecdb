"""Every layout by its name, and the one way to open a dump."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from provenance.errors import UnsupportedFormat
from provenance.model import MAX_DOCUMENT, Items
from provenance.read.dumps import detection
from provenance.read.dumps.dump import Dump
from provenance.read.dumps.places import files_at
from provenance.read.dumps.reddit import read_pushshift
from provenance.read.dumps.stackexchange import read_posts_or_comments
from provenance.read.dumps.tables import read_table
from provenance.read.dumps.tweets import read_api, read_archive

AUTO = "auto"
LAYOUTS: dict[str, Callable[[Dump], Iterator[Items]]] = {
    detection.TABLE: read_table,
    detection.ARCHIVE: read_archive,
    detection.API: read_api,
    detection.REDDIT: read_pushshift,
    detection.STACKEXCHANGE: read_posts_or_comments,
}


def open_dump(
    path: str,
    *,
    source: str,
    layout: str = AUTO,
    source_column: str | None = None,
    text_column: str | None = None,
    max_document: int = MAX_DOCUMENT,
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

    Yields
    ------
    Items
        Up to 20,000 items, or 32 MB of them unless one alone has more.

    Raises
    ------
    DatasetNotFound
        If nothing is at `path`.
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
    # Found here and now: a generator would look for them when its first item is asked for.
    files = [replace(file, max_document=max_document) for file in files_at(path)]
    dumps = [Dump(file, source, source_column, text_column) for file in files]
    return _read(dumps, layout)


def _read(dumps: Sequence[Dump], layout: str) -> Iterator[Items]:
    for dump in dumps:
        name = detection.layout_of(dump.file) if layout == AUTO else layout
        yield from LAYOUTS[name](dump)
