"""Which format a file has: by its name, or else by its first bytes."""

import re
from dataclasses import replace

from provenance.errors import UnsupportedFormat
from provenance.read.compression import COMPRESSIONS, compression_of
from provenance.read.files import File

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

_HEAD = 1 << 12


def named_format(path: str) -> tuple[str, str | None] | None:
    """Tell format and compression by a file's name; None where it says neither."""
    base = path.rsplit("/", 1)[-1].lower()
    stem, _, last = base.rpartition(".")
    compression = {"zstd": "zst", "gzip": "gz"}.get(last, last)
    if compression not in COMPRESSIONS:
        return (SUFFIXES[last], None) if last in SUFFIXES else None
    inner = stem.rpartition(".")[2]
    return (SUFFIXES[inner], compression) if inner in SUFFIXES else None


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
    if not form or (compression and form in {"parquet", "arrow"}):
        raise UnsupportedFormat(
            f"{file.told}: the format is not one we read",
            remedy="give Parquet, JSON Lines, CSV, Arrow or text files; "
            "all but Parquet and Arrow may be compressed with gz, zst, bz2 or xz.",
        )
    return replace(file, format=form, compression=compression)


def _sniffed(head: bytes) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    begun = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb"\{|\[\s*[\[{\"\]]", begun):
        return "json"
    return ""
