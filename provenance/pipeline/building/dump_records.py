"""Records of the dumps that a registry was built from: what was read, and how."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Event

from provenance import __version__
from provenance.errors import ProvenanceError
from provenance.model.content.tables import Items
from provenance.read.corpus.address_resolution import file_system, translate_address_errors
from provenance.read.corpus.file_access import File, printable_path
from provenance.read.dumps.checkouts.source_trees import commit_of, is_tree
from provenance.read.dumps.layouts import DumpReader
from provenance.registry.recipe import BuildStep, DumpRecord


class DumpRecorder:
    """Hashes dumps in a thread once all have been read, while the registry is written."""

    def __init__(self, executor: ThreadPoolExecutor, stopped: Event) -> None:
        self._executor, self._stopped = executor, stopped
        self._records: list[Future[DumpRecord]] = []
        self._dated_by_id = 0

    def watch(
        self, batches: Iterator[Items], dumps: Sequence[tuple[str, Sequence[DumpReader]]]
    ) -> Iterator[Items]:
        """Yield the items of dumps, given by their address and the readers of their files."""
        for items in batches:
            self._dated_by_id += items.dated_by_id
            yield items
        self._records = [
            self._executor.submit(_record_dump, address, readers, self._stopped.is_set)
            for address, readers in dumps
        ]

    def step(self, command: str, options: tuple[str, ...]) -> BuildStep:
        """Return the step of a command that read the dumps; waits until they are hashed."""
        dumps = tuple(record.result() for record in self._records)
        ended = datetime.now(UTC).replace(microsecond=0)
        return BuildStep(command, options, dumps, ended, __version__, dated_by_id=self._dated_by_id)


@contextmanager
def dump_recorder() -> Iterator[DumpRecorder]:
    """Return a recorder whose thread ends with the context."""
    executor, stopped = ThreadPoolExecutor(1), Event()
    try:
        yield DumpRecorder(executor, stopped)
    finally:
        stopped.set()
        executor.shutdown(cancel_futures=True)


def _record_dump(
    address: str, readers: Sequence[DumpReader], stopped: Callable[[], bool]
) -> DumpRecord:
    files = [reader.dump.file for reader in readers if not reader.is_passed_over]
    sha256, version = None, None
    with suppress(ProvenanceError):
        files = _single_file(address) or files
        if any(map(is_tree, files)):
            version = _combine(files, commit_of)
        elif all(file.is_local for file in files):
            sha256 = _combine(files, lambda file: file.digest(stopped))
        else:
            version = _combine(files, File.identity)
    size = sum(file.size for file in files)
    name = printable_path(address)
    return DumpRecord(name, _layout(readers), len(files), size, sha256, version)


def _single_file(address: str) -> list[File]:
    """Return the file at an address: of an archive, that itself, not its members."""
    with translate_address_errors(address):
        system, path = file_system(address)
        if not system.isfile(path):
            return []
        return [File(path.rpartition("/")[2], path, int(system.size(path) or 0), system)]


def _combine(files: Sequence[File], digest_of: Callable[[File], str | None]) -> str | None:
    """Return the digest of the only file, or one of the digests and names of all."""
    digests = [(file.name, digest_of(file)) for file in files]
    known = sorted((name, digest) for name, digest in digests if digest is not None)
    if len(known) < len(digests):
        return None
    if len(known) == 1:
        return known[0][1]
    lines = "".join(f"{digest}  {name}\n" for name, digest in known)
    return hashlib.sha256(os.fsencode(lines)).hexdigest()


def _layout(readers: Sequence[DumpReader]) -> str:
    """Return the layout of the first file that can be read; empty if there is none."""
    for reader in readers:
        try:
            return reader.detect()
        except ProvenanceError:
            continue
    return ""
