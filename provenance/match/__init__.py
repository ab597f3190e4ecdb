"""Passages of items in texts: seeds, alignment, strength, attribution, shares. Pure."""

from provenance.match.attribution import Attribution, Stretches, attribute, union_lengths
from provenance.match.candidates import NO_CANDIDATES, Candidates, concatenated
from provenance.match.estimates import EDGE_ERROR, RECALL_LOW, Interval, interval
from provenance.match.features import Features, measure
from provenance.match.lookup import BITS_SCALE, Index, index
from provenance.match.measured import MEASURED_RECALL
from provenance.match.passages import MOST, NO_PASSAGES, Passages, sample, union
from provenance.match.regression import (
    CHANCE_PER_MILLION,
    THRESHOLD,
    chance,
    regressors,
    strength,
)
from provenance.match.resemblance import LEAST, Bands, Lookalikes, bands, lookalikes
from provenance.match.seeding import COMMON, FLOOR, scan

__all__ = [
    "BITS_SCALE",
    "CHANCE_PER_MILLION",
    "COMMON",
    "EDGE_ERROR",
    "FLOOR",
    "LEAST",
    "MEASURED_RECALL",
    "MOST",
    "NO_CANDIDATES",
    "NO_PASSAGES",
    "RECALL_LOW",
    "THRESHOLD",
    "Attribution",
    "Bands",
    "Candidates",
    "Features",
    "Index",
    "Interval",
    "Lookalikes",
    "Passages",
    "Stretches",
    "attribute",
    "bands",
    "chance",
    "concatenated",
    "index",
    "interval",
    "lookalikes",
    "measure",
    "regressors",
    "sample",
    "scan",
    "strength",
    "union",
    "union_lengths",
]
