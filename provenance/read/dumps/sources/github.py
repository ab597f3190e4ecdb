"""Events of GitHub, as GH Archive has them: issues, pull requests, comments, reviews, releases."""

from collections.abc import Iterator

from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Entry, ItemRecord, RowFault
from provenance.read.dumps.parsers.json_posts import JsonObject, member, string_at, to_text
from provenance.read.dumps.parsers.timestamps import parse_timestamp

_WRITTEN = ("comment", "review", "release", "issue", "pull_request")
"""Members of an event that somebody wrote: the first says what the event is about."""
_DELETED = "deleted"


def is_event(entry: JsonObject) -> bool:
    """Return whether an object is an event."""
    return (
        {"type", "actor", "repo", "payload", "created_at"} <= entry.keys()
        and str(entry["type"]).endswith("Event")
        and isinstance(entry["payload"], dict)
    )


def read_event(entry: JsonObject, row: int, dump: Dump) -> Iterator[Entry]:
    """Yield what was written; an issue that was edited or closed comes again, with the same id."""
    name = next((name for name in _WRITTEN if member(entry, "payload", name)), None)
    if name is None or member(entry, "payload", "action") == _DELETED:
        yield RowFault(row, skipped_rows.NOT_A_POST)
        return
    written = member(entry, "payload", name)
    title = string_at(written, "title") or (string_at(written, "name") if name == "release" else "")
    text = "\n\n".join(filter(None, (title, string_at(written, "body"))))
    native = to_text(member(written, "id"))
    if not text or native is None:
        yield RowFault(row, skipped_rows.NO_ID if text else skipped_rows.EMPTY)
        return
    yield ItemRecord(
        dump.source,
        f"{name}/{native}",
        text,
        string_at(written, "html_url"),
        parse_timestamp(
            string_at(written, "created_at")
            or string_at(written, "submitted_at")
            or entry.get("created_at")
        ),
        string_at(written, "user", "login")
        or string_at(written, "author", "login")
        or string_at(entry, "actor", "login"),
    )
