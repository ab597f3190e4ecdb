"""The postings of a registry: parted by shingle on the disk, then sorted part by part.

Memory holds one part a thread, a thousandth of the postings of a large registry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.model import Int64s, UInt64s
from provenance.registry.columns import POSTINGS_SCHEMA
from provenance.registry.engine import conserve
from provenance.registry.flow import Sink, in_threads
from provenance.registry.sorting import sort_records

_PART = 1 << 18
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Parted:
    """Postings of some items, parted by the upper bits of their shingles.

    Parameters
    ----------
    records : ndarray of uint64, shape (n, 2)
        As `sorting.records_of` gives them, part by part.
    bounds : ndarray of int64, shape (2**depth + 1,)
        Part `i` is `records[bounds[i]:bounds[i + 1]]`.
    """

    records: UInt64s
    bounds: Int64s


def depth_of(tokens: int) -> int:
    """Choose by how many bits to part the postings of so many tokens."""
    return min(_DEEPEST, max(1, (tokens // _PART).bit_length()))


def lay_postings(parted: Parted, folder: Path) -> None:
    """Append postings to the files of their parts, behind those of earlier items."""
    for part in np.flatnonzero(np.diff(parted.bounds)):
        with _file(folder, int(part)).open("ab") as file:
            parted.records[parted.bounds[part] : parted.bounds[part + 1]].tofile(file)


def sort_postings(folder: Path, depth: int, laid: int, out: Path, threads: int) -> int:
    """Sort what was laid down, and keep the first of each shingle in each item.

    Parameters
    ----------
    folder : Path
        Of the parts.
    depth : int
        Bits that they were parted by.
    laid : int
        How many postings they hold.
    out : Path
        The registry's file: a row group a part.
    threads : int
        How many parts at once.

    Returns
    -------
    int
        How many postings are kept.

    Raises
    ------
    RegistryError
        If some were lost.
    """
    kept, seen = 0, 0
    with Sink(out, POSTINGS_SCHEMA) as sink:
        work = partial(_sorted, depth=depth)
        for count, group in in_threads(work, _files(folder, depth), threads):
            sink.put(group)
            kept, seen = kept + len(group), seen + count
    conserve("sorting the postings", laid, seen)
    return kept


def _sorted(path: Path, depth: int) -> tuple[int, pa.Table]:
    laid = np.fromfile(path, np.uint64).reshape(-1, 2)
    records = sort_records(laid, depth)
    columns = (
        np.ascontiguousarray(records[:, 0]),
        (records[:, 1] >> np.uint64(32)).astype(np.uint32),
        records[:, 1].astype(np.uint32),
    )
    return len(laid), pa.table([pa.array(one) for one in columns], schema=POSTINGS_SCHEMA)


def _files(folder: Path, depth: int) -> Iterator[Path]:
    return (path for part in range(1 << depth) if (path := _file(folder, part)).exists())


def _file(folder: Path, part: int) -> Path:
    return folder / f"{part:04x}"
