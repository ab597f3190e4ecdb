"""Recall of the shipped detector by edit and length, measured on posts planted in pages."""

import numpy as np

from provenance.match.estimation.conditions import length_classes
from provenance.model.results.calibration import PlantedOutcomes
from provenance.model.results.method import MeasuredRecall

_LENGTHS = (("8+", 8, None), ("5-7", 5, 7))
"""Reported groups of lengths: name, least and greatest number of tokens."""


def measured_recall(plants: PlantedOutcomes, least_odds: float) -> tuple[MeasuredRecall, ...]:
    """Return the share of planted items that was found, by length and edit.

    Parameters
    ----------
    plants : PlantedOutcomes
        The planted items.
    least_odds : float
        Log-odds from which matches count as found (`least_reported_odds`).
    """
    is_found = plants.odds >= least_odds
    recalls = []
    for name, least, greatest in _LENGTHS:
        classes = length_classes(np.array([least, least if greatest is None else greatest]))
        in_length = plants.lengths >= classes[0]
        if greatest is not None:
            in_length &= plants.lengths <= classes[1]
        for number, edit in enumerate(plants.edit_names):
            selected = in_length & (plants.edits == number)
            if selected.any():
                recalls.append(
                    MeasuredRecall(edit, name, round(float(is_found[selected].mean()), 3))
                )
    return tuple(recalls)
