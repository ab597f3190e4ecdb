"""Where a check's time goes, and what the machine can do: one core, in one process."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.speed.clock import best_of
from benchmarks.speed.ours import SAMPLED, opened, share_held
from benchmarks.speed.reading import first_texts, size_of, slices
from provenance.fingerprint import shingle, tokenise
from provenance.match import scan

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
    pieces, width = slices(texts), made.holdings.parameters.seed_width
    empty = replace(made, filter=np.full_like(made.filter, 0))
    tokens = [tokenise(piece) for piece in pieces]
    seeds = [shingle(own, width) for own in tokens]

    def scanned(index: Any) -> None:
        for own, shingles in zip(tokens, seeds, strict=True):
            scan(own, shingles, index)

    scanned(made)  # compiles
    told = {
        "decode": best_of(partial(_decoded, corpus), RUNS),
        "tokens": best_of(lambda: [tokenise(piece) for piece in pieces], RUNS),
        "shingles": best_of(lambda: [shingle(own, width) for own in tokens], RUNS),
        "probes": best_of(lambda: scanned(empty), RUNS),
        "scan": best_of(lambda: scanned(made), RUNS),
        "memory": _memory() * size_of(texts),
        "bytes": size_of(texts),
        "held": share_held(made, pieces[:SAMPLED]),
    }
    return {**told, "matching": max(0.0, told["scan"] - told["probes"])}


def _decoded(corpus: str) -> None:
    with pq.ParquetFile(corpus) as file:
        for group in range(file.num_row_groups):
            file.read_row_group(group, columns=["text"], use_threads=False)


def _memory() -> float:
    """Give seconds to read a byte: a sum that the processor does faster than memory gives it."""
    block = np.ones(STREAMED // 4, np.float32)
    return best_of(lambda: np.dot(block, block), 2 * RUNS) / STREAMED
