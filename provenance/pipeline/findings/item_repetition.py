"""Count how often each item occurs in a corpus: repetition is what makes models memorise."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import FINDINGS
from provenance.model.results.origin import Origin
from provenance.registry.items.item_keys import url_sites


def add_repetition(findings: pa.Table, documents: Int64s) -> pa.Table:
    """Fill the columns `copies` and `occurrences` of all findings of a corpus.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.
    documents : ndarray of int64, shape (n,)
        Number of the document of each.

    Returns
    -------
    pyarrow.Table
        Documents that have words of the finding's item, and passages of the item. Null for findings
        without an item, and for quotations, which are not the item's words.
    """
    is_quotation = pc.fill_null(pc.equal(findings["origin"], str(Origin.QUOTATION)), False)
    is_counted = pc.and_not(pc.is_valid(findings["item"]), is_quotation).to_numpy()
    rows = np.flatnonzero(is_counted)
    # Sites of a source number their items separately.
    identity = (findings["source"], url_sites(findings["url"]), findings["item"])
    keys = np.stack([_codes(column)[rows] for column in identity])
    numbers = np.unique(keys, axis=1, return_inverse=True)[1].ravel()
    begins_passage = findings["gap"].is_null().to_numpy()[rows]
    occurrences = np.bincount(numbers, begins_passage)[numbers].astype(np.int64)
    pairs = np.unique(np.stack([numbers, documents[rows]]), axis=1)[0]
    copies = np.bincount(pairs)[numbers] if len(rows) else occurrences
    for name, counts in (("copies", copies), ("occurrences", occurrences)):
        values = np.zeros(len(findings), np.int64)
        values[rows] = counts
        place = FINDINGS.get_field_index(name)
        column = pa.array(values, mask=~is_counted)
        findings = findings.set_column(place, FINDINGS.field(name), pa.chunked_array([column]))
    return findings


def _codes(column: pa.ChunkedArray) -> Int64s:
    """Return a number for each value; one for all nulls."""
    indices = column.combine_chunks().dictionary_encode().indices
    return np.asarray(indices.fill_null(0).to_numpy(zero_copy_only=False), np.int64)
