"""What is remembered of a part, as files: its reading, and the table of what was located in it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from provenance.match import Candidates, Lookalikes, Passages
from provenance.model import Skipped
from provenance.read import Part
from provenance.run.claiming import Claims
from provenance.run.declared import DECLARED
from provenance.run.memory import Memory, Writer
from provenance.run.readings import Counts, Opened, Reading

T = TypeVar("T")
Table = TypeVar("Table", Candidates, Lookalikes)
Arrays = Mapping[str, npt.NDArray[np.generic]]

_DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, pa.ArrowException)


def reading_name(memory: Memory | None, part: Part) -> str | None:
    """Name the reading of a part; None where it cannot be kept."""
    key = None if memory is None or part.key is None else part.key()
    if memory is None or key is None:
        return None
    return memory.name("reading", part.file, part.layout, *part.text_columns, key)


def recalled_reading(memory: Memory | None, name: str | None) -> Reading | None:
    """Give the reading that was kept under a name, if there is a whole one."""
    return _recalled(memory, name, _load_reading)


def keep_reading(memory: Memory | None, name: str | None, reading: Reading) -> None:
    """Keep a reading, if it has a name, and reached the end of its part."""
    if not reading.unread:
        _keep(memory, name, lambda stream: _save_reading(stream, reading))


def spans_name(
    memory: Memory | None, part: Part, claims: Claims, backgrounds: Sequence[Opened]
) -> str | None:
    """Name the table of what claims on a part's texts turned out to be."""
    reading = reading_name(memory, part)
    if memory is None or reading is None:
        return None
    digests = [one.registry.manifest.digest for one in backgrounds]
    own = (claims.registries, claims.chosen, claims.firsts, claims.lasts)
    columns = [*own, *(getattr(claims.candidates, one.name) for one in fields(Candidates))]
    arrays = [np.ascontiguousarray(column).tobytes() for column in columns]
    return memory.name("spans", reading, *digests, *arrays)


def recalled_table(memory: Memory | None, name: str | None, schema: pa.Schema) -> pa.Table | None:
    """Give the table that was kept under a name, if there is a whole one of that schema."""

    def load(path: Path) -> pa.Table:
        with pa.OSFile(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
        if table.schema != schema:
            raise ValueError(table.schema)
        return table

    return _recalled(memory, name, load)


def keep_table(memory: Memory | None, name: str | None, table: pa.Table) -> None:
    """Keep a table, if it has a name."""

    def save(stream: BinaryIO) -> None:
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_file(stream, table.schema, options=options) as writer:
            writer.write_table(table)

    _keep(memory, name, save)


def _recalled(memory: Memory | None, name: str | None, load: Callable[[Path], T]) -> T | None:
    path = memory.find(name) if memory and name else None
    if memory is None or name is None or path is None:
        return None
    try:
        return load(path)
    except _DAMAGED:
        memory.forget(name)
        return None


def _keep(memory: Memory | None, name: str | None, write: Writer) -> None:
    if memory is not None and name is not None:
        memory.keep(name, write)


def _save_reading(stream: BinaryIO, reading: Reading) -> None:
    told = {
        "counts": astuple(reading.counts),
        "skipped": [astuple(skipped) for skipped in reading.skipped],
        "registries": len(reading.candidates),
        "bound": reading.passages.bound,
    }
    arrays: dict[str, npt.NDArray[Any]] = {
        "told": np.frombuffer(json.dumps(told).encode(), np.uint8)
    }
    for place, (own, alike) in enumerate(zip(reading.candidates, reading.lookalikes, strict=True)):
        arrays |= _arrays(f"candidates{place}", own) | _arrays(f"alike{place}", alike)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, DECLARED) as writer:
        writer.write_table(reading.declared)
    arrays |= {"declared": np.frombuffer(sink.getvalue(), np.uint8), "documents": reading.documents}
    arrays |= {name: getattr(reading.passages, name) for name in _PASSAGES}
    np.savez(stream, allow_pickle=False, **arrays)


_PASSAGES = ("hashes", "tokens", "offsets")


def _load_reading(path: Path) -> Reading:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        told = json.loads(arrays["told"].tobytes())
        places: Sequence[int] = range(told["registries"])
        return Reading(
            Counts(*told["counts"]),
            tuple(
                Skipped(file, reason, count, tuple(rows))
                for file, reason, count, rows in told["skipped"]
            ),
            tuple(_made(Candidates, f"candidates{place}", arrays) for place in places),
            tuple(_made(Lookalikes, f"alike{place}", arrays) for place in places),
            pa.ipc.open_stream(pa.py_buffer(arrays["declared"].tobytes())).read_all(),
            Passages(told["bound"], *(arrays[name] for name in _PASSAGES)),
            arrays["documents"],
            None,
        )


def _arrays(name: str, table: Candidates | Lookalikes) -> dict[str, npt.NDArray[np.generic]]:
    return {f"{name}.{field.name}": getattr(table, field.name) for field in fields(table)}


def _made(kind: type[Table], name: str, arrays: Arrays) -> Table:
    columns: dict[str, Any] = {field.name: arrays[f"{name}.{field.name}"] for field in fields(kind)}
    return kind(**columns)
