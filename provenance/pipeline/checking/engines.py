"""The engine that has the parts of a corpus scanned by other processes or machines."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from provenance.match.scoring.corpus_sample import FULL_BOUND, MAX_SAMPLE_TOKENS
from provenance.model.content.tables import Unread
from provenance.pipeline.checking.scan_tasks import ScanJob, TaskOutcome, run_task
from provenance.pipeline.execution.progress import Progress
from provenance.pipeline.execution.task_runner import MAX_ATTEMPTS, TaskRunner
from provenance.read.corpus.corpus_parts import Part

_SPARE_SAMPLES = 4
"""Sampled tokens, as a multiple of those of the final sample, from which fewer are drawn."""


@dataclass(frozen=True, slots=True)
class TaskEngine:
    """Scans parts in other processes.

    Parameters
    ----------
    job : ScanJob
        The scan.
    runner : TaskRunner
        Runs its tasks.
    """

    job: ScanJob
    runner: TaskRunner

    def scan(self, parts: Sequence[Part], progress: Progress) -> Mapping[int, tuple[Unread, ...]]:
        """Have all parts scanned, and their readings stored; return the files of those that failed.

        Raises
        ------
        ProvenanceError
            If the workers cannot scan anything, or differ from us.
        """
        parts_by_index = {part.index: part for part in parts}
        bound = _SampleBound()

        def submit(executor: Executor, index: int) -> "Future[TaskOutcome]":
            return executor.submit(run_task, self.job, index, bound.value)

        def finish(index: int, outcome: TaskOutcome) -> None:
            bound.add(outcome)
            progress.advance(parts_by_index[index].size or 0, outcome.documents)

        errors = self.runner.run(parts_by_index, submit, finish)
        return {
            index: tuple(
                Unread(
                    file,
                    f"scanning it failed {MAX_ATTEMPTS} times ({error})",
                    "look at the workers' logs; they may need more memory",
                )
                for file in parts_by_index[index].files
            )
            for index, error in errors.items()
        }


class _SampleBound:
    """The bound of samples to request, from the size of those that were drawn.

    Attributes
    ----------
    value : int
        Not below the bound of the final sample, unless most passages occur in several parts: then
        some parts are scanned again.
    """

    def __init__(self) -> None:
        self.value = FULL_BOUND
        self._tokens = 0.0

    def add(self, outcome: TaskOutcome) -> None:
        self._tokens += outcome.sampled_tokens * (FULL_BOUND / max(outcome.bound, 1))
        while self._tokens * (self.value / FULL_BOUND) > _SPARE_SAMPLES * MAX_SAMPLE_TOKENS:
            self.value //= 2
