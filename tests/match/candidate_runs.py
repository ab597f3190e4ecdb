"""Candidates with given runs, and the runs of one candidate of a table."""

from dataclasses import replace

import numpy as np

from provenance.match.candidates.candidate_table import NO_CANDIDATES, Candidates
from provenance.model.content.fingerprints import BREAK


def runs_of(candidates: Candidates, candidate: int) -> np.ndarray:
    offsets = candidates.run_offsets
    return candidates.runs[offsets[candidate] : offsets[candidate + 1]]


def candidates_of(*runs_of: list[tuple[int, int, int]]) -> Candidates:
    """Build candidates with these runs: token of the item, token of the text, length."""
    count, runs = len(runs_of), np.array([run for runs in runs_of for run in runs], np.int32)
    offsets = np.cumsum([0, *map(len, runs_of)])
    columns = {
        name: np.zeros(count, getattr(NO_CANDIDATES, name).dtype)
        for name in ("texts", "items", "sizes", "scores", "shared_by", "multi_source", "passages")
    }
    last = runs[offsets[1:] - 1]
    return replace(
        NO_CANDIDATES,
        **columns,
        firsts=runs[offsets[:-1], 1],
        lasts=last[:, 1] + last[:, 2] - 1,
        breaks=np.full((count, 2), BREAK, np.uint8),
        runs=runs,
        run_offsets=offsets,
    )
