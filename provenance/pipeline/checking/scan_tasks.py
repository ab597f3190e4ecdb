"""Tasks: parts scanned by other processes or machines, which leave their readings in a folder.

A task is named by the digest of everything that it depends on, so that a repeated or interrupted
check reuses what is done, whoever did it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock

from provenance.errors import EngineError
from provenance.match.scoring.corpus_sample import FULL_BOUND
from provenance.model.rules.policy import Policy
from provenance.pipeline.caching.cache_entries import reading_key
from provenance.pipeline.checking.check_inputs import References, load_library, open_references
from provenance.pipeline.scan.part_scan import read_part
from provenance.pipeline.scan.reading_cache import context_digest, load_readings, store_readings
from provenance.pipeline.scan.readings import Reading
from provenance.pipeline.scan.row_metadata import Declarations, build_declarations
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus, open_corpus
from provenance.read.corpus.corpus_parts import Part


@dataclass(frozen=True, slots=True)
class ScanJob:
    """The scan of a corpus, as a worker needs it; can be pickled.

    Parameters
    ----------
    addresses : tuple of str
        The corpus.
    policy : Policy
        Registries, columns, signals.
    settings : Settings
        Rules, split and control.
    tasks : TaskFolder
        Where readings are stored.
    names : tuple of str
        Name of the task of each part; they change with the files.
    """

    addresses: tuple[str, ...]
    policy: Policy
    settings: Settings
    tasks: TaskFolder
    names: tuple[str, ...]

    @classmethod
    def of(cls, corpus: Corpus, policy: Policy, settings: Settings, tasks: TaskFolder) -> "ScanJob":
        """Return the job of scanning a corpus.

        Raises
        ------
        EngineError
            If a part is a stream, or a dataset on a hub.
        """
        names = tuple(task_name(part, tasks) for part in corpus.parts)
        own_settings = Settings(
            rules=settings.rules, split=settings.split, control=settings.control
        )
        own_policy = replace(policy, calibration=None)  # of no use to a worker
        return cls(corpus.addresses, own_policy, own_settings, tasks, names)


def task_name(part: Part, tasks: TaskFolder) -> str:
    """Return the name of the task of a part.

    Raises
    ------
    EngineError
        If the part is known to this process only.
    """
    name = reading_key(tasks, part)
    if name is None:
        raise EngineError(
            f"{part.file} cannot be read by other processes",
            remedy="write it to files first, or check it with threads, without --shard",
        )
    return name


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What a worker says of a task.

    Parameters
    ----------
    documents : int
        Number of documents of the part.
    sampled_tokens : int
        Tokens of its sample.
    bound : int
        Bound of its sample.
    is_whole : bool
        Whether the part was read to its end.
    """

    documents: int
    sampled_tokens: int
    bound: int
    is_whole: bool

    @classmethod
    def of(cls, readings: Iterable[Reading]) -> "TaskOutcome":
        """Return the outcome for the readings of a part, which are not kept."""
        documents, tokens, bound, is_last, is_unread = 0, 0, FULL_BOUND, False, False
        for reading in readings:
            documents += reading.counts.documents
            tokens += len(reading.sample.tokens)
            bound = min(bound, reading.sample.bound)
            is_last = reading.is_last
            is_unread |= bool(reading.unread)
        return cls(documents, tokens, bound, is_last and not is_unread)


def run_task(job: ScanJob, index: int, bound: int) -> TaskOutcome:
    """Scan a part and store its readings, unless that is done.

    Parameters
    ----------
    job : ScanJob
        The scan.
    index : int
        Index of the part.
    bound : int
        Passages with a hash above it are not needed in the part's sample.

    Returns
    -------
    TaskOutcome
        Size of the part and of its sample.

    Raises
    ------
    EngineError
        If this worker's registries, rules or version differ from those of the check.
    """
    with _opening:
        worker = _open_job(job)
    return worker.scan(index, bound)


_opening = Lock()


@lru_cache(1)
def _open_job(job: ScanJob) -> "_Worker":
    library = load_library(job.policy, job.settings.rules)
    references = open_references(job.policy, job.settings.control)
    declarations = build_declarations(library, job.policy, references.registries)
    if context_digest(references.all_registries, declarations.key) != job.tasks.context_digest:
        raise EngineError(
            "a worker has another version of provenance, of its rules or of the registries than "
            "the process that started the check",
            remedy="install the same version everywhere, and name folders that all machines share",
        )
    corpus = open_corpus(
        job.addresses,
        text_columns=job.policy.text_columns,
        label_columns=job.policy.label_columns,
        split=job.settings.split,
        max_document=job.policy.max_document,
    )
    if tuple(reading_key(job.tasks, part) for part in corpus.parts) != job.names:
        raise EngineError(
            "a worker sees other files than the process that started the check",
            remedy="name absolute paths, and do not modify the files meanwhile",
        )
    return _Worker(corpus, references, declarations, job.tasks)


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process that scans parts."""

    corpus: Corpus
    references: References
    declarations: Declarations
    tasks: TaskFolder

    def scan(self, index: int, bound: int) -> TaskOutcome:
        part, registries = self.corpus.parts[index], self.references.all_registries
        name = reading_key(self.tasks, part)
        stored = load_readings(self.tasks, name, part, registries)
        outcome = TaskOutcome.of(stored)
        if outcome.is_whole:
            return outcome
        readings = read_part(part, registries, self.declarations.of, bound, self.references.margin)
        return TaskOutcome.of(store_readings(self.tasks, name, readings))
