"""A bitmap filter: which of sixteen words may be in a small set.

`may_contain(words, start, bits, shift)` returns a mask of `words[start:start + 16]`, the first word
in the lowest bit; `bits` and `shift` are those of `build_bitmap`. Unchecked: the caller guarantees
that sixteen words are in range.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.jit.decorators import Scalar
from provenance.jit.intrinsics import splat
from provenance.model.content.fingerprints import UInt32s

LANES = 16
"""Words that are tested at a time."""

_BITS_PER_WORD = 16  # one in sixteen of the words outside the set passes
_HASH_MULTIPLIER = 0x9E3779B1  # an odd number: 2**32 over the golden ratio
_UINT32S = ir.VectorType(ir.IntType(32), LANES)


def build_bitmap(words: UInt32s) -> tuple[UInt32s, np.uint32]:
    """Build the bitmap of a set of words.

    Parameters
    ----------
    words : ndarray of uint32
        The set.

    Returns
    -------
    bits : ndarray of uint32, shape (2**a,)
        The bitmap, 32 bits per element.
    shift : uint32
        Right shift from a word's hash to the index of its bit.
    """
    size = min(max((_BITS_PER_WORD * len(words)).bit_length(), 6), 32)
    shift = np.uint32(32 - size)
    marks = np.zeros(1 << size, np.uint8)
    marks[words * np.uint32(_HASH_MULTIPLIER) >> shift] = 1
    return np.packbits(marks, bitorder="little").view("<u4"), shift


def _may_contain(_typing: Any, words: Any, _at: Any, bits: Any, _shift: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def start(which: int) -> Any:
            array = context.make_array(signature.args[which])(context, builder, arguments[which])
            return array.data

        _, at, _, shift = arguments
        target = builder.bitcast(builder.gep(start(0), [at]), _UINT32S.as_pointer())
        vector = builder.load(target)
        vector.align = 4
        hashed = builder.mul(vector, ir.Constant(_UINT32S, [_HASH_MULTIPLIER] * LANES))
        places = builder.lshr(hashed, splat(builder, shift, LANES))
        rows = builder.lshr(places, ir.Constant(_UINT32S, [5] * LANES))
        table_words, table = ir.Constant(_UINT32S, ir.Undefined), start(2)
        for lane in map(ir.IntType(32), range(LANES)):
            row = builder.zext(builder.extract_element(rows, lane), ir.IntType(64))
            word = builder.load(builder.gep(table, [row]))
            table_words = builder.insert_element(table_words, word, lane)
        within = builder.and_(places, ir.Constant(_UINT32S, [31] * LANES))
        ones = ir.Constant(_UINT32S, [1] * LANES)
        tested = builder.and_(builder.lshr(table_words, within), ones)
        mask = builder.bitcast(builder.icmp_unsigned("==", tested, ones), ir.IntType(LANES))
        return builder.zext(mask, ir.IntType(64))

    return types.uint64(words, types.int64, bits, types.uint32), generate


may_contain: Scalar = intrinsic(_may_contain)
