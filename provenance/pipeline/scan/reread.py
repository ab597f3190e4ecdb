"""Scan a corpus and locate its findings, reading parts again that changed meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import count

import pyarrow as pa

from provenance.match.scoring.corpus_sample import merge_samples
from provenance.model import CorpusModel, Documents, Unread
from provenance.pipeline.check_inputs import References
from provenance.pipeline.corpus_modelling import apply_frozen_model, build_corpus_model
from provenance.pipeline.findings.summaries import collect_unread, empty_corpus_error
from provenance.pipeline.locate.claims import Claims, attribute_claims
from provenance.pipeline.locate.locations import ChangedPartsError, locate_matches
from provenance.pipeline.progress import show_progress
from provenance.pipeline.result_cache import ResultCache
from provenance.pipeline.scan.corpus_scan import read_corpus
from provenance.pipeline.scan.document_sampling import DocumentSampler
from provenance.pipeline.scan.readings import Counts, Reading
from provenance.pipeline.scan.row_metadata import Declarations
from provenance.pipeline.settings import Settings
from provenance.pipeline.stage_log import log_duration
from provenance.read.corpus.corpora import Corpus

_MAX_ATTEMPTS = 2
"""Number of attempts at parts that keep changing, before they are left out."""


@dataclass(frozen=True, slots=True)
class ScanContext:
    """Everything that scanning a corpus depends on.

    Parameters
    ----------
    references : References
        Registries and calibration.
    declarations : Declarations
        Reads what rows declare.
    settings : Settings
        Threads, progress.
    cache : ResultCache or None
        The result cache.
    model : CorpusModel or None
        Model that candidates are scored with; None scores with the corpus's own.
    sample : DocumentSampler or None
        Samples the corpus; None checks all of it.
    executor : Executor
        Builds the model in the background.
    """

    references: References
    declarations: Declarations
    settings: Settings
    cache: ResultCache | None
    model: CorpusModel | None
    sample: DocumentSampler | None
    executor: Executor


@dataclass(frozen=True, slots=True)
class LocatedCorpus:
    """The findings of a corpus, located.

    Parameters
    ----------
    all_readings : sequence of Reading
        Of all parts, for registries and control.
    readings : sequence of Reading
        The same, for the registries only.
    counts : Counts
        Size of all parts.
    claims : Claims
        The claims.
    spans : pyarrow.Table
        Of schema `SPANS`.
    model : Future of CorpusModel
        The model that candidates were scored with.
    unread : tuple of Unread
        Files that could not be read, or not to the end.
    """

    all_readings: Sequence[Reading]
    readings: Sequence[Reading]
    counts: Counts
    claims: Claims
    spans: pa.Table
    model: "Future[CorpusModel]"
    unread: tuple[Unread, ...] = ()


def scan_and_locate(corpus: Corpus, context: ScanContext) -> LocatedCorpus:
    """Scan a corpus and locate its findings.

    Parts that changed between the first and the second reading are reported as unread and read
    anew, so that all results for a part stem from one reading.

    Raises
    ------
    InputError
        If the corpus has no text, or none that can be read.
    """
    readings = _read_corpus(corpus, context, context.cache)
    changed_files: list[Unread] = []
    for attempt in count(1):
        unread = collect_unread(corpus, readings, changed_files)
        try:
            return replace(_locate(corpus, readings, context, unread), unread=unread)
        except ChangedPartsError as error:
            leave_out = attempt >= _MAX_ATTEMPTS
            for place, fault in error.faults.items():
                # A part of several files is left out entirely.
                names = corpus.parts[place].files if leave_out else (fault.file,)
                changed_files += [
                    replace(fault, file=name, row=None, offset=None) for name in names
                ]
            reread = _reread_parts(corpus, error.faults, context, leave_out=leave_out)
        for place, reading in reread.items():
            # The first reading may hold the sample of all parts.
            passages = merge_samples([readings[place].sample, reading.sample])
            readings[place] = replace(reading, sample=passages)
    raise AssertionError


def _locate(
    corpus: Corpus, all_readings: Sequence[Reading], context: ScanContext, unread: Sequence[Unread]
) -> LocatedCorpus:
    references, frozen_model = context.references, context.model
    adapted_readings = (
        all_readings if frozen_model is None else apply_frozen_model(all_readings, frozen_model)
    )
    readings = references.registry_readings(adapted_readings)
    counts = sum((reading.counts for reading in readings), Counts())
    if not counts.tokens:
        raise empty_corpus_error(corpus, readings, unread)
    registries, threads = references.registries, context.settings.threads
    corpus_sample = merge_samples(reading.sample for reading in readings)
    model = context.executor.submit(
        lambda: frozen_model or build_corpus_model(readings, registries, corpus_sample)
    )
    claims = attribute_claims(readings, registries, threads, frozen_model, corpus_sample)
    backgrounds = references.backgrounds
    spans = locate_matches(
        corpus, readings, claims, registries, backgrounds, context.cache, threads
    )
    return LocatedCorpus(adapted_readings, readings, counts, claims, spans, model)


def _reread_parts(
    corpus: Corpus, places: Mapping[int, Unread], context: ScanContext, *, leave_out: bool
) -> dict[int, Reading]:
    """Read parts again from their start, or leave them out."""
    parts = [replace(corpus.parts[place], key=None) for place in places]
    if leave_out:
        parts = [replace(part, read=_no_documents) for part in parts]
        for place in places:
            if context.sample is not None:
                context.sample.leave_out(place)
    return dict(
        zip(places, _read_corpus(replace(corpus, parts=tuple(parts)), context, None), strict=True)
    )


def _no_documents() -> Iterator[Documents]:
    return iter(())


@log_duration("reading")
def _read_corpus(corpus: Corpus, context: ScanContext, cache: ResultCache | None) -> list[Reading]:
    """Read a corpus, and hash its files in the background."""
    references, settings = context.references, context.settings
    total = sum(part.size or 0 for part in corpus.parts) or None
    with (
        ThreadPoolExecutor(1) as executor,
        show_progress("reading", total, "B", quiet=settings.quiet) as progress,
    ):
        digests = [executor.submit(digest) for digest in corpus.file_digests()]
        searched_registries, declare = references.all_registries, context.declarations.of
        readings = read_corpus(
            corpus,
            searched_registries,
            declare,
            settings.threads,
            progress,
            cache,
            references.margin,
        )
        wait(digests)  # `Corpus.undigested_files` reports failures
    return readings
