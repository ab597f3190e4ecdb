"""Files numbered as parts of a set, `train-00002-of-00004.parquet`: which of them are missing."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from provenance.errors import DatasetNotFound
from provenance.read.files import File

_NUMBERED = re.compile(r"-(?P<number>\d{1,9})(?P<rest>-of-(?P<total>\d{1,9})(\.\w+)+)$", re.ASCII)
_MOST = 100
"""Missing files of a set that are named one by one."""


def missing_numbered(files: Sequence[File]) -> list[File]:
    """Return the files that are missing from numbered sets, each with the fault that it is.

    Parameters
    ----------
    files : sequence of File
        All data files of a folder.

    Returns
    -------
    list of File
        Up to 100 of each set; one more stands for all others.

    Notes
    -----
    `<stem>-NNNNN-of-NNNNN<suffix>` is how `datasets`, TensorFlow and Beam name the files that they
    write. They count from 0; a set of which the last number is its total counts from 1.
    """
    sets: dict[tuple[str, str], list[tuple[File, re.Match[str]]]] = {}
    for file in files:
        if found := _NUMBERED.search(file.name):
            key = file.name[: found.start()], found["rest"]
            sets.setdefault(key, []).append((file, found))
    return [file for members in sets.values() for file in _missing(members)]


def _missing(members: Sequence[tuple[File, re.Match[str]]]) -> list[File]:
    """Return what one set lacks."""
    known, found = members[0]
    count, rest = int(found["total"]), found["rest"]
    numbers = {int(one["number"]) for _, one in members}
    width = min(len(one["number"]) for _, one in members)
    cut = len(found["number"] + rest)
    first = 1 if count in numbers and 0 not in numbers else 0
    gaps = (number for number in range(first, first + count) if number not in numbers)

    def absent(number: int, others: int = 0) -> File:
        name, path, told = (
            f"{text[:-cut]}{number:0{width}}{rest}" for text in (known.name, known.path, known.told)
        )
        what = f"it and {others:,} more are missing" if others else "it is missing"
        fault = DatasetNotFound(
            f"{told}: {what}; the files beside it are numbered as parts of {count:,}",
            remedy="fetch it, or name the files that are there, each or with a pattern.",
        )
        return replace(known, name=name, path=path, given=told, size=0, fault=fault)

    missing = [absent(number) for number in islice(gaps, _MOST)]
    if (number := next(gaps, None)) is not None:
        missing.append(absent(number, sum(1 for _ in gaps)))
    return missing
