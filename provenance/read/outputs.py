"""Reports and registries that lie within a corpus: what `provenance` wrote is no data of it."""

import json
import re
from collections.abc import Sequence

from provenance.errors import InputError
from provenance.read.files import File

_REPORT = ("result.json", "findings.parquet", "model.parquet", "report.html")
_RESULT = re.compile(rb'\{\s*"schema": "provenance/result/')
_REGISTRY = "registry.json"
_DATA = re.compile(r"data-[0-9a-f]{12}/")
_LONGEST = 1 << 24


def own_outputs(files: Sequence[File]) -> frozenset[str]:
    """Return the names of files that belong to reports or registries among some files.

    Parameters
    ----------
    files : sequence of File
        All files below a folder.
    """
    names = [file.name for file in files]
    own: set[str] = set()
    for file in files:
        folder, slash, name = file.name.rpartition("/")
        before = folder + slash
        if name == _REPORT[0] and _is_result(file):
            own.update(before + other for other in _REPORT)
        elif name == _REGISTRY and _is_manifest(file):
            own.add(file.name)
            own.update(n for n in names if n.startswith(before) and _DATA.match(n, len(before)))
    return frozenset(own)


def _is_result(file: File) -> bool:
    return _RESULT.match(_head(file, 1 << 8)) is not None


def _is_manifest(file: File) -> bool:
    try:
        stated = json.loads(_head(file, _LONGEST))
    except (ValueError, RecursionError):
        return False
    return isinstance(stated, dict) and {"format", "digest", "postings", "files"} <= stated.keys()


def _head(file: File, size: int) -> bytes:
    try:
        return b"" if file.fault is not None else file.head(size)
    except InputError:
        return b""
