"""Screen corpora with public copies of registries: count texts that may be items.

A hit proves nothing: the filter accepts a stated share of all texts. What follows from it is
unknown, until the owner of the registry says more.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance import __version__
from provenance.atomic_output import replace_file
from provenance.errors import OutputError
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.estimation.intervals import wilson_interval
from provenance.model.content.fingerprints import Texts, UInt64s
from provenance.model.content.tables import Unread, merge_unread
from provenance.model.results.control import Rate
from provenance.model.short_repr import short_repr
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.scan.part_scan import split_batch
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus, open_corpus
from provenance.read.corpus.corpus_parts import Part
from provenance.read.policy.policy_file import parse_size_option
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.public_copy import PublicCopy, PublicManifest, open_public_copy
from provenance.registry.sorting.table_stream import map_in_threads
from provenance.report.sanitize import csv_text

SCREENING_SCHEMA = "provenance/screening/1"
"""Name and version of the JSON of a screening."""

VERDICT = "unknown"

HITS = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("field", pa.string(), nullable=False),
        pa.field("tokens", pa.int64(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),  # unknown
    ]
)
"""One row for each text that may be an item."""


@dataclass(frozen=True, slots=True)
class Screening:
    """Counts of texts of a corpus that may be items of a public copy.

    Parameters
    ----------
    copy : PublicManifest
        The public copy.
    texts : int
        Texts of the corpus.
    compared : int
        Distinct ones among them that are long enough for the filter.
    hits : int
        Distinct texts that may be items.
    expected : float
        How many of these chance gives, if the corpus has no item at all.
    estimate : Rate or None
        Estimated number of texts that are items, with its 95 % interval; None: none was compared.
    rows : pyarrow.Table
        Every text that may be an item, of schema `HITS`.
    unread : tuple of Unread
        Files that could not be read.
    """

    copy: PublicManifest
    texts: int
    compared: int
    hits: int
    expected: float
    estimate: Rate | None
    rows: pa.Table
    unread: tuple[Unread, ...]

    __repr__ = short_repr

    def to_json(self) -> dict[str, object]:
        """Return the figures as `registry screen --format json` prints them."""
        return {
            "schema": SCREENING_SCHEMA,
            "tool": __version__,
            "registry": self.copy.registry,
            "verdict": VERDICT,
            "texts": self.texts,
            "compared": self.compared,
            "hits": self.hits,
            "false_positive_rate": self.copy.false_positive_rate,
            "expected_false_positives": self.expected,
            "estimate": None if self.estimate is None else asdict(self.estimate),
            "unread": [asdict(file) for file in self.unread],
        }


def screen(folder: Path, corpus: Corpus, settings: Settings) -> Screening:
    """Count the texts of a corpus that may be items of a registry.

    Parameters
    ----------
    folder : Path
        A public copy of the registry.
    corpus : Corpus
        The corpus.
    settings : Settings
        Number of threads, and whether to show progress.

    Raises
    ------
    ProvenanceError
        If the copy or the corpus cannot be read.
    """
    public = open_public_copy(folder)
    texts, tables, unread = 0, [HITS.empty_table()], list(corpus.unread)
    compared, hits = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    total = sum(part.size or 0 for part in corpus.parts)
    with show_progress("screening", total, "B", quiet=settings.quiet) as progress:
        work = partial(_screen_part, public)
        outcomes = map_in_threads(work, corpus.parts, settings.threads)
        for part, outcome in zip(corpus.parts, outcomes, strict=True):
            texts += outcome.texts
            compared.append(outcome.compared)
            hits.append(outcome.hits)
            tables.append(outcome.rows)
            unread += outcome.unread
            progress.advance(part.size or 0)
    count, found = (len(np.unique(np.concatenate(each))) for each in (compared, hits))
    rate = public.manifest.false_positive_rate
    return Screening(
        public.manifest,
        texts,
        count,
        found,
        count * rate,
        _estimate(found, count, rate),
        pa.concat_tables(tables),
        merge_unread([*unread, *corpus.undigested_files()]),
    )


def screen_addresses(
    folder: Path,
    addresses: Sequence[str],
    settings: Settings,
    *,
    text_columns: Sequence[str] = (),
    max_document: str | int | None = None,
) -> Screening:
    """Count the texts at some addresses that may be items of a registry; raises as `screen`.

    Parameters
    ----------
    folder : Path
        A public copy of the registry.
    addresses : sequence of str
        The corpus.
    settings : Settings
        Number of threads, split, and whether to show progress.
    text_columns : sequence of str
        Columns with text; detected if none is given.
    max_document : str, int or None
        Largest size of a document.
    """
    corpus = open_corpus(
        list(addresses),
        text_columns=tuple(text_columns),
        split=settings.split,
        max_document=parse_size_option(max_document),
    )
    return screen(folder, corpus, settings)


def _estimate(hits: int, compared: int, rate: float) -> Rate | None:
    """Return the estimated number of items, for a filter that misses none."""
    if not compared:
        return None
    shares = hits / compared, *wilson_interval(hits, compared)
    value, low, high = (max(share - rate, 0.0) / (1 - rate) * compared for share in shares)
    return Rate(value, low, high)


@dataclass(frozen=True, slots=True)
class _PartOutcome:
    """Counts of one part of a corpus; the hashes are distinct."""

    texts: int
    compared: UInt64s
    hits: UInt64s
    rows: pa.Table
    unread: tuple[Unread, ...]


def _screen_part(public: PublicCopy, part: Part) -> _PartOutcome:
    texts, tables, unread = 0, [HITS.empty_table()], list[Unread]()
    compared, hits = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    for documents in part.batches():
        unread += documents.unread
        for batch in split_batch(documents):
            texts += len(batch)
            hashes, found, rows = _screen_batch(public, batch)
            compared.append(hashes)
            hits.append(found)
            tables.append(rows)
    return _PartOutcome(
        texts,
        np.unique(np.concatenate(compared)),
        np.unique(np.concatenate(hits)),
        pa.concat_tables(tables),
        tuple(unread),
    )


def _screen_batch(public: PublicCopy, batch: pa.RecordBatch) -> tuple[UInt64s, UInt64s, pa.Table]:
    """Return hashes of the texts that are long enough, of those that may be items, and these."""
    tokens = tokenise(Texts.of(batch.column("text")))
    lengths = np.diff(tokens.offsets)
    is_long = lengths >= public.manifest.min_tokens
    hashes = sequence_hashes(tokens.hashes, tokens.offsets)
    is_hit = is_long.copy()
    is_hit[is_long] = public.filter.contains(hashes[is_long])
    rows = np.flatnonzero(is_hit)
    columns = [batch.column(name).take(pa.array(rows)) for name in HITS.names[:4]]
    table = pa.table(
        [*columns, pa.array(lengths[rows]), pa.repeat(VERDICT, len(rows))], schema=HITS
    )
    return hashes[is_long], hashes[is_hit], table


def save_hits(screening: Screening, path: Path) -> None:
    """Write the texts that may be items to a CSV file; raises `OutputError` if that fails."""
    try:
        with replace_file(path) as file:
            file.write(csv_text(screening.rows).encode())
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}", remedy="name another file"
        ) from error
