"""Tasks of provenance for workers: passes over text, and commands without process start."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from benchmarks.speed.clock import best_of, seconds_per_pass
from benchmarks.speed.reading import first_texts, size_of, slices
from benchmarks.speed.scoring import score
from benchmarks.speed.stages import scan_slice
from provenance import __version__, pipeline
from provenance.fingerprint.minhash import signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.match.index.postings_index import PostingsIndex, build_postings_index
from provenance.match.index.seed_postings import look_up_seeds
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.model.content.fingerprints import Texts
from provenance.registry.store import open_registry

RUNS = 3
SAMPLED = 16
"""Slices whose shingles are looked up one by one."""


def sign(file: str, megabytes: float) -> dict[str, Any]:
    """Compute signatures slice by slice, as checks and registries do."""
    texts = first_texts(file, megabytes)
    fingerprint_parameters, pieces = current_parameters(), slices(texts)

    def work() -> None:
        for piece in pieces:
            signatures(
                shingle(
                    tokenise(piece), fingerprint_parameters.signature_width, include_short=True
                ),
                fingerprint_parameters,
            )

    signatures(
        shingle(tokenise(pieces[0]), fingerprint_parameters.signature_width, include_short=True),
        fingerprint_parameters,
    )  # compiles
    return {
        "seconds": seconds_per_pass(work),
        "bytes": size_of(texts),
        "texts": len(texts),
        "version": __version__,
    }


def scan(file: str, registry: str) -> dict[str, Any]:
    """Scan texts in memory for the items of a registry: tokens, shingles, candidates."""
    index, texts = open_index(registry), first_texts(file)
    pieces = slices(texts)
    scan_slice(index, pieces[0])  # compiles
    seconds = best_of(lambda: [scan_slice(index, piece) for piece in pieces], RUNS)
    part = shingle_share(index, pieces[:SAMPLED])
    return {"seconds": seconds, "bytes": size_of(texts), "texts": len(texts), "held": part}


def shingle_share(index: PostingsIndex, pieces: Sequence[Texts]) -> float:
    """Return the share of the texts' shingles that the registry has."""
    width = index.arrays.parameters.seed_width
    seeds = [shingle(tokenise(piece), width) for piece in pieces]
    hits = sum(len(look_up_seeds(each, [index])[0].indices) for each in seeds)
    return hits / max(sum(len(shingles.hashes) for shingles in seeds), 1)


def open_index(registry: str) -> PostingsIndex:
    """Open a registry and build its index."""
    arrays = open_registry(Path(registry)).arrays()
    return build_postings_index(arrays, NO_STOPS)


def build(dump: str, warm: str, folder: str) -> dict[str, Any]:
    """Build a registry on disk in a process that has built one before."""
    with TemporaryDirectory(dir=Path(folder).parent) as work_folder:
        pipeline.build_registry(Path(work_folder, "warm"), pipeline.DumpSource([warm], "x"))
        names = map(str, range(RUNS))
        seconds = best_of(
            lambda: pipeline.build_registry(
                Path(work_folder, next(names)), pipeline.DumpSource([dump], "x")
            ),
            RUNS,
        )
        shutil.rmtree(folder, ignore_errors=True)
        Path(work_folder, str(RUNS - 1)).rename(folder)
    return {"seconds": seconds}


def check(corpus: str, warm: str, registry: str) -> dict[str, Any]:
    """Check a corpus, to files on disk, in a process that has checked one before."""
    policy = pipeline.effective_policy(None, registries=[registry])
    with TemporaryDirectory() as folder:

        def work(address: str) -> None:
            pipeline.save_report(
                pipeline.check([address], policy, pipeline.Settings()), Path(folder)
            )

        work(warm)
        seconds = best_of(lambda: work(corpus), RUNS)
    return {"seconds": seconds}


def score_findings(findings: str, truth: str) -> dict[str, Any]:
    """Score findings against the planted posts."""
    table = pq.read_table(findings, columns=["row", "item"])
    pairs = zip(table["row"].to_pylist(), table["item"].to_pylist(), strict=True)
    return score(pairs, json.loads(Path(truth).read_text("utf-8")))


def size_on_disk(folder: str) -> dict[str, Any]:
    """Return the size of a registry, of its texts and signatures, and its number of postings."""
    path = Path(folder)
    files = [file for file in path.rglob("*") if file.is_file()]
    optional = [file for file in files if file.stem in {"texts", "signatures"}]
    total, extra = (sum(file.stat().st_size for file in group) for group in (files, optional))
    postings = open_registry(path).manifest.postings
    return {"bytes": total, "apart": extra, "postings": postings}
