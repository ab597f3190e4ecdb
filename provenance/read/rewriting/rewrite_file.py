"""Files written again, whatever their format."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.compression import compressing
from provenance.read.formats.json_array import has_lines
from provenance.read.rewriting.output_file import new_file
from provenance.read.rewriting.removal_plan import Cuts
from provenance.read.rewriting.rewrite_arrow import rewrite_arrow
from provenance.read.rewriting.rewrite_csv import rewrite_delimited
from provenance.read.rewriting.rewrite_json import rewrite_array
from provenance.read.rewriting.rewrite_jsonl import rewrite_lines
from provenance.read.rewriting.rewrite_parquet import rewrite_parquet
from provenance.read.rewriting.rewrite_text import rewrite_text


def rewrite(file: File, path: Path, cuts: Cuts) -> bool:
    """Write a file of a corpus again, without what is to go.

    Parameters
    ----------
    file : File
        On this machine's disk; it is not touched.
    path : Path
        Where; no file is there.
    cuts : Cuts
        What goes. Where that is nothing, the copy is the same, byte for byte.

    Returns
    -------
    bool
        Whether there is anything left: a text file whose document goes is not written.

    Raises
    ------
    UnsupportedFormat
        If it lies where it cannot be written again.
    CorruptFile
        If it does not hold what was found in it.
    DocumentTooLarge
        If a part of it would not fit into memory.
    UnwritableError
        If the copy cannot be written.
    """
    check_rewritable(file)
    if file.format == "text" and cuts.rows:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path) as sink:
        if not cuts.rows and not cuts.spans:
            _copy(file, sink)
        elif file.format in _WHOLE:
            _WHOLE[file.format](file, sink, cuts)
        else:
            with compressing(sink, file.compression) as stream:
                _streamed(file)(file, stream, cuts)
    return True


def check_rewritable(file: File) -> None:
    """Refuse what cannot be written again as it is."""
    if not file.is_local:
        raise UnsupportedFormat(
            f"{file.told}: only files on this machine's disk can be cleaned, outside of archives",
            remedy="fetch or unpack it, and clean what that gives",
        )


_WHOLE: dict[str, Callable[[File, BinaryIO, Cuts], None]] = {
    "parquet": rewrite_parquet,
    "arrow": rewrite_arrow,
}
_STREAMED: dict[str, Callable[[File, BinaryIO, Cuts], None]] = {
    "csv": rewrite_delimited,
    "text": rewrite_text,
}


def _streamed(file: File) -> Callable[[File, BinaryIO, Cuts], None]:
    if file.format in _STREAMED:
        return _STREAMED[file.format]
    return rewrite_lines if has_lines(file) else rewrite_array


def _copy(file: File, sink: BinaryIO) -> None:
    with file.open() as stream, translate_read_errors(file.told):
        while chunk := stream.read(1 << 20):
            sink.write(chunk)
