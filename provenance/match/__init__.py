"""Passages of items in texts: seeds, alignment, strength, attribution, shares. Pure."""

from provenance.match.attribution import (
    Attribution,
    MatchSpans,
    attribute_tokens,
    rival_weights,
    union_lengths,
)
from provenance.match.candidates.candidate_scan import find_candidates, scan_needs_compiling
from provenance.match.candidates.candidate_table import (
    NO_CANDIDATES,
    Candidates,
    concatenate_candidates,
)
from provenance.match.candidates.chaining import MIN_CANDIDATE_SCORE
from provenance.match.candidates.near_duplicates import (
    MIN_SIMILARITY,
    NO_NEAR_DUPLICATES,
    LshIndex,
    NearDuplicates,
    build_lsh_index,
    find_near_duplicates,
)
from provenance.match.candidates.seed_hits import MAX_SHARED
from provenance.match.estimation.bootstrap import (
    BootstrapSample,
    SampledDocuments,
    bootstrap_documents,
)
from provenance.match.estimation.conditions import (
    APPEARANCES,
    NEAR_DUPLICATE_APPEARANCE,
    appearance_classes,
    is_quotation,
    length_classes,
)
from provenance.match.estimation.em_mixture import PlantedItems
from provenance.match.estimation.intervals import (
    EDGE_ERROR,
    LOW_RECALL,
    Interval,
    poisson_interval,
    sampled_share_interval,
    share_interval,
    wilson_interval,
)
from provenance.match.estimation.recall_correction import (
    FalseFindings,
    FindingObservations,
    RecallCorrection,
    correct_sampled_share,
    correct_share,
    fit_correction,
)
from provenance.match.estimation.shipped_recall import MEASURED_RECALL
from provenance.match.index.postings_index import (
    BITS_SCALE,
    CELL_SHIFT,
    IndexLayout,
    IndexPart,
    PostingsIndex,
    build_index_part,
    build_postings,
    build_postings_index,
    choose_layout,
)
from provenance.match.index.probe import ProbeResult, probe_index
from provenance.match.index.stop_shingles import count_shared_shingles, find_stop_shingles
from provenance.match.scoring.classifier import (
    ScoredCandidates,
    ScoringInputs,
    log_odds,
    regressors,
    score_candidates,
)
from provenance.match.scoring.corpus_sample import (
    EMPTY_SAMPLE,
    FULL_BOUND,
    MAX_SAMPLE_TOKENS,
    PASSAGE_LENGTH,
    PassageSample,
    coarsen,
    merge_samples,
    sample_passages,
)
from provenance.match.scoring.detectability import min_match_tokens, undetectable_items
from provenance.match.scoring.evalue import (
    MIN_REGISTRY_TOKENS,
    SHIPPED_CHANCE,
    STRENGTH_THRESHOLD,
    chance_probabilities,
    expected_by_chance,
    fit_chance,
    is_reported,
    strength,
)
from provenance.match.scoring.features import Features, copied_items, measure_features

__all__ = [
    "APPEARANCES",
    "BITS_SCALE",
    "CELL_SHIFT",
    "EDGE_ERROR",
    "EMPTY_SAMPLE",
    "FULL_BOUND",
    "LOW_RECALL",
    "MAX_SAMPLE_TOKENS",
    "MAX_SHARED",
    "MEASURED_RECALL",
    "MIN_CANDIDATE_SCORE",
    "MIN_REGISTRY_TOKENS",
    "MIN_SIMILARITY",
    "NEAR_DUPLICATE_APPEARANCE",
    "NO_CANDIDATES",
    "NO_NEAR_DUPLICATES",
    "PASSAGE_LENGTH",
    "SHIPPED_CHANCE",
    "STRENGTH_THRESHOLD",
    "Attribution",
    "BootstrapSample",
    "Candidates",
    "FalseFindings",
    "Features",
    "FindingObservations",
    "IndexLayout",
    "IndexPart",
    "Interval",
    "LshIndex",
    "MatchSpans",
    "NearDuplicates",
    "PassageSample",
    "PlantedItems",
    "PostingsIndex",
    "ProbeResult",
    "RecallCorrection",
    "SampledDocuments",
    "ScoredCandidates",
    "ScoringInputs",
    "appearance_classes",
    "attribute_tokens",
    "bootstrap_documents",
    "build_index_part",
    "build_lsh_index",
    "build_postings",
    "build_postings_index",
    "chance_probabilities",
    "choose_layout",
    "coarsen",
    "concatenate_candidates",
    "copied_items",
    "correct_sampled_share",
    "correct_share",
    "count_shared_shingles",
    "expected_by_chance",
    "find_candidates",
    "find_near_duplicates",
    "find_stop_shingles",
    "fit_chance",
    "fit_correction",
    "is_quotation",
    "is_reported",
    "length_classes",
    "log_odds",
    "measure_features",
    "merge_samples",
    "min_match_tokens",
    "poisson_interval",
    "probe_index",
    "regressors",
    "rival_weights",
    "sample_passages",
    "sampled_share_interval",
    "scan_needs_compiling",
    "score_candidates",
    "share_interval",
    "strength",
    "undetectable_items",
    "union_lengths",
    "wilson_interval",
]
