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


def scan_and_locate(corpus: Corpus, reader: ScanContext) -> LocatedCorpus:
    """Scan a corpus and locate its findings.

    Parts that changed between the first and the second reading are reported as unread and read
    anew, so that all results for a part stem from one reading.

    Raises
    ------
    InputError
        If the corpus has no text, or none that can be read.
    """
    readings = _read_corpus(corpus, reader, reader.cache)
    lost: list[Unread] = []
    for attempt in count(1):
        unread = collect_unread(corpus, readings, lost)
        try:
            return replace(_locate(corpus, readings, reader, unread), unread=unread)
        except ChangedPartsError as error:
            leave_out = attempt >= _MAX_ATTEMPTS
            for place, one in error.faults.items():
                # A part of several files is left out entirely.
                names = corpus.parts[place].files if leave_out else (one.file,)
                lost += [replace(one, file=name, row=None, offset=None) for name in names]
            again = _read_again(corpus, error.faults, reader, leave_out=leave_out)
        for place, reading in again.items():
            # The first reading may hold the sample of all parts.
            passages = merge_samples([readings[place].sample, reading.sample])
            readings[place] = replace(reading, sample=passages)
    raise AssertionError


def _locate(
    corpus: Corpus, raw: Sequence[Reading], reader: ScanContext, unread: Sequence[Unread]
) -> LocatedCorpus:
    against, frozen = reader.references, reader.model
    whole = raw if frozen is None else apply_frozen_model(raw, frozen)
    readings = against.registry_readings(whole)
    counts = sum((reading.counts for reading in readings), Counts())
    if not counts.tokens:
        raise empty_corpus_error(corpus, readings, unread)
    registries, threads = against.registries, reader.settings.threads
    words = merge_samples(reading.sample for reading in readings)
    model = reader.executor.submit(
        lambda: frozen or build_corpus_model(readings, registries, words)
    )
    settled = attribute_claims(readings, registries, threads, frozen, words)
    backgrounds = against.backgrounds
    spans = locate_matches(
        corpus, readings, settled, registries, backgrounds, reader.cache, threads
    )
    return LocatedCorpus(whole, readings, counts, settled, spans, model)


def _read_again(
    corpus: Corpus, places: Mapping[int, Unread], reader: ScanContext, *, leave_out: bool
) -> dict[int, Reading]:
    """Read parts again from their start, or leave them out."""
    parts = [replace(corpus.parts[place], key=None) for place in places]
    if leave_out:
        parts = [replace(part, read=_no_documents) for part in parts]
        for place in places:
            if reader.sample is not None:
                reader.sample.leave_out(place)
    return dict(
        zip(places, _read_corpus(replace(corpus, parts=tuple(parts)), reader, None), strict=True)
    )


def _no_documents() -> Iterator[Documents]:
    return iter(())


@log_duration("reading")
def _read_corpus(corpus: Corpus, reader: ScanContext, memory: ResultCache | None) -> list[Reading]:
    """Read a corpus, and hash its files in the background."""
    against, settings = reader.references, reader.settings
    total = sum(part.size or 0 for part in corpus.parts) or None
    with (
        ThreadPoolExecutor(1) as aside,
        show_progress("reading", total, "B", quiet=settings.quiet) as shown,
    ):
        hashed = [aside.submit(digest) for digest in corpus.file_digests()]
        sought, declared = against.searched, reader.declarations.of
        readings = read_corpus(
            corpus, sought, declared, settings.threads, shown, memory, against.margin
        )
        wait(hashed)  # `Corpus.undigested_files` reports failures
    return readings
