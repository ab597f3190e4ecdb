"""The passes over text, one by one and added up, as a worker times them on one kind of text."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.kernels import arrays
from benchmarks.speed.clock import best_of
from benchmarks.speed.reading import first_texts, size_of, slices
from provenance.fingerprint.minhash import signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import parameters, tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import (
    IndexLayout,
    PostingsIndex,
    build_index_part,
    build_postings_index,
)
from provenance.model import Texts

RUNS = 3
SOUGHT = 2000
"""Posts of a registry whose filter stays in the processor's cache."""


def stages(file: str, posts: str, megabytes: int) -> dict[str, Any]:
    """Time every pass, a slice at a time; the best of three.

    Parameters
    ----------
    file : str
        The texts.
    posts : str
        Posts that are looked for with a probe a shingle: few, so that nearly all say no.
    megabytes : int
        Of a filter that fits no cache.
    """
    texts = first_texts(file)
    pieces = slices(texts)
    made = parameters()
    sought = first_texts(posts).slice(0, SOUGHT)
    small = build_postings_index(arrays(sought.to_pylist()))
    large = with_filter(small, sought, megabytes << 20)

    works: dict[str, Callable[[Texts], object]] = {
        "tokens": tokenise,
        "shingles": lambda piece: shingle(tokenise(piece), made.seed_width),
        "probes in cache": partial(looked_for, small),
        "probes in memory": partial(looked_for, large),
        "signatures": lambda piece: signatures(
            shingle(tokenise(piece), made.signature_width, include_short=True), made
        ),
    }
    told: dict[str, Any] = {
        "bytes": size_of(texts),
        "texts": len(texts),
        "filter": large.filter.nbytes,
    }
    for name, work in works.items():
        work(pieces[0])  # compiles
        told[name] = best_of(partial(_all, work, pieces), RUNS)
    return told


def _all(work: Callable[[Texts], object], pieces: Sequence[Texts]) -> None:
    for piece in pieces:
        work(piece)


def looked_for(registry: PostingsIndex, piece: Texts) -> Candidates:
    """Find a registry's items in texts: tokens, shingles, and a probe for each."""
    tokens = tokenise(piece)
    return find_candidates(tokens, shingle(tokens, registry.arrays.parameters.seed_width), registry)


def with_filter(made: PostingsIndex, items: pa.Array, size: int) -> PostingsIndex:
    """Give an index as of a registry whose filter has `size` bytes: that of its items, repeated.

    There is no prefilter in front of one so large, and so it is emptier.
    """
    own = shingle(tokenise(Texts.of(items)), made.arrays.parameters.seed_width)
    chosen = IndexLayout(made.arrays.postings.depth, 0, 2 * len(made.filter))
    words = build_index_part(np.sort(own.hashes), chosen).filter
    repeated = np.tile(words, max(1, size // words.nbytes))
    return replace(made, prefilter=words[:0], filter=repeated)
