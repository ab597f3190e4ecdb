"""The sets that private set intersection is over: whole texts, and samples of runs of words."""

from collections.abc import Iterator
from enum import StrEnum

import numpy as np
import pyarrow as pa

from provenance.fingerprint.dataset_sketches import SKETCH_WIDTH
from provenance.fingerprint.fracminhash import hash_bound
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.fingerprints import Int64s, Texts, UInt32s, UInt64s
from provenance.model.content.tables import Unread
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.scan.part_scan import split_batch
from provenance.pipeline.settings import Settings
from provenance.pipeline.sketching import sketch_registry
from provenance.read.corpus.corpora import Corpus
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.store import Registry

MIN_TOKENS = 20
"""Whole texts of fewer tokens are not in the set: they could be guessed."""

_NONE = np.zeros((0, 2), np.uint64)


class ElementKind(StrEnum):
    """Kinds of sets that are intersected."""

    TEXTS = "texts"
    """Whole texts of at least `MIN_TOKENS` tokens."""
    RUNS = "runs"
    """A sample of the runs of eight words, as sketches have it."""


def fingerprint_version() -> str:
    """Return what must be the same on both sides for elements to be comparable."""
    return f"normalisation {current_parameters().normalisation}, runs of {SKETCH_WIDTH} words"


def registry_elements(registry: Registry, kind: ElementKind, scaled: int) -> UInt64s:
    """Return the elements of the items of a registry that count, each once.

    Parameters
    ----------
    registry : Registry
        The registry.
    kind : ElementKind
        Which elements.
    scaled : int
        One in this many runs is in the sample.
    """
    if kind is ElementKind.RUNS:
        return run_elements(sketch_registry(registry, Settings(), scaled).hashes, scaled)
    arrays = registry.arrays()
    elements = text_elements(arrays.tokens, arrays.token_offsets)
    is_long = np.diff(arrays.token_offsets) >= MIN_TOKENS
    return distinct_elements([elements[is_long & arrays.is_live]])


def run_elements(hashes: UInt64s, scaled: int) -> UInt64s:
    """Return the elements of sampled runs that are in a sample as coarse as given."""
    sampled = hashes[hashes < hash_bound(scaled)]
    return np.stack([sampled, np.zeros_like(sampled)], axis=1)


def text_elements(tokens: UInt32s, offsets: Int64s) -> UInt64s:
    """Return the element of each text: the hash of its words, and their number."""
    lengths = np.diff(offsets).astype(np.uint64)
    return np.stack([sequence_hashes(tokens, offsets), lengths], axis=1)


def corpus_texts(
    corpus: Corpus, unread: list[Unread], *, quiet: bool
) -> Iterator[tuple[pa.Table, UInt64s]]:
    """Yield the file and row of the texts of a corpus that are long enough, with their elements.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    unread : list of Unread
        To which files are added that cannot be read.
    quiet : bool
        Show no progress.
    """
    sizes = sum(part.size or 0 for part in corpus.parts)
    with show_progress("reading", sizes, "B", quiet=quiet) as progress:
        for part in corpus.parts:
            for documents in part.batches():
                unread += documents.unread
                for batch in split_batch(documents):
                    tokens = tokenise(Texts.of(batch.column("text")))
                    is_long = np.diff(tokens.offsets) >= MIN_TOKENS
                    elements = text_elements(tokens.hashes, tokens.offsets)[is_long]
                    places = pa.Table.from_batches([batch]).select(["file", "row"])
                    yield places.filter(pa.array(is_long)), elements
            progress.advance(part.size or 0)


def distinct_elements(elements: list[UInt64s]) -> UInt64s:
    """Return each element once, sorted."""
    return np.unique(np.concatenate([_NONE, *elements]), axis=0)
