"""The first line of a text: a title above a body, which may occur without it."""

import numpy as np

from provenance.jit.decorators import kernel
from provenance.model.content.fingerprints import Int32s, Int64s, Texts, Tokens, UInt8s

_LINE_FEED = 0x0A
_MOST_TOKENS = 255


def first_line_sizes(texts: Texts, tokens: Tokens) -> UInt8s:
    """Return the number of tokens on the first line of each text that has any.

    Parameters
    ----------
    texts : Texts
        The texts.
    tokens : Tokens
        Their tokens.

    Returns
    -------
    ndarray of uint8, shape (n,)
        0 if all tokens are on one line, or more than 255 on the first.
    """
    sizes = np.zeros(len(texts), np.uint8)
    _measure_all(texts.data, texts.offsets, (tokens.starts, tokens.offsets), sizes)
    return sizes


@kernel
def _measure_all(
    data: UInt8s, text_offsets: Int64s, tokens: tuple[Int32s, Int64s], sizes: UInt8s
) -> None:
    starts, offsets = tokens
    for text in range(len(text_offsets) - 1):
        first, end = offsets[text], offsets[text + 1]
        if first == end:
            continue
        begin, line_end = text_offsets[text], text_offsets[text] + starts[first]
        while line_end < text_offsets[text + 1] and data[line_end] != _LINE_FEED:
            line_end += 1
        place = first
        while place < end and begin + starts[place] < line_end and place - first <= _MOST_TOKENS:
            place += 1
        if place < end and place - first <= _MOST_TOKENS:
            sizes[text] = place - first
