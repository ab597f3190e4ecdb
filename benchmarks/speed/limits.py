"""Where a check's time goes, and what the machine can do: one core, in one process."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pyarrow.parquet as pq

from benchmarks.speed.clock import best_of
from benchmarks.speed.ours import SAMPLED, opened, share_held
from benchmarks.speed.reading import first_texts, size_of, slices
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.index.postings_index import PostingsIndex
from provenance.model import Texts

R = TypeVar("R")

RUNS = 3
STREAMED = 1 << 28
"""Bytes of memory that are read to see how fast it is."""


def parts(corpus: str, registry: str) -> dict[str, Any]:
    """Time the parts of a check, and two limits, in seconds for the whole corpus.

    `probes` is a scan with a filter that says no to every shingle; `matching` is what a scan with
    the registry's own takes beyond it. `memory` is the time to read as many bytes as the corpus
    has of text.
    """
    made, texts = opened(registry), first_texts(corpus)
    pieces = slices(texts)
    _apart(made, pieces[:1])  # compiles
    runs = [_apart(made, pieces) for _ in range(RUNS)]
    told = {
        **{name: min(run[name] for run in runs) for name in runs[0]},
        "decode": best_of(partial(_decoded, corpus), RUNS),
        "memory": _memory() * size_of(texts),
        "bytes": size_of(texts),
        "held": share_held(made, pieces[:SAMPLED]),
    }
    return {**told, "matching": max(0.0, told["scan"] - told["probes"])}


def _apart(made: PostingsIndex, pieces: Sequence[Texts]) -> dict[str, float]:
    """Time each pass over slices that go through all of them one by one, as in a check."""
    empty = replace(made, filter=np.zeros_like(made.filter))
    width = made.arrays.parameters.seed_width
    spent = dict.fromkeys(("tokens", "shingles", "probes", "scan"), 0.0)

    def timed(name: str, work: Callable[[], R]) -> R:
        start = time.perf_counter()
        result = work()
        spent[name] += time.perf_counter() - start
        return result

    for piece in pieces:
        tokens = timed("tokens", partial(tokenise, piece))
        seeds = timed("shingles", partial(shingle, tokens, width))
        timed("probes", partial(find_candidates, tokens, seeds, empty))
        timed("scan", partial(find_candidates, tokens, seeds, made))
    return spent


def _decoded(corpus: str) -> None:
    with pq.ParquetFile(corpus) as file:
        for group in range(file.num_row_groups):
            file.read_row_group(group, columns=["text"], use_threads=False)


def _memory() -> float:
    """Give seconds to read a byte: a sum that the processor does faster than memory gives it."""
    block = np.ones(STREAMED // 4, np.float32)
    return best_of(lambda: np.dot(block, block), 2 * RUNS) / STREAMED
