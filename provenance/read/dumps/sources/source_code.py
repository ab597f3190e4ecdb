"""The Stack: files of source code, with their repositories and licences."""

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import UnsupportedFormat
from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import Items
from provenance.read.columns.string_arrays import as_strings, invalid_utf8, is_blank, is_textual
from provenance.read.corpus import skipped_rows
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault
from provenance.read.dumps.item_columns import concatenate, first_of, non_empty, select_items
from provenance.read.dumps.parsers.json_posts import JsonObject, names_text, string_at, to_text
from provenance.read.dumps.parsers.timestamps import parse_timestamp, parse_timestamps

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

_IDS = ("hexsha", "blob_id")
_REPOSITORIES = ("max_stars_repo_name", "repo_name")
_PATHS = ("max_stars_repo_path", "path")
_REVISIONS = ("max_stars_repo_head_hexsha", "revision_id")
_LICENCES = ("max_stars_repo_licenses", "detected_licenses")
_DATES = ("committer_date", "revision_date")
"""Columns of the first version, and of the second."""

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
    native, repository, path, revision = (
        next(filter(None, (to_text(entry.get(name)) for name in names)), None)
        for names in (_IDS, _REPOSITORIES, _PATHS, _REVISIONS)
    )
    licences = (names_text(entry.get(name)) for name in _LICENCES)
    dates = (parse_timestamp(entry.get(name)) for name in _DATES)
    yield _file(
        _File(content, native, repository, path, revision, next(filter(None, licences), None)),
        next((second for second in dates if second is not None), None),
        row,
        dump,
    )


def read_columns(batch: pa.RecordBatch, rows: Int64s, dump: Dump) -> Items | None:
    """Return files as `read_file_or_repository` does; None if columns are missing or unusual."""
    names = {*batch.schema.names}
    text_names = names & {"content", "text", *_IDS, *_REPOSITORIES, *_PATHS, *_REVISIONS}
    are_texts = all(is_textual(batch.schema.field(name).type) for name in text_names)
    content = next((batch[name] for name in ("content", "text") if name in names), None)
    licences = [_joined_names(batch[name]) for name in _LICENCES if name in names]
    is_unusual = not are_texts or any(column is None for column in licences)
    if is_unusual or content is None or "files" in names:
        return None
    repository, path = (first_of(batch, columns, non_empty) for columns in (_REPOSITORIES, _PATHS))
    native = first_of(batch, _IDS, non_empty)
    revision = pc.fill_null(first_of(batch, _REVISIONS, non_empty), "HEAD")
    dates = [parse_timestamps(batch[name]) for name in _DATES if name in names]
    faults = (
        (skipped_rows.NULL, pc.is_null(content)),
        (skipped_rows.EMPTY, pa.array(is_blank(content))),
        (skipped_rows.NO_ID, pc.is_null(native)),
    )
    fields = {
        "text": content,
        "item": native,
        "url": concatenate(
            _HOST, repository, "/blob/", revision, "/", pc.utf8_ltrim(path, characters="/")
        ),
        "author": pc.replace_substring_regex(repository, "(?s)/.*", ""),
        **({"created_at": pc.coalesce(*dates)} if dates else {}),
        **({"licence": pc.coalesce(*licences)} if licences else {}),
    }
    return select_items(fields, faults, rows, dump)


def _joined_names(column: pa.Array) -> pa.Array | None:
    """Return names, or lists of names, as strings; None for other values."""
    if is_textual(column.type):
        return non_empty(column)
    if not pa.types.is_list(column.type) or not is_textual(column.type.value_type):
        return None
    names = as_strings(pc.list_flatten(column))
    if names.null_count or invalid_utf8(names) is not None or pc.any(pc.equal(names, "")).as_py():
        return None
    return non_empty(pc.binary_join(column, ", ").cast(pa.large_string()))


class _File(NamedTuple):
    """A file of a repository."""

    content: object
    native: str | None
    repository: str | None
    path: str | None
    revision: str | None
    licence: str | None

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
        licence = names_text(inner.get("detected_licenses") or entry.get("detected_licenses"))
        second = parse_timestamp(inner.get("file_timestamp", entry.get("file_timestamp")))
        found = _File(inner.get("content"), native, repository, path, revision, licence)
        yield _file(found, second, row, dump)


def _file(file: _File, second: int | None, row: int, dump: Dump) -> ItemRecord | RowFault:
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
        second,
        owner,
        licence=file.licence,
    )
