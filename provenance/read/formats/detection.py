"""Detection of file formats by name and by first bytes, and checks that the two agree."""

import codecs
import re
from dataclasses import replace

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File
from provenance.read.formats.compression import compression_by_name, detect_compression
from provenance.read.formats.refusals import (
    Refusal,
    refusal_by_magic,
    refusal_by_name,
    refuse_by_magic,
)

FORMATS_BY_SUFFIX = {
    "parquet": "parquet",
    "pq": "parquet",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "jsonlines": "jsonl",
    "json": "json",
    "csv": "csv",
    "tsv": "csv",
    "tab": "csv",
    "arrow": "arrow",
    "feather": "arrow",
    "ipc": "arrow",
    "txt": "text",
    "text": "text",
    "md": "text",
    "markdown": "text",
    "rst": "text",
    "org": "text",
    "tex": "text",
    "adoc": "text",
    "mds": "mds",
    "tfrecord": "tfrecord",
    "tfrecords": "tfrecord",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "tar": "tar",
}
"""Formats by the suffix of the file name."""

_TAR_SUFFIXES = {"tgz": "gz", "tbz2": "bz2", "txz": "xz"}
_SHARD_NUMBER = re.compile(r"-\d+-of-\d+$", re.ASCII)
"""What TensorFlow puts after a suffix: `train.tfrecord-00000-of-00008`."""

METADATA_FILES = frozenset(
    {
        *("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"),
        *("croissant.json", "package.json", "package-lock.json", "meta.json", "tsconfig.json"),
        *("tokenizer.json", "tokenizer_config.json"),
    }
)
"""Files that describe a dataset, or other things beside it, and hold no data."""

PARQUET_MAGIC, ARROW_MAGICS = b"PAR1", (b"ARROW1", b"\xff\xff\xff\xff")
"""First bytes of Parquet files, and of Arrow files and streams."""
SQLITE_MAGIC = b"SQLite format 3\0"
TAR_MARK, TAR_MARK_OFFSET = b"ustar", 257

_HEAD_BYTES = 1 << 12
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_MAX_POINTER_BYTES = 1 << 10
WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def format_by_name(path: str) -> tuple[str, str | None] | None:
    """Return format and compression by a file's name; None if the name tells no format."""
    stem, _, last = path.rsplit("/", 1)[-1].lower().rpartition(".")
    compression = compression_by_name(last)
    if compression is not None:
        last = stem.rpartition(".")[2]
    elif last in _TAR_SUFFIXES:
        return "tar", _TAR_SUFFIXES[last]
    last = _SHARD_NUMBER.sub("", last)
    return (FORMATS_BY_SUFFIX[last], compression) if last in FORMATS_BY_SUFFIX else None


def is_hidden_table(name: str) -> bool:
    """Return whether a file of a folder is hidden by its own name, and called as tables are."""
    *folders, base = name.split("/")
    form = format_by_name(base)
    return (
        base.startswith((".", "_"))
        and not base.startswith("._")  # what macOS keeps of a file
        and not any(folder.startswith((".", "_")) for folder in folders)
        and form is not None
        and form[0] not in {"text", "json"}  # notes and settings
    )


def detect_format(file: File) -> File:
    """Return the file with its format and compression.

    Raises
    ------
    UnsupportedFormat
        If neither its name nor its first bytes tell.
    """
    format_and_compression = format_by_name(file.path)
    if format_and_compression is not None:
        form, compression = format_and_compression
        return replace(file, format=form, compression=compression)
    # Names of dumps often do not tell the format: RC_2012-01.zst.
    file = _with_compression(file)
    head = file.head(_HEAD_BYTES)
    form = _format_by_content(head)
    # A sketch is Parquet, but no dataset; of a download that was not finished, rows are missing.
    refusal = refusal_by_name(file.path)
    if not form or (refusal is not None and refusal.name in {"sketch", "unfinished"}):
        raise _unsupported_error(file, head)
    return replace(file, format=form)


def refusal_of(file: File) -> Refusal | None:
    """Return what a file is, by its name or first bytes, if it is known and not supported."""
    return refusal_by_name(file.path) or refusal_by_magic(_with_compression(file).head(_HEAD_BYTES))


def _with_compression(file: File) -> File:
    with file.open() as stream:
        return replace(file, compression=detect_compression(stream.read(8)))


def _unsupported_error(file: File, head: bytes) -> UnsupportedFormat:
    refusal = refusal_by_name(file.path) or refusal_by_magic(head)
    if refusal is not None:
        return refusal.error(file.display_path)
    return UnsupportedFormat(
        f"{file.display_path}: the format is not supported",
        remedy="give Parquet, JSON Lines, CSV, Arrow or text files; "
        "all but Parquet and Arrow may be compressed with gz, zst, bz2 or xz.",
    )


def check_text(head: bytes, name: str) -> None:
    """Raise if the beginning of the file `name` shows that it is not text in UTF-8.

    Raises
    ------
    UnsupportedFormat
        If it is compressed, UTF-16 or UTF-32, or a Git LFS pointer.
    """
    check_not_pointer(head, name)
    compression = detect_compression(head)
    if compression is not None:
        raise UnsupportedFormat(
            f"{name}: the content is compressed with {compression}, but the name does not say so",
            remedy=f"rename it to end in .{compression}, or decompress it.",
        )
    if b"\0" in head:
        refuse_by_magic(head, name)
    # Half of the bytes of English text in UTF-16 are zero. A few NULs are valid in UTF-8 text.
    if head.startswith(WIDE_BOMS) or 4 * head.count(0) > len(head):
        raise UnsupportedFormat(
            f"{name}: the encoding is UTF-16 or UTF-32, not UTF-8", remedy="convert it to UTF-8."
        )


def check_not_pointer(head: bytes, name: str) -> None:
    """Raise if the beginning of the file `name` is that of a Git LFS pointer.

    Raises
    ------
    UnsupportedFormat
        If it is one.
    """
    if head.startswith(LFS_POINTER):
        raise UnsupportedFormat(
            f"{name}: this is a Git LFS pointer to a file that was not fetched",
            remedy="fetch it with `git lfs pull`.",
        )


def check_table_file(file: File) -> None:
    """Raise if a Parquet or Arrow file is compressed as a whole, or a Git LFS pointer.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if file.compression is not None:
        raise UnsupportedFormat(
            f"{file.display_path}: Parquet and Arrow files compressed as a whole are not supported",
            remedy="decompress it; these formats compress their content themselves.",
        )
    if file.size < _MAX_POINTER_BYTES:
        check_not_pointer(file.head(len(LFS_POINTER)), file.display_path)


def _format_by_content(head: bytes) -> str:
    if head.startswith(PARQUET_MAGIC):
        return "parquet"
    if head.startswith(ARROW_MAGICS):
        return "arrow"
    if head.startswith(SQLITE_MAGIC):
        return "sqlite"
    if head[TAR_MARK_OFFSET:].startswith(TAR_MARK):
        return "tar"
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if re.match(rb"\{|\[\s*[\[{\"\]]", text):
        return "json"
    return ""
