"""Passages of items in texts: seeds, alignment, strength, attribution, shares. Pure."""

from provenance.match.attribution import Attribution, Stretches, attribute, union_lengths, weights
from provenance.match.candidates.candidate_scan import scan, scan_needs_compiling
from provenance.match.candidates.candidate_table import (
    NO_CANDIDATES,
    Candidates,
    concatenated,
)
from provenance.match.candidates.chaining import FLOOR
from provenance.match.candidates.near_duplicates import (
    LEAST,
    NO_LOOKALIKES,
    Bands,
    Lookalikes,
    bands,
    lookalikes,
)
from provenance.match.candidates.seed_hits import COMMON
from provenance.match.estimation.bootstrap import Drawn, Resampled, resampled
from provenance.match.estimation.conditions import (
    LOOKS,
    RESEMBLING,
    are_quotations,
    length_classes,
    looks,
)
from provenance.match.estimation.em_mixture import Planted
from provenance.match.estimation.intervals import (
    EDGE_ERROR,
    RECALL_LOW,
    Interval,
    interval,
    poisson,
    sampled_interval,
    wilson,
)
from provenance.match.estimation.recall_correction import (
    Correction,
    Falsehood,
    Sightings,
    corrected,
    corrected_sample,
    learn,
)
from provenance.match.estimation.shipped_recall import MEASURED_RECALL
from provenance.match.index.postings_index import (
    BITS_SCALE,
    CELL_SHIFT,
    Entered,
    Index,
    Layout,
    entered,
    index,
    laid_out,
    layout,
)
from provenance.match.index.probe import Held, held
from provenance.match.index.stop_shingles import commons, shared
from provenance.match.scoring.classifier import Scales, Weighed, odds, regressors, weigh
from provenance.match.scoring.corpus_sample import (
    EVERYTHING,
    MOST,
    NO_PASSAGES,
    Passages,
    coarser,
    sample,
    union,
)
from provenance.match.scoring.corpus_sample import LENGTH as PASSAGE_LENGTH
from provenance.match.scoring.detectability import least_tokens, unattributable
from provenance.match.scoring.evalue import (
    SHIPPED,
    SMALLEST,
    THRESHOLD,
    chances,
    expected,
    fitted,
    stands,
    strength,
)
from provenance.match.scoring.features import Features, copied_items, measure

__all__ = [
    "BITS_SCALE",
    "CELL_SHIFT",
    "COMMON",
    "EDGE_ERROR",
    "EVERYTHING",
    "FLOOR",
    "LEAST",
    "LOOKS",
    "MEASURED_RECALL",
    "MOST",
    "NO_CANDIDATES",
    "NO_LOOKALIKES",
    "NO_PASSAGES",
    "PASSAGE_LENGTH",
    "RECALL_LOW",
    "RESEMBLING",
    "SHIPPED",
    "SMALLEST",
    "THRESHOLD",
    "Attribution",
    "Bands",
    "Candidates",
    "Correction",
    "Drawn",
    "Entered",
    "Falsehood",
    "Features",
    "Held",
    "Index",
    "Interval",
    "Layout",
    "Lookalikes",
    "Passages",
    "Planted",
    "Resampled",
    "Scales",
    "Sightings",
    "Stretches",
    "Weighed",
    "are_quotations",
    "attribute",
    "bands",
    "chances",
    "coarser",
    "commons",
    "concatenated",
    "copied_items",
    "corrected",
    "corrected_sample",
    "entered",
    "expected",
    "fitted",
    "held",
    "index",
    "interval",
    "laid_out",
    "layout",
    "learn",
    "least_tokens",
    "length_classes",
    "lookalikes",
    "looks",
    "measure",
    "odds",
    "poisson",
    "regressors",
    "resampled",
    "sample",
    "sampled_interval",
    "scan",
    "scan_needs_compiling",
    "shared",
    "stands",
    "strength",
    "unattributable",
    "union",
    "union_lengths",
    "weigh",
    "weights",
    "wilson",
]
