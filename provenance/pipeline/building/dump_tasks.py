"""Tasks of a build: dumps read by other processes, which leave their items in a folder."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import astuple
from itertools import islice

import pyarrow as pa

from provenance.errors import EngineError, ProvenanceError
from provenance.model.content.fingerprints import UInt8s
from provenance.model.content.tables import ITEMS, Items, Skipped, Unread
from provenance.pipeline.caching.result_cache import Buffer, code_digest
from provenance.pipeline.execution.task_runner import MAX_ATTEMPTS, TaskRunner
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.read.dumps.layouts import DumpReader

_END = "end"
"""Name of the entry that says how many batches of items a dump has, and whether that is all."""

_LENGTH_BYTES = 8


def read_dumps(
    readers: Sequence[DumpReader], tasks: TaskFolder, runner: TaskRunner
) -> Iterator[Items]:
    """Have dumps read by workers, and return an iterator over their items, in order.

    Parameters
    ----------
    readers : sequence of DumpReader
        The dumps.
    tasks : TaskFolder
        Where workers leave the items; dumps that are there already are not read again.
    runner : TaskRunner
        Runs the tasks.

    Raises
    ------
    EngineError
        If a file has no identity, or the workers have another version.
    """
    digest = code_digest()
    names = [_task_name(reader, tasks, digest) for reader in readers]

    def submit(executor: Executor, number: int) -> "Future[None]":
        return executor.submit(_store_items, readers[number], names[number], tasks, digest)

    errors = runner.run(range(len(readers)), submit, lambda *_: None)
    return _load_all(readers, names, tasks, errors)


def build_recipe(readers: Sequence[DumpReader], options: Sequence[str] = ()) -> str | None:
    """Return a digest of dumps, of what they are read with and of options of the build.

    None if a file has no identity.

    A build continues from what it had done before it was killed if its recipe is the same.
    """
    try:
        identities = [reader.identity() for reader in readers]
    except ProvenanceError:
        return None  # a file that cannot be read is named when it is its turn
    if None in identities:
        return None
    parts = [
        (reader.dump.name, identity, _options(reader))
        for reader, identity in zip(readers, identities, strict=True)
    ]
    content = json.dumps([code_digest(), [*options], parts])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _options(reader: DumpReader) -> str:
    dump = reader.dump
    options = (reader.layout, dump.source, *astuple(dump.columns))
    return json.dumps([options, dump.file.max_document])


def _task_name(reader: DumpReader, tasks: TaskFolder, digest: str) -> str:
    dump, identity = reader.dump, reader.identity()
    if identity is None:
        raise EngineError(
            f"{dump.display_path} cannot be read by other processes",
            remedy="extract it first, or use --engine threads",
        )
    return tasks.key(digest, dump.name, identity, _options(reader))


def _store_items(reader: DumpReader, name: str, tasks: TaskFolder, digest: str) -> None:
    """Read a dump and store its items, unless that is done."""
    if digest != code_digest():
        raise EngineError(
            "a worker has another version of provenance than the process that started the build",
            remedy="install the same version everywhere",
        )
    end = tasks.key(name, _END)
    stored = tasks.load(end)
    if stored is not None and json.loads(stored.tobytes())["is_whole"]:
        return
    count, is_whole = 0, True
    for items in reader.items():
        tasks.store(tasks.key(name, str(count)), _encode(items))
        count, is_whole = count + 1, is_whole and not items.unread
    tasks.store(end, [json.dumps({"batches": count, "is_whole": is_whole}).encode()])


def _load_all(
    readers: Sequence[DumpReader], names: Sequence[str], tasks: TaskFolder, errors: dict[int, str]
) -> Iterator[Items]:
    for number, (reader, name) in enumerate(zip(readers, names, strict=True)):
        if number in errors:
            reason = f"reading it failed {MAX_ATTEMPTS} times ({errors[number]})"
            remedy = "look at the workers' logs; they may need more memory"
            unread = Unread(reader.dump.display_path, reason, remedy)
            yield Items(pa.RecordBatch.from_pylist([], ITEMS), unread=(unread,))
        else:
            yield from _load_items(reader, name, tasks)


def _load_items(reader: DumpReader, name: str, tasks: TaskFolder) -> Iterator[Items]:
    """Yield the stored items of a dump; from the first damaged batch on, the dump is read here."""
    end = tasks.load(tasks.key(name, _END))
    count = 0 if end is None else json.loads(end.tobytes())["batches"]
    for number in range(count):
        content = tasks.load(tasks.key(name, str(number)))
        if content is None:
            yield from islice(reader.items(), number, None)
            return
        yield _decode(content)
    if end is None:
        yield from reader.items()


def _encode(items: Items) -> list[Buffer]:
    header = {
        "skipped": [astuple(skipped) for skipped in items.skipped],
        "unread": [astuple(unread) for unread in items.unread],
        "licence_origins": items.licence_origins,
    }
    tables = [batch for batch in (items.batch, items.deletions) if batch is not None]
    encoded_header = json.dumps(header).encode()
    length = len(encoded_header).to_bytes(_LENGTH_BYTES, "little")
    return [length, encoded_header, *map(_encode_batch, tables)]


def _encode_batch(batch: pa.RecordBatch) -> Buffer:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    return memoryview(sink.getvalue())


def _decode(content: UInt8s) -> Items:
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES].tobytes(), "little")
    header = json.loads(content[_LENGTH_BYTES:end].tobytes())
    source = pa.BufferReader(content[end:])
    [batch] = pa.ipc.open_stream(source)
    [deletions] = pa.ipc.open_stream(source) if source.tell() < source.size() else [None]
    return Items(
        batch,
        tuple(
            Skipped(file, reason, count, tuple(rows))
            for file, reason, count, rows in header["skipped"]
        ),
        tuple(Unread(*unread) for unread in header["unread"]),
        deletions,
        tuple((origin, count) for origin, count in header["licence_origins"]),
    )
