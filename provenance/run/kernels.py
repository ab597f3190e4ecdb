"""The first check on a machine: its kernels are compiled by two processes, not one after the other.

Compiling is mostly Python's own work, which threads cannot share. So on a machine that has compiled
nothing yet, a process of its own compiles what looks texts up in a registry, while this one
compiles what reads them; both find each other's work in numba's cache on disk.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape, glob
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.fingerprint import Spans, breaks, characters, shingle, tokenise, widen
from provenance.match import (
    EVERYTHING,
    NO_LOOKALIKES,
    compiled_as,
    held,
    sample,
    scan,
)
from provenance.model import Edges, Texts, Tokens
from provenance.registry import open_registry
from provenance.run.claiming import claims
from provenance.run.declared import NOTHING
from provenance.run.progress import progress
from provenance.run.readings import Counts, Reading, opened
from provenance.run.stages import stage
from provenance.run.summaries import summaries

_HELPER = """
import sys
from pathlib import Path
from provenance.run.kernels import look_up
look_up(Path(sys.argv[1]))
"""
_TEXT = "One two, three \u2026 http://example.org/four"
_ITEMS = 64
"""Of a registry, read as if they were one text: enough for a match."""


def prepare(registry: Path, *, quiet: bool) -> None:
    """Compile what a check needs, by two processes, where this machine never did so.

    Parameters
    ----------
    registry : Path
        Folder of what will be looked for, or of some of it.
    quiet : bool
        Do not say so.
    """
    known = compiled_as()
    if not known or glob(f"{escape(known)}*.nbi"):
        return
    label = "compiling, once on this machine"
    with (
        stage(label),
        progress(label, 2, "halves", quiet=quiet) as shown,
        _helped(registry),
    ):
        read()
        shown.advance(1)


def read() -> None:
    """Compile what reads texts."""
    texts = Texts.of(pa.array([_TEXT], pa.large_string()))
    tokens = tokenise(texts)
    rows, first = np.zeros(1, np.int64), np.ones(1, np.int32)
    breaks(texts, tokens, rows, first, first)
    characters(texts, rows, rows)
    nothing, offsets = np.zeros(0, np.uint32), np.zeros(2, np.int64)
    widen(texts, Spans(rows, rows, rows, rows, rows), Edges(nothing, offsets, nothing, offsets))


def look_up(registry: Path) -> None:
    """Compile what looks texts up: in what their own items say."""
    [one] = against = opened([open_registry(registry)])
    holdings = one.index.holdings
    hashes = np.array(holdings.tokens[: holdings.token_offsets[:_ITEMS][-1]])
    places = np.arange(len(hashes), dtype=np.int32)
    tokens = Tokens(hashes, places, places + 1, np.array([0, len(hashes)], np.int64))
    seeds = shingle(tokens, holdings.parameters.seed_width)
    found = scan(tokens, seeds, one.index, held(seeds, one.index))
    counts, passages = Counts(1, 1, len(hashes), len(hashes)), sample(tokens, EVERYTHING)
    first = np.zeros(1, np.int64)
    reading = Reading(counts, (), (found,), (NO_LOOKALIKES,), NOTHING, passages, first, None)
    claims([reading], against)
    summaries(against)


@contextmanager
def _helped(registry: Path) -> Iterator[None]:
    """Let another process compile what looks up, until it is done."""
    command = [sys.executable, "-P", "-c", _HELPER, str(registry)]
    helper = subprocess.Popen(  # noqa: S603 (our own interpreter, and our own words)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
        # What it cannot do, this process does later, and says what is wrong.
        helper.wait()
    finally:
        helper.kill()
