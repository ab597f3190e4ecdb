"""Which format a file has: by its name, or else by its first bytes; and whether they agree."""

import codecs
import re
from dataclasses import replace

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File
from provenance.read.formats.compression import compression_of, named_compression

SUFFIXES = {
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
}
"""Formats by the end of a file's name."""

METADATA = frozenset(
    {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "croissant.json"}
)
"""Files that describe a dataset, and are none of its data."""

PARQUET, ARROW = b"PAR1", (b"ARROW1", b"\xff\xff\xff\xff")
"""What tables begin with; of Arrow, files and streams."""

_HEAD = 1 << 12
_POINTER = b"version https://git-lfs.github.com/spec/"
_LONGEST_POINTER = 1 << 10
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def named_format(path: str) -> tuple[str, str | None] | None:
    """Tell format and compression by a file's name; None where it says neither."""
    stem, _, last = path.rsplit("/", 1)[-1].lower().rpartition(".")
    compression = named_compression(last)
    if compression is not None:
        last = stem.rpartition(".")[2]
    return (SUFFIXES[last], compression) if last in SUFFIXES else None


def recognised(file: File) -> File:
    """Return the file with its format.

    Raises
    ------
    UnsupportedFormat
        If neither its name nor its first bytes tell.
    """
    found = named_format(file.path)
    if found is None:
        # Dumps are often named for what they hold alone: RC_2012-01.zst.
        with file.open() as stream:
            compression = compression_of(stream.read(8))
        found = _sniffed(replace(file, compression=compression).head(_HEAD)), compression
    form, compression = found
    if not form:
        raise UnsupportedFormat(
            f"{file.told}: the format is not one we read",
            remedy="give Parquet, JSON Lines, CSV, Arrow or text files; "
            "all but Parquet and Arrow may be compressed with gz, zst, bz2 or xz.",
        )
    return replace(file, format=form, compression=compression)


def check_text(head: bytes, name: str) -> None:
    """Refuse the file called `name` if its beginning shows that it is no text in UTF-8.

    Raises
    ------
    UnsupportedFormat
        If it is compressed, or in an encoding of two or four bytes a letter, or not there.
    """
    check_fetched(head, name)
    compression = compression_of(head)
    if compression is not None:
        raise UnsupportedFormat(
            f"{name}: it is compressed with {compression}, which its name does not say",
            remedy=f"give it a name that ends in .{compression}, or unpack it.",
        )
    # English in such an encoding is zeros by half. One NUL in a text is a letter like others.
    if head.startswith(_WIDE) or 4 * head.count(0) > len(head):
        raise UnsupportedFormat(
            f"{name}: it is UTF-16 or the like, not UTF-8", remedy="convert it to UTF-8."
        )


def check_fetched(head: bytes, name: str) -> None:
    """Refuse the file called `name` if its beginning shows that it lies elsewhere.

    Raises
    ------
    UnsupportedFormat
        If it is what a checkout holds in place of a large file.
    """
    if head.startswith(_POINTER):
        raise UnsupportedFormat(
            f"{name}: it is a pointer of Git LFS to a file that was not fetched",
            remedy="fetch it with `git lfs pull`.",
        )


def check_table(file: File) -> None:
    """Refuse a file that is to be read here and there, where its bytes are not those of a table.

    Raises
    ------
    UnsupportedFormat
        If it is compressed as a whole, or not there.
    """
    if file.compression is not None:
        raise UnsupportedFormat(
            f"{file.told}: a Parquet or Arrow file that is compressed as a whole is not read",
            remedy="unpack it; such files are compressed inside.",
        )
    if file.size < _LONGEST_POINTER:
        check_fetched(file.head(len(_POINTER)), file.told)


def _sniffed(head: bytes) -> str:
    if head.startswith(PARQUET):
        return "parquet"
    if head.startswith(ARROW):
        return "arrow"
    begun = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if re.match(rb"\{|\[\s*[\[{\"\]]", begun):
        return "json"
    return ""
