"""Tar archives of samples (WebDataset): the files of a sample share the stem of their names.

`0001.json`, `0001.txt` and `0001.jpg` are one row: the members of the object, and the text.
"""

import io
import tarfile
from collections.abc import Generator, Iterator, Sequence
from itertools import groupby, islice
from operator import attrgetter
from typing import BinaryIO, NamedTuple, cast

from provenance.errors import UnsupportedFormat
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import File, read_fully, translate_read_errors
from provenance.read.formats.compression import compression_by_name, decompress
from provenance.read.formats.detection import FORMATS_BY_SUFFIX, format_by_name
from provenance.read.formats.json_objects import Record, decode
from provenance.read.formats.jsonl_blocks import Records
from provenance.read.formats.record_parts import SizedRecord, in_batches, record_parts
from provenance.read.formats.tar_archive import BoundedMember

_TEXT_SUFFIXES = frozenset(
    {"caption", "transcript", *(name for name, form in FORMATS_BY_SUFFIX.items() if form == "text")}
)
_TABLE_FORMATS = ("parquet", "arrow", "csv", "jsonl")
_LOOKED_AT = 16
_DAMAGE = (tarfile.TarError, ValueError)


def webdataset_parts(file: File, text_columns: Sequence[str]) -> list[Part]:
    """Return the part of an archive; `text_columns` are those given by the user.

    Raises
    ------
    UnsupportedFormat
        If it holds tables instead.
    ColumnMissing
        If a given column is missing, or no sample has text.
    CorruptFile
        If it is damaged.
    """
    if holds_tables(file):
        raise UnsupportedFormat(
            f"{file.display_path}: this archive holds tables, not samples",
            remedy="give it by its name, or unpack it.",
        )
    return record_parts(file, lambda size: _read_samples(file, size), text_columns)


def holds_tables(file: File) -> bool:
    """Return whether one of the first files of an archive is a table, by its name."""
    with file.stream() as stream, translate_read_errors(file.display_path, damage=_DAMAGE):
        names = [member.name for _, member in islice(_members(stream), _LOOKED_AT)]
    return any(form[0] in _TABLE_FORMATS for form in map(format_by_name, names) if form)


def _read_samples(file: File, size: int) -> Generator[Records]:
    yield from in_batches(file, _samples(file), size, _DAMAGE)


class _SampleFile(NamedTuple):
    """A file of a sample; its content is read if it may be text."""

    key: str
    suffix: str
    size: int
    content: bytes | None


def _samples(file: File) -> Generator[SizedRecord]:
    with file.stream() as stream:
        for key, files in groupby(_sample_files(stream, file), attrgetter("key")):
            sample = list(files)
            yield _to_row(key, sample), sum(one.size for one in sample)


def _sample_files(stream: BinaryIO, file: File) -> Iterator[_SampleFile]:
    last_key, total = "", 0
    for archive, member in _members(stream):
        key, suffix, compression = _split_name(member.name)
        last = suffix.rpartition(".")[2]
        if last not in _TEXT_SUFFIXES and last != "json":
            if format_by_name(member.name) is not None:
                raise UnsupportedFormat(
                    f"{file.display_path}: {member.name} in this archive is a table among samples",
                    remedy="unpack it with `tar xf`, and give the folder.",
                )
            yield _SampleFile(key, suffix, 0, None)
            continue
        rest = file.max_document - (total if key == last_key else 0)
        if compression is None and member.size > rest:
            content, size = None, member.size
        else:
            packed = cast("BinaryIO", archive.extractfile(member))
            content = read_fully(decompress(packed, compression), max(0, rest) + 1)
            size = len(content)
        total = file.max_document - rest + size
        last_key = key
        # A sample that is too large is refused, and need not be held.
        yield _SampleFile(key, suffix, size, None if size > rest else content)


def _split_name(path: str) -> tuple[str, str, str | None]:
    """Return what the files of a sample have in common, the suffix, and the compression.

    Examples
    --------
    >>> _split_name("a/0001.txt.gz"), _split_name("A et al. 2001.txt")
    (('a/0001', 'txt', 'gz'), ('A et al. 2001', 'txt', None))
    """
    compression = compression_by_name(path)
    if compression is not None:
        path = path.rpartition(".")[0]
    folder, slash, name = path.rpartition("/")
    stem, _, suffix = name.partition(".")
    if " " in suffix:  # it is not a list of suffixes: the dot is one of the name's own
        stem, _, suffix = name.rpartition(".")
    return f"{folder}{slash}{stem}", suffix.lower(), compression


def _to_row(key: str, sample: Sequence[_SampleFile]) -> Record | str:
    """Return the row of a sample, or the reason why it cannot be read."""
    record: Record = {"id": key}
    texts: list[object] = []
    try:
        for one in sorted(sample, key=lambda one: one.suffix != "json"):
            value = _parse(one)
            if isinstance(value, dict):
                record |= value
            elif isinstance(value, str | list):
                texts.append(value)
            else:
                record.setdefault(one.suffix, value)
    except UnicodeDecodeError:
        return skipped_rows.NOT_UTF8
    except RecursionError:
        return skipped_rows.TOO_DEEP
    except ValueError:
        return skipped_rows.NOT_JSON
    own = [] if record.get("text") is None else [record["text"]]
    if texts := own + [text for text in texts if text not in own]:
        record["text"] = texts[0] if len(texts) == 1 else texts
    return record


def _parse(file: _SampleFile) -> object:
    if file.content is None:
        return None
    text = file.content.decode()
    return decode(text) if file.suffix.endswith("json") else text


class _Counted(io.RawIOBase):
    """Counts the bytes that are read from a stream; its end is read once.

    Else a member of many terabytes would be passed over block by block, behind the end.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._has_ended = False
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        if self._has_ended:
            raise tarfile.ReadError("it ends within a file")
        data = self._stream.read(size)
        self._has_ended = not data
        self.count += len(data)
        return data


def _members(stream: BinaryIO) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the regular files of an archive, each with the archive to read it from.

    Raises
    ------
    tarfile.TarError
        If it is damaged or cut short.
    """
    counted = _Counted(stream)
    with tarfile.open(mode="r|", fileobj=counted, tarinfo=BoundedMember) as archive:
        while (member := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined] # else it keeps all of them
            if member.isreg():
                yield archive, member
        if counted.count < archive.offset + tarfile.BLOCKSIZE:
            raise tarfile.ReadError("it ends without its mark of the end")
