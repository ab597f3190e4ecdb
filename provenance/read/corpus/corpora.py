"""A corpus: what is at the addresses that are checked, as parts that threads can read.

Digests of files, each made once.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

from provenance.errors import (
    ColumnMissing,
    DatasetNotFound,
    EmptyCorpus,
    InputError,
    UnsupportedFormat,
)
from provenance.file_hashing import never
from provenance.model import MAX_DOCUMENT, Documents, PassedOver, Unread, merge_unread
from provenance.read.columns.table_parts import Tabular, table_parts
from provenance.read.corpus.address_resolution import (
    Found,
    apart,
    exists,
    find_files,
    is_path,
    near_paths,
)
from provenance.read.corpus.corpus_parts import Part, grouped
from provenance.read.corpus.file_access import File, State, reading, unread_of
from provenance.read.corpus.hub_datasets import HUB, hub_parts, is_hub_name
from provenance.read.corpus.saved_datasets import is_saved, saved_files
from provenance.read.corpus.stream_input import Passing, passes_once, stream_part
from provenance.read.formats.arrow_file import open_arrow
from provenance.read.formats.csv_file import open_delimited
from provenance.read.formats.json_array import json_parts
from provenance.read.formats.parquet_file import open_parquet
from provenance.read.formats.text_file import text_parts


class Once:
    """A file's digest, which several threads may ask for, and one of them makes.

    Parameters
    ----------
    file : File
        The file.
    state : State or None
        The one it is in, as of `File.state`: of another there is no digest.
    """

    def __init__(self, file: File, state: State | None) -> None:
        self._file, self._state, self._making = file, state, Lock()
        self._made: str | InputError | None = None

    def __call__(self, stopped: Callable[[], bool] = never) -> str:
        """Return the SHA-256; raise again what kept it from being made."""
        with self._making:
            if self._made is None:
                try:
                    made = self._file.digest(stopped=stopped)
                    self._file.check_unchanged(self._state)
                    self._made = made
                except InputError as error:
                    self._made = error
            if isinstance(self._made, InputError):
                raise self._made
            return self._made


_TYPING_ERROR = 0.8
"""Of a name and another, how alike they must be for it to be that one, mistyped."""

_NAMED = 5
"""Files that are passed over and named."""

Digests = tuple[tuple[str, Callable[..., str]], ...]
Reader = Callable[[File, Sequence[str]], list[Part]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is checked.

    Parameters
    ----------
    addresses : tuple of str
        As given.
    parts : tuple of Part
        In the order of their files' names.
    text_columns : tuple of str
        Where its text is.
    digests : tuple of (str, callable)
        The name of each file, and what gives the digest of its bytes; or of its texts, where
        there are no bytes to come back to.
    ignored : int
        Files of its folders that are hidden, or no data.
    passed_over : PassedOver or None
        Those of them that somebody may have taken for data.
    files : tuple of File
        Those that could be opened, in order of their names; none of what has no file of its own.
    unread : tuple of Unread
        Files and folders that could not be opened.
    """

    addresses: tuple[str, ...]
    parts: tuple[Part, ...]
    text_columns: tuple[str, ...]
    digests: Digests
    ignored: int = 0
    passed_over: PassedOver | None = None
    files: tuple[File, ...] = ()
    unread: tuple[Unread, ...] = ()

    def hashings(self) -> list[Callable[..., str]]:
        """Give what reads the bytes of each file for its digest, which is at hand from then on.

        Each may be given a `stopped`, as `digests.sha256`.
        """
        return [digest for _, digest in self.digests if isinstance(digest, Once)]

    def digest(self) -> str:
        """Return the SHA-256 over the sorted names of the files, each with its own SHA-256.

        In place of the digest of a file that cannot be read stands "unread".
        """
        told = [(name, _digest_or_fault(digest)) for name, digest in self.digests]
        named = [(name, one if isinstance(one, str) else UNREAD) for name, one in told]
        found = hashlib.sha256()
        for name, digest in sorted([*named, *((one.file, UNREAD) for one in self.unread)]):
            found.update(f"{name}\0{digest}\n".encode("utf-8", "surrogateescape"))
        return found.hexdigest()

    def undigested(self) -> tuple[Unread, ...]:
        """Return the files whose bytes could not be read for their digest."""
        told = [(name, _digest_or_fault(digest)) for name, digest in self.digests]
        return tuple(unread_of(name, one) for name, one in told if not isinstance(one, str))


UNREAD = "unread"


def _digest_or_fault(digest: Callable[..., str]) -> str | InputError:
    try:
        return digest()
    except InputError as error:
        return error


def open_corpus(
    addresses: Sequence[str],
    *,
    text_columns: Sequence[str] = (),
    split: str | None = None,
    max_document: int = MAX_DOCUMENT,
) -> Corpus:
    """Open a corpus, and find its texts.

    Parameters
    ----------
    addresses : sequence of str
        Files, folders, patterns, URLs, saved datasets, names of datasets on a hub; "-" is JSON
        Lines on standard input; pipes hold JSON
        Lines, too. A path that is there wins over a hub's name.
    text_columns : sequence of str
        Columns with text; none finds them. "meta.text" is a member of a structure.
    split : str or None
        The split wanted of datasets that have several; None takes all.
    max_document : int
        Bytes that a document may have: a line, a row, a file of text. Whoever reads one that is
        larger meets `DocumentTooLarge` there.

    Returns
    -------
    Corpus
        In an order that does not depend on the order of the addresses.

    Raises
    ------
    DatasetNotFound
        If nothing is at an address.
    UnsupportedFormat
        If what is there is no data.
    ColumnMissing
        If a column that was named is not there, or none holds text.
    CorruptFile
        If a file is damaged.
    EmptyCorpus
        If there are no rows.
    """
    _check_given(addresses)
    streamed = sorted({address for address in addresses if is_streamed(address)})
    label = len(addresses) > 1
    reach = _Reach(is_only=len(addresses) == 1)
    parts, digests = [], []
    for address in streamed:
        with reach.reaching(address):
            for part in _streamed(address, text_columns, split, max_document, label=label):
                texts = Passing(part.read)
                parts.append(replace(part, read=texts.batches))
                digests.append((part.file, texts.digest))
    _check_split(split, addresses)
    places: dict[str, Found] = {}
    for address in addresses:
        if address not in streamed:
            with reach.reaching(address):
                places[address] = _found(address, split)
    named = sorted(apart([*places.values()], [*places]), key=lambda file: file.name)
    files = [replace(file, max_document=max_document) for file in named]
    found = open_files(addresses, files, text_columns)
    parts += found.parts
    digests += found.digests
    unread = merge_unread([*found.unread, *reach.unread])
    if not parts and unread:
        first = unread[0]
        raise InputError(f"{first.file}: {first.reason}", remedy=first.remedy)
    if not parts or (not streamed and not any(file.size for file in files)):
        raise EmptyCorpus(
            f"there are no rows in {', '.join(addresses)}", remedy="name files that hold some."
        )
    return replace(
        _corpus(addresses, parts, tuple(digests)),
        ignored=sum(one.ignored for one in places.values()),
        passed_over=_passed_over([*places.values()]),
        files=found.files,
        unread=unread,
    )


_MISTAKEN = (DatasetNotFound, UnsupportedFormat, ColumnMissing, EmptyCorpus)
"""Errors that tell of what was asked, not of what cannot be read."""


class _Reach:
    """Which addresses can be reached: where there are several, others are unread."""

    def __init__(self, *, is_only: bool) -> None:
        self._is_only = is_only
        self.unread: list[Unread] = []

    @contextmanager
    def reaching(self, address: str) -> Iterator[None]:
        """Note why an address cannot be reached, unless it is mistaken, or the only one."""
        try:
            yield
        except InputError as error:
            if self._is_only or isinstance(error, _MISTAKEN):
                raise
            self.unread.append(unread_of(address, error))


def open_files(
    addresses: Sequence[str], files: Sequence[File], text_columns: Sequence[str] = ()
) -> Corpus:
    """Open a corpus of files that were found already; there may be no rows in them.

    Parameters
    ----------
    addresses : sequence of str
        What it is called.
    files : sequence of File
        In order of their names.
    text_columns : sequence of str
        As of `open_corpus`.

    Raises
    ------
    InputError
        If none of them can be opened: the first one's error. Else such a file is `unread`.
    """
    parts: list[Part] = []
    opened: list[File] = []
    digests = []
    faults: list[tuple[str, InputError]] = []
    for file in files:
        try:
            if file.fault is not None:
                raise file.fault
            state = file.state()
            digest = Once(file, state)
            parts += _guarded(_parts_of(file, text_columns), file, state, digest)
        except InputError as error:
            faults.append((file.name, error))
        else:
            opened.append(file)
            digests.append((file.name, digest))
    if faults and not opened:
        raise faults[0][1]
    unread = merge_unread(unread_of(name, error) for name, error in faults)
    return replace(_corpus(addresses, parts, tuple(digests)), files=tuple(opened), unread=unread)


def _parts_of(file: File, text_columns: Sequence[str]) -> list[Part]:
    with reading(file.told):
        return _READERS[file.format](file, text_columns)


def _table(opener: Callable[[File], Tabular]) -> Reader:
    def read(file: File, named: Sequence[str]) -> list[Part]:
        table = opener(file)
        return table_parts(table, named) if table.pieces else []

    return read


_READERS: dict[str, Reader] = {
    "parquet": _table(open_parquet),
    "arrow": _table(open_arrow),
    "csv": _table(open_delimited),
    "jsonl": json_parts,
    "json": json_parts,
    "text": lambda file, _: text_parts(file),
}
"""What makes parts of a file, by its format."""


def _guarded(
    parts: Sequence[Part], file: File, state: State | None, digest: Callable[[], str]
) -> Iterator[Part]:
    """Let each part of a file tell what it holds, and whether the file changed meanwhile."""

    def key(part: Part, place: int) -> str | None:
        try:
            if part.extent is None or len(parts) == 1:
                return f"{digest()} {place} of {len(parts)}, {file.max_document}"
            key = f"{file.key_of(part.extent)}, {file.max_document}"
            file.check_unchanged(state)
        except InputError:
            return None  # whoever reads it will learn why
        return key

    def read(part: Part) -> Iterator[Documents]:
        yield from part.read()
        file.check_unchanged(state)

    for place, part in enumerate(parts):
        # Elsewhere, to know the bytes is to fetch them: then they may as well be read.
        yield (
            replace(part, key=partial(key, part, place), read=partial(read, part))
            if file.is_local
            else part
        )


def _check_given(addresses: Sequence[str]) -> None:
    if not addresses:
        raise EmptyCorpus("no corpus is named", remedy="name files, a folder or a dataset.")


def _check_split(split: str | None, addresses: Sequence[str]) -> None:
    datasets = [a for a in addresses if is_saved(a) or (is_streamed(a) and not passes_once(a))]
    if split is not None and not datasets:
        raise InputError(
            f"there is no split {split!r} in {', '.join(addresses)}: files have none",
            remedy="leave --split out, and name the files of the split.",
        )


def is_streamed(address: str) -> bool:
    """Whether what is at an address passes once, or comes from a hub: it is no file of ours."""
    if passes_once(address):
        return True
    if "://" in address:
        return address.startswith(HUB) and is_hub_name(address)
    return is_hub_name(address) and not is_path(address) and not exists(address)


def _streamed(
    address: str, named: Sequence[str], split: str | None, max_document: int, *, label: bool
) -> list[Part]:
    if passes_once(address):
        return [stream_part(address, named, max_document)]
    if "/" not in address and (near := near_paths(address, cutoff=_TYPING_ERROR)):
        raise DatasetNotFound(
            f"{address}: there is no such file or folder; no hub was asked for it",
            remedy=f"did you mean {near[0]!r}? If not, write {HUB}{address}.",
        )
    return hub_parts(address, named, split, label=label, max_document=max_document)


def _found(address: str, split: str | None) -> Found:
    return saved_files(address, split) if is_saved(address) else find_files(address)


def _passed_over(found: Sequence[Found]) -> PassedOver | None:
    names = sorted(name for one in found for name in one.passed_over)
    return PassedOver(len(names), tuple(names[:_NAMED])) if names else None


def _corpus(addresses: Sequence[str], parts: Sequence[Part], digests: Digests) -> Corpus:
    # Stable: a file's own parts keep their order.
    ordered = grouped(sorted(parts, key=lambda part: part.file))
    columns = dict.fromkeys(name for part in ordered for name in part.text_columns)
    return Corpus(
        tuple(addresses),
        tuple(replace(part, index=index) for index, part in enumerate(ordered)),
        tuple(columns),
        digests,
    )
