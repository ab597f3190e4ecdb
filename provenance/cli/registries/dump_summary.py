"""Summary of what was read from dumps, or would be, for the terminal."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from provenance.report.sanitize import one_line
from provenance.report.text.number_format import count
from provenance.report.text.unread_text import unread_lines

if TYPE_CHECKING:
    from provenance.pipeline import DeletedItems, DumpPreview, Manifest, ReadingCounts

_MAX_TEXT_CHARS = 60
_FIELDS = {
    "item": "id",
    "created_at": "date",
    "url": "url",
    "author": "author",
    "licence": "licence",
    "text": "text",
}
_MAX_REASONS = 8
_MIN_REPLACED_SHARE = 0.1


def reading_lines(reading: "ReadingCounts") -> Iterator[str]:
    """Yield lines on the items that were kept, their fields, and records that were skipped."""
    yield f"Kept {count(reading.items, 'item')}{_fields(reading)}."
    if reading.dated_by_id:
        yield (
            f"Dated {count(reading.dated_by_id, 'item')} by the time in the id: the dump states no "
            "date for them."
        )
    files = {why: number for why, number in reading.skipped.items() if is_passed_over(why)}
    records = [each for each in reading.skipped.most_common() if each[0] not in files]
    if records:
        reasons = [f"{number:,} {one_line(why)}" for why, number in records]
        others = [f"{len(reasons) - _MAX_REASONS} more reasons"] * (len(reasons) > _MAX_REASONS)
        total = count(sum(number for _, number in records), "record")
        yield f"Skipped {total}: {', '.join([*reasons[:_MAX_REASONS], *others])}."
    if files:
        yield f"Passed over {count(sum(files.values()), 'file')}, listed below with the reason."
    if reading.licence_origins:
        yield f"Licences: {_licence_origins(reading)}."


def is_passed_over(reason: str) -> bool:
    """Return whether a reason for which records were skipped is one for a whole file."""
    return reason.startswith("passed over: ")


def _licence_origins(reading: "ReadingCounts") -> str:
    origins = reading.licence_origins
    stated = [f"{number:,} from {origin}" for origin, number in origins.most_common() if origin]
    unknown = f"{origins['']:,} unknown"
    return ", ".join([*stated, unknown] if origins[""] else stated)


def deletion_lines(deletions: "DeletedItems") -> Iterator[str]:
    """Yield a line on the items that dumps say were deleted, if there are any."""
    if not deletions.ids:
        return
    parts = [f"withdrew {count(deletions.items, 'item')}"]
    parts += [f"{deletions.known:,} withdrawn before"] * (deletions.known > 0)
    absent = f"{deletions.absent:,} not in the registry, and kept out of it"
    parts += [absent] * (deletions.absent > 0)
    named = count(deletions.ids, "id")
    yield f"Deletion records name {named}: {', '.join(parts)}."


def missing_fields(reading: "ReadingCounts") -> str | None:
    """Return a warning if no item has a date or an address."""
    effects = {
        "date": "no item has a date, so the terms of any day may apply",
        "url": "no item has an address, so reports cannot link to it",
    }
    missing = [text for name, text in effects.items() if not reading.fields[name]]
    return "; ".join(missing) if missing and reading.items else None


def layout_of_another_source(
    manifest: "Manifest", source: str | None, published: Collection[str]
) -> str | None:
    """Return a warning if the latest dumps are in the layout of another source than was named.

    Parameters
    ----------
    manifest : Manifest
        After the dumps were added.
    source : str or None
        The source that was named.
    published : collection of str
        Ids of sources of which dumps are known. A source of any other name may be a part of one of
        these, or use its software.
    """
    others = {*published} - {source}
    if source not in published or not manifest.steps:
        return None
    for dump in manifest.steps[-1].dumps:
        for other in sorted(others):
            if dump.layout == other or dump.layout.startswith(f"{other}-"):
                return (
                    f"{one_line(dump.address)} is in a layout of the source {other!r}, but its "
                    f"items were added, and will be judged, as those of {source!r}"
                )
    return None


def unread_columns(reading: "ReadingCounts") -> Iterator[str]:
    """Yield a warning for each column with texts that is not read."""
    for reason, files in reading.unread_columns.most_common(_MAX_REASONS):
        yield reason if files == 1 else f"{reason} (in {files:,} files)"


def many_replaced(manifest: "Manifest", reading: "ReadingCounts") -> str | None:
    """Return a warning if many of the items that a build kept have the id of another."""
    if manifest.replaced < _MIN_REPLACED_SHARE * max(reading.items, 1):
        return None
    return (
        f"{manifest.replaced:,} of {count(reading.items, 'item')} were replaced by later ones with "
        "the same id; if those are other texts, such as comments beside posts, make the ids of "
        "each file distinct"
    )


def preview_lines(previews: "Sequence[DumpPreview]") -> Iterator[str]:
    """Yield lines on the layout, the columns and the first items of each file."""
    unread = [preview.unread for preview in previews if preview.unread is not None]
    for preview in previews:
        if preview.unread is not None and not preview.layout:
            continue
        layout = f"layout {preview.layout}" if preview.layout else "passed over"
        yield f"{preview.file}: {layout}"
        if preview.columns:
            columns = (f"{name} from {one_line(path)}" for name, path in preview.columns.items())
            yield f"  {', '.join(columns)}"
        if preview.items:
            yield f"  {' | '.join(_FIELDS.values())}"
        for row in preview.items:
            yield "  " + " | ".join(_shown(row[field]) for field in _FIELDS)
        for entry in preview.skipped:
            are_records = entry.count and not is_passed_over(entry.reason)
            number = f"skipped {entry.count:,}: " if are_records else ""
            yield f"  {number}{one_line(entry.reason)}"
    for line in unread_lines(unread, len(unread), ""):
        yield f"not read: {one_line(line)}"


def _shown(value: object) -> str:
    text = "-" if value is None else one_line(str(value))
    return text if len(text) <= _MAX_TEXT_CHARS else f"{text[:_MAX_TEXT_CHARS]}…"


def _fields(reading: "ReadingCounts") -> str:
    """Return which fields all items have, which some, and which none."""
    if not reading.items:
        return ""
    have = {name: items for name, items in reading.fields.items() if 0 < items < reading.items}
    complete = [name for name, items in reading.fields.items() if items == reading.items]
    missing = [name for name, items in reading.fields.items() if not items]
    parts = [f"all have {_join(complete, 'and')}"] if complete else []
    parts += [f"{items:,} have {name}" for name, items in have.items()]
    parts += [f"none has {_join(missing, 'or')}"] if missing else []
    return f": {', '.join(parts)}"


def _join(names: Sequence[str], conjunction: str) -> str:
    *others, last = names
    return f"{', '.join(others)} {conjunction} {last}" if others else last
