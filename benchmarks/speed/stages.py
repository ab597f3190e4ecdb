"""Time the passes over one kind of text, in a worker."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.kernels import registry_arrays
from benchmarks.speed.clock import best_of
from benchmarks.speed.reading import first_texts, size_of, slices
from provenance.fingerprint.minhash import signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import (
    IndexLayout,
    PostingsIndex,
    build_index_part,
    build_postings_index,
)
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.model.content.fingerprints import Texts
from provenance.model.content.registry_arrays import Postings

RUNS = 3
SOUGHT = 2000
"""Posts of a registry whose filter stays in the processor's cache."""


def stages(file: str, posts: str, megabytes: int) -> dict[str, Any]:
    """Time every pass, slice by slice; the best of three runs.

    Parameters
    ----------
    file : str
        The texts.
    posts : str
        Posts to search for: few, so that nearly all probes miss.
    megabytes : int
        Size of a filter that is larger than the processor's caches.
    """
    texts = first_texts(file)
    pieces = slices(texts)
    fingerprint_parameters = current_parameters()
    items = first_texts(posts).slice(0, SOUGHT)
    small = build_postings_index(registry_arrays(items.to_pylist()), NO_STOPS)
    large = replace_filter(small, items, megabytes << 20)

    passes: dict[str, Callable[[Texts], object]] = {
        "tokens": tokenise,
        "shingles": lambda piece: shingle(tokenise(piece), fingerprint_parameters.seed_width),
        "probes in cache": partial(scan_slice, small),
        "probes in memory": partial(scan_slice, large),
        "signatures": lambda piece: signatures(
            shingle(tokenise(piece), fingerprint_parameters.signature_width, include_short=True),
            fingerprint_parameters,
        ),
    }
    timings: dict[str, Any] = {
        "bytes": size_of(texts),
        "texts": len(texts),
        "filter": large.arrays.segments[0].postings.filter.nbytes,
    }
    for name, work in passes.items():
        work(pieces[0])  # compiles
        timings[name] = best_of(partial(_all, work, pieces), RUNS)
    return timings


def _all(work: Callable[[Texts], object], pieces: Sequence[Texts]) -> None:
    for piece in pieces:
        work(piece)


def scan_slice(registry: PostingsIndex, piece: Texts) -> Candidates:
    """Find a registry's items in texts: tokens, shingles, candidates."""
    tokens = tokenise(piece)
    return find_candidates(tokens, shingle(tokens, registry.arrays.parameters.seed_width), registry)


def replace_filter(index: PostingsIndex, items: pa.Array, size: int) -> PostingsIndex:
    """Return an index whose filter has `size` bytes: the filter of its items, repeated.

    A filter of this size has no prefilter, and so is emptier.
    """
    shingles = shingle(tokenise(Texts.of(items)), index.arrays.parameters.seed_width)
    [segment] = index.arrays.segments
    layout = IndexLayout(segment.postings.depth, 0, 2 * len(segment.postings.filter))
    words = build_index_part(np.sort(shingles.hashes), layout).filter
    repeated = np.tile(words, max(1, size // words.nbytes))
    return with_postings(index, replace(segment.postings, prefilter=words[:0], filter=repeated))


def with_postings(index: PostingsIndex, postings: Postings) -> PostingsIndex:
    """Return the index of one segment with other postings."""
    [segment] = index.arrays.segments
    arrays = replace(index.arrays, segments=(replace(segment, postings=postings),))
    return replace(index, arrays=arrays)
