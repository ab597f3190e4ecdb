"""Shards: a check divided among commands that run in any order, on any machines, and are merged."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from provenance.errors import EngineError, InputError, PolicyError
from provenance.model.content.tables import Unread
from provenance.pipeline.caching.cache_entries import reading_key
from provenance.pipeline.execution.progress import Progress
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.read.corpus.corpora import Corpus, FileDigest
from provenance.read.corpus.corpus_parts import Part

_PLAN_FILE = "plan.json"
_SCHEMA = "provenance-plan/1"

Arguments = Mapping[str, object]
"""Arguments of `provenance check`, by the names of its parameters; values as in JSON."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of the shards of a check.

    Parameters
    ----------
    number : int
        From 1.
    count : int
        Number of shards.
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Parse "3/64".

        Raises
        ------
        PolicyError
            If it is not the number of a shard.
        """
        number, _, count = text.partition("/")
        if number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count):
            return cls(int(number), int(count))
        raise PolicyError(
            f"--shard {text!r} is not the number of a shard",
            remedy="write 1/8 for the first of eight shards, and 8/8 for the last",
        )


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """What all shards of a check have in common.

    Parameters
    ----------
    arguments : mapping
        Arguments of the check.
    shards : int
        Number of shards.
    """

    arguments: Arguments
    shards: int

    def save(self, address: str) -> None:
        """Store the plan in a folder of tasks, or check that it is the one that is stored.

        Raises
        ------
        EngineError
            If the folder has the tasks of another check.
        """
        tasks = TaskFolder.at(address)
        stored = tasks.read(_PLAN_FILE)
        if stored is None:
            tasks.write(_PLAN_FILE, self._encode())
        elif stored != self._encode():
            raise EngineError(
                f"{tasks.path} has shards of a check with other arguments",
                remedy="run all shards with the same arguments, or name another --output",
            )

    @classmethod
    def load(cls, address: str) -> "CheckPlan":
        """Load the plan that is stored in a folder of tasks.

        Raises
        ------
        EngineError
            If there is none, or it is damaged.
        """
        tasks = TaskFolder.at(address)
        stored = tasks.read(_PLAN_FILE)
        if stored is None:
            raise EngineError(
                f"there are no shards in {tasks.path}",
                remedy="run them with `provenance check ... --shard 1/8 --output DIR`",
            )
        try:
            plan = json.loads(stored)
            schema, arguments, shards = plan["schema"], dict(plan["arguments"]), int(plan["shards"])
        except (ValueError, LookupError, TypeError):
            schema = None
        if schema != _SCHEMA:
            raise EngineError(
                f"{tasks.path}/{_PLAN_FILE} is damaged, or of another version",
                remedy="remove the folder, and run the shards again",
            )
        return cls(arguments, shards)

    def _encode(self) -> bytes:
        content = {"schema": _SCHEMA, "shards": self.shards, "arguments": dict(self.arguments)}
        return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def remove_tasks(address: str) -> None:
    """Remove the tasks of a check whose report is written; those of shards are kept."""
    tasks = TaskFolder.at(address)
    if tasks.read(_PLAN_FILE) is None:
        tasks.remove()


def shard_of_parts(parts: Sequence[Part], count: int) -> list[int]:
    """Return the number of the shard that each part belongs to: about the same bytes in each.

    Consecutive parts belong together, so that a shard reads few files.
    """
    sizes = [max(part.size or 0, 1) for part in parts]
    total, before, shards = sum(sizes), 0, []
    for size in sizes:
        shards.append((2 * before + size) * count // (2 * total) + 1)
        before += size
    return shards


def store_digests(corpus: Corpus, parts: Sequence[Part], tasks: TaskFolder) -> None:
    """Compute and store the digests of the files that begin with some parts.

    A file that cannot be read has none; the report says so.
    """
    first_parts: dict[str, int] = {}
    for part in corpus.parts:
        for name in part.files:
            first_parts.setdefault(name, part.index)
    own = {part.index for part in parts}
    for name, digest in corpus.digests:
        if isinstance(digest, FileDigest) and first_parts.get(name) in own:
            task = _digest_task(name, digest, tasks)
            if tasks.load(task) is None:
                with suppress(InputError):
                    tasks.store(task, [digest().encode()])


def _digest_task(name: str, digest: FileDigest, tasks: TaskFolder) -> str:
    return tasks.key("digest", name, digest.identity or "")


def recall_digests(corpus: Corpus, tasks: TaskFolder) -> None:
    """Set the digests of the files of a corpus that shards have stored."""
    for name, digest in corpus.digests:
        if isinstance(digest, FileDigest):
            stored = tasks.load(_digest_task(name, digest, tasks))
            if stored is not None:
                digest.recall(stored.tobytes().decode())


@dataclass(frozen=True, slots=True)
class MergeEngine:
    """Requires that shards have scanned all parts.

    Parameters
    ----------
    tasks : TaskFolder
        Where they stored the readings.
    shards : int
        Number of shards.
    """

    tasks: TaskFolder
    shards: int

    def scan(self, parts: Sequence[Part], progress: Progress) -> Mapping[int, tuple[Unread, ...]]:
        """Check that no reading is missing.

        Raises
        ------
        EngineError
            If some are missing; names their shards.
        """
        del progress
        missing: dict[int, int] = {}
        for part, shard in zip(parts, shard_of_parts(parts, self.shards), strict=True):
            name = reading_key(self.tasks, part)
            if name is None or not self.tasks.exists(name):
                missing[shard] = missing.get(shard, 0) + 1
        if missing:
            shards = ", ".join(f"{number}/{self.shards}" for number in sorted(missing))
            raise EngineError(
                f"{sum(missing.values()):,} of {len(parts):,} parts are not scanned yet; "
                f"incomplete shards: {shards}",
                remedy="run these shards, with the version, registries and files of the others",
            )
        return {}
