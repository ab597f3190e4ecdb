"""The rulings that a report lists by source."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.judge.rulings import Judgement
from provenance.model.content.fingerprints import Int64s
from provenance.model.results.coverage import RegistrySummary
from provenance.model.results.result import SourceRuling
from provenance.model.rules.rule_library import Library
from provenance.pipeline.findings.finding_table import FindingSet


def source_rulings(
    finding_set: FindingSet,
    summaries: Sequence[RegistrySummary],
    library: Library,
    judges: CircumstanceJudges,
) -> tuple[SourceRuling, ...]:
    """Return every ruling that applies to a finding, and one for each source without findings.

    Parameters
    ----------
    finding_set : FindingSet
        All findings.
    summaries : sequence of RegistrySummary
        Summaries of the registries.
    library : Library
        Names of sources, licences and signals.
    judges : CircumstanceJudges
        Judge the sources without findings.

    Returns
    -------
    tuple of SourceRuling
        Strictest first, then by source; within a source, by number of documents, descending.
    """
    names = {
        **{signal.id: signal.name for signal in library.signals},
        **{licence.id: licence.name for licence in library.licences},
        **{source.id: source.name for source in library.sources},
    }
    sources = {source.source for summary in summaries for source in summary.sources}
    rulings = finding_set.rulings
    items = _count_distinct(rulings.codes, finding_set.findings["item"])
    rows = finding_set.spans["document_number"].to_numpy()[rulings.rows]
    documents = _count_distinct(rulings.codes, pa.chunked_array([pa.array(rows)]))
    kinds = np.flatnonzero(np.bincount(rulings.codes)).tolist()
    found_sources = {rulings.judgements[kind][0] for kind in kinds}
    source_rows = [
        *(
            _source_ruling(
                names,
                rulings.judgements[kind_number],
                int(items[kind_number]),
                int(documents[kind_number]),
            )
            for kind_number in kinds
        ),
        *(
            _source_ruling(names, (source, judges.for_source(source).rule(source)), 0, 0)
            for source in sources - found_sources
        ),
    ]
    return tuple(
        sorted(
            source_rows,
            key=lambda entry: (
                not entry.documents,
                -entry.ruling.verdict.strictness,
                entry.source,
                entry.ruling.why,
                -entry.documents,
            ),
        )
    )


def _count_distinct(kinds: Int64s, values: pa.ChunkedArray) -> Int64s:
    """Count the distinct values of each kind, ignoring nulls."""
    codes = values.combine_chunks().dictionary_encode().indices
    valid_rows = np.flatnonzero(codes.is_valid())
    numbers = codes.drop_null().to_numpy().astype(np.int64)
    width = int(numbers.max(initial=0)) + 1
    pairs = np.sort(kinds[valid_rows] * width + numbers)  # ten times as fast as `np.unique`
    is_new = np.ones(len(pairs), bool)
    is_new[1:] = pairs[1:] != pairs[:-1]
    kind_count = int(kinds.max(initial=0)) + 1
    counts: Int64s = np.bincount(pairs[is_new] // width, minlength=kind_count)
    return counts


def _source_ruling(
    names: dict[str, str], pair: tuple[str, Judgement], items: int, documents: int
) -> SourceRuling:
    source, judgement = pair
    return SourceRuling(
        source,
        names.get(source, source),
        items,
        documents,
        judgement.ruling,
        judgement.agreement,
        judgement.scope.collection,
    )
