"""The main job: read, match, attribute, judge, sum up."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from provenance import __version__
from provenance.errors import EmptyCorpus, PolicyError
from provenance.judge import (
    WAIVED,
    Judge,
    SourceHosts,
    hold_gates,
    violations,
    waive,
    with_doubts,
)
from provenance.model import (
    FINDINGS,
    CorpusSummary,
    Gate,
    Library,
    Policy,
    Report,
    Result,
    Skipped,
    WaiverOutcome,
)
from provenance.read import Corpus
from provenance.run.backgrounds import coverage
from provenance.run.claiming import claims
from provenance.run.correcting import Seen, correcting
from provenance.run.evidence import gather
from provenance.run.findings import Found, found
from provenance.run.kernels import prepare
from provenance.run.memory import Memory, code_digest, digest_of
from provenance.run.method import method
from provenance.run.openings import open_all
from provenance.run.progress import progress
from provenance.run.readings import Counts, Opened, Reading
from provenance.run.references import References
from provenance.run.rulings import source_rulings
from provenance.run.sampling import Sample
from provenance.run.scanning import read_corpus
from provenance.run.stages import note, stage
from provenance.run.summaries import summaries
from provenance.run.tally import Looked, share_of, shares


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run, as opposed to what to decide.

    Parameters
    ----------
    threads : int
        Parts of the corpus that are read at a time.
    quiet : bool
        Show no progress.
    rules : Path or None
        Folder of rule files; None takes the ones that are shipped.
    split : str or None
        Split of a dataset; None takes all.
    sample : float or None
        Part of the documents that is looked at, in (0, 1]; None looks at all.
    control : str or None
        Registry of items that cannot be in the corpus; None measures no chance.
    cache : Path or None
        Folder in which readings are kept for the next check; None keeps none.
    """

    threads: int = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    quiet: bool = True
    rules: Path | None = None
    split: str | None = None
    sample: float | None = None
    control: str | None = None
    cache: Path | None = None


def check(
    corpus: Sequence[str],
    policy: Policy,
    settings: Settings = Settings(),
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

    Returns
    -------
    Report
        The result and its findings.

    Raises
    ------
    ProvenanceError
        If the work cannot be done: see `provenance.errors`.
    """
    if not policy.registries:
        raise PolicyError(
            "there is no registry to check against",
            remedy="name one with --registry, or in provenance.toml under [check] registries",
        )
    everywhere = open_all(corpus, policy, settings.rules, settings.split, settings.control)
    library, opened, against = everywhere.library, everywhere.corpus, everywhere.against
    prepare(policy.registries[0], quiet=settings.quiet)
    registries, hosts = against.registries, SourceHosts(library)
    sample = None if settings.sample is None else Sample(settings.sample)
    seen = opened if sample is None else sample.tap(opened)
    memory = _memory(settings, against, hosts)
    whole = _read(seen, against, hosts, settings, memory)
    readings = against.own(whole)
    counts = sum((reading.counts for reading in readings), Counts())
    if not counts.tokens:
        raise _nothing(corpus, opened)
    settled = claims(readings, registries, settings.threads)
    spans = gather(
        seen, readings, settled, registries, against.backgrounds, memory, settings.threads
    )
    now = datetime.now(UTC).replace(microsecond=0)
    judge = Judge(library, policy.circumstances, policy.agreements, now.date())
    everything = found(spans, settled, registries, judge, counts.tokens)
    sampled = None if sample is None else sample.resampled(readings, spans)
    fit, correct = against.fit, None
    if fit is not None:
        seen_all = Seen.of(everything, settled, registries)
        correct = correcting(fit.calibration, seen_all, counts, sampled)
    looked = Looked(counts, sampled, correct)
    made = _report(opened, readings, looked, registries, everything, policy, library, judge, now)
    result = replace(
        made.result,
        backgrounds=coverage(against.backgrounds),
        control=against.chance(whole, settled, made.findings),
        calibration=None if fit is None else fit.summary(made.result.corpus.digest),
        sample=None if sample is None else sample.summary(),
    )
    return Report(result, made.findings)


@stage("reading")
def _read(
    corpus: Corpus,
    against: References,
    hosts: SourceHosts,
    settings: Settings,
    memory: Memory | None,
) -> list[Reading]:
    """Read a corpus, and its files' bytes beside that."""
    total = sum(part.size or 0 for part in corpus.parts) or None
    with (
        ThreadPoolExecutor(1) as aside,
        progress("reading", total, "B", quiet=settings.quiet) as shown,
    ):
        hashed = aside.submit(corpus.hash_files)
        readings = read_corpus(
            corpus, against.sought, hosts.sources_of, settings.threads, shown, memory
        )
        hashed.result()
    return readings


def _memory(settings: Settings, against: References, hosts: SourceHosts) -> Memory | None:
    """Remember what depends on the same registries, and on the same code."""
    note(f"cache: {settings.cache or 'none'}")
    if settings.cache is None:
        return None
    registries = [opened.registry.manifest.digest for opened in against.sought]
    owners = [word for owned in hosts.owners for word in owned]
    memory = Memory(settings.cache, digest_of([code_digest(), *registries, "hosts", *owners]))
    memory.tidy()
    return memory


def _nothing(corpus: Sequence[str], opened: Corpus) -> EmptyCorpus:
    columns = ", ".join(opened.text_columns) or "no column"
    return EmptyCorpus(
        f"there is no text to check in {', '.join(corpus)}; what was read is {columns}",
        remedy="name the column that holds the text with --text-column",
    )


def _report(  # noqa: PLR0913 (every stage's outcome meets here)
    corpus: Corpus,
    readings: Sequence[Reading],
    looked: Looked,
    registries: Sequence[Opened],
    everything: Found,
    policy: Policy,
    library: Library,
    judge: Judge,
    now: datetime,
) -> Report:
    summed = summaries(registries)
    held = {source.source for summary in summed for source in summary.sources}
    waived, waivers = _waived(everything, policy, now)
    outcomes = hold_gates(
        policy.gates, [_gated(gate, everything, looked, waived) for gate in policy.gates]
    )
    if looked.sampled is not None:
        whole = Looked(looked.counts)
        lows = [_gated(gate, everything, whole, waived)[1] for gate in policy.gates]
        outcomes = with_doubts(outcomes, lows)
    result = Result(
        tool=__version__,
        created=now,
        corpus=_summary(corpus, readings, looked.counts),
        registries=summed,
        rules_digest=library.digest,
        policy=policy,
        shares=shares(everything, looked, sorted(held)),
        rulings=source_rulings(everything, summed, library, judge),
        gates=outcomes,
        violations=violations(outcomes, policy.circumstances),
        waivers=waivers,
        findings=len(everything.findings),
        method=method(registries),
    )
    findings = everything.findings.set_column(
        FINDINGS.get_field_index("waiver"), FINDINGS.field("waiver"), waived
    )
    return Report(result, findings)


def _waived(
    everything: Found, policy: Policy, now: datetime
) -> tuple[pa.Array, tuple[WaiverOutcome, ...]]:
    columns = {name: everything.findings[name].to_pylist() for name in WAIVED.values()}
    ids, outcomes = waive(policy.waivers, now.date(), columns)
    return pa.chunked_array([pa.array(ids, pa.string())]), outcomes


def _gated(gate: Gate, everything: Found, looked: Looked, waived: pa.Array) -> tuple[float, float]:
    """Give the share that a gate is about, and its low end."""
    findings = everything.findings
    counted = pc.and_(pc.equal(findings["verdict"], str(gate.verdict)), pc.is_null(waived))
    counted = pc.and_not(counted, findings["contested"])
    if gate.source is not None:
        counted = pc.and_(counted, pc.equal(findings["source"], gate.source))
    if gate.basis is not None:
        counted = pc.and_(counted, pc.equal(findings["basis"], gate.basis))
    return share_of(everything, looked, counted.to_numpy(), gate.unit)


def _summary(corpus: Corpus, readings: Sequence[Reading], counts: Counts) -> CorpusSummary:
    return CorpusSummary(
        addresses=corpus.addresses,
        files=len({part.file for part in corpus.parts}),
        documents=counts.documents,
        texts=counts.texts,
        tokens=counts.tokens,
        bytes=counts.bytes,
        digest=corpus.digest(),
        text_columns=corpus.text_columns,
        skipped=_all_skipped(readings),
    )


def _all_skipped(readings: Sequence[Reading]) -> tuple[Skipped, ...]:
    """Put what each part skipped together, file by file and reason by reason."""
    sums: dict[tuple[str, str], Skipped] = {}
    for skipped in (skipped for reading in readings for skipped in reading.skipped):
        key = skipped.file, skipped.reason
        before = sums.get(key, Skipped(*key, 0))
        sums[key] = Skipped(
            *key, before.count + skipped.count, (*before.rows, *skipped.rows)[:_FIRST_ROWS]
        )
    return tuple(sums[key] for key in sorted(sums))


_FIRST_ROWS = 5
