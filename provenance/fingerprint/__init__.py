"""Text to tokens, shingles, signatures and sketches. Pure: no files, no registries."""

from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.fracminhash import (
    Sketch,
    containment,
    downsample,
    merge,
    shared,
    sketch,
)
from provenance.fingerprint.highlight import Runs, marked, reach
from provenance.fingerprint.minhash import cardinality, resemblance, shingle_hash32, signatures
from provenance.fingerprint.offsets import characters, cut, stretches, surroundings
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.span_edges import REACH, Spans, edges, widen
from provenance.fingerprint.tokenizer.tokenize import parameters, tokenise
from provenance.fingerprint.tokenizer.unicode_tables import fold
from provenance.fingerprint.warmup import make_tables

__all__ = [
    "REACH",
    "Runs",
    "Sketch",
    "Spans",
    "breaks",
    "cardinality",
    "characters",
    "containment",
    "cut",
    "downsample",
    "edges",
    "fold",
    "make_tables",
    "marked",
    "merge",
    "parameters",
    "reach",
    "resemblance",
    "shared",
    "shingle",
    "shingle_hash32",
    "signatures",
    "sketch",
    "stretches",
    "surroundings",
    "tokenise",
    "widen",
]
