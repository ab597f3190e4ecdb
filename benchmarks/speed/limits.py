"""Time the parts of a check, and limits of the machine, on one core in one process."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pyarrow.parquet as pq

from benchmarks.speed.clock import best_of
from benchmarks.speed.ours import SAMPLED, open_index, shingle_share
from benchmarks.speed.reading import first_texts, size_of, slices
from benchmarks.speed.stages import with_postings
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.index.postings_index import PostingsIndex
from provenance.model.content.fingerprints import Texts

R = TypeVar("R")

RUNS = 3
STREAMED = 1 << 28
"""Bytes read to measure the speed of memory."""


def parts(corpus: str, registry: str) -> dict[str, Any]:
    """Time the parts of a check, and two limits, in seconds for the whole corpus.

    `probes` is a scan with a filter that rejects every shingle; `matching` is the additional time
    with the registry's own. `memory` is the time to read as many bytes as the corpus has of text.
    """
    index, texts = open_index(registry), first_texts(corpus)
    pieces = slices(texts)
    _time_passes(index, pieces[:1])  # compiles
    runs = [_time_passes(index, pieces) for _ in range(RUNS)]
    timings = {
        **{name: min(run[name] for run in runs) for name in runs[0]},
        "decode": best_of(partial(_decode, corpus), RUNS),
        "memory": _memory() * size_of(texts),
        "bytes": size_of(texts),
        "held": shingle_share(index, pieces[:SAMPLED]),
    }
    return {**timings, "matching": max(0.0, timings["scan"] - timings["probes"])}


def _time_passes(index: PostingsIndex, pieces: Sequence[Texts]) -> dict[str, float]:
    """Time each pass, with slices that go through all passes one by one, as in a check."""
    [segment] = index.arrays.segments
    no_bits = np.zeros_like(segment.postings.filter)
    empty = with_postings(index, replace(segment.postings, filter=no_bits))
    width = index.arrays.parameters.seed_width
    seconds = dict.fromkeys(("tokens", "shingles", "probes", "scan"), 0.0)

    def timed(name: str, work: Callable[[], R]) -> R:
        start = time.perf_counter()
        result = work()
        seconds[name] += time.perf_counter() - start
        return result

    for piece in pieces:
        tokens = timed("tokens", partial(tokenise, piece))
        seeds = timed("shingles", partial(shingle, tokens, width))
        timed("probes", partial(find_candidates, tokens, seeds, empty))
        timed("scan", partial(find_candidates, tokens, seeds, index))
    return seconds


def _decode(corpus: str) -> None:
    with pq.ParquetFile(corpus) as file:
        for group in range(file.num_row_groups):
            file.read_row_group(group, columns=["text"], use_threads=False)


def _memory() -> float:
    """Return the seconds to read a byte from memory, by a sum that is limited by memory."""
    block = np.ones(STREAMED // 4, np.float32)
    return best_of(lambda: np.dot(block, block), 2 * RUNS) / STREAMED
