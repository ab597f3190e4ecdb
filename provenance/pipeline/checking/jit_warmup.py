"""Compile kernels before the first check on a machine, and start a check's background work.

Compiling is mostly Python code, which threads cannot run in parallel. So where nothing is compiled
yet, a helper process compiles what matches texts against a registry, which takes half the time,
while this one compiles the reading of texts and the scoring of matches. Each finds the other's
kernels in our cache on disk (`disk_cache`).
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.highlight import Runs, highlight_ranges, match_extents
from provenance.fingerprint.offsets import character_offsets, slice_characters, widen_ranges
from provenance.fingerprint.quotation_marks import quotation_flags, widen_to_marks
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.span_edges import Spans, widen_spans
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.attribution import MatchSpans, attribute_tokens, part_strengths, rival_weights
from provenance.match.candidates.candidate_scan import find_candidates, scan_needs_compiling
from provenance.match.candidates.candidate_table import NO_CANDIDATES
from provenance.match.scoring.corpus_sample import FULL_BOUND, sample_passages
from provenance.match.scoring.features import measure_features
from provenance.model.content.fingerprints import DroppedEdges, Texts, Tokens
from provenance.model.content.registry_arrays import RegistryArrays
from provenance.model.rules.policy import Policy
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.execution.stage_log import log_duration, log_fact
from provenance.pipeline.findings.summaries import summarise_registries
from provenance.pipeline.locate.common_index import common_index
from provenance.pipeline.scan.readings import RegistryIndex, build_registry_indexes
from provenance.read.corpus.corpora import Corpus, open_corpus
from provenance.read.language_counts import load_language
from provenance.registry.files.data_files import BackgroundHasher
from provenance.registry.manifest import read_manifest
from provenance.registry.store import open_registry

_HELPER = """
import gc
import os
import sys
from pathlib import Path
from threading import Thread

def end_with_parent():
    sys.stdin.buffer.read()  # ends when the parent process ends
    os._exit(1)

Thread(target=end_with_parent, daemon=True).start()
sys.path.insert(0, sys.argv[2])
import provenance
del sys.path[0]
from provenance.startup import configure_own_process, lean_imports
configure_own_process()
gc.disable()  # a compiler makes millions of objects, and keeps most
with lean_imports():
    from provenance.pipeline.checking.jit_warmup import compile_matching
compile_matching(Path(sys.argv[1]))
os._exit(0)  # tearing down the compiler takes another second
"""
_PACKAGE_ROOT = Path(__file__).parents[3]
"""Root of this package: the helper must import the same, as cache keys depend on its sources."""

_SAMPLE_TEXT = "One two, three \u2026 http://example.org/four"
_SAMPLE_ITEMS = 64
"""Items of a registry that are read as one text: enough for a match."""


def compile_kernels(
    registry: Path, wait_for_index: Callable[[], RegistryIndex], *, quiet: bool
) -> None:
    """Compile what a check needs with two processes, unless this machine has it compiled.

    Parameters
    ----------
    registry : Path
        A registry of the check.
    wait_for_index : callable
        Returns the index of a registry, waiting until it is open.
    quiet : bool
        Show no progress.

    Raises
    ------
    RegistryError
        If `registry` is no registry.
    """
    if not scan_needs_compiling():
        return
    read_manifest(registry)  # fails early if it is no registry
    label = "compiling, once on this machine"
    with (
        log_duration(label),
        show_progress(label, 2, " steps", quiet=quiet) as progress,
        _compile_in_helper(registry),
    ):
        compile_reading()
        compile_scoring(wait_for_index())
        progress.advance(1)


def compile_reading() -> None:
    """Compile the kernels that read texts."""
    texts = Texts.of(pa.array([_SAMPLE_TEXT], pa.large_string()))
    tokens = tokenise(texts)
    rows, first = np.zeros(1, np.int64), np.ones(1, np.int32)
    breaks(texts, tokens, rows, first, first)
    flags = quotation_flags(texts)
    widen_to_marks(texts, flags, rows, (rows, rows + 1))
    common_index(np.zeros(1, np.uint64))
    nothing, offsets = np.zeros(0, np.uint32), np.zeros(2, np.int64)
    widen_spans(
        texts, Spans(rows, rows, rows, rows, rows), DroppedEdges(nothing, offsets, nothing, offsets)
    )


def compile_scoring(registry_index: RegistryIndex) -> None:
    """Compile the kernels that score candidates."""
    corpus = sample_passages(_first_items_tokens(registry_index.index.arrays), FULL_BOUND)
    measure_features(NO_CANDIDATES, registry_index.index, corpus, load_language())


def compile_matching(registry: Path) -> None:
    """Compile the kernels that match texts, attribute tokens and show excerpts."""
    [registry_index] = indexes = build_registry_indexes([open_registry(registry)])
    tokens = _first_items_tokens(registry_index.index.arrays)
    seeds = shingle(tokens, registry_index.index.arrays.parameters.seed_width)
    find_candidates(tokens, seeds, registry_index.index)
    rows, bits = np.zeros(1, np.int64), np.ones(1)
    texts = Texts.of(pa.array([_SAMPLE_TEXT], pa.large_string()))
    character_offsets(texts, rows, rows)
    places = np.zeros(1, np.int32)
    runs, text_tokens = Runs(rows, places, places, np.zeros(2, np.int64)), tokenise(texts)
    highlight_ranges(texts, text_tokens, runs, rows, match_extents(texts, text_tokens, runs))
    slice_characters(texts, rows, rows, rows)
    widen_ranges(texts, rows, (rows, rows), 1)
    stretches, item_ends = np.zeros((1, 3), np.int32), np.zeros((1, 2), np.bool_)
    offsets = np.zeros(2, np.int64)
    matches = MatchSpans(rows, rows, rows, bits, bits, bits, rows, stretches, offsets, item_ends)
    part_strengths(bits, bits, bits, rows, rows)
    attribute_tokens(matches, rival_weights(matches), 1.0)
    summarise_registries(indexes)


def _first_items_tokens(arrays: RegistryArrays) -> Tokens:
    """Return the first items of a registry as one text."""
    hashes = np.array(arrays.tokens[: arrays.token_offsets[:_SAMPLE_ITEMS][-1]])
    places = np.arange(len(hashes), dtype=np.int32)
    return Tokens(hashes, places, places + 1, np.array([0, len(hashes)], np.int64))


def _start_helper(registry: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-c", _HELPER, str(registry), str(_PACKAGE_ROOT)]
    return subprocess.Popen(  # noqa: S603 (our own interpreter, and our own words)
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@contextmanager
def _compile_in_helper(registry: Path) -> Iterator[None]:
    """Run the helper process within the context, and wait for it at the end."""
    try:
        process = _start_helper(registry)
    except OSError:  # no process can be started: this one compiles everything
        yield
        return
    with process as helper:
        try:
            yield
            # Whatever it fails at, this process does later and reports.
            helper.wait()
        finally:
            helper.kill()


@dataclass(frozen=True, slots=True)
class StartedCheck:
    """A check that was started in the background.

    Parameters
    ----------
    corpus : Corpus
        The corpus; its files are hashed in the background.
    digest : callable
        Returns the digests of the registries' files, which are hashed first.
    """

    corpus: Corpus
    digest: Callable[[Path], str]


def start_check(
    addresses: Sequence[str] | Corpus,
    policy: Policy,
    split: str | None,
    hasher: BackgroundHasher,
    *,
    hash_files: bool = True,
) -> StartedCheck:
    """Open a corpus, and queue its files for hashing after those of the policy's registries."""
    hasher.start(map(Path, policy.registries))
    corpus = addresses if isinstance(addresses, Corpus) else open_dataset(addresses, policy, split)
    for digest in corpus.file_digests() if hash_files else ():
        hasher.submit(digest)
    return StartedCheck(corpus, hasher)


@log_duration("opening the dataset")
def open_dataset(addresses: Sequence[str], policy: Policy, split: str | None) -> Corpus:
    """Open a corpus and log it; raises as `open_corpus`."""
    corpus = open_corpus(
        addresses,
        text_columns=policy.text_columns,
        label_columns=policy.label_columns,
        split=split,
        max_document=policy.max_document,
    )
    files = {name for part in corpus.parts for name in part.files}
    log_fact(f"dataset: {', '.join(addresses)}; files: {len(files)}, parts: {len(corpus.parts)}")
    log_fact(f"text columns: {', '.join(corpus.text_columns) or 'no column'}")
    return corpus
