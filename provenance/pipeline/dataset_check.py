"""The main job: read, match, attribute, judge, sum up."""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from provenance import __version__
from provenance.fingerprint.warmup import make_tables
from provenance.judge.gates import hold_gates, violations, with_doubts
from provenance.judge.rulings import Judge
from provenance.model import (
    CorpusModel,
    CorpusSummary,
    Gate,
    Library,
    Policy,
    RegistrySummary,
    Report,
    Result,
)
from provenance.pipeline.calibration.share_correction import Seen, correcting
from provenance.pipeline.check_inputs import References, library_of, open_references, told_of
from provenance.pipeline.corpus_model import frozen_model, model_summary, weighed_by
from provenance.pipeline.early_hashing import hashing
from provenance.pipeline.findings.exemptions import Excused, counted, excused, open_baseline
from provenance.pipeline.findings.finding_table import Found, found
from provenance.pipeline.findings.shares import Looked, share_of, shares
from provenance.pipeline.findings.source_rulings import source_rulings
from provenance.pipeline.findings.summaries import (
    check_conclusive,
    corpus_summary,
    method,
    summaries,
)
from provenance.pipeline.jit_warmup import Begun, begun, prepare
from provenance.pipeline.locate.backgrounds import coverage
from provenance.pipeline.result_cache import Memory, code_digest, digest_of
from provenance.pipeline.scan.document_sampling import Sample
from provenance.pipeline.scan.readings import Opened
from provenance.pipeline.scan.reread import Reader, read_and_located
from provenance.pipeline.scan.row_metadata import Declarations, declarations_of
from provenance.pipeline.settings import Settings
from provenance.pipeline.stage_log import note
from provenance.read.corpus.corpora import Corpus

_SETTINGS = Settings()


def check(
    corpus: Sequence[str],
    policy: Policy,
    settings: Settings = _SETTINGS,
    ahead: Begun | None = None,
) -> Report:
    """Check a corpus against registries.

    Parameters
    ----------
    corpus : sequence of str
        Addresses: files, globs, folders, datasets.
    policy : Policy
        Registries, purpose, circumstances, gates.
    settings : Settings
        Threads, progress, rules.
    ahead : Begun or None
        What was begun of this check already; None begins it.

    Returns
    -------
    Report
        The result and its findings.

    Raises
    ------
    ProvenanceError
        If the work cannot be done: see `provenance.errors`.
    """
    if ahead is None:
        with hashing(policy.registries) as hashed:
            return check(corpus, policy, settings, begun(corpus, policy, settings.split, hashed))
    with ThreadPoolExecutor(1) as aside:  # registries are hashed: Python need not wait for that
        against = aside.submit(open_references, policy, settings.control, ahead.digest)
        library = library_of(policy, settings.rules)
        settings = replace(settings, model_of=weighed_by(settings.model_of, settings.baseline))
        frozen = None if settings.model_of is None else frozen_model(settings.model_of)
        registry = Path(policy.registries[0])
        prepare(registry, lambda: against.result().registries[0], quiet=settings.quiet)
        make_tables()
        told = told_of(against.result)
        return check_opened(ahead.corpus, library, policy, settings, frozen, told)


def check_opened(
    opened: Corpus,
    library: Library,
    policy: Policy,
    settings: Settings,
    frozen: CorpusModel | None = None,
    against: References | None = None,
) -> Report:
    """Check a corpus that was opened, weighing by a model; else as `check`."""
    if against is None:
        against = told_of(lambda: open_references(policy, settings.control))
        [first, *_] = against.registries
        prepare(first.registry.path, lambda: first, quiet=settings.quiet)
    with ThreadPoolExecutor(1) as aside:
        return _checked(opened, library, policy, settings, frozen, against, aside)


def _checked(  # noqa: PLR0913 (all that a check was given, and who helps)
    opened: Corpus,
    library: Library,
    policy: Policy,
    settings: Settings,
    frozen: CorpusModel | None,
    against: References,
    aside: Executor,
) -> Report:
    baseline = open_baseline(settings.baseline)
    registries, declarations = against.registries, declarations_of(library, policy)
    summed = aside.submit(summaries, registries)  # not waited for until the result is summed up
    sample = None if settings.sample is None else Sample(settings.sample)
    seen = opened if sample is None else sample.tap(opened)
    memory = _memory(settings, against, declarations)
    reader = Reader(against, declarations, settings, memory, frozen, sample, aside)
    read = read_and_located(seen, reader)
    readings, counts, settled, spans = read.readings, read.counts, read.settled, read.spans
    now = datetime.now(UTC).replace(microsecond=0)
    judge = Judge(library, policy.circumstances, policy.agreements, now.date())
    everything = found(spans, settled, registries, judge, counts.tokens, settings.threads)
    sampled = None if sample is None else sample.resampled(readings, spans)
    fit, correct = against.fit, None
    if fit is not None:
        correct = correcting(
            fit.calibration, Seen.of(everything, settled, registries), counts, sampled
        )
    looked = Looked(counts, sampled, correct)
    excuses = excused(everything, policy, now.date(), baseline)
    corpus = replace(corpus_summary(opened, readings, counts), split=settings.split)
    made = _report(
        corpus,
        looked,
        registries,
        summed.result(),
        excuses,
        policy=policy,
        library=library,
        judge=judge,
        now=now,
    )
    model = read.model.result()
    result = replace(
        made.result,
        rules_path=None if settings.rules is None else str(settings.rules),
        backgrounds=coverage(against.backgrounds),
        control=against.chance(read.whole, settled, made.findings),
        calibration=None if fit is None else fit.summary(corpus.digest),
        sample=None if sample is None else sample.summary(),
        corpus_model=model_summary(model, settings.model_of, registries),
        unread=read.unread,
        allow_unread=settings.allow_unread,
    )
    return Report(result, made.findings, model)


def _memory(settings: Settings, against: References, declarations: Declarations) -> Memory | None:
    """Remember what depends on the same registries, their parts in it, and the same code."""
    note(f"cache: {settings.cache or 'none'}")
    if settings.cache is None:
        return None
    sought = (one.known_by for one in against.sought)
    known = digest_of([code_digest(), *sought, "declared", declarations.key])
    memory = Memory(settings.cache, known)
    memory.tidy()
    return memory


def _report(  # noqa: PLR0913 (every stage's outcome meets here)
    corpus: CorpusSummary,
    looked: Looked,
    registries: Sequence[Opened],
    summed: tuple[RegistrySummary, ...],
    excuses: Excused,
    *,
    policy: Policy,
    library: Library,
    judge: Judge,
    now: datetime,
) -> Report:
    everything = excuses.found
    held = {source.source for summary in summed for source in summary.sources}
    if not everything.findings.num_rows:
        check_conclusive(summed)
    outcomes = hold_gates(policy.gates, _gated(policy.gates, everything, looked))
    if looked.sampled is not None:
        whole = Looked(looked.counts)
        lows = [low for _, low in _gated(policy.gates, everything, whole)]
        outcomes = with_doubts(outcomes, lows)
    result = Result(
        tool=__version__,
        created=now,
        corpus=corpus,
        registries=summed,
        rules_digest=library.digest,
        policy=policy,
        shares=shares(everything, looked, sorted(held)),
        rulings=source_rulings(everything, summed, library, judge),
        gates=outcomes,
        violations=violations(
            outcomes, policy.circumstances, among_new=excuses.baseline is not None
        ),
        waivers=excuses.waivers,
        findings=len(everything.findings),
        method=method(registries),
        baseline=excuses.baseline,
    )
    return Report(result, everything.findings)


def _gated(gates: Sequence[Gate], everything: Found, looked: Looked) -> list[tuple[float, float]]:
    """Give the share that each gate is about, and its low end."""
    return [
        share_of(everything, looked, counted(gate, everything.findings), gate.unit)
        for gate in gates
    ]
