"""The runs of one candidate of a table."""

import numpy as np

from provenance.match.candidates.candidate_table import Candidates


def runs_of(candidates: Candidates, candidate: int) -> np.ndarray:
    offsets = candidates.run_offsets
    return candidates.runs[offsets[candidate] : offsets[candidate + 1]]
