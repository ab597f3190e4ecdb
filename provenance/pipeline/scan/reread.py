"""A corpus read, and read again where something was found; also where files change meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import count

import pyarrow as pa

from provenance.match.scoring.corpus_sample import merge_samples
from provenance.model import CorpusModel, Documents, Unread
from provenance.pipeline.check_inputs import References
from provenance.pipeline.corpus_model import held_to, model_of
from provenance.pipeline.findings.summaries import nothing_to_check, unread_of_all
from provenance.pipeline.locate.claims import Claims, claims
from provenance.pipeline.locate.locations import PartsLost, gather
from provenance.pipeline.progress import progress
from provenance.pipeline.result_cache import Memory
from provenance.pipeline.scan.corpus_scan import read_corpus
from provenance.pipeline.scan.document_sampling import Sample
from provenance.pipeline.scan.readings import Counts, Reading
from provenance.pipeline.scan.row_metadata import Declarations
from provenance.pipeline.settings import Settings
from provenance.pipeline.stage_log import stage
from provenance.read.corpus.corpora import Corpus

_ROUNDS = 2
"""How often parts are read that are never twice the same; then they are left out."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What a corpus is read for, and how.

    Parameters
    ----------
    against : References
        What is looked for.
    declarations : Declarations
        What rows say of themselves.
    settings : Settings
        Threads, progress.
    memory : Memory or None
        What earlier checks learnt.
    frozen : CorpusModel or None
        By which matches are weighed; None weighs by the corpus itself.
    sample : Sample or None
        What draws of the corpus; None looks at all.
    aside : Executor
        Makes the model.
    """

    against: References
    declarations: Declarations
    settings: Settings
    memory: Memory | None
    frozen: CorpusModel | None
    sample: Sample | None
    aside: Executor


@dataclass(frozen=True, slots=True)
class Located:
    """What was found in a corpus, and where.

    Parameters
    ----------
    whole : sequence of Reading
        Of all parts, for everything that was sought.
    readings : sequence of Reading
        The same, for the registries alone.
    counts : Counts
        Of all parts.
    settled : Claims
        What was found.
    spans : pyarrow.Table
        Of schema `SPANS`.
    model : Future of CorpusModel
        By which matches were weighed.
    unread : tuple of Unread
        What could not be read, or not to its end.
    """

    whole: Sequence[Reading]
    readings: Sequence[Reading]
    counts: Counts
    settled: Claims
    spans: pa.Table
    model: "Future[CorpusModel]"
    unread: tuple[Unread, ...] = ()


def read_and_located(corpus: Corpus, reader: Reader) -> Located:
    """Read a corpus, and locate what is found in it.

    Parts that cannot be read a second time as they were the first time are named as unread, and
    read anew, so that all that is said of them is of one reading.

    Raises
    ------
    InputError
        If there is no text in it, or none that can be read.
    """
    readings = _read(corpus, reader, reader.memory)
    lost: list[Unread] = []
    for attempt in count(1):
        unread = unread_of_all(corpus, readings, lost)
        try:
            return replace(_located(corpus, readings, reader, unread), unread=unread)
        except PartsLost as error:
            leave_out = attempt >= _ROUNDS
            for place, one in error.faults.items():
                # A part of several files is left out as a whole.
                names = corpus.parts[place].files if leave_out else (one.file,)
                lost += [replace(one, file=name, row=None, offset=None) for name in names]
            again = _anew(corpus, error.faults, reader, leave_out=leave_out)
        for place, reading in again.items():
            # The first one may hold the passages of all parts.
            passages = merge_samples([readings[place].passages, reading.passages])
            readings[place] = replace(reading, passages=passages)
    raise AssertionError


def _located(
    corpus: Corpus, raw: Sequence[Reading], reader: Reader, unread: Sequence[Unread]
) -> Located:
    against, frozen = reader.against, reader.frozen
    whole = raw if frozen is None else held_to(raw, frozen)
    readings = against.own(whole)
    counts = sum((reading.counts for reading in readings), Counts())
    if not counts.tokens:
        raise nothing_to_check(corpus, readings, unread)
    registries, threads = against.registries, reader.settings.threads
    words = merge_samples(reading.passages for reading in readings)
    model = reader.aside.submit(lambda: frozen or model_of(readings, registries, words))
    settled = claims(readings, registries, threads, frozen, words)
    backgrounds = against.backgrounds
    spans = gather(corpus, readings, settled, registries, backgrounds, reader.memory, threads)
    return Located(whole, readings, counts, settled, spans, model)


def _anew(
    corpus: Corpus, places: Mapping[int, Unread], reader: Reader, *, leave_out: bool
) -> dict[int, Reading]:
    """Read some parts again from their start, or leave them out."""
    parts = [replace(corpus.parts[place], key=None) for place in places]
    if leave_out:
        parts = [replace(part, read=_nothing) for part in parts]
        for place in places:
            if reader.sample is not None:
                reader.sample.leave_out(place)
    return dict(zip(places, _read(replace(corpus, parts=tuple(parts)), reader, None), strict=True))


def _nothing() -> Iterator[Documents]:
    return iter(())


@stage("reading")
def _read(corpus: Corpus, reader: Reader, memory: Memory | None) -> list[Reading]:
    """Read a corpus, and its files' bytes beside that."""
    against, settings = reader.against, reader.settings
    total = sum(part.size or 0 for part in corpus.parts) or None
    with (
        ThreadPoolExecutor(1) as aside,
        progress("reading", total, "B", quiet=settings.quiet) as shown,
    ):
        hashed = [aside.submit(digest) for digest in corpus.file_digests()]
        sought, declared = against.sought, reader.declarations.of
        readings = read_corpus(
            corpus, sought, declared, settings.threads, shown, memory, against.margin
        )
        wait(hashed)  # of what cannot be read, `Corpus.undigested_files` tells
    return readings
