"""Fingerprints of withdrawn items: digests of all their words, under a key kept elsewhere.

Without the key, a fingerprint says nothing of the item: guesses cannot be tried. With it, it says
whether a text has exactly the item's words, in their order, and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from blake3 import blake3

from provenance.model.content.fingerprints import Int64s, Tokens, UInt32s, list_indices
from provenance.registry.array_reader import read_tokens
from provenance.registry.files.mapped_files import MappedSegment
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.side_tables.tombstones import FINGERPRINT_BYTES

MIN_TOKENS = 8
"""A text of fewer words may be anybody's: none is kept of it."""

MIN_KEY_BYTES = 16
_ITEMS_AT_A_TIME = 1 << 16


@dataclass(frozen=True, slots=True)
class FingerprintKey:
    """The key of fingerprints.

    Parameters
    ----------
    secret : bytes
        At least `MIN_KEY_BYTES`.
    """

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Identifies the key, and says nothing of it."""
        return blake3(self.secret, derive_key_context=_ID_CONTEXT).hexdigest(length=6)

    def fingerprint(self, tokens: UInt32s, offsets: Int64s) -> list[bytes | None]:
        """Return the fingerprint of each text, given its tokens; None where there are too few.

        Parameters
        ----------
        tokens : ndarray of uint32, shape (m,)
            Tokens of all texts.
        offsets : ndarray of int64, shape (n + 1,)
            Tokens of text `i` are ``tokens[offsets[i]:offsets[i + 1]]``.
        """
        derived = blake3(self.secret, derive_key_context=_CONTEXT).digest()
        lengths = np.diff(offsets)
        contents = np.empty((len(lengths), 2), "<u8")
        contents[:, 0], contents[:, 1] = sequence_hashes(tokens, offsets), lengths
        return [
            blake3(content.tobytes(), key=derived).digest(length=FINGERPRINT_BYTES)
            if length >= MIN_TOKENS
            else None
            for content, length in zip(contents, lengths.tolist(), strict=True)
        ]


_CONTEXT = "provenance fingerprints of withdrawn items"
_ID_CONTEXT = "provenance key of withdrawn items"


def fingerprint_items(
    segment: MappedSegment, numbers: UInt32s, key: FingerprintKey
) -> Iterator[bytes | None]:
    """Yield the fingerprints of items of a segment, in the order given."""
    tokens, all_offsets = read_tokens(segment)
    for at in range(0, len(numbers), _ITEMS_AT_A_TIME):
        own = numbers[at : at + _ITEMS_AT_A_TIME].astype(np.int64)
        indices, offsets = list_indices(all_offsets, own)
        yield from key.fingerprint(tokens[indices], offsets)


class WithdrawnTexts:
    """Recognises texts that consist of a withdrawn item.

    Parameters
    ----------
    tombstones : pyarrow.Table
        Of schema `TOMBSTONES`; those with fingerprints under another key are passed over.
    key : FingerprintKey
        The key.
    """

    def __init__(self, tombstones: pa.Table, key: FingerprintKey) -> None:
        self.key = key
        self._kept = tombstones.filter(pc.fill_null(pc.equal(tombstones["key"], key.id), False))
        fingerprints = self._kept["fingerprint"].to_pylist()
        self._rows = dict(zip(fingerprints, range(len(fingerprints)), strict=True))

    def find(self, tokens: Tokens) -> Iterator[tuple[int, dict[str, object]]]:
        """Yield the number of each text that is a withdrawn item, and the tombstone."""
        for text, fingerprint in enumerate(self.key.fingerprint(tokens.hashes, tokens.offsets)):
            row = self._rows.get(fingerprint)
            if row is not None:
                yield text, self._kept.slice(row, 1).to_pylist()[0]
