"""Bytes to characters: spans are computed in bytes, and read by people in code points."""

import numpy as np

from provenance.compiled import kernel
from provenance.model import Int64s, Texts, UInt8s


def characters(texts: Texts, rows: Int64s, places: Int64s) -> Int64s:
    """Count the code points before each place.

    Parameters
    ----------
    texts : Texts
        The texts.
    rows, places : ndarray of int64, shape (n,)
        Which text, and how many bytes into it. Fastest where sorted by text, then by place.

    Returns
    -------
    ndarray of int64, shape (n,)
        Code points of the text before the place.
    """
    counted = np.empty(len(places), np.int64)
    _count_all(texts.data, texts.offsets, rows, places, counted)
    return counted


@kernel
def _count_all(data: UInt8s, offsets: Int64s, rows: Int64s, places: Int64s, out: Int64s) -> None:
    row, place, count = np.int64(-1), np.int64(0), np.int64(0)
    for index in range(len(rows)):
        if rows[index] != row or places[index] < place:
            row, place, count = rows[index], np.int64(0), np.int64(0)
        view = data[offsets[row] + place : offsets[row] + places[index]]
        for position in range(view.size):
            count += (view[position] & 0xC0) != 0x80
        place = places[index]
        out[index] = count
