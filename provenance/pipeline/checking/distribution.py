"""How a check is distributed: its engine, and where readings of parts are stored."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from provenance.errors import PolicyError
from provenance.model.content.tables import Unread, merge_unread
from provenance.model.rules.policy import Policy
from provenance.pipeline.caching.cache_entries import EntryStore, open_cache
from provenance.pipeline.checking.check_inputs import (
    References,
    load_library,
    open_references,
    wait_for_references,
)
from provenance.pipeline.checking.engines import TaskEngine
from provenance.pipeline.checking.jit_warmup import compile_kernels, open_dataset
from provenance.pipeline.checking.reread import ScanContext, scan_parts
from provenance.pipeline.checking.scan_tasks import ScanJob, task_name
from provenance.pipeline.checking.shards import (
    MergeEngine,
    Shard,
    recall_digests,
    shard_of_parts,
    store_digests,
)
from provenance.pipeline.execution.stage_log import log_fact
from provenance.pipeline.execution.task_runner import open_runner
from provenance.pipeline.findings.exemptions import load_baseline
from provenance.pipeline.scan.corpus_modelling import load_frozen_model
from provenance.pipeline.scan.corpus_scan import Engine
from provenance.pipeline.scan.reading_cache import context_digest
from provenance.pipeline.scan.readings import Counts
from provenance.pipeline.scan.row_metadata import Declarations, build_declarations
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus
from provenance.temporary_files import temporary_folder


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the parts of a corpus are scanned.

    Parameters
    ----------
    engine : Engine or None
        Scans them elsewhere; None scans them in threads.
    store : EntryStore or None
        Where their readings are stored: the cache, or the folder of tasks.
    """

    engine: Engine | None
    store: EntryStore | None


@contextmanager
def open_distribution(
    corpus: Corpus,
    policy: Policy,
    settings: Settings,
    references: References,
    declarations: Declarations,
) -> Iterator[Distribution]:
    """Start the engine of a check within the context.

    Raises
    ------
    EngineError
        If it cannot be started.
    PolicyError
        If the settings do not fit together.
    """
    digest = context_digest(references.all_registries, declarations.key)
    if settings.shards is None and settings.engine == "threads":
        log_fact(f"cache: {settings.cache or 'none'}")
        yield Distribution(None, open_cache(settings.cache, digest))
        return
    if settings.sample is not None:
        raise PolicyError(
            f"--sample cannot be combined with --engine {settings.engine}",
            remedy="use --engine threads: a sample is small",
        )
    with ExitStack() as stack:
        address = settings.tasks or str(stack.enter_context(temporary_folder()))
        tasks = TaskFolder.at(address).in_context(digest)
        log_fact(f"tasks: {tasks.path}")
        if settings.shards is not None:
            recall_digests(corpus, tasks)
            yield Distribution(MergeEngine(tasks, settings.shards), tasks)
            return
        job = ScanJob.of(corpus, policy, settings, tasks)
        runner = open_runner(settings.engine, settings.scheduler, settings.threads)
        yield Distribution(TaskEngine(job, stack.enter_context(runner)), tasks)


@dataclass(frozen=True, slots=True)
class ScannedShard:
    """What a shard scanned.

    Parameters
    ----------
    parts, all_parts : int
        Number of its parts, and of all.
    counts : Counts
        Size of its parts.
    unread : tuple of Unread
        Its files that could not be read, or not to their end.
    """

    parts: int
    all_parts: int
    counts: Counts
    unread: tuple[Unread, ...]


def scan_shard(
    corpus: Sequence[str], policy: Policy, settings: Settings, shard: Shard
) -> ScannedShard:
    """Scan the parts of one shard of a corpus, and store what is found in `settings.tasks`.

    Parameters
    ----------
    corpus : sequence of str
        Addresses, as for `check`.
    policy : Policy
        Registries and columns.
    settings : Settings
        As for `check`.
    shard : Shard
        Which parts to scan; those that are stored already are not scanned again.

    Raises
    ------
    ProvenanceError
        If the shard cannot be scanned.
    """
    if settings.tasks is None:
        raise PolicyError("a shard needs a folder", remedy="name one with --output")
    load_baseline(settings.baseline)  # what `merge` needs is there, too
    if settings.model_of is not None:
        load_frozen_model(settings.model_of)
    library = load_library(policy, settings.rules)
    references = wait_for_references(lambda: open_references(policy, settings.control))
    declarations = build_declarations(library, policy, references.registries)
    digest = context_digest(references.all_registries, declarations.key)
    tasks = TaskFolder.at(settings.tasks).in_context(digest)
    [registry, *_] = references.registries
    compile_kernels(registry.registry.path, lambda: registry, quiet=settings.quiet)
    dataset = open_dataset(corpus, policy, settings.split)
    for part in dataset.parts:
        task_name(part, tasks)  # raises if it cannot be divided
    shards = shard_of_parts(dataset.parts, shard.count)
    parts = [
        part for part, number in zip(dataset.parts, shards, strict=True) if number == shard.number
    ]
    own_corpus = replace(dataset, parts=tuple(parts), digests=())
    context = ScanContext(references, declarations, settings, tasks, None)
    scanned = scan_parts(own_corpus, context, tasks)
    store_digests(dataset, parts, tasks)
    unread = merge_unread(fault for reading in scanned.readings for fault in reading.unread)
    return ScannedShard(len(parts), len(dataset.parts), scanned.counts, unread)
