"""Opening of corpora: from the addresses given by the user to parts that threads can read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from threading import Lock

from provenance.errors import (
    ColumnMissing,
    DatasetNotFound,
    EmptyCorpus,
    InputError,
    TextMissing,
    UnsupportedFormat,
)
from provenance.file_hashing import never_stop
from provenance.model.content.tables import Documents, IgnoredFiles, Unread, merge_unread
from provenance.model.results.corpus_files import CorpusFile, corpus_digest
from provenance.model.rules.policy import MAX_DOCUMENT
from provenance.read.columns.table_parts import TableFile, table_parts
from provenance.read.corpus.address_resolution import (
    AddressFiles,
    address_exists,
    distinct_files,
    find_files,
    looks_like_path,
    similar_paths,
)
from provenance.read.corpus.corpus_parts import Part, group_small_files
from provenance.read.corpus.file_access import File, FileState, translate_read_errors, unread_entry
from provenance.read.corpus.hub_datasets import HUB_PREFIX, hub_parts, is_hub_name
from provenance.read.corpus.saved_datasets import is_saved, saved_files
from provenance.read.corpus.stream_input import HashedStream, is_stream, stream_part
from provenance.read.formats.arrow_file import open_arrow
from provenance.read.formats.csv_file import open_csv
from provenance.read.formats.json_array import json_parts, small_object
from provenance.read.formats.mds_file import mds_parts
from provenance.read.formats.parquet_file import open_parquet
from provenance.read.formats.sqlite_file import sqlite_parts
from provenance.read.formats.text_file import text_parts
from provenance.read.formats.tfrecord_file import tfrecord_parts
from provenance.read.formats.webdataset_file import webdataset_parts


class FileDigest:
    """The digest of a file, computed once although several threads may ask for it.

    Parameters
    ----------
    file : File
        The file.
    state : FileState or None
        The state (`File.state`) in which the file was opened. If it is in another state after
        it was read, `InputError` is raised.
    """

    def __init__(self, file: File, state: FileState | None) -> None:
        self._file, self._state, self._lock = file, state, Lock()
        self._result: str | InputError | None = None

    def __call__(self, stopped: Callable[[], bool] = never_stop) -> str:
        """Return the SHA-256; a failure is remembered and raised again on each call."""
        with self._lock:
            if self._result is None:
                try:
                    digest = self._file.digest(stopped=stopped)
                    self._file.check_unchanged(self._state)
                    self._result = digest
                except InputError as error:
                    self._result = error
            if isinstance(self._result, InputError):
                raise self._result
            return self._result

    @property
    def size(self) -> int:
        """Return the file's size, in bytes as stored."""
        return self._file.size

    @property
    def identity(self) -> str | None:
        """Return the file's identity (`File.identity`)."""
        return self._file.identity()

    def recall(self, digest: str) -> None:
        """Set the digest, as known from an earlier reading of the same file."""
        with self._lock:
            self._result = digest


_TYPO_SIMILARITY = 0.8
"""Minimum similarity of a name in the same folder that is suggested for a mistyped address."""

_MAX_NAMED = 5
"""Files passed over that are named in the report."""

Digests = tuple[tuple[str, Callable[..., str]], ...]
Reader = Callable[[File, Sequence[str]], list[Part]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """An opened corpus.

    Parameters
    ----------
    addresses : tuple of str
        As given.
    parts : tuple of Part
        In the order of the names of their files.
    text_columns : tuple of str
        Columns with text.
    digests : tuple of (str, callable)
        The name of each file, and a function that returns the digest of its bytes; of what is no
        file, that of its texts.
    ignored : int
        Files of its folders that are hidden, or hold no data.
    passed_over : IgnoredFiles or None
        Those of the ignored files that might be mistaken for data.
    files : tuple of File
        Files that could be opened, in order of their names; streams and hub datasets have none.
    unread : tuple of Unread
        Files and folders that could not be opened.
    """

    addresses: tuple[str, ...]
    parts: tuple[Part, ...]
    text_columns: tuple[str, ...]
    digests: Digests
    ignored: int = 0
    passed_over: IgnoredFiles | None = None
    files: tuple[File, ...] = ()
    unread: tuple[Unread, ...] = ()

    def file_digests(self) -> list[Callable[..., str]]:
        """Return the functions that compute and remember the digests of the files.

        Each takes `stopped`, which is `is_cancelled` of `file_hashing.sha256_stream`.
        """
        return [digest for _, digest in self.digests if isinstance(digest, FileDigest)]

    def contents(self) -> tuple[CorpusFile, ...]:
        """Return the files with their digests, in order of their names."""
        found = [*(_corpus_file(name, digest) for name, digest in self.digests)]
        found += (CorpusFile(file.file) for file in self.unread)
        return tuple(sorted(found, key=lambda file: file.name))

    def digest(self) -> str:
        """Return the digest over the files, `corpus_digest`."""
        return corpus_digest(self.contents())

    def undigested_files(self) -> tuple[Unread, ...]:
        """Return the files whose bytes could not be read to compute their digest."""
        digests = [(name, _digest_or_error(digest)) for name, digest in self.digests]
        return tuple(
            unread_entry(name, digest_or_error)
            for name, digest_or_error in digests
            if not isinstance(digest_or_error, str)
        )


def _corpus_file(name: str, digest: Callable[..., str]) -> CorpusFile:
    value = _digest_or_error(digest)
    if not isinstance(value, str):
        return CorpusFile(name)
    if isinstance(digest, FileDigest):
        return CorpusFile(name, digest.size, value)
    if isinstance(digest, HashedStream) and digest.has_bytes:
        return CorpusFile(name, None, value)
    return CorpusFile(name, texts=value)


def _digest_or_error(digest: Callable[..., str]) -> str | InputError:
    try:
        return digest()
    except InputError as error:
        return error


def open_corpus(
    addresses: Sequence[str],
    *,
    text_columns: Sequence[str] = (),
    label_columns: Sequence[str] = (),
    split: str | None = None,
    max_document: int = MAX_DOCUMENT,
) -> Corpus:
    """Open a corpus and choose its text columns.

    Parameters
    ----------
    addresses : sequence of str
        Files, folders, patterns, URLs, saved datasets, names of hub datasets, or "-" for JSON Lines
        on standard input. Named pipes hold JSON Lines too. An existing path takes precedence over a
        hub dataset of the same name.
    text_columns : sequence of str
        Columns with text; they are detected if none is given. "meta.text" is a member of a struct.
    label_columns : sequence of str
        Columns that collections of the policy name.
    split : str or None
        The split to read of datasets that have several; None reads all.
    max_document : int
        Largest size of a document in bytes: a line, a row or a text file. Reading a larger one
        raises `DocumentTooLarge`.

    Returns
    -------
    Corpus
        Its order does not depend on the order of the addresses.

    Raises
    ------
    DatasetNotFound
        If nothing is at an address.
    UnsupportedFormat
        If there is no data in a supported format.
    ColumnMissing
        If a given text column is missing, no column holds text, or no file has one of
        `label_columns`.
    CorruptFile
        If a file is damaged.
    EmptyCorpus
        If there are no rows.
    """
    _require_addresses(addresses)
    streams = sorted({address for address in addresses if is_stream_or_hub(address)})
    label = len(addresses) > 1
    address_errors = _AddressErrors(is_only=len(addresses) == 1)
    parts: list[Part] = []
    digests: list[tuple[str, Callable[..., str]]] = []
    for address in streams:
        with address_errors.reaching(address):
            for part in _stream_parts(
                address, (text_columns, label_columns), split, max_document, label=label
            ):
                texts = HashedStream(part.read, part.hasher)
                parts.append(replace(part, read=texts.batches))
                digests.append((part.file, texts))
    _check_split(split, addresses)
    places: dict[str, AddressFiles] = {}
    for address in addresses:
        if address not in streams:
            with address_errors.reaching(address):
                places[address] = _resolve_address(address, split)
    distinct = sorted(distinct_files([*places.values()], [*places]), key=lambda file: file.name)
    labels = tuple(label_columns)
    files = [replace(file, max_document=max_document, label_columns=labels) for file in distinct]
    corpus = open_files(addresses, files, text_columns)
    parts += corpus.parts
    digests += corpus.digests
    unread = merge_unread([*corpus.unread, *address_errors.unread])
    if not parts and unread:
        first = unread[0]
        raise InputError(f"{first.file}: {first.reason}", remedy=first.remedy)
    if not parts or (not streams and not any(file.size for file in files)):
        raise EmptyCorpus(
            f"there are no rows in {', '.join(addresses)}", remedy="give files that have rows."
        )
    check_labels(label_columns, parts)
    return replace(
        corpus_of_parts(addresses, parts, tuple(digests)),
        ignored=corpus.ignored + sum(place.ignored for place in places.values()),
        passed_over=_passed_over_files(
            [name for place in places.values() for name in place.passed_over],
            corpus.passed_over,
        ),
        files=corpus.files,
        unread=unread,
    )


def check_labels(label_columns: Sequence[str], parts: Sequence[Part]) -> None:
    """Raise if no part of a corpus has one of the columns that collections name.

    Raises
    ------
    ColumnMissing
        With the column.
    """
    present = {name for part in parts for name in part.labels}
    for name in label_columns:
        if name not in present:
            raise ColumnMissing(
                f"no file of the dataset has the column {name!r}, which [[collections]] of the "
                "policy names",
                remedy="correct `column` in the policy, or remove that collection.",
            )


_MISTAKEN_ADDRESS = (DatasetNotFound, UnsupportedFormat, ColumnMissing, EmptyCorpus)
"""Errors in what the user asked for, as opposed to files that cannot be read."""


class _AddressErrors:
    """Collects the addresses that cannot be reached, if there are several."""

    def __init__(self, *, is_only: bool) -> None:
        self._is_only = is_only
        self.unread: list[Unread] = []

    @contextmanager
    def reaching(self, address: str) -> Iterator[None]:
        """Record why an address cannot be reached; raise if it is wrong, or the only one."""
        try:
            yield
        except InputError as error:
            if self._is_only or isinstance(error, _MISTAKEN_ADDRESS):
                raise
            self.unread.append(unread_entry(address, error))


def open_files(
    addresses: Sequence[str], files: Sequence[File], text_columns: Sequence[str] = ()
) -> Corpus:
    """Open a corpus of files that are known already; it may have no rows.

    Parameters
    ----------
    addresses : sequence of str
        Addresses that the corpus is reported under.
    files : sequence of File
        In order of their names.
    text_columns : sequence of str
        As in `open_corpus`.

    Raises
    ------
    InputError
        The error of the first file, if no file can be opened; otherwise such files are `unread`.
    """
    parts: list[Part] = []
    opened_files: list[File] = []
    digests = []
    faults: list[tuple[File, InputError]] = []
    for file in files:
        try:
            if file.fault is not None:
                raise file.fault
            state = file.state()
            digest = FileDigest(file, state)
            parts += _with_change_checks(_parts_of(file, text_columns), file, state, digest)
        except InputError as error:
            faults.append((file, error))
        else:
            opened_files.append(file)
            digests.append((file.name, digest))
    if faults and not opened_files:
        raise faults[0][1]
    passed_over = [file.name for file, error in faults if _describes_others(file, error)]
    unread = merge_unread(
        unread_entry(file.name, error) for file, error in faults if file.name not in passed_over
    )
    return replace(
        corpus_of_parts(addresses, parts, tuple(digests)),
        files=tuple(opened_files),
        unread=unread,
        ignored=len(passed_over),
        passed_over=_passed_over_files(passed_over),
    )


def _describes_others(file: File, error: InputError) -> bool:
    """Return whether a file without text lies beside data: settings, images, a list of links."""
    if file.format == "tar":
        return isinstance(error, ColumnMissing)
    if isinstance(error, TextMissing):
        return True
    is_without_text = isinstance(error, ColumnMissing | UnsupportedFormat)
    return is_without_text and small_object(file) is not None


def _parts_of(file: File, text_columns: Sequence[str]) -> list[Part]:
    with translate_read_errors(file.display_path):
        return _READERS[file.format](file, text_columns)


def _table_reader(opener: Callable[[File], TableFile]) -> Reader:
    def read(file: File, text_columns: Sequence[str]) -> list[Part]:
        table = opener(file)
        return table_parts(table, text_columns, file.label_columns) if table.pieces else []

    return read


_READERS: dict[str, Reader] = {
    "parquet": _table_reader(open_parquet),
    "arrow": _table_reader(open_arrow),
    "csv": _table_reader(open_csv),
    "jsonl": json_parts,
    "json": json_parts,
    "text": lambda file, _: text_parts(file),
    "mds": mds_parts,
    "tfrecord": tfrecord_parts,
    "sqlite": sqlite_parts,
    "tar": webdataset_parts,
}
"""Functions that make the parts of a file, by format."""


def _with_change_checks(
    parts: Sequence[Part], file: File, state: FileState | None, digest: Callable[[], str]
) -> Iterator[Part]:
    """Add its identity to each part; of a local file, its key and a check of changes as well."""

    def key(part: Part, place: int) -> str | None:
        try:
            if part.extent is None or len(parts) == 1:
                return f"{digest()} {place} of {len(parts)}, {file.max_document}"
            key = f"{file.key_of(part.extent)}, {file.max_document}"
            file.check_unchanged(state)
        except InputError:
            return None  # reading the part will raise the error
        return key

    known_identity = cache(partial(_identity, file))

    def identity(place: int) -> str | None:
        known = known_identity()
        return known and f"{known} {place} of {len(parts)}, {file.max_document}"

    def read(part: Part) -> Iterator[Documents]:
        yield from part.read()
        file.check_unchanged(state)

    for place, part in enumerate(parts):
        identified = replace(part, identity=partial(identity, place))
        # The key of a remote file needs all its bytes: fetching them costs as much as reading it.
        yield (
            replace(identified, key=partial(key, part, place), read=partial(read, part))
            if file.is_local
            else identified
        )


def _identity(file: File) -> str | None:
    try:
        return file.identity()
    except InputError:
        return None  # reading the file will raise the error


def _require_addresses(addresses: Sequence[str]) -> None:
    if not addresses:
        raise EmptyCorpus("no corpus was given", remedy="give files, a folder or a dataset.")


def _check_split(split: str | None, addresses: Sequence[str]) -> None:
    datasets = [a for a in addresses if is_saved(a) or (is_stream_or_hub(a) and not is_stream(a))]
    if split is not None and not datasets:
        raise InputError(
            f"there is no split {split!r} in {', '.join(addresses)}: files have no splits",
            remedy="remove --split and name the files of the split.",
        )


def is_stream_or_hub(address: str) -> bool:
    """Return whether an address is a stream that can be read once, or a hub dataset, not a file."""
    if is_stream(address):
        return True
    if "://" in address:
        return address.startswith(HUB_PREFIX) and is_hub_name(address)
    return is_hub_name(address) and not looks_like_path(address) and not address_exists(address)


def _stream_parts(
    address: str,
    columns: tuple[Sequence[str], Sequence[str]],
    split: str | None,
    max_document: int,
    *,
    label: bool,
) -> list[Part]:
    text_columns, label_columns = columns
    if is_stream(address):
        return [stream_part(address, text_columns, max_document, label_columns)]
    if "/" not in address and (similar := similar_paths(address, cutoff=_TYPO_SIMILARITY)):
        raise DatasetNotFound(
            f"{address}: there is no such file or folder; the hub was not searched",
            remedy=f"did you mean {similar[0]!r}? For a hub dataset write {HUB_PREFIX}{address}.",
        )
    return hub_parts(
        address,
        text_columns,
        split,
        label=label,
        max_document=max_document,
        label_columns=label_columns,
    )


def _resolve_address(address: str, split: str | None) -> AddressFiles:
    return saved_files(address, split) if is_saved(address) else find_files(address)


def _passed_over_files(
    names: Sequence[str], others: IgnoredFiles | None = None
) -> IgnoredFiles | None:
    """Count the files that are passed over, and name some; `others` are counted already."""
    count = len(names) + (others.count if others is not None else 0)
    shown = sorted([*names, *(others.files if others is not None else ())])[:_MAX_NAMED]
    return IgnoredFiles(count, tuple(shown)) if count else None


def corpus_of_parts(addresses: Sequence[str], parts: Sequence[Part], digests: Digests) -> Corpus:
    """Return a corpus of parts, in order of the names of their files; `digests` as in `Corpus`."""
    # Stable: a file's own parts keep their order.
    grouped_parts = group_small_files(sorted(parts, key=lambda part: part.file))
    columns = dict.fromkeys(name for part in grouped_parts for name in part.text_columns)
    return Corpus(
        tuple(addresses),
        tuple(replace(part, index=index) for index, part in enumerate(grouped_parts)),
        tuple(columns),
        digests,
    )
