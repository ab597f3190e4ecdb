"""Files that are recognised and not read: what each is, and what to do instead."""

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from provenance.errors import UnsupportedFormat
from provenance.read.formats.json_objects import Record

TO_LINES = "convert its texts to JSON Lines with `id`, `text`, `url`, `created_at`, `author`."
_UNPACK = "unpack it first, and give the folder."
_NO_TEXTS = "give the files with the texts themselves; this one may stay where it is."
_DECODE = "give the texts that they were made from, or decode them with their tokenizer."


class Refusal(NamedTuple):
    """What a file is, and what to do instead of reading it."""

    what: str
    remedy: str

    def error(self, name: str) -> UnsupportedFormat:
        """Return the error for the file `name`."""
        return UnsupportedFormat(f"{name}: this is {self.what}", remedy=self.remedy)


TOKEN_IDS = Refusal("a file of numbers, such as token ids, not of text", _DECODE)
SKETCH = Refusal("a sketch of a dataset, without text", "name it in `provenance compare`.")
_PICKLE = Refusal("a Python pickle", "write its rows as JSON Lines.")
_PYTHON = Refusal("Python's notation of objects, not JSON", "write its objects with `json.dumps`.")
_AVRO = Refusal("an Avro file", "convert it to Parquet.")
_ORC = Refusal("an ORC file", "convert it to Parquet.")
SQL_DUMP = Refusal("a dump of a database", "load it, and export its tables as CSV or Parquet.")
_DATABASE = Refusal("a database (Access or LMDB)", "export its table as CSV or Parquet.")
_ZIM = Refusal("a ZIM file (Kiwix)", "unpack it with `zimdump dump`, or give a WARC or XML export.")
MHTML = Refusal("a web page in MHTML", "save it as HTML or in a WARC, and give that.")
_STATISTICS = Refusal("a file of a statistics program", "export its table as CSV or Parquet.")
_PST = Refusal("a mailbox of Outlook", "convert it with `readpst`, and give the mbox files.")
_HDF5 = Refusal("an HDF5 file", "export its table as Parquet or JSON Lines.")
OFFICE = Refusal("a document of an office program", "save it as text or CSV.")
_COMPRESSED = Refusal("compressed in a way that is not read", "decompress it.")
UNFINISHED = Refusal("a download that was not finished", "fetch it again.")
UNFINISHED_SUFFIXES = ("crdownload", "aria2", "filepart", "partial", "opdownload")
_PLIST = Refusal("a property list", "convert it: `plutil -convert json` does so.")
_PART = Refusal(
    "a part of a file that was split", "join the parts in order, as `cat` does, and give the whole."
)
_PART_NAME = re.compile(
    r".+\.(?:parquet|jsonl?|ndjson|csv|tsv|txt|xml|sql|gz|zst|bz2|xz|zip|7z|tar|tgz|warc)"
    r"\.(?:part[-_]?\d+|\d{2,3}|a[a-z])|.+\.z\d\d"
)
"""Names of the parts into which `split` and archivers divide a file."""

_FOREIGN_MAGICS: tuple[tuple[bytes, Refusal], ...] = (
    (b"{\\rtf", Refusal("a document in RTF", "save it as text.")),
    (b"7z\xbc\xaf\x27\x1c", Refusal("an archive of files (7z)", "unpack it with `7z x` first.")),
    (b"Rar!\x1a", Refusal("an archive of files (RAR)", _UNPACK)),
    (b"PK\x03\x04", Refusal("an archive of files (zip)", _UNPACK)),
    (b"%PDF-", Refusal("a PDF document", "extract its text first, and give that.")),
    (b"SQLite format 3\0", Refusal("an SQLite database", "export its table as CSV or Parquet.")),
    *((mark, _PYTHON) for mark in (b"{'", b"[{'", b"{u'", b"[{u'")),
    (b"\x89HDF", _HDF5),
    (b"\x93NUMPY", TOKEN_IDS),
    (b"MMIDIDX\0", TOKEN_IDS),
    (b"Obj\x01", _AVRO),
    (b"!BDN", _PST),
    (b"ORC", _ORC),
    (b"# v2 git bundle", Refusal("a git bundle", "clone it, and give The Stack or a table.")),
    (b"PACK\0\0\0", Refusal("a pack of git objects", "give The Stack, or a table of the files.")),
    *((magic, _PICKLE) for magic in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")),
    *((mark, _COMPRESSED) for mark in (b'\x04"M\x18', b"\x1f\x9d", b"]\0\0")),
    (b"bplist", _PLIST),
    (b"\x1e{", Refusal("a sequence of JSON texts", "remove the marks: `tr -d '\\036'` does so.")),
    (b"FEA1", Refusal("a Feather file of version 1", "convert it to Parquet.")),
    (b"PGDMP\x01", SQL_DUMP),
    (b"ZIM\x04", _ZIM),
    (b"\0\1\0\0Standard ", _DATABASE),
    (b"\xd0\xcf\x11\xe0", OFFICE),
)

_SUFFIXES: tuple[tuple[Collection[str], Refusal], ...] = (
    (("bin", "idx", "npy", "npz"), TOKEN_IDS),
    (("pt", "pth", "ckpt", "safetensors", "gguf"), Refusal("a file of a model", _NO_TEXTS)),
    (("pkl", "pickle"), _PICKLE),
    (
        ("warc", "wet", "wat"),
        Refusal("a web archive", "extract the texts of its pages as JSON Lines."),
    ),
    (("html", "htm"), Refusal("a web page", "extract its text, and give that.")),
    (("xml",), Refusal("an XML document", TO_LINES)),
    (("pdf",), Refusal("a PDF document", "extract its text first, and give that.")),
    (
        ("docx", "xlsx", "pptx", "odt", "ods", "odp", "doc", "xls", "ppt", "xlsm", "xlsb"),
        OFFICE,
    ),
    (("epub",), Refusal("a book in EPUB", "extract its text, and give that.")),
    (("db",), Refusal("a database", "give it by its name, if it is SQLite; else export it.")),
    (("mdb", "accdb"), _DATABASE),
    (("sql", "pgdump", "dmp"), SQL_DUMP),
    (("rds", "rdata", "rda", "dta", "sav", "sas7bdat"), _STATISTICS),
    (("zim",), _ZIM),
    (("ttl", "nt", "nq", "n3"), Refusal("RDF", TO_LINES)),
    (("bib", "ris", "enw"), Refusal("a bibliography", TO_LINES)),
    (
        ("mhtml", "mht"),
        MHTML,
    ),
    (("msgpack",), Refusal("a MessagePack file", "write its rows as JSON Lines.")),
    (("duckdb",), Refusal("a DuckDB database", "export its table as Parquet.")),
    (("lance",), Refusal("a file of a Lance table", "write its rows as Parquet.")),
    (("avro",), _AVRO),
    (("pst", "ost"), _PST),
    (("orc",), _ORC),
    (("h5", "hdf5"), _HDF5),
    (("zip",), Refusal("an archive of files (zip)", "give it by name, or unpack it.")),
    (("7z", "rar"), Refusal("an archive of files", _UNPACK)),
    (("sketch",), SKETCH),
    (("ipynb",), Refusal("a Jupyter notebook", TO_LINES)),
    (("br", "snappy", "lz4", "lzma", "z"), _COMPRESSED),
    (UNFINISHED_SUFFIXES, UNFINISHED),
    (("bson",), Refusal("a dump of MongoDB", "convert it: `bsondump a.bson > a.jsonl` does so.")),
    (("plist",), _PLIST),
    (
        ("ass", "ssa", "sbv", "lrc", "ttml", "dfxp", "srv1", "srv2", "srv3"),
        Refusal(
            "a file of subtitles in a format that is not read",
            "convert them to SRT or WebVTT: `ffmpeg -i a.ass a.srt` does so for most.",
        ),
    ),
    (("conllu", "conll"), Refusal("an annotated corpus (CoNLL)", TO_LINES)),
    (("tmx", "xlf", "xliff", "po"), Refusal("a file of translations", TO_LINES)),
    (("mrc", "marc"), Refusal("a catalogue of a library (MARC)", _NO_TEXTS)),
    (("ics", "vcf"), Refusal("a calendar or an address book", _NO_TEXTS)),
    (
        ("har",),
        Refusal("a recording of a browser (HAR)", "convert it to WARC, and give that."),
    ),
)
"""Suffixes of names."""


_OF_ERRORS = frozenset(
    {"code", "detail", "documentation_url", "error", "error_description", "errors", "message"}
    | {"ok", "path", "reason", "request_id", "status", "statusCode", "success", "timestamp", "type"}
)
"""Members of what an interface answers instead of data."""
_OF_NO_DATA = frozenset({"detail", "documentation_url", "error", "error_description", "errors"})
"""Those that only such an answer has."""


def _is_error(entry: Record) -> bool:
    """Return whether an object is what an interface answers instead of data."""
    codes = (entry.get(name) for name in ("code", "status", "statusCode"))
    has_code = "message" in entry and any(isinstance(code, int) for code in codes)
    return entry.keys() <= _OF_ERRORS and (has_code or not _OF_NO_DATA.isdisjoint(entry))


def _is_of_pandas(entry: Record) -> bool:
    """Return whether an object has columns, each with its rows by number, or rows as lists."""
    if {"columns", "index", "data"} == entry.keys():
        return True
    return bool(entry) and all(
        isinstance(rows, dict) and next(iter(rows), None) == "0" for rows in entry.values()
    )


_BY_COLUMN = Refusal(
    "a table by column, not by row",
    "write its rows as JSON Lines; pandas does with `to_json(orient='records', lines=True)`.",
)

_ERROR = Refusal("an error that an interface answered, not its data", "fetch it again.")

_OBJECTS: tuple[tuple[Callable[[Record], object], Refusal], ...] = (
    (
        lambda entry: str(entry.get("schema", "")).startswith("provenance/"),
        Refusal("a result of provenance", _NO_TEXTS),
    ),
    (
        lambda entry: {"format", "digest", "postings", "sources"} <= entry.keys(),
        Refusal(
            "the manifest of a registry", "give it to `check --registry`; it is built already."
        ),
    ),
    (
        lambda entry: {"version", "shards"} <= entry.keys(),
        Refusal(
            "the index of an MDS dataset (MosaicML Streaming)",
            "give the folder to `check`; for `registry build`, write its samples as JSON Lines.",
        ),
    ),
    (
        lambda entry: (
            {"protocol", "metaData", "commitInfo"} & entry.keys()
            and not {"text", "body"} & entry.keys()
        ),
        Refusal(
            "the log of a Delta table",
            "give the folder of the table to `check`; for `registry build`, write its rows as "
            "Parquet.",
        ),
    ),
    (
        lambda entry: {"format-version", "table-uuid"} <= entry.keys(),
        Refusal(
            "the metadata of an Iceberg table",
            "give the folder of the table to `check`; for `registry build`, write its rows as "
            "Parquet.",
        ),
    ),
    (
        lambda entry: (
            {"name", "version"} <= entry.keys()
            and {"dependencies", "devDependencies", "scripts", "main"} & entry.keys()
        ),
        Refusal("the description of a package", _NO_TEXTS),
    ),
    (
        lambda entry: "$schema" in entry and {"properties", "$defs", "items"} & entry.keys(),
        Refusal("a JSON schema", _NO_TEXTS),
    ),
    (
        lambda entry: entry.get("type") in ("FeatureCollection", "Feature"),
        Refusal(
            "a file of geographic features (GeoJSON)",
            "make rows of what it says of each: `jq -c '(.features[]? // .).properties'` does so.",
        ),
    ),
    (_is_of_pandas, _BY_COLUMN),
    (
        lambda entry: {"indexes", "collectionName"} <= entry.keys(),
        Refusal("the description of a collection of MongoDB", _NO_TEXTS),
    ),
    (
        lambda entry: {"nbformat", "cells"} <= entry.keys(),
        Refusal("a Jupyter notebook", TO_LINES),
    ),
    (
        lambda entry: isinstance(entry.get("features"), dict) and "splits" in entry,
        Refusal("the description of a dataset", _NO_TEXTS),
    ),
)


def refusal_by_magic(head: bytes) -> Refusal | None:
    """Return what a file is that begins with `head`, if its format is not supported."""
    for magic, refusal in _FOREIGN_MAGICS:
        if head.startswith(magic) and (refusal is not _ORC or b"\0" in head):  # not ORCID
            return refusal
    return None


def refusal_by_name(name: str) -> Refusal | None:
    """Return what a file of this name is, if its format is known and not supported."""
    base = name.rpartition("/")[2].lower()
    if _PART_NAME.fullmatch(base):
        return _PART
    parts = base.split(".")[1:]
    return next((refusal for suffixes, refusal in _SUFFIXES if {*parts[-2:]} & {*suffixes}), None)


def refuse_by_magic(head: bytes, name: str) -> None:
    """Raise if the first bytes of the file `name` are those of a format that is not supported.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if (refusal := refusal_by_magic(head)) is not None:
        raise refusal.error(name)


def refuse_object(entry: Record, name: str) -> None:
    """Raise if an object of the file `name` shows that the file has no rows of texts.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    for is_entry, refusal in _OBJECTS:
        if is_entry(entry):
            raise refusal.error(name)


def refuse_only_object(entry: Record, name: str) -> None:
    """Raise if the only object of the file `name` shows that it is no row.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    refuse_object(entry, name)
    refuse_error(entry, name)
    if _holds_columns(entry):
        raise _BY_COLUMN.error(name)


def refuse_error(entry: Record, name: str) -> None:
    """Raise if the only object of the file `name` is an error that an interface answered.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if _is_error(entry):
        raise _ERROR.error(name)


def _holds_columns(entry: Record) -> bool:
    """Return whether an object has several lists with as many values each, some of them strings."""
    columns = [column for column in entry.values() if isinstance(column, list)]
    if len(columns) < max(len(entry), 2) or {len(column) for column in columns} in ({0}, {1}):
        return False
    values = [value for row in zip(*columns, strict=False) for value in row]
    return (
        len({len(column) for column in columns}) == 1
        and not any(isinstance(value, dict | list) for value in values)
        and any(isinstance(value, str) for value in values)
    )
