"""Checkouts of git repositories: each file of source code or prose, with its licence."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from provenance.errors import InputError
from provenance.model.content.tables import ITEMS, Items, Skipped, Unread
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.file_access import translate_read_errors, unread_entry
from provenance.read.dumps.checkouts.file_licences import FileLicences
from provenance.read.dumps.checkouts.licence_texts import identify_licence
from provenance.read.dumps.checkouts.source_kinds import (
    LICENCE_TEXT,
    kind_by_content,
    kind_by_name,
)
from provenance.read.dumps.checkouts.source_trees import (
    LEFT_OUT,
    SourceFile,
    SourceTree,
    open_tree,
)
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import ItemRecord, RowFault, batch_records

TOO_LARGE = "larger than the limit for a document"
_LICENCE_LIKE = re.compile(r"licen[cs]e|copyright|copying", re.IGNORECASE)
"""In names of files that may hold the text of a licence, and are not named as licence files are."""
_HEAD_BYTES = 8000
_MAX_LICENCE_BYTES = 1 << 17


def read_checkout(dump: Dump) -> Iterator[Items]:
    """Read the files of a repository that are text, each as one item.

    A file that cannot be read is named by an `unread` entry, and the others are read.

    Raises
    ------
    CorruptFile
        If the index of git, or the archive, is damaged.
    UnsupportedFormat
        If the index is not that of a checkout.
    """
    reader = _CheckoutReader(open_tree(dump.file), dump)
    for items in batch_records(dump.name, reader.entries()):
        yield reader.with_notes(items)
    nothing = pa.RecordBatch.from_pylist([], schema=ITEMS)
    yield reader.with_notes(Items(nothing, reader.others()))


class _CheckoutReader:
    """Reads the files of a repository one after another."""

    def __init__(self, tree: SourceTree, dump: Dump) -> None:
        self._tree, self._dump = tree, dump
        self._licence_origins: Counter[str] = Counter()
        self._unread: list[Unread] = []
        paths = [os.fsdecode(file.path) for file in tree.files if file.reason is None]
        self._licences = FileLicences(paths, self._licence_text)

    def entries(self) -> Iterator[ItemRecord | RowFault]:
        """Yield the files as items, or with the reason why they are none."""
        for row, file in enumerate(self._tree.files):
            path = f"{self._dump.display_path}/{file.name}"
            try:
                with translate_read_errors(path):
                    entry = self._entry(file)
            except InputError as error:
                self._unread.append(unread_entry(path, error))
                continue
            yield RowFault(row, entry) if isinstance(entry, str) else entry

    def others(self) -> tuple[Skipped, ...]:
        """Return the counts of files that are in the folder, but not of the repository."""
        counts = Counter(self._tree.others())
        return tuple(Skipped(self._dump.name, reason, count) for reason, count in counts.items())

    def with_notes(self, items: Items) -> Items:
        """Return items with what was noted since the last ones."""
        notes = replace(
            items,
            unread=tuple(self._unread),
            licence_origins=tuple(sorted(self._licence_origins.items())),
        )
        self._unread, self._licence_origins = [], Counter()
        return notes

    def _entry(self, file: SourceFile) -> ItemRecord | str:
        """Return a file as an item, or the reason why it is none."""
        reason = file.reason or kind_by_name(os.fsdecode(file.path))
        if reason is not None:
            return reason
        content = self._content(file)
        if isinstance(content, str):
            return content
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return skipped_rows.NOT_UTF8
        if _LICENCE_LIKE.search(file.name) and identify_licence(text) is not None:
            return LICENCE_TEXT
        return self._item(file, content, text)

    def _content(self, file: SourceFile) -> bytes | str:
        """Return what is in a file, or the reason why it is no item."""
        head = self._tree.read(file.path, _HEAD_BYTES)
        if head is None:
            return LEFT_OUT
        if len(head) == _HEAD_BYTES and (reason := kind_by_content(file.name, head)) is not None:
            return reason
        limit = self._dump.file.max_document
        content = head
        if len(head) == _HEAD_BYTES:
            content = self._tree.read(file.path, limit + 1) or b""
        if len(content) > limit:
            return TOO_LARGE
        return kind_by_content(file.name, content) or content

    def _item(self, file: SourceFile, content: bytes, text: str) -> ItemRecord:
        tree = self._tree
        licence, stated_in = self._licences.find(os.fsdecode(file.path), text)
        self._licence_origins[stated_in or ""] += 1
        url, date, repository = None, None, tree.repository
        if tree.is_unchanged(content, file.object_id):
            date = tree.date
            if repository is not None and tree.commit is not None:
                url = repository.file_url(tree.commit, file.path)
        return ItemRecord(
            self._dump.source,
            f"{tree.name}/{file.name}",
            text,
            url,
            date,
            # Files of one repository are of the same authors, where nobody is named.
            tree.name if repository is None else repository.owner,
            licence=licence,
        )

    def _licence_text(self, path: str) -> str | None:
        """Return a file that may state a licence; None if it is larger than such files are."""
        try:
            content = self._tree.read(os.fsencode(path), _MAX_LICENCE_BYTES + 1)
        except OSError:
            return None
        if content is None or len(content) > _MAX_LICENCE_BYTES:
            return None
        return content.decode("utf-8-sig", "replace")
