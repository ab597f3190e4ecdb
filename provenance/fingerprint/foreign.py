"""Texts that are not ASCII, mostly, folded many bytes at a time: the loop behind `normalise`.

It is a kernel of its own, for most corpora need none: compiling it takes seconds.
"""

import numpy as np

from provenance.compiled import inner
from provenance.fingerprint.foldblocks import Folding
from provenance.fingerprint.foldruns import fold_runs
from provenance.fingerprint.foldwords import read_folded
from provenance.fingerprint.reading import Desk, known_of, put, read_run
from provenance.fingerprint.runs import edges_of, next_special
from provenance.model import Int32s, Int64s, UInt8s, UInt32s


@inner
def read_foreign_texts(
    texts: tuple[UInt8s, Int64s],
    which: Int64s,
    room: tuple[Desk, Folding],
    tokens: tuple[UInt32s, Int32s, Int32s],
    offsets: Int64s,
) -> None:
    """Read some texts, one after the other; `offsets` are of these alone."""
    (data, bounds), (own, more), runs = texts, room, room[0].runs
    # Numbers, not False: numba would compile all of it for that, and for what is known only later.
    folded, is_apart, are_long = (more.folded, more.folds), np.uint64(0), np.uint64(0)
    for text in range(len(which)):
        view = data[bounds[which[text]] : bounds[which[text] + 1]]
        found, is_apart = fold_runs(view, own.specials, runs, more, is_apart)
        before = count = offsets[text]
        place, run, hard = np.int64(0), np.int64(0), np.int64(-1)
        while run < found:
            start, stop = edges_of(runs, run)
            if start >= place:
                hard = next_special(more.hards, hard, start)
                runs_left, so_far = (run, found), (count, are_long)
                read, are_long = read_folded(folded, runs, runs_left, hard, tokens, so_far)
                run, count = run + read, count + read
                if run == found:
                    break
                start, stop = edges_of(runs, run)
                known = known_of(view, start, stop, own)
                if known != np.uint64(0):
                    put(tokens, count, known, start, stop)
                    run, count = run + 1, count + 1
                    continue
            place = max(place, start)
            count, place = read_run(view, place, stop, own, tokens, (before, count))
            run += 1
        offsets[text + 1] = count
