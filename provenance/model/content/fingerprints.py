"""Fingerprints: tokens, shingles and the parameters by which they were computed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

NORMALISATION = 3
"""Version of the tokenisation rules."""

NO_BREAK, BREAK, ELLIPSIS = 0, 1, 2
"""Separators of a passage from adjacent words: none, a break such as a full stop, an ellipsis."""

UInt8s = npt.NDArray[np.uint8]
UInt32s = npt.NDArray[np.uint32]
UInt64s = npt.NDArray[np.uint64]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def list_indices(offsets: Int64s, lists: Int64s) -> tuple[Int64s, Int64s]:
    """Return the indices of the elements of some of many concatenated lists.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n + 1,)
        Elements of list `i` are ``offsets[i]`` to ``offsets[i + 1]``.
    lists : ndarray of int64, shape (m,)
        Indices of lists, in any order, with repetitions.

    Returns
    -------
    indices : ndarray of int64
        Indices of their elements.
    offsets : ndarray of int64, shape (m + 1,)
        Offsets of the chosen lists in `indices`.
    """
    return range_indices(offsets[lists], np.diff(offsets)[lists])


def range_indices(firsts: Int64s, sizes: Int64s) -> tuple[Int64s, Int64s]:
    """Return the indices of the elements of ranges.

    Parameters
    ----------
    firsts, sizes : ndarray of int64, shape (m,)
        Start and size of each range.

    Returns
    -------
    indices : ndarray of int64
        Indices of their elements.
    offsets : ndarray of int64, shape (m + 1,)
        Offsets of the ranges in `indices`.
    """
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return np.repeat(firsts - offsets[:-1], sizes) + np.arange(offsets[-1]), offsets


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of fingerprinting; only fingerprints with equal ones can be compared.

    Parameters
    ----------
    normalisation : int
        Version of the rules that turn text into tokens.
    unicode : str
        Version of the code point tables.
    seed_width, signature_width : int
        Width of shingles in words, for seeds and for signatures.
    permutations, signature_seed : int
        Length of a signature, and the seed of its permutations, as in datasketch.
    signature_least : int
        Texts of fewer tokens have no signature in a registry.
    scaled : int
        One in `scaled` shingles is in a sketch.
    """

    normalisation: int = NORMALISATION
    unicode: str = "unknown"
    seed_width: int = 4
    signature_width: int = 5
    permutations: int = 128
    signature_seed: int = 1
    signature_least: int = 100
    scaled: int = 1000


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as Arrow buffers, without Python strings.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8 bytes of all texts.
    offsets : ndarray of int64, shape (n + 1,)
        Text `i` is `data[offsets[i]:offsets[i + 1]]`.
    """

    data: UInt8s
    offsets: Int64s

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def of(cls, column: pa.Array) -> "Texts":
        """View an Arrow `large_string` array without nulls as texts; nothing is copied."""
        _, offsets, data = column.buffers()
        first, count = column.offset, len(column)
        if offsets is None or count == 0:
            return cls(np.zeros(0, np.uint8), np.zeros(count + 1, np.int64))
        view = np.frombuffer(offsets, np.int64)[first : first + count + 1]
        return cls(np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8), view)

    def column(self) -> pa.LargeStringArray:
        """Return the texts as an Arrow array, without copying."""
        buffers = [None, pa.py_buffer(self.offsets), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.large_string(), len(self), buffers)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of some texts, in text order.

    Parameters
    ----------
    hashes : ndarray of uint32, shape (m,)
        Hash of each token. Bit 0 is 1 if the token is one character of a script without spaces,
        which weighs half a word; bit 1 too if it may have signs, as in Thai.
    starts, ends : ndarray of int32, shape (m,)
        Byte range of each token, relative to its text's first byte.
    offsets : ndarray of int64, shape (n + 1,)
        Tokens of text `i` are `hashes[offsets[i]:offsets[i + 1]]`.
    """

    hashes: UInt32s
    starts: Int32s
    ends: Int32s
    offsets: Int64s

    def take(self, texts: Int64s) -> "Tokens":
        """Return the tokens of some texts, in the order of `texts`."""
        indices, offsets = list_indices(self.offsets, texts)
        return Tokens(self.hashes[indices], self.starts[indices], self.ends[indices], offsets)


@dataclass(frozen=True, slots=True)
class Shingles:
    """Hashes of runs of consecutive tokens.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (m,)
        Hash of each shingle, in text order, with repetitions.
    positions : ndarray of int32, shape (m,)
        Index of its first token within the text.
    offsets : ndarray of int64, shape (n + 1,)
        Shingles of text `i` are `hashes[offsets[i]:offsets[i + 1]]`.
    """

    hashes: UInt64s
    positions: Int32s
    offsets: Int64s


@dataclass(frozen=True, slots=True)
class DroppedEdges:
    """Pieces of texts that normalisation drops before the first token and after the last.

    Pieces are listed outward from the tokens: 1 is a URL or its placeholder, 2 a mention, 3 the
    mark of a repost, any other number the code point of a sign.

    Parameters
    ----------
    lead, trail : ndarray of uint32
        Pieces of all texts.
    lead_offsets, trail_offsets : ndarray of int64, shape (n + 1,)
        Offsets of the pieces of each text.
    """

    lead: UInt32s
    lead_offsets: Int64s
    trail: UInt32s
    trail_offsets: Int64s

    def take(self, texts: Int64s) -> "DroppedEdges":
        """Return the edges of some texts, in the order of `texts`."""
        lead, lead_offsets = list_indices(self.lead_offsets, texts)
        trail, trail_offsets = list_indices(self.trail_offsets, texts)
        return DroppedEdges(self.lead[lead], lead_offsets, self.trail[trail], trail_offsets)
