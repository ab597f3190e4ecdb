"""Fingerprints: tokens, shingles and the parameters by which they were computed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

NORMALISATION = 2
"""Version of the tokenisation rules."""

RUN_ON, PARTED, ELLIPSIS = 0, 1, 2
"""What separates a passage from adjacent words: nothing, a break, or an ellipsis."""

UInt8s = npt.NDArray[np.uint8]
UInt32s = npt.NDArray[np.uint32]
UInt64s = npt.NDArray[np.uint64]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def picked(offsets: Int64s, lists: Int64s) -> tuple[Int64s, Int64s]:
    """Return the elements of some of many concatenated lists.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n + 1,)
        Elements of list `i` are ``offsets[i]`` to ``offsets[i + 1]``.
    lists : ndarray of int64, shape (m,)
        Indices of lists, in any order, with repetitions.

    Returns
    -------
    places : ndarray of int64
        Indices of their elements.
    offsets : ndarray of int64, shape (m + 1,)
        Offsets of the chosen lists in `places`.
    """
    return ranged(offsets[lists], np.diff(offsets)[lists])


def ranged(firsts: Int64s, sizes: Int64s) -> tuple[Int64s, Int64s]:
    """Return the elements of ranges.

    Parameters
    ----------
    firsts, sizes : ndarray of int64, shape (m,)
        Start and size of each range.

    Returns
    -------
    places : ndarray of int64
        Indices of their elements.
    offsets : ndarray of int64, shape (m + 1,)
        Offsets of the ranges in `places`.
    """
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return np.repeat(firsts - offsets[:-1], sizes) + np.arange(offsets[-1]), offsets


@dataclass(frozen=True, slots=True)
class Parameters:
    """What two fingerprints must share to be compared.

    Parameters
    ----------
    normalisation : int
        Version of the rules that turn text into tokens.
    unicode : str
        Version of the code point tables.
    seed_width, signature_width : int
        Words a shingle, for seeds and for signatures.
    permutations, signature_seed : int
        Length of a signature, and datasketch's seed.
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
        """Return them as an Arrow array, without copying."""
        buffers = [None, pa.py_buffer(self.offsets), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.large_string(), len(self), buffers)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of some texts, in text order.

    Parameters
    ----------
    hashes : ndarray of uint32, shape (m,)
        One a token. Bit 0 is 1 where the token is one character of an unspaced script, which
        weighs half a word.
    starts, ends : ndarray of int32, shape (m,)
        Bytes of the token, relative to its text's first byte.
    offsets : ndarray of int64, shape (n + 1,)
        Tokens of text `i` are `hashes[offsets[i]:offsets[i + 1]]`.
    """

    hashes: UInt32s
    starts: Int32s
    ends: Int32s
    offsets: Int64s

    def take(self, texts: Int64s) -> "Tokens":
        """Return the tokens of some texts, in the order of `texts`."""
        places, offsets = picked(self.offsets, texts)
        return Tokens(self.hashes[places], self.starts[places], self.ends[places], offsets)


@dataclass(frozen=True, slots=True)
class Shingles:
    """Hashes of runs of consecutive tokens.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (m,)
        One a shingle, in text order, repeats kept.
    positions : ndarray of int32, shape (m,)
        Token at which it starts, counted from the text's first.
    offsets : ndarray of int64, shape (n + 1,)
        Shingles of text `i` are `hashes[offsets[i]:offsets[i + 1]]`.
    """

    hashes: UInt64s
    positions: Int32s
    offsets: Int64s


@dataclass(frozen=True, slots=True)
class Edges:
    """What normalisation drops before the first token and after the last, of some texts.

    Each is a list of pieces, outward from the tokens: 1 a URL or its placeholder, 2 a mention,
    3 the mark of a repost, any other number the code point of a sign.

    Parameters
    ----------
    lead, trail : ndarray of uint32
        Pieces of all texts.
    lead_offsets, trail_offsets : ndarray of int64, shape (n + 1,)
        Pieces of text `i`.
    """

    lead: UInt32s
    lead_offsets: Int64s
    trail: UInt32s
    trail_offsets: Int64s

    def take(self, texts: Int64s) -> "Edges":
        """Return the edges of some texts, in the order of `texts`."""
        lead, lead_offsets = picked(self.lead_offsets, texts)
        trail, trail_offsets = picked(self.trail_offsets, texts)
        return Edges(self.lead[lead], lead_offsets, self.trail[trail], trail_offsets)
