"""The Stack: files of source code, with their repositories and licences."""

from collections.abc import Iterator
from typing import NamedTuple

from provenance.errors import UnsupportedFormat
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault
from provenance.read.dumps.json_posts import JsonObject, names_text, string_at, to_text
from provenance.read.dumps.timestamps import parse_timestamp

COLUMNS = (
    *(
        "content",
        "hexsha",
        "max_stars_repo_name",
        "max_stars_repo_path",
        "max_stars_repo_head_hexsha",
    ),
    *("max_stars_repo_licenses", "blob_id", "path", "repo_name", "detected_licenses", "text"),
    *("revision_id", "committer_date", "revision_date", "repo_path", "commit_id", "files"),
    *("file_timestamp", "license", "repository_name", "content_id", "src_encoding"),
)

_HOST = "https://github.com/"


def is_file_or_repository(entry: JsonObject) -> bool:
    """Return whether an object is a file, or a repository with files."""
    keys = entry.keys()
    return (
        {"hexsha", "max_stars_repo_name"} <= keys
        or {"blob_id", "repo_name", "path"} <= keys
        or {"repo_path", "files"} <= keys
    )


def read_file_or_repository(
    entry: JsonObject, row: int, dump: Dump
) -> Iterator[ItemRecord | RowFault]:
    """Yield a file, or every file of a repository.

    Raises
    ------
    UnsupportedFormat
        If the files have no content.
    """
    if "files" in entry:
        yield from _repository(entry, row, dump)
        return
    content = entry.get("content", entry.get("text"))
    if "content" not in entry and "text" not in entry:
        raise UnsupportedFormat(
            f"{dump.display_path}: The Stack v2 lists files without their content",
            remedy="fetch the contents by blob_id, and add them as a column `content`.",
        )
    native = to_text(entry.get("hexsha")) or to_text(entry.get("blob_id"))
    repository = to_text(entry.get("max_stars_repo_name")) or to_text(entry.get("repo_name"))
    path = to_text(entry.get("max_stars_repo_path")) or to_text(entry.get("path"))
    revision = entry.get("max_stars_repo_head_hexsha") or entry.get("revision_id")
    licences = entry.get("max_stars_repo_licenses") or entry.get("detected_licenses")
    yield _file(
        _File(content, native, repository, path, to_text(revision), licences),
        entry.get("committer_date") or entry.get("revision_date"),
        row,
        dump,
    )


class _File(NamedTuple):
    """A file of a repository."""

    content: object
    native: str | None
    repository: str | None
    path: str | None
    revision: str | None
    licences: object

    def url(self) -> str | None:
        """Return the address of the file."""
        if not self.repository or not self.path:
            return None
        path = self.path.lstrip("/")
        return f"{_HOST}{self.repository}/blob/{self.revision or 'HEAD'}/{path}"


def _repository(entry: JsonObject, row: int, dump: Dump) -> Iterator[ItemRecord | RowFault]:
    files = entry["files"]
    repository, revision = to_text(entry.get("repo_path")), to_text(entry.get("commit_id"))
    if not isinstance(files, list) or not files:
        yield RowFault(row, skipped_rows.NULL)
        return
    for file in files:
        inner = file if isinstance(file, dict) else {}
        path = string_at(inner, "path") or string_at(inner, "file_path")
        native = (
            to_text(inner.get("blob_id"))
            or to_text(inner.get("content_id"))
            or (f"{repository}/{path}" if repository and path else None)
        )
        licences = inner.get("detected_licenses") or entry.get("detected_licenses")
        date = inner.get("file_timestamp", entry.get("file_timestamp"))
        found = _File(inner.get("content"), native, repository, path, revision, licences)
        yield _file(found, date, row, dump)


def _file(file: _File, date: object, row: int, dump: Dump) -> ItemRecord | RowFault:
    if not isinstance(file.content, str):
        return RowFault(row, skipped_rows.NULL)
    if not file.content.strip():
        return RowFault(row, skipped_rows.EMPTY)
    if file.native is None:
        return RowFault(row, skipped_rows.NO_ID)
    owner = file.repository.partition("/")[0] if file.repository else None
    return ItemRecord(
        dump.source,
        file.native,
        file.content,
        file.url(),
        parse_timestamp(date),
        owner,
        licence=names_text(file.licences),
    )
