"""Ours, as workers run it: passes over text, and whole jobs without the start of a process."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from benchmarks.speed.clock import best_of, seconds_a_pass
from benchmarks.speed.reading import first_texts, size_of, slices
from benchmarks.speed.scoring import score
from benchmarks.speed.stages import looked_for
from provenance import __version__, pipeline
from provenance.fingerprint.minhash import signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import parameters, tokenise
from provenance.match.index.postings_index import PostingsIndex, build_postings_index
from provenance.match.index.probe import probe_index
from provenance.match.index.stop_shingles import find_stop_shingles
from provenance.model import Texts
from provenance.registry.store import open_registry

RUNS = 3
SAMPLED = 16
"""Slices of which the shingles are looked up one by one."""


def sign(file: str, megabytes: float) -> dict[str, Any]:
    """Turn texts into signatures, a slice at a time, as a check and a registry do."""
    texts = first_texts(file, megabytes)
    made, pieces = parameters(), slices(texts)

    def work() -> None:
        for piece in pieces:
            signatures(shingle(tokenise(piece), made.signature_width, include_short=True), made)

    signatures(
        shingle(tokenise(pieces[0]), made.signature_width, include_short=True), made
    )  # compiles
    return {
        "seconds": seconds_a_pass(work),
        "bytes": size_of(texts),
        "texts": len(texts),
        "version": __version__,
    }


def look(file: str, registry: str) -> dict[str, Any]:
    """Look for a registry's items in texts that are in memory: tokens, shingles, scan."""
    made, texts = opened(registry), first_texts(file)
    pieces = slices(texts)
    looked_for(made, pieces[0])  # compiles
    seconds = best_of(lambda: [looked_for(made, piece) for piece in pieces], RUNS)
    part = share_held(made, pieces[:SAMPLED])
    return {"seconds": seconds, "bytes": size_of(texts), "texts": len(texts), "held": part}


def share_held(made: PostingsIndex, pieces: Sequence[Texts]) -> float:
    """Give the part of the texts' shingles that the registry holds, plants or not."""
    width = made.arrays.parameters.seed_width
    seeds = [shingle(tokenise(piece), width) for piece in pieces]
    known = sum(len(probe_index(own, made).indices) for own in seeds)
    return known / max(sum(len(own.hashes) for own in seeds), 1)


def opened(registry: str) -> PostingsIndex:
    """Make a registry ready to be looked for."""
    arrays = open_registry(Path(registry)).arrays()
    return build_postings_index(arrays, find_stop_shingles([arrays]))


def build(dump: str, warm: str, folder: str) -> dict[str, Any]:
    """Build a registry on disk in a process that has built one before."""
    with TemporaryDirectory(dir=Path(folder).parent) as made:
        pipeline.build_registry(Path(made, "warm"), pipeline.DumpSource([warm], "x"))
        names = map(str, range(RUNS))
        seconds = best_of(
            lambda: pipeline.build_registry(
                Path(made, next(names)), pipeline.DumpSource([dump], "x")
            ),
            RUNS,
        )
        shutil.rmtree(folder, ignore_errors=True)
        Path(made, str(RUNS - 1)).rename(folder)
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


def scored(findings: str, truth: str) -> dict[str, Any]:
    """Hold findings against what was planted."""
    table = pq.read_table(findings, columns=["row", "item"])
    pairs = zip(table["row"].to_pylist(), table["item"].to_pylist(), strict=True)
    return score(pairs, json.loads(Path(truth).read_text("utf-8")))


def size_on_disk(folder: str) -> dict[str, Any]:
    """Weigh a registry: all of it, without texts and signatures, and a posting of it."""
    path = Path(folder)
    files = [file for file in path.rglob("*") if file.is_file()]
    apart = [file for file in files if file.stem in {"texts", "signatures"}]
    whole, extra = (sum(file.stat().st_size for file in each) for each in (files, apart))
    postings = len(open_registry(path).arrays().postings.shingles)
    return {"bytes": whole, "apart": extra, "postings": postings}
