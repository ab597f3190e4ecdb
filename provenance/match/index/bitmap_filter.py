"""Whether words may be among a few: a bit each, asked of sixteen at a time.

`may_be_among(words, at, bits, shift)` gives a mask whose lowest bit is the word at `at`. `bits` and
`shift` are what `presence` makes. The caller answers for the bounds: sixteen words stand there.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.jit.decorators import Scalar
from provenance.jit.intrinsics import every
from provenance.model import UInt32s

SIXTEEN = 16
"""Words that are asked at a time."""

_BITS = 16  # a word: one in sixteen of the others passes
_SPREAD = 0x9E3779B1  # an odd number: 2**32 over the golden ratio
_NUMBERS = ir.VectorType(ir.IntType(32), SIXTEEN)


def presence(words: UInt32s) -> tuple[UInt32s, np.uint32]:
    """Make a set of words.

    Parameters
    ----------
    words : ndarray of uint32
        Any.

    Returns
    -------
    bits : ndarray of uint32, shape (2**a,)
        Thirty-two bits each.
    shift : uint32
        What leaves of a hash the place of its bit.
    """
    size = min(max((_BITS * len(words)).bit_length(), 6), 32)
    shift = np.uint32(32 - size)
    marks = np.zeros(1 << size, np.uint8)
    marks[words * np.uint32(_SPREAD) >> shift] = 1
    return np.packbits(marks, bitorder="little").view("<u4"), shift


def _may_be_among(_typing: Any, words: Any, _at: Any, bits: Any, _shift: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def start(which: int) -> Any:
            array = context.make_array(signature.args[which])(context, builder, arguments[which])
            return array.data

        _, at, _, shift = arguments
        target = builder.bitcast(builder.gep(start(0), [at]), _NUMBERS.as_pointer())
        own = builder.load(target)
        own.align = 4
        hashed = builder.mul(own, ir.Constant(_NUMBERS, [_SPREAD] * SIXTEEN))
        places = builder.lshr(hashed, every(builder, shift, SIXTEEN))
        rows = builder.lshr(places, ir.Constant(_NUMBERS, [5] * SIXTEEN))
        found, table = ir.Constant(_NUMBERS, ir.Undefined), start(2)
        for lane in map(ir.IntType(32), range(SIXTEEN)):
            row = builder.zext(builder.extract_element(rows, lane), ir.IntType(64))
            word = builder.load(builder.gep(table, [row]))
            found = builder.insert_element(found, word, lane)
        within = builder.and_(places, ir.Constant(_NUMBERS, [31] * SIXTEEN))
        ones = ir.Constant(_NUMBERS, [1] * SIXTEEN)
        told = builder.and_(builder.lshr(found, within), ones)
        mask = builder.bitcast(builder.icmp_unsigned("==", told, ones), ir.IntType(SIXTEEN))
        return builder.zext(mask, ir.IntType(64))

    return types.uint64(words, types.int64, bits, types.uint32), generate


may_be_among: Scalar = intrinsic(_may_be_among)
