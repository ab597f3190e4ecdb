"""Passages of items in texts: seeds, alignment, strength, attribution, shares. Pure."""

from provenance.match.attribution import Attribution, Stretches, attribute, union_lengths
from provenance.match.candidates import NO_CANDIDATES, Candidates, concatenated
from provenance.match.chains import FLOOR
from provenance.match.conditions import LOOKS, RESEMBLING, length_classes, looks
from provenance.match.copying import copied_items
from provenance.match.correction import Correction, Falsehood, learn
from provenance.match.estimates import (
    EDGE_ERROR,
    RECALL_LOW,
    Interval,
    interval,
    sampled_interval,
)
from provenance.match.everybody import commons, shared
from provenance.match.features import Features, measure
from provenance.match.hits import COMMON
from provenance.match.layouts import (
    Entered,
    Layout,
    entered,
    laid_out,
    layout,
)
from provenance.match.lookup import BITS_SCALE, CELL_SHIFT, Index, index
from provenance.match.measured import MEASURED_RECALL
from provenance.match.mixtures import Planted
from provenance.match.passages import (
    EVERYTHING,
    MOST,
    NO_PASSAGES,
    Passages,
    coarser,
    sample,
    union,
)
from provenance.match.passages import LENGTH as PASSAGE_LENGTH
from provenance.match.probing import Held, held
from provenance.match.proportions import poisson, wilson
from provenance.match.quotations import are_quotations
from provenance.match.reach import least_tokens, unattributable
from provenance.match.regression import odds, regressors
from provenance.match.resemblance import LEAST, NO_LOOKALIKES, Bands, Lookalikes, bands, lookalikes
from provenance.match.rivals import weights
from provenance.match.sampling import Drawn, Resampled, resampled
from provenance.match.seeding import scan, scan_needs_compiling
from provenance.match.sightings import Sightings, corrected, corrected_sample
from provenance.match.strengths import (
    SHIPPED,
    SMALLEST,
    THRESHOLD,
    chances,
    expected,
    fitted,
    stands,
    strength,
)
from provenance.match.weighing import Scales, Weighed, weigh

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
