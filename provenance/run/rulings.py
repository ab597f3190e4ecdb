"""One ruling a source, for the report: what holds for its content that was found."""

from collections.abc import Sequence

from provenance.judge import Judge, Judgement
from provenance.model import Library, RegistrySummary, SourceRuling
from provenance.run.findings import Found


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
        Strictest first, then by source.
    """
    names = {
        **{signal.id: signal.name for signal in library.signals},
        **{licence.id: licence.name for licence in library.licences},
        **{source.id: source.name for source in library.sources},
    }
    sources = everything.findings["source"].to_pylist()
    items = everything.findings["item"].to_pylist()
    documents = everything.spans["document_number"].to_numpy()[everything.chosen].tolist()
    grouped: dict[tuple[str, int], tuple[Judgement, set[str | None], set[int]]] = {}
    for source, item, document, judgement in zip(
        sources, items, documents, everything.judgements, strict=True
    ):
        group = grouped.setdefault((source, id(judgement)), (judgement, set(), set()))
        group[1].add(item)
        group[2].add(document)
    made = [
        _ruling(source, names, judgement, len(own_items - {None}), len(own_documents))
        for (source, _), (judgement, own_items, own_documents) in grouped.items()
    ]
    held = {source.source for summary in summaries for source in summary.sources}
    made += [_ruling(source, names, judge.rule(source), 0, 0) for source in held - set(sources)]
    return tuple(
        sorted(
            made,
            key=lambda each: (
                not each.documents,
                -each.ruling.verdict.strictness,
                each.source,
                each.ruling.why,
            ),
        )
    )


def _ruling(
    source: str, names: dict[str, str], judgement: Judgement, items: int, documents: int
) -> SourceRuling:
    return SourceRuling(
        source,
        names.get(source, source),
        items,
        documents,
        judgement.ruling,
        judgement.agreement,
    )
