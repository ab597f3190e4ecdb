"""Scan a corpus, and scan parts again that changed before their findings were located."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import count
from operator import attrgetter
from typing import Generic, TypeVar

from provenance.match.scoring.corpus_sample import merge_copies, merge_samples
from provenance.model.content.tables import Unread
from provenance.pipeline.caching.cache_entries import EntryStore
from provenance.pipeline.checking.check_inputs import References
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.execution.stage_log import log_duration
from provenance.pipeline.findings.summaries import collect_unread, empty_corpus_error
from provenance.pipeline.locate.locations import ChangedPartsError
from provenance.pipeline.scan.corpus_scan import Engine, no_documents, scan_corpus
from provenance.pipeline.scan.document_sampling import DocumentSampler
from provenance.pipeline.scan.readings import ScannedCorpus
from provenance.pipeline.scan.row_metadata import Declarations
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus

_MAX_ATTEMPTS = 2
"""Number of attempts at parts that keep changing, before they are left out."""

T = TypeVar("T")


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
    cache : EntryStore or None
        The result cache.
    sample : DocumentSampler or None
        Samples the corpus; None checks all of it.
    engine : Engine or None
        Scans parts elsewhere; None scans them in threads.
    """

    references: References
    declarations: Declarations
    settings: Settings
    cache: EntryStore | None
    sample: DocumentSampler | None
    engine: Engine | None = None


@dataclass(frozen=True, slots=True)
class LocatedCorpus(Generic[T]):
    """A scanned corpus, with what was located in it.

    Parameters
    ----------
    scanned : ScannedCorpus
        The corpus.
    located : T
        What `locate` returned.
    unread : tuple of Unread
        Files that could not be read, or not to the end.
    """

    scanned: ScannedCorpus
    located: T
    unread: tuple[Unread, ...]


def scan_and_locate(
    corpus: Corpus, context: ScanContext, locate: Callable[[ScannedCorpus], T]
) -> LocatedCorpus[T]:
    """Scan a corpus and locate its findings.

    Parts that changed between the first and the second reading are reported as unread and scanned
    anew, so that all results for a part stem from one reading.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    context : ScanContext
        Everything that scanning depends on.
    locate : callable
        Locates the findings of the scanned corpus; raises `ChangedPartsError`.

    Raises
    ------
    InputError
        If the corpus has no text, or none that can be read.
    """
    scanned = scan_parts(corpus, context, context.cache)
    changed_files: list[Unread] = []
    for attempt in count(1):
        unread = collect_unread(corpus, scanned.readings, changed_files)
        if not scanned.counts.tokens:
            raise empty_corpus_error(corpus, scanned.readings, unread)
        try:
            located = locate(scanned)
        except ChangedPartsError as error:
            leave_out = attempt >= _MAX_ATTEMPTS
            for place, fault in error.faults.items():
                # A part of several files is left out entirely.
                names = corpus.parts[place].files if leave_out else (fault.file,)
                changed_files += [
                    replace(fault, file=name, row=None, offset=None) for name in names
                ]
            scanned = _rescan_parts(corpus, scanned, error.faults, context, leave_out=leave_out)
        else:
            return LocatedCorpus(scanned, located, unread)
    raise AssertionError


def _rescan_parts(
    corpus: Corpus,
    scanned: ScannedCorpus,
    places: Mapping[int, Unread],
    context: ScanContext,
    *,
    leave_out: bool,
) -> ScannedCorpus:
    """Scan parts again from their start, or leave them out."""
    parts = [replace(corpus.parts[place], key=None, identity=None) for place in places]
    if leave_out:
        parts = [replace(part, read=no_documents) for part in parts]
        for place in places:
            if context.sample is not None:
                context.sample.leave_out(place)
    rescanned = scan_parts(replace(corpus, parts=tuple(parts)), context, None)
    kept = (reading for reading in scanned.readings if reading.part not in places)
    readings = sorted((*kept, *rescanned.readings), key=attrgetter("part"))
    sample = merge_samples([scanned.sample, rescanned.sample])
    copies = map(merge_copies, zip(scanned.copies, rescanned.copies, strict=True))
    return ScannedCorpus(tuple(readings), sample, tuple(one.within(sample) for one in copies))


@log_duration("reading")
def scan_parts(corpus: Corpus, context: ScanContext, cache: EntryStore | None) -> ScannedCorpus:
    """Scan the parts of a corpus, and hash its files in the background.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    context : ScanContext
        Everything that scanning depends on.
    cache : EntryStore or None
        Where readings are stored; None stores none, and scans in threads.
    """
    references, settings = context.references, context.settings
    total = sum(part.size or 0 for part in corpus.parts) or None
    with (
        ThreadPoolExecutor(1) as executor,
        show_progress("reading", total, "B", quiet=settings.quiet) as progress,
    ):
        digests = [executor.submit(digest) for digest in corpus.file_digests()]
        searched_registries, declare = references.all_registries, context.declarations.of
        scanned = scan_corpus(
            corpus,
            searched_registries,
            declare,
            settings.threads,
            progress,
            cache,
            references.margin,
            None if cache is None else context.engine,
        )
        wait(digests)  # `Corpus.undigested_files` reports failures
    return scanned
