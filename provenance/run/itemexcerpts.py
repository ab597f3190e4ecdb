"""What a person is shown of the items that were found: a few words of each, marked."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from provenance.fingerprint import characters, tokenise
from provenance.model import Int64s, Texts, rows_at
from provenance.run.claiming import Claims
from provenance.run.excerpts import LONGEST, MARKS, among, begins_of, matched, scattered, shown
from provenance.run.readings import Opened

_AT_ONCE = 4096  # findings: what a thread needs of these fits into the nearer caches


def item_excerpts(
    own: pa.Table, claims: Claims, registries: Sequence[Opened], threads: int
) -> dict[str, pa.ChunkedArray]:
    """Show the items beside the documents, where their texts are kept.

    Parameters
    ----------
    own : pyarrow.Table
        Findings, of schema `evidence.SPANS`.
    claims : Claims
        All of the corpus.
    registries : sequence of Opened
        Where the items are.
    threads : int
        How many show items at a time.

    Returns
    -------
    dict of str to pyarrow.ChunkedArray
        `item_excerpt` and `item_marks` of each finding; None where there is no text.
    """
    excerpts, marks = [pa.array([], pa.string())], [pa.array([], MARKS)]
    shown_rows = [np.zeros(0, np.int64)]
    owners, numbers = own["registry"].to_numpy(), own["number"].to_numpy()
    claim_of = own["claim"].to_numpy()
    told: list[Future[dict[str, pa.Array]]] = []
    with ThreadPoolExecutor(threads) as pool:
        for owner, opened in enumerate(registries):
            rows = np.flatnonzero((owners == owner) & (numbers >= 0))
            unique, places = np.unique(numbers[rows].astype(np.uint32), return_inverse=True)
            if not len(unique) or not opened.registry.manifest.keeps_texts:
                continue
            strings = opened.registry.strings(unique)
            for low in range(0, len(rows), _AT_ONCE):
                piece = slice(low, low + _AT_ONCE)
                told.append(
                    pool.submit(_shown, strings, places[piece], claim_of[rows[piece]], claims)
                )
            shown_rows.append(rows)
    for one in told:
        excerpts.append(one.result()["excerpt"])
        marks.append(one.result()["marks"])
    rows = np.concatenate(shown_rows)
    made = pa.table(
        {"item_excerpt": pa.chunked_array(excerpts), "item_marks": pa.chunked_array(marks)}
    )
    if len(rows) < len(own) or (np.diff(rows) < 0).any():
        made = rows_at(made, scattered(rows, len(own)))
    return dict(zip(made.column_names, made.columns, strict=True))


def _shown(
    strings: pa.LargeStringArray, places: Int64s, claim_of: Int64s, claims: Claims
) -> dict[str, pa.Array]:
    """Show the items at some places: what of each a claim matched, all of it where none did."""
    items, places = np.unique(places, return_inverse=True)
    texts = Texts.of(strings.take(pa.array(items)))
    claimed = np.flatnonzero(claim_of >= 0)
    taken = claims.candidates.take(claim_of[claimed])
    words = matched(texts, tokenise(texts), places[claimed], taken, 0)
    firsts = np.zeros(len(places), np.int64)
    lasts = characters(texts, np.arange(len(texts)), np.diff(texts.offsets))[places]
    starts, ends = words.spans
    firsts[claimed] = own = np.maximum(starts, 0)
    lasts[claimed] = np.where(ends < 0, lasts[claimed], ends)
    made = words.marks(begins_of(own), own, np.minimum(lasts[claimed], own + LONGEST))
    return shown(texts, places, (firsts, lasts), among(made, claimed, len(places)))
