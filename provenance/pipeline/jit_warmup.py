"""The first check on a machine: its kernels are compiled by two processes, not one after the other.

Compiling is mostly Python's own work, which threads cannot share. So on a machine that has compiled
nothing yet, a process of its own compiles what looks texts up in a registry, which takes half the
time, while this one compiles what reads them and what measures matches; both find each other's work
in numba's cache on disk.

What a check begins while the rest of it is loaded: compilers take a while, and leave a core.
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
from provenance.fingerprint.highlight import Runs, marked, reach
from provenance.fingerprint.offsets import characters, stretches, surroundings
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.span_edges import Spans, widen
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.attribution import MatchSpans, attribute_tokens, rival_weights
from provenance.match.candidates.candidate_scan import find_candidates, scan_needs_compiling
from provenance.match.candidates.candidate_table import NO_CANDIDATES
from provenance.match.index.probe import probe_index
from provenance.match.scoring.corpus_sample import FULL_BOUND, sample_passages
from provenance.match.scoring.features import measure_features
from provenance.model import Edges, Holdings, Policy, Texts, Tokens
from provenance.pipeline.findings.summaries import summaries
from provenance.pipeline.progress import progress
from provenance.pipeline.scan.readings import Opened, opened
from provenance.pipeline.stage_log import note, stage
from provenance.read.corpus.corpora import Corpus, open_corpus
from provenance.read.language_counts import load_language
from provenance.registry.data_files import HashedAhead
from provenance.registry.manifest import read_manifest
from provenance.registry.store import open_registry

_HELPER = """
import gc
import os
import sys
from pathlib import Path
from threading import Thread

def end_with_parent():
    sys.stdin.buffer.read()  # ends when whoever started us does, however that ends
    os._exit(1)

Thread(target=end_with_parent, daemon=True).start()
sys.path.insert(0, sys.argv[2])
import provenance
del sys.path[0]
from provenance.startup import claim_process, leanly
claim_process()
gc.disable()  # a compiler makes millions of objects, and keeps most
with leanly():
    from provenance.pipeline.jit_warmup import look_up
look_up(Path(sys.argv[1]))
os._exit(0)  # taking the compiler apart takes another second
"""
_OURS = Path(__file__).parents[2]
"""Where this package is: another process might find another one, and numba keeps them apart."""

_TEXT = "One two, three \u2026 http://example.org/four"
_ITEMS = 64
"""Of a registry, read as if they were one text: enough for a match."""


def prepare(registry: Path, against: Callable[[], Opened], *, quiet: bool) -> None:
    """Compile what a check needs, by two processes, where this machine never did so.

    Parameters
    ----------
    registry : Path
        Folder of what will be looked for, or of some of it.
    against : callable
        Gives a registry that is opened meanwhile.
    quiet : bool
        Do not say so.

    Raises
    ------
    RegistryError
        If that is no registry.
    """
    if not scan_needs_compiling():
        return
    read_manifest(registry)  # tells at once what is no registry
    label = "compiling, once on this machine"
    with (
        stage(label),
        progress(label, 2, "halves", quiet=quiet) as shown,
        _helped(registry),
    ):
        read()
        measure_none(against())
        shown.advance(1)


def read() -> None:
    """Compile what reads texts."""
    texts = Texts.of(pa.array([_TEXT], pa.large_string()))
    tokens = tokenise(texts)
    rows, first = np.zeros(1, np.int64), np.ones(1, np.int32)
    breaks(texts, tokens, rows, first, first)
    nothing, offsets = np.zeros(0, np.uint32), np.zeros(2, np.int64)
    widen(texts, Spans(rows, rows, rows, rows, rows), Edges(nothing, offsets, nothing, offsets))


def measure_none(against: Opened) -> None:
    """Compile what measures candidates."""
    corpus = sample_passages(_tokens_of(against.index.holdings), FULL_BOUND)
    measure_features(NO_CANDIDATES, against.index, corpus, load_language())


def look_up(registry: Path) -> None:
    """Compile what looks texts up, gives each of their words to one item, and shows these."""
    [one] = against = opened([open_registry(registry)])
    tokens = _tokens_of(one.index.holdings)
    seeds = shingle(tokens, one.index.holdings.parameters.seed_width)
    find_candidates(tokens, seeds, one.index, probe_index(seeds, one.index))
    rows, bits = np.zeros(1, np.int64), np.ones(1)
    texts = Texts.of(pa.array([_TEXT], pa.large_string()))
    characters(texts, rows, rows)
    places = np.zeros(1, np.int32)
    runs, own = Runs(rows, places, places, np.zeros(2, np.int64)), tokenise(texts)
    marked(texts, own, runs, rows, reach(texts, own, runs))
    stretches(texts, rows, rows, rows)
    surroundings(texts, rows, (rows, rows), 1)
    attribute_tokens(
        MatchSpans(rows, rows, rows, rival_weights(rows, rows, rows, rows, bits), rows), 1.0
    )
    summaries(against)


def _tokens_of(holdings: Holdings) -> Tokens:
    """Give the first items of a registry as if they were one text."""
    hashes = np.array(holdings.tokens[: holdings.token_offsets[:_ITEMS][-1]])
    places = np.arange(len(hashes), dtype=np.int32)
    return Tokens(hashes, places, places + 1, np.array([0, len(hashes)], np.int64))


def _helper(registry: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-c", _HELPER, str(registry), str(_OURS)]
    return subprocess.Popen(  # noqa: S603 (our own interpreter, and our own words)
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@contextmanager
def _helped(registry: Path) -> Iterator[None]:
    """Let another process compile what looks up, until it is done."""
    try:
        process = _helper(registry)
    except OSError:  # no process may be started: this one compiles all of it
        yield
        return
    with process as helper:
        try:
            yield
            # What it cannot do, this process does later, and says what is wrong.
            helper.wait()
        finally:
            helper.kill()


@dataclass(frozen=True, slots=True)
class Begun:
    """A check that was begun.

    Parameters
    ----------
    corpus : Corpus
        What is checked. The digests of its files are made meanwhile.
    digest : callable
        Gives the digests of registries' files, which are made before those.
    """

    corpus: Corpus
    digest: Callable[[Path], str]


def begun(addresses: Sequence[str], policy: Policy, split: str | None, ahead: HashedAhead) -> Begun:
    """Open a corpus, and let its files be hashed behind those of the policy's registries."""
    ahead.begin(map(Path, policy.registries))
    corpus = dataset_of(addresses, policy, split)
    for hashing in corpus.file_digests():
        ahead.follow(hashing)
    return Begun(corpus, ahead)


@stage("opening the dataset")
def dataset_of(addresses: Sequence[str], policy: Policy, split: str | None) -> Corpus:
    """Open a corpus; as `open_corpus`."""
    corpus = open_corpus(
        addresses,
        text_columns=policy.text_columns,
        split=split,
        max_document=policy.max_document,
    )
    files = {name for part in corpus.parts for name in part.files}
    note(f"dataset: {', '.join(addresses)}; files: {len(files)}, parts: {len(corpus.parts)}")
    note(f"text in: {', '.join(corpus.text_columns) or 'no column'}")
    return corpus
