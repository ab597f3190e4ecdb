"""Check a dataset: scan it, attribute matches to items, judge them and compute the shares."""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from provenance import __version__
from provenance.fingerprint.warmup import make_tables
from provenance.judge.gates import evaluate_gates, mark_undecided, violations
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
from provenance.pipeline.calibration.share_correction import ObservedFindings, build_share_corrector
from provenance.pipeline.check_inputs import (
    References,
    load_library,
    open_references,
    wait_for_references,
)
from provenance.pipeline.corpus_modelling import (
    load_frozen_model,
    model_report_folder,
    model_summary,
)
from provenance.pipeline.early_hashing import hash_in_background
from provenance.pipeline.findings.exemptions import (
    ExemptedFindings,
    apply_exemptions,
    gate_mask,
    load_baseline,
)
from provenance.pipeline.findings.finding_table import FindingSet, build_findings
from provenance.pipeline.findings.shares import MeasuredCorpus, compute_shares, share_of_findings
from provenance.pipeline.findings.source_rulings import source_rulings
from provenance.pipeline.findings.summaries import (
    check_conclusive,
    describe_method,
    summarise_corpus,
    summarise_registries,
)
from provenance.pipeline.jit_warmup import StartedCheck, compile_kernels, start_check
from provenance.pipeline.locate.backgrounds import background_coverage
from provenance.pipeline.result_cache import ResultCache, code_digest, digest_of
from provenance.pipeline.scan.document_sampling import DocumentSampler
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.pipeline.scan.reread import ScanContext, scan_and_locate
from provenance.pipeline.scan.row_metadata import Declarations, build_declarations
from provenance.pipeline.settings import Settings
from provenance.pipeline.stage_log import log_fact
from provenance.read.corpus.corpora import Corpus

_DEFAULT_SETTINGS = Settings()


def check(
    corpus: Sequence[str],
    policy: Policy,
    settings: Settings = _DEFAULT_SETTINGS,
    ahead: StartedCheck | None = None,
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
    ahead : StartedCheck or None
        The check as `start_check` started it; None starts it here.

    Returns
    -------
    Report
        The result and its findings.

    Raises
    ------
    ProvenanceError
        If the check cannot be done: see `provenance.errors`.
    """
    if ahead is None:
        with hash_in_background(policy.registries) as hashed:
            return check(
                corpus, policy, settings, start_check(corpus, policy, settings.split, hashed)
            )
    with ThreadPoolExecutor(1) as aside:  # hashing registries does not hold the GIL
        against = aside.submit(open_references, policy, settings.control, ahead.digest)
        library = load_library(policy, settings.rules)
        settings = replace(
            settings, model_of=model_report_folder(settings.model_of, settings.baseline)
        )
        frozen = None if settings.model_of is None else load_frozen_model(settings.model_of)
        registry = Path(policy.registries[0])
        compile_kernels(registry, lambda: against.result().registries[0], quiet=settings.quiet)
        make_tables()
        told = wait_for_references(against.result)
        return check_corpus(ahead.corpus, library, policy, settings, frozen, told)


def check_corpus(
    opened: Corpus,
    library: Library,
    policy: Policy,
    settings: Settings,
    frozen: CorpusModel | None = None,
    against: References | None = None,
) -> Report:
    """Check a corpus that is already open; the rest is as for `check`.

    Parameters
    ----------
    opened : Corpus
        The corpus.
    library : Library
        The rules.
    policy : Policy
        Registries, purpose, circumstances, gates.
    settings : Settings
        Threads, progress.
    frozen : CorpusModel or None
        Model that candidates are scored with; None scores with the corpus's own.
    against : References or None
        The registries, already open; None opens them here.
    """
    if against is None:
        against = wait_for_references(lambda: open_references(policy, settings.control))
        [first, *_] = against.registries
        compile_kernels(first.registry.path, lambda: first, quiet=settings.quiet)
    with ThreadPoolExecutor(1) as aside:
        return _run_check(opened, library, policy, settings, frozen, against, aside)


def _run_check(  # noqa: PLR0913 (the arguments of a check, and an executor)
    opened: Corpus,
    library: Library,
    policy: Policy,
    settings: Settings,
    frozen: CorpusModel | None,
    against: References,
    aside: Executor,
) -> Report:
    baseline = load_baseline(settings.baseline)
    registries, declarations = against.registries, build_declarations(library, policy)
    summed = aside.submit(summarise_registries, registries)  # needed only when the result is built
    sample = None if settings.sample is None else DocumentSampler(settings.sample)
    seen = opened if sample is None else sample.tap(opened)
    memory = _open_cache(settings, against, declarations)
    reader = ScanContext(against, declarations, settings, memory, frozen, sample, aside)
    read = scan_and_locate(seen, reader)
    readings, counts, settled, spans = read.readings, read.counts, read.claims, read.spans
    now = datetime.now(UTC).replace(microsecond=0)
    judge = Judge(library, policy.circumstances, policy.agreements, now.date())
    everything = build_findings(spans, settled, registries, judge, counts.tokens, settings.threads)
    sampled = None if sample is None else sample.resampled(readings, spans)
    fit, correct = against.calibration, None
    if fit is not None:
        correct = build_share_corrector(
            fit.calibration, ObservedFindings.of(everything, settled, registries), counts, sampled
        )
    looked = MeasuredCorpus(counts, sampled, correct)
    excuses = apply_exemptions(everything, policy, now.date(), baseline)
    corpus = replace(summarise_corpus(opened, readings, counts), split=settings.split)
    made = _build_report(
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
        backgrounds=background_coverage(against.backgrounds),
        control=against.measure_chance(read.all_readings, settled, made.findings),
        calibration=None if fit is None else fit.summary(corpus.digest),
        sample=None if sample is None else sample.summary(),
        corpus_model=model_summary(model, settings.model_of, registries),
        unread=read.unread,
        allow_unread=settings.allow_unread,
    )
    return Report(result, made.findings, model)


def _open_cache(
    settings: Settings, against: References, declarations: Declarations
) -> ResultCache | None:
    """Open the result cache for these registries, declarations and this version of the code."""
    log_fact(f"cache: {settings.cache or 'none'}")
    if settings.cache is None:
        return None
    sought = (one.cache_key for one in against.searched)
    known = digest_of([code_digest(), *sought, "declared", declarations.key])
    memory = ResultCache(settings.cache, known)
    memory.evict()
    return memory


def _build_report(  # noqa: PLR0913 (takes the outcome of every stage)
    corpus: CorpusSummary,
    looked: MeasuredCorpus,
    registries: Sequence[RegistryIndex],
    summed: tuple[RegistrySummary, ...],
    excuses: ExemptedFindings,
    *,
    policy: Policy,
    library: Library,
    judge: Judge,
    now: datetime,
) -> Report:
    everything = excuses.finding_set
    held = {source.source for summary in summed for source in summary.sources}
    if not everything.findings.num_rows:
        check_conclusive(summed)
    outcomes = evaluate_gates(policy.gates, _gate_shares(policy.gates, everything, looked))
    if looked.sample is not None:
        whole = MeasuredCorpus(looked.counts)
        lows = [low for _, low in _gate_shares(policy.gates, everything, whole)]
        outcomes = mark_undecided(outcomes, lows)
    result = Result(
        tool=__version__,
        created=now,
        corpus=corpus,
        registries=summed,
        rules_digest=library.digest,
        policy=policy,
        shares=compute_shares(everything, looked, sorted(held)),
        rulings=source_rulings(everything, summed, library, judge),
        gates=outcomes,
        violations=violations(
            outcomes, policy.circumstances, among_new=excuses.baseline is not None
        ),
        waivers=excuses.waivers,
        findings=len(everything.findings),
        method=describe_method(registries),
        baseline=excuses.baseline,
    )
    return Report(result, everything.findings)


def _gate_shares(
    gates: Sequence[Gate], everything: FindingSet, looked: MeasuredCorpus
) -> list[tuple[float, float]]:
    """Return the share that each gate refers to, and the lower end of its interval."""
    return [
        share_of_findings(everything, looked, gate_mask(gate, everything.findings), gate.unit)
        for gate in gates
    ]
