"""Reports and registries that lie within a corpus: what `provenance` wrote is no data of it."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from provenance.errors import InputError
from provenance.read.files import File

REPORT = ("result.json", "findings.parquet", "model.parquet", "report.html")
"""Files of a report."""

_RESULT = re.compile(rb'\{\s*"schema": "provenance/result/')
_REGISTRY = "registry.json"
_GENERATION = re.compile(r"(?:(?P<folder>.*)/)?data-[0-9a-f]{12}/[^/]+")
_LONGEST = 1 << 24


def own_outputs(files: Sequence[File]) -> frozenset[str]:
    """Return the names of files that belong to reports or registries.

    Parameters
    ----------
    files : sequence of File
        What was found below a folder, or matches a pattern. What says that they are ours may be
        among them or beside them.
    """
    known: dict[tuple[str, str], bool] = {}

    def stands_beside(file: File, folder: str, name: str, is_ours: Callable[[File], bool]) -> bool:
        if (folder, name) not in known:
            inner = file.name[len(folder) :].lstrip("/")
            path = file.path[: len(file.path) - len(inner)] + name
            known[folder, name] = is_ours(replace(file, path=path, fault=None, compression=None))
        return known[folder, name]

    own = set()
    for file in files:
        folder, _, name = file.name.rpartition("/")
        generation = _GENERATION.fullmatch(file.name)
        if name in REPORT and stands_beside(file, folder, REPORT[0], _is_result):
            own.add(file.name)
        elif generation or name == _REGISTRY:
            place = (generation["folder"] or "") if generation else folder
            if stands_beside(file, place, _REGISTRY, _is_manifest):
                own.add(file.name)
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
        return file.head(size)
    except InputError:
        return b""
