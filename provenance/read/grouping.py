"""Small files, many of them in one part: what is done once a part takes longer than reading one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from zlib import crc32

import pyarrow as pa

from provenance.model import Documents
from provenance.read.documents import BATCH
from provenance.read.parts import Part

_SMALL = 1 << 16
"""Bytes on disk of a file that is read together with others."""
_MANY = 256
"""Small files from which on they are put together; fewer are as many parts as threads can share."""
_MOST, _SIZE = 2048, 4 << 20
"""Files in a part, and their bytes on disk."""
_SPACING = 512


def grouped(parts: Sequence[Part]) -> list[Part]:
    """Put parts that are small files into one, where there are many of them in a row.

    Parameters
    ----------
    parts : sequence of Part
        In order of their files' names, each of a file of its own where it is small.

    Notes
    -----
    Names say where a group ends, so that a file that comes or goes changes its own group alone:
    the others are known to the cache.
    """
    parts = list(parts)
    if sum(0 < part.size <= _SMALL and part.rereadable for part in parts) < _MANY:
        return parts
    files: dict[str, int] = {}
    for part in parts:
        files[part.file] = files.get(part.file, 0) + 1
    made: list[Part] = []
    group: list[Part] = []
    size = 0
    for part in parts:
        is_small = (
            part.rereadable and 0 < part.size <= _SMALL and files[part.file] == 1 and not part.names
        )
        fits = is_small and size < _SIZE and len(group) < _MOST and crc32(_named(part)) % _SPACING
        if group and not (fits and group[0].stratum == part.stratum):
            made.append(_one(group))
            group, size = [], 0
        if is_small:
            group.append(part)
            size += part.size
        else:
            made.append(part)
    return [*made, *([_one(group)] if group else [])]


def _one(group: Sequence[Part]) -> Part:
    if len(group) == 1:
        return group[0]
    names = tuple(part.file for part in group)
    columns = dict.fromkeys(column for part in group for column in part.text_columns)
    where = sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()
    layouts = (repr((part.layout, part.text_columns)) for part in group)
    # The first line of a layout says what stands before: here, which files it is of.
    layout = f"{where}\n{sha256(repr(list(layouts)).encode()).hexdigest()}"
    has_keys = all(part.key is not None for part in group)
    return replace(
        group[0],
        size=sum(part.size for part in group),
        read=partial(_read, group),
        text_columns=tuple(columns),
        extent=None,
        layout=layout,
        key=partial(_key, group) if has_keys else None,
        names=names,
    )


def _key(group: Sequence[Part]) -> str | None:
    found = sha256()
    for part in group:
        key = None if part.key is None else part.key()
        if key is None:
            return None
        found.update(f"{key}\n".encode())
    return found.hexdigest()


def _read(group: Sequence[Part]) -> Iterator[Documents]:
    held: list[Documents] = []
    size = 0
    for part in group:
        for documents in part.batches():
            held.append(documents)
            size += documents.batch.nbytes
            if size >= BATCH:
                yield _joined(held)
                held, size = [], 0
    if held:
        yield _joined(held)


def _joined(held: Sequence[Documents]) -> Documents:
    table = pa.Table.from_batches([documents.batch for documents in held])
    return Documents(
        next(iter(table.combine_chunks().to_batches()), held[0].batch),
        tuple(one for documents in held for one in documents.skipped),
        tuple(one for documents in held for one in documents.unread),
    )


def _named(part: Part) -> bytes:
    return part.file.encode("utf-8", "surrogateescape")
