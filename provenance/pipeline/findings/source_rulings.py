"""One ruling a source, for the report: what holds for its content that was found."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from provenance.judge.rulings import Judge, Judgement
from provenance.model import Int64s, Library, RegistrySummary, SourceRuling
from provenance.pipeline.findings.finding_table import Found


def source_rulings(
    everything: Found, summaries: Sequence[RegistrySummary], library: Library, judge: Judge
) -> tuple[SourceRuling, ...]:
    """Give every ruling that some finding stands under, and one for each source without findings.

    Parameters
    ----------
    everything : Found
        All findings.
    summaries : sequence of RegistrySummary
        What the registries hold.
    library : Library
        Names of sources, licences and signals.
    judge : Judge
        Rules on the sources of which nothing was found.

    Returns
    -------
    tuple of SourceRuling
        Strictest first, then by source; of equal ones, that of most documents.
    """
    names = {
        **{signal.id: signal.name for signal in library.signals},
        **{licence.id: licence.name for licence in library.licences},
        **{source.id: source.name for source in library.sources},
    }
    held = {source.source for summary in summaries for source in summary.sources}
    own = everything.ruled
    items = _distinct(own.kinds, everything.findings["item"])
    rows = everything.spans["document_number"].to_numpy()[own.rows]
    documents = _distinct(own.kinds, pa.chunked_array([pa.array(rows)]))
    kinds = np.flatnonzero(np.bincount(own.kinds)).tolist()
    found = {own.alike[kind][0] for kind in kinds}
    made = [
        *(_ruling(names, own.alike[one], int(items[one]), int(documents[one])) for one in kinds),
        *(_ruling(names, (source, judge.rule(source)), 0, 0) for source in held - found),
    ]
    return tuple(
        sorted(
            made,
            key=lambda each: (
                not each.documents,
                -each.ruling.verdict.strictness,
                each.source,
                each.ruling.why,
                -each.documents,
            ),
        )
    )


def _distinct(kinds: Int64s, values: pa.ChunkedArray) -> Int64s:
    """Count the different values of each kind; null is none."""
    coded = values.combine_chunks().dictionary_encode().indices
    known = np.flatnonzero(coded.is_valid())
    numbers = coded.drop_null().to_numpy().astype(np.int64)
    width = int(numbers.max(initial=0)) + 1
    pairs = np.sort(kinds[known] * width + numbers)  # in a tenth of the time of `np.unique`
    is_new = np.ones(len(pairs), bool)
    is_new[1:] = pairs[1:] != pairs[:-1]
    least = int(kinds.max(initial=0)) + 1
    counts: Int64s = np.bincount(pairs[is_new] // width, minlength=least)
    return counts


def _ruling(
    names: dict[str, str], alike: tuple[str, Judgement], items: int, documents: int
) -> SourceRuling:
    source, judgement = alike
    return SourceRuling(
        source,
        names.get(source, source),
        items,
        documents,
        judgement.ruling,
        judgement.agreement,
    )
