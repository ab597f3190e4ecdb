"""Text to tokens, shingles, signatures and sketches. Pure: it knows no file and no registry."""

from provenance.fingerprint.beginnings import make_tables
from provenance.fingerprint.codepoints import fold
from provenance.fingerprint.edges import REACH, Spans, edges, widen
from provenance.fingerprint.fracminhash import (
    Sketch,
    containment,
    downsample,
    merge,
    shared,
    sketch,
)
from provenance.fingerprint.marking import Runs, marked, reach
from provenance.fingerprint.minhash import cardinality, resemblance, shingle_hash32, signatures
from provenance.fingerprint.normalise import parameters, tokenise
from provenance.fingerprint.partings import breaks
from provenance.fingerprint.positions import characters, cut, stretches, surroundings
from provenance.fingerprint.shingles import shingle

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
