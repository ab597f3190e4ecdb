"""Sketches of datasets and registries: FracMinHash samples of their shingles, with counts.

Shingles are eight words wide. Those of seeds, of four words, would not do: 6 % of the runs of four
words of classic books also occur in 85 MB of posts, but 0.02 % of their runs of eight. A text of
fewer words has no shingle, so that no hash stands for a short text, which could be guessed.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np

from provenance.errors import FingerprintMismatch
from provenance.fingerprint.fracminhash import (
    Sketch,
    distinct_hashes,
    downsample,
    hash_bound,
    merge,
)
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.model.content.fingerprints import Parameters, Tokens, UInt64s

SKETCH_WIDTH = 8
"""Width of the shingles in words."""

MAX_HASHES = 1 << 20
"""Hashes of a sketch from which it is made coarser; the interval of a share is ±0.1 % then."""


def sketch_parameters(scaled: int) -> Parameters:
    """Return the parameters of sketches that sample one in `scaled` shingles."""
    return replace(current_parameters(), seed_width=SKETCH_WIDTH, scaled=scaled)


@dataclass(frozen=True)
class DatasetSketch:
    """A sketch of one or more datasets or registries, without text.

    Parameters
    ----------
    sketch : Sketch
        A sample of the distinct shingles.
    documents, tokens : int
        Numbers of documents (or items) and tokens.
    short_tokens : int
        Tokens of texts that are too short for a shingle, and so are not in the sample.
    inputs : tuple of str
        What it was made from, sorted: `dataset:` or `registry:`, and the digest of that.
    unread : int
        Files that could not be read.
    """

    sketch: Sketch
    documents: int
    tokens: int
    short_tokens: int
    inputs: tuple[str, ...] = ()
    unread: int = 0

    @property
    def parameters(self) -> Parameters:
        """Parameters of the shingles and of the sample."""
        return self.sketch.parameters

    @property
    def scaled(self) -> int:
        """One in this many shingles is in the sample."""
        return self.sketch.parameters.scaled

    @property
    def hashes(self) -> UInt64s:
        """The sampled hashes, sorted and unique."""
        return self.sketch.hashes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of parameters, counts, inputs and hashes."""
        parameters = self.parameters
        facts = [
            *(parameters.normalisation, parameters.unicode, parameters.seed_width, self.scaled),
            *(self.documents, self.tokens, self.short_tokens, list(self.inputs), self.unread),
        ]
        hasher = hashlib.sha256(json.dumps(facts).encode())
        hasher.update(np.ascontiguousarray(self.hashes, "<u8").data)
        return hasher.hexdigest()

    def coarsen(self, scaled: int) -> "DatasetSketch":
        """Return the sketch that samples one in `scaled` shingles; raises as `downsample`."""
        parameters = replace(self.parameters, scaled=scaled)
        return replace(self, sketch=downsample(self.sketch, parameters))


def require_comparable(parameters: Parameters, name: str) -> None:
    """Raise if shingles made with some parameters are not comparable with those of this version.

    Raises
    ------
    FingerprintMismatch
        If normalisation or width differ. Other tables of Unicode change few shingles.
    """
    ours = sketch_parameters(parameters.scaled)
    found = parameters.normalisation, parameters.seed_width
    if found != (ours.normalisation, ours.seed_width):
        raise FingerprintMismatch(
            f"{name} was made with normalisation {found[0]} and shingles of {found[1]} words; this "
            f"version uses {ours.normalisation} and {ours.seed_width}",
            remedy="sketch the data again with this version",
        )


def align_sketches(sketches: Sequence[DatasetSketch]) -> list[DatasetSketch]:
    """Return sketches as coarse as the coarsest of them, so that they can be merged or compared."""
    scaled = max(each.scaled for each in sketches)
    # The newest tables of Unicode stand for all: `max` is associative and commutative.
    tables = max(each.parameters.unicode for each in sketches)
    coarse = [each.coarsen(scaled) for each in sketches]
    return [
        replace(
            each, sketch=replace(each.sketch, parameters=replace(each.parameters, unicode=tables))
        )
        for each in coarse
    ]


def merge_sketches(sketches: Sequence[DatasetSketch]) -> DatasetSketch:
    """Return the sketch of all that some sketches are of, in any order.

    Documents and tokens add up; a shingle that several have counts once. `sketches` is not empty.
    """
    aligned = align_sketches(sketches)
    return DatasetSketch(
        reduce(merge, (each.sketch for each in aligned)),
        sum(each.documents for each in aligned),
        sum(each.tokens for each in aligned),
        sum(each.short_tokens for each in aligned),
        tuple(sorted(name for each in aligned for name in each.inputs)),
        sum(each.unread for each in aligned),
    )


class SketchBuilder:
    """Sketches texts as they come, in bounded memory.

    The sample is the finest one of at most `max_hashes` hashes, but not finer than `scaled`: it
    depends on the set of shingles only, not on the order in which they come or are merged.

    Parameters
    ----------
    scaled : int
        One in this many shingles is kept, or fewer if they do not fit; 1 keeps all that fit.
    max_hashes : int
        Hashes from which every other one is left out.

    Attributes
    ----------
    scaled : int
        One in this many shingles is kept at present; doubled whenever there are too many.
    """

    def __init__(self, scaled: int, max_hashes: int = MAX_HASHES) -> None:
        self.scaled = scaled
        self._max_hashes = max_hashes
        self._documents = self._tokens = self._short_tokens = 0
        self._hashes: list[UInt64s] = []
        self._unmerged = 0

    def empty(self) -> "SketchBuilder":
        """Return a builder for a part of the texts, to be merged into this one."""
        return SketchBuilder(self.scaled, self._max_hashes)

    def add(self, tokens: Tokens, documents: int) -> None:
        """Add the texts of some documents."""
        shingles = shingle(tokens, SKETCH_WIDTH)
        is_short = np.diff(shingles.offsets) == 0
        self._documents += documents
        self._tokens += len(tokens.hashes)
        self._short_tokens += int(np.diff(tokens.offsets)[is_short].sum())
        self._put(shingles.hashes)

    def merge(self, part: DatasetSketch) -> None:
        """Add what `empty().build()` has made of a part of the texts."""
        self.scaled = max(self.scaled, part.scaled)
        self._documents += part.documents
        self._tokens += part.tokens
        self._short_tokens += part.short_tokens
        self._put(part.hashes)

    def build(self, inputs: Sequence[str] = (), unread: int = 0) -> DatasetSketch:
        """Return the sketch of everything added so far; arguments as for `DatasetSketch`."""
        hashes = self._compact()
        return DatasetSketch(
            Sketch(sketch_parameters(self.scaled), hashes),
            self._documents,
            self._tokens,
            self._short_tokens,
            tuple(sorted(inputs)),
            unread,
        )

    def _put(self, hashes: UInt64s) -> None:
        sampled = hashes[hashes < hash_bound(self.scaled)]
        self._hashes.append(sampled)
        self._unmerged += len(sampled)
        if self._unmerged > self._max_hashes:
            self._compact()

    def _compact(self) -> UInt64s:
        """Keep each hash once, and as few of them as fit."""
        hashes = distinct_hashes(np.concatenate([np.zeros(0, np.uint64), *self._hashes]))
        hashes = hashes[: np.searchsorted(hashes, hash_bound(self.scaled))]
        while len(hashes) > self._max_hashes:
            self.scaled *= 2
            hashes = hashes[: np.searchsorted(hashes, hash_bound(self.scaled))]
        self._hashes, self._unmerged = [hashes.copy()], 0
        return self._hashes[0]
