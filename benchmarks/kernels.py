"""Measure the speed of the kernels on one core, in MB of UTF-8 text per second.

    python -m benchmarks.kernels [FILE.parquet ...]

Without files, the words of the shipped sample are recombined. Each figure is the best of five runs
over slices of one megabyte.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.fingerprint.fracminhash import build_sketch
from provenance.fingerprint.minhash import signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.index.postings_index import build_postings, build_postings_index
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model.content.fingerprints import Texts, Tokens
from provenance.model.content.registry_arrays import (
    BACKGROUND_BITS,
    OrderKeys,
    RegistryArrays,
    RegistrySegment,
)

SLICE = 1 << 20
RUNS = 5
SAMPLE = Path(__file__).parent.parent / "provenance" / "sample" / "pages.jsonl"


def main() -> None:
    pages = [text for name in sys.argv[1:] for text in read_texts(name)] or recombine(
        8000, 300, seed=1
    )
    texts = Texts.of(pa.array(pages, pa.large_string()))
    posts = recombine(50_000, 14, seed=2)
    slices = cut_slices(texts)
    size = int(texts.offsets[-1]) / 1e6
    fingerprint_parameters = current_parameters()
    registry = build_postings_index(registry_arrays(posts), NO_STOPS)
    tokens = [tokenise(piece) for piece in slices]
    seeds = [shingle(piece, fingerprint_parameters.seed_width) for piece in tokens]
    signature_shingles = [
        shingle(piece, fingerprint_parameters.signature_width, include_short=True)
        for piece in tokens
    ]
    print(f"{size:.0f} MB of text, {len(posts):,} posts")
    time_pass("tokens", size, lambda: [tokenise(piece) for piece in slices])
    time_pass(
        "shingles",
        size,
        lambda: [shingle(piece, fingerprint_parameters.seed_width) for piece in tokens],
    )
    time_pass(
        "signatures",
        size,
        lambda: [signatures(piece, fingerprint_parameters) for piece in signature_shingles],
    )
    time_pass(
        "sketches",
        size,
        lambda: [build_sketch(piece, fingerprint_parameters) for piece in signature_shingles],
    )
    time_pass("corpus sample", size, lambda: [sample_passages(piece) for piece in tokens])
    pairs = list(zip(tokens, seeds, strict=True))
    time_pass(
        "scan",
        size,
        lambda: [find_candidates(piece, piece_seeds, registry) for piece, piece_seeds in pairs],
    )


def time_pass(name: str, size: float, work: Callable[[], object]) -> None:
    work()  # compiles
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(f"{name:14} {size / min(seconds):7,.0f} MB/s")


def cut_slices(texts: Texts) -> list[Texts]:
    bounds = np.searchsorted(texts.offsets, np.arange(0, int(texts.offsets[-1]), SLICE))
    ends = [*bounds[1:].tolist(), len(texts)]
    return [
        Texts(texts.data, texts.offsets[first : end + 1])
        for first, end in zip(bounds.tolist(), ends, strict=True)
        if end > first
    ]


def read_texts(name: str) -> list[str]:
    return [text for text in pq.read_table(name, columns=["text"])["text"].to_pylist() if text]


def recombine(count: int, length: int, seed: int) -> list[str]:
    random = Random(seed)
    rows = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    words = " ".join(row["text"] for row in rows).split()
    return [" ".join(random.choices(words, k=length)) for _ in range(count)]


def registry_arrays(posts: list[str]) -> RegistryArrays:
    """Return the arrays of a registry of posts, in memory."""
    fingerprint_parameters = current_parameters()
    tokens: Tokens = tokenise(Texts.of(pa.array(posts, pa.large_string())))
    seeds = shingle(tokens, fingerprint_parameters.seed_width)
    items = np.repeat(np.arange(len(posts), dtype=np.uint32), np.diff(seeds.offsets))
    order = np.lexsort((items, seeds.hashes))
    numbers, lengths = np.arange(len(posts), dtype=np.uint32), np.diff(tokens.offsets)
    postings = build_postings(
        seeds.hashes[order], items[order], seeds.positions[order].astype(np.uint16)
    )
    return RegistryArrays(
        parameters=fingerprint_parameters,
        segments=(RegistrySegment(0, postings, numbers),),
        keys=OrderKeys(numbers.astype(np.uint64), np.zeros(1, np.int64), np.zeros(1, np.int64)),
        tokens=tokens.hashes,
        token_offsets=tokens.offsets,
        item_sizes=np.stack([np.minimum(lengths, 255), 0 * lengths], axis=1).astype(np.uint8),
        is_live=np.ones(len(posts), np.bool_),
        first=numbers,
        representatives=numbers[:0],
        hidden_shingles=np.zeros(0, np.uint64),
        hidden_counts=np.zeros(0, np.int64),
        source_codes=np.zeros(len(posts), np.uint8),
        authors=numbers,
        sources=("x",),
        longest=int(lengths.max()),
        background=np.bincount(
            tokens.hashes >> np.uint32(32 - BACKGROUND_BITS), minlength=1 << BACKGROUND_BITS
        ).astype(np.uint64),
        posting_count=len(items),
        chance=SHIPPED_CHANCE,
    )


if __name__ == "__main__":
    main()
