"""Languages of a dataset, measured in a sample of its texts."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from importlib.metadata import version

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.match.estimation.intervals import wilson_interval
from provenance.model.content.fingerprints import UInt64s
from provenance.model.records.disclosure import LanguageSample, LanguageShare

_TEXTS = 10_000
"""Size of the sample: shares are within one percentage point."""
_CHARACTERS = 1000
"""Beginning of a text that is looked at."""
_MIN_CONFIDENCE = 0.5
"""Below, and for what is no language ("zxx"), a text counts as not recognised."""
_NO_LANGUAGE = "zxx"
UNRECOGNISED = "und"

_STEP, _FIRST, _SECOND = (
    np.uint64(constant) for constant in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


class TextSample:
    """A sample of texts that is always the same for the same dataset.

    Each text has a key that follows from its file, row and field; those with the smallest keys are
    kept. Copies of a text have different keys, so that they count as often as they occur.

    Parameters
    ----------
    size : int
        Number of texts.
    """

    def __init__(self, size: int = _TEXTS) -> None:
        self._size = size
        self._keys: UInt64s = np.zeros(0, np.uint64)
        self._texts: list[str] = []
        self._limit = np.iinfo(np.uint64).max
        self.seen = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the texts of a batch of schema `DOCUMENTS`."""
        keys = _keys(batch)
        self.seen += len(keys)
        chosen = np.flatnonzero(keys <= self._limit)
        if len(chosen) == 0:
            return
        texts = batch.column("text").take(pa.array(chosen))
        self._keys = np.concatenate([self._keys, keys[chosen]])
        self._texts += pc.utf8_slice_codeunits(texts, 0, _CHARACTERS).to_pylist()
        if len(self._keys) > 2 * self._size:
            self._trim()

    def texts(self) -> list[str]:
        """Return the beginnings of the texts in the sample, in the order of their keys."""
        self._trim()
        return self._texts

    def _trim(self) -> None:
        order = np.argsort(self._keys, kind="stable")[: self._size]
        self._keys = self._keys[order]
        self._texts = [self._texts[place] for place in order.tolist()]
        if len(order) == self._size:
            self._limit = self._keys[-1]


def _keys(batch: pa.RecordBatch) -> UInt64s:
    """Return the key of each text."""
    rows = batch.column("row").to_numpy().astype(np.uint64)
    return _mix(_mix(rows ^ _name_hashes(batch, "file")) ^ _name_hashes(batch, "field"))


def _name_hashes(batch: pa.RecordBatch, column: str) -> UInt64s:
    names = batch.column(column).dictionary_encode()
    hashes = [
        int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        for name in names.dictionary.to_pylist()
    ]
    of_names: UInt64s = np.array(hashes, np.uint64)[names.indices.to_numpy()]
    return of_names


def _mix(values: UInt64s) -> UInt64s:
    """Return well-mixed values: the finaliser of SplitMix64."""
    mixed: UInt64s = values + _STEP
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return mixed ^ (mixed >> np.uint64(31))


def measure_languages(sample: TextSample) -> LanguageSample:
    """Return the languages of a sample; needs the extra `disclose`."""
    classify = _classifier()
    texts = sample.texts()
    counts = Counter(map(classify, texts))
    shares = []
    for code, number in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        low, high = wilson_interval(number, len(texts))
        if len(texts) == sample.seen:  # nothing was left out
            low = high = number / len(texts)
        shares.append(LanguageShare(code, number, number / len(texts), low, high))
    tool = f"py3langid {version('py3langid')}"
    return LanguageSample(tool, len(texts), sample.seen, tuple(shares))


@cache
def _classifier() -> Callable[[str], str]:
    from py3langid.langid import (  # noqa: PLC0415 (an extra)
        MODEL_FILE,
        LanguageIdentifier,
    )

    identifier = LanguageIdentifier.from_model_file(
        MODEL_FILE, norm_probs=True, min_confidence=_MIN_CONFIDENCE
    )

    def classify(text: str) -> str:
        code = str(identifier.classify(text)[0])
        return UNRECOGNISED if code == _NO_LANGUAGE else code

    return classify
