"""Check a dataset: scan it, attribute matches to items, judge them and compute the shares."""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from provenance import __version__
from provenance.fingerprint.warmup import make_tables
from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.judge.gates import evaluate_gates, mark_undecided, violations, with_source_ids
from provenance.model.results.corpus_model import CorpusModel
from provenance.model.results.coverage import RegistrySummary
from provenance.model.results.result import CorpusSummary, Report, Result
from provenance.model.rules.policy import Gate, Policy
from provenance.model.rules.rule_library import Library
from provenance.pipeline.calibration.controls import measure_control
from provenance.pipeline.checking.check_inputs import (
    NAME_A_REGISTRY,
    References,
    load_library,
    open_references,
    wait_for_references,
)
from provenance.pipeline.checking.corpus_findings import find_in_corpus
from provenance.pipeline.checking.distribution import open_distribution
from provenance.pipeline.checking.early_hashing import hash_in_background
from provenance.pipeline.checking.jit_warmup import StartedCheck, compile_kernels, start_check
from provenance.pipeline.checking.reread import ScanContext, scan_and_locate
from provenance.pipeline.exchange.remote_registries import fetch_registries, local_folder
from provenance.pipeline.findings.exemptions import (
    ExemptedFindings,
    apply_exemptions,
    gate_mask,
    load_baseline,
)
from provenance.pipeline.findings.finding_annotations import observe, without_marked
from provenance.pipeline.findings.finding_table import FindingSet
from provenance.pipeline.findings.misdatings import find_misdatings
from provenance.pipeline.findings.missed_findings import shipped_counts
from provenance.pipeline.findings.share_correction import build_share_corrector
from provenance.pipeline.findings.shares import MeasuredCorpus, compute_shares, share_of_findings
from provenance.pipeline.findings.source_rulings import source_rulings
from provenance.pipeline.findings.summaries import (
    check_conclusive,
    describe_method,
    summarise_corpus,
    summarise_registries,
)
from provenance.pipeline.locate.backgrounds import background_coverage, common_coverage
from provenance.pipeline.scan.corpus_modelling import (
    build_corpus_model,
    load_frozen_model,
    model_report_folder,
    model_summary,
)
from provenance.pipeline.scan.document_sampling import DocumentSampler
from provenance.pipeline.scan.label_values import LabelValues, observe_labels
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.pipeline.scan.row_metadata import build_declarations
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus, is_stream_or_hub
from provenance.read.corpus.python_objects import IN_MEMORY

_DEFAULT_SETTINGS = Settings()
_DECLARED_ONLY = "--declared-only reports what rows declare without one"


def check(
    corpus: Sequence[str] | Corpus,
    policy: Policy,
    settings: Settings = _DEFAULT_SETTINGS,
    started_check: StartedCheck | None = None,
) -> Report:
    """Check a corpus against registries.

    Parameters
    ----------
    corpus : sequence of str, or Corpus
        Addresses: files, globs, folders, datasets; or what was opened already.
    policy : Policy
        Registries, purpose, circumstances, gates.
    settings : Settings
        Threads, progress, rules.
    started_check : StartedCheck or None
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
    names = [*policy.registries, *policy.backgrounds, *filter(None, [settings.control])]
    fetch_registries(names, policy.trust, quiet=settings.quiet)
    if started_check is not None:
        return _check_started(started_check, policy, settings)
    with hash_in_background(policy.registries) as hashed:
        hash_files = settings.shards is None  # shards have hashed them
        started = start_check(corpus, policy, settings.split, hashed, hash_files=hash_files)
        return _check_started(started, policy, settings)


def _check_started(started_check: StartedCheck, policy: Policy, settings: Settings) -> Report:
    with ThreadPoolExecutor(1) as executor:  # hashing registries does not hold the GIL
        opening = executor.submit(open_references, policy, settings.control, started_check.digest)
        library = load_library(policy, settings.rules, f"{NAME_A_REGISTRY}; {_DECLARED_ONLY}")
        settings = replace(
            settings, model_of=model_report_folder(settings.model_of, settings.baseline)
        )
        frozen_model = None if settings.model_of is None else load_frozen_model(settings.model_of)
        registry = local_folder(policy.registries[0])
        compile_kernels(registry, lambda: opening.result().registries[0], quiet=settings.quiet)
        make_tables()
        references = wait_for_references(opening.result)
        return check_corpus(
            started_check.corpus, library, policy, settings, frozen_model, references
        )


def check_corpus(
    corpus: Corpus,
    library: Library,
    policy: Policy,
    settings: Settings,
    frozen_model: CorpusModel | None = None,
    references: References | None = None,
) -> Report:
    """Check a corpus that is already open; the rest is as for `check`.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    library : Library
        The rules.
    policy : Policy
        Registries, purpose, circumstances, gates.
    settings : Settings
        Threads, progress.
    frozen_model : CorpusModel or None
        Model that candidates are scored with; None scores with the corpus's own.
    references : References or None
        The registries, already open; None opens them here.
    """
    if references is None:
        references = wait_for_references(lambda: open_references(policy, settings.control))
        [first, *_] = references.registries
        compile_kernels(first.registry.path, lambda: first, quiet=settings.quiet)
    today = None if settings.now is None else settings.now.date()
    declarations = build_declarations(library, policy, references.registries, today)
    with (
        ThreadPoolExecutor(1) as executor,
        open_distribution(corpus, policy, settings, references, declarations) as distribution,
    ):
        context = ScanContext(
            references,
            declarations,
            settings,
            distribution.store,
            None if settings.sample is None else DocumentSampler(settings.sample),
            distribution.engine,
        )
        return _run_check(corpus, library, policy, context, frozen_model, executor)


def _run_check(
    corpus: Corpus,
    library: Library,
    policy: Policy,
    context: ScanContext,
    frozen_model: CorpusModel | None,
    executor: Executor,
) -> Report:
    settings, references, sampler = context.settings, context.references, context.sample
    baseline, registries = load_baseline(settings.baseline), references.registries
    sources = {name for each in registries for name in each.index.arrays.sources}
    policy = with_source_ids(policy, library, sources)
    # In the background: needed only when the result is built.
    summaries = executor.submit(summarise_registries, registries)
    scanned_corpus = corpus if sampler is None else sampler.tap(corpus)
    now = settings.now or datetime.now(UTC).replace(microsecond=0)
    judges = CircumstanceJudges(library, policy, now.date())
    locate = partial(
        find_in_corpus,
        scanned_corpus.parts,
        references=references,
        judges=judges,
        frozen_model=frozen_model,
        cache=context.cache,
        threads=settings.threads,
        origins=policy.origins,
        withdrawn=policy.withdrawn,
        own_share=settings.own_share,
    )
    located = scan_and_locate(scanned_corpus, context, locate)
    scanned, found = located.scanned, located.located
    readings, counts = scanned.readings, scanned.counts
    spans = found.finding_set.spans
    bootstrap_sample = None if sampler is None else sampler.bootstrap(readings, spans)
    exempted = apply_exemptions(found.finding_set, policy, now.date(), baseline)
    counted = without_marked(exempted.finding_set)
    calibration, corrector = references.calibration, None
    recall = shipped_counts(registries)
    if calibration is not None:
        corrector = build_share_corrector(calibration.calibration, recall, counted, counts.tokens)
    measured_corpus = MeasuredCorpus(counts, bootstrap_sample, corrector, recall, policy.origins)
    summary = summarise_corpus(corpus, readings, counts, has_signals=policy.signals is not None)
    corpus_summary = replace(summary, split=settings.split)
    report = _build_report(
        corpus_summary,
        measured_corpus,
        registries,
        summaries.result(),
        exempted,
        policy=policy,
        library=library,
        judges=judges,
        now=now,
    )
    model = frozen_model or build_corpus_model(
        scanned.select_registries(0, len(registries)), registries
    )
    control = references.control
    result = replace(
        report.result,
        rules_path=None if settings.rules is None else str(settings.rules),
        backgrounds=background_coverage(references.backgrounds),
        common_background=common_coverage(references.backgrounds),
        control=None
        if control is None
        else measure_control(control, found.control, registries, counts.tokens, report.findings),
        calibration=None if calibration is None else calibration.summary(corpus_summary.digest),
        sample=None if sampler is None else sampler.summary(),
        corpus_model=model_summary(model, settings.model_of, registries),
        observations=(
            *report.result.observations,
            *observe_labels(
                policy,
                {name for part in corpus.parts for name in part.files},
                LabelValues.merge(reading.labels for reading in readings),
                now.date(),
                is_sample=sampler is not None,
            ),
        ),
        unread=located.unread,
        allow_unread=settings.allow_unread,
    )
    return Report(result, report.findings, model)


def _build_report(  # noqa: PLR0913 (takes the outcome of every stage)
    corpus: CorpusSummary,
    measured_corpus: MeasuredCorpus,
    registries: Sequence[RegistryIndex],
    summaries: tuple[RegistrySummary, ...],
    exempted: ExemptedFindings,
    *,
    policy: Policy,
    library: Library,
    judges: CircumstanceJudges,
    now: datetime,
) -> Report:
    finding_set = without_marked(exempted.finding_set)
    sources = {source.source for summary in summaries for source in summary.sources}
    if not exempted.finding_set.findings.num_rows:
        check_conclusive(summaries)
    outcomes = evaluate_gates(
        policy.gates, _gate_shares(policy.gates, finding_set, measured_corpus)
    )
    if measured_corpus.sample is not None:
        unweighted_corpus = MeasuredCorpus(measured_corpus.counts, origins=policy.origins)
        lows = [low for _, low in _gate_shares(policy.gates, finding_set, unweighted_corpus)]
        outcomes = mark_undecided(outcomes, lows)
    result = Result(
        tool=__version__,
        created=now,
        corpus=corpus,
        registries=summaries,
        rules_digest=library.digest,
        rules_replaced=library.replaced,
        policy=policy,
        shares=compute_shares(
            finding_set,
            measured_corpus,
            sorted(sources),
            [each.name for each in policy.collections],
        ),
        rulings=source_rulings(finding_set, summaries, library, judges),
        gates=outcomes,
        violations=violations(
            outcomes,
            policy.circumstances,
            among_new=exempted.baseline is not None,
            cleanable=_is_cleanable(corpus.addresses),
        ),
        waivers=exempted.waivers,
        findings=len(exempted.finding_set.findings),
        method=describe_method(registries),
        baseline=exempted.baseline,
        observations=observe(exempted.finding_set, judges.general, exempted.waivers),
        misdatings=find_misdatings(finding_set, policy),
    )
    return Report(result, exempted.finding_set.findings)


def _is_cleanable(addresses: Sequence[str]) -> bool:
    """Return whether a corpus is in files of this machine."""
    return not any(
        address == IN_MEMORY or is_stream_or_hub(address) or "://" in address
        for address in addresses
    )


def _gate_shares(
    gates: Sequence[Gate], finding_set: FindingSet, measured_corpus: MeasuredCorpus
) -> list[tuple[float, float]]:
    """Return the share that each gate refers to, and the lower end of its interval."""
    return [
        share_of_findings(
            finding_set, measured_corpus, gate_mask(gate, finding_set.findings), gate.unit
        )
        for gate in gates
    ]
