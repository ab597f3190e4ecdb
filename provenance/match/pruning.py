"""Candidates over which stronger ones lie: of one stretch of a text only a few are kept."""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, maker
from provenance.match.sorting import ascending
from provenance.model import Int32s, Int64s

TEXT, ITEM, SIZE, FIRST, LAST, SCORE, RAREST = range(7)
"""Columns of a candidate's row, while it is in a kernel."""

COLUMNS = 7
_BLOCK = 16  # tokens
_RIVALS = 8  # candidates kept over the same stretch


@inlined
def _covers(rows: Int64s, strong: Scalar, weak: Scalar) -> Scalar:
    first = max(rows[strong, FIRST], rows[weak, FIRST])
    last = min(rows[strong, LAST], rows[weak, LAST])
    return 2 * (last - first + 1) > rows[weak, LAST] - rows[weak, FIRST] + 1


@maker
def prune(rows: Int64s, runs: Int32s, run_offsets: Int64s, before: Scalar, count: Scalar) -> Scalar:
    """Drop candidates over whose stretch `_RIVALS` stronger ones lie; the rest keep their order."""
    if count - before <= _RIVALS:
        return count
    kept = _unrivalled(rows, before, count)
    out = before
    for row in range(before, count):
        if not kept[row - before]:
            continue
        first, end = run_offsets[row], run_offsets[row + 1]
        for column in range(COLUMNS):
            rows[out, column] = rows[row, column]
        for run in range(end - first):
            for column in range(3):
                runs[run_offsets[out] + run, column] = runs[first + run, column]
        run_offsets[out + 1] = run_offsets[out] + end - first
        out += 1
    return out


@maker
def _unrivalled(rows: Int64s, before: Scalar, count: Scalar) -> Int64s:
    size = count - before
    keys = np.empty(size, np.int64)
    for row in range(size):
        keys[row] = -rows[before + row, SCORE]
    order = ascending(keys)
    kept = np.empty(size, np.int64)
    # Who covers more than half of a stretch covers its middle: only the kept ones that reach into
    # the middle's block of tokens are looked at, strongest first.
    blocks, links = np.int64(0), np.int64(0)
    for row in range(before, count):
        blocks = max(blocks, rows[row, LAST] // _BLOCK + 1)
        links += rows[row, LAST] // _BLOCK - rows[row, FIRST] // _BLOCK + 1
    heads = np.empty(blocks, np.int64)
    for block in range(blocks):
        heads[block] = -1
    nexts, members = np.empty(links, np.int64), np.empty(links, np.int64)
    used = 0
    for rank in range(size):
        weak = before + order[rank]
        rivals = 0
        link = heads[(rows[weak, FIRST] + rows[weak, LAST]) // 2 // _BLOCK]
        while link >= 0 and rivals < _RIVALS:
            rivals += _covers(rows, members[link], weak)
            link = nexts[link]
        kept[order[rank]] = rivals < _RIVALS
        if rivals == _RIVALS:
            continue
        for block in range(rows[weak, FIRST] // _BLOCK, rows[weak, LAST] // _BLOCK + 1):
            members[used], nexts[used], heads[block] = weak, heads[block], used
            used += 1
    return kept
