"""Rewriting of files of any format."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.compression import compress_into
from provenance.read.formats.json_array import is_jsonl_file
from provenance.read.formats.text_file import detect_encoding, read_content
from provenance.read.rewriting.output_file import create_file
from provenance.read.rewriting.removal_plan import Removals
from provenance.read.rewriting.rewrite_arrow import rewrite_arrow
from provenance.read.rewriting.rewrite_csv import rewrite_csv
from provenance.read.rewriting.rewrite_json import rewrite_array
from provenance.read.rewriting.rewrite_jsonl import rewrite_jsonl
from provenance.read.rewriting.rewrite_parquet import rewrite_parquet


def rewrite_file(file: File, path: Path, removals: Removals) -> bool:
    """Write a copy of a file without what is to be removed.

    Parameters
    ----------
    file : File
        A local file; it is not modified.
    path : Path
        The copy; must not exist.
    removals : Removals
        What to remove. If empty, the copy is identical byte for byte.

    Returns
    -------
    bool
        Whether the copy was written: a text file whose document is removed is not.

    Raises
    ------
    UnsupportedFormat
        If it is remote or in an archive.
    CorruptFile
        If its content differs from what was checked.
    DocumentTooLarge
        If a part of it would not fit into memory.
    UnwritableError
        If the copy cannot be written.
    """
    check_rewritable(file)
    if file.format == "text" and removals.rows:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with create_file(path) as sink:
        if not removals.rows and not removals.spans:
            _copy(file, sink)
        elif file.format in _BINARY_WRITERS:
            _BINARY_WRITERS[file.format](file, sink, removals)
        else:
            with compress_into(sink, file.compression) as stream:
                _text_writer(file)(file, stream, removals)
    return True


def check_rewritable(file: File) -> None:
    """Raise if a file is remote or in an archive, or of a format that is only read."""
    if file.format in _ONLY_READ:
        raise UnsupportedFormat(
            f"{file.display_path}: {_ONLY_READ[file.format]} are read, but not written",
            remedy="convert it to Parquet or JSON Lines, and clean that",
        )
    if not file.is_local:
        raise UnsupportedFormat(
            f"{file.display_path}: only local files outside of archives can be cleaned",
            remedy="download or unpack it, and clean the result",
        )


def _rewrite_text(file: File, sink: BinaryIO, removals: Removals) -> None:
    data = read_content(file)
    mark, encoding = detect_encoding(data)
    row_removals = removals.of(0, file.display_path)
    text = row_removals.edit("text", data.removeprefix(mark).decode(encoding))
    row_removals.check()
    sink.write(mark + text.encode(encoding))


_ONLY_READ = {
    "mds": "MDS shards",
    "tfrecord": "TFRecord files",
    "sqlite": "SQLite databases",
    "tar": "tar archives",
}
_BINARY_WRITERS: dict[str, Callable[[File, BinaryIO, Removals], None]] = {
    "parquet": rewrite_parquet,
    "arrow": rewrite_arrow,
}
_TEXT_WRITERS: dict[str, Callable[[File, BinaryIO, Removals], None]] = {
    "csv": rewrite_csv,
    "text": _rewrite_text,
}


def _text_writer(file: File) -> Callable[[File, BinaryIO, Removals], None]:
    if file.format in _TEXT_WRITERS:
        return _TEXT_WRITERS[file.format]
    return rewrite_jsonl if is_jsonl_file(file) else rewrite_array


def _copy(file: File, sink: BinaryIO) -> None:
    with file.open() as stream, translate_read_errors(file.display_path):
        while chunk := stream.read(1 << 20):
            sink.write(chunk)
