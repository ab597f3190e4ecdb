"""From a scanned corpus to its findings, a bounded number of parts at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.model.content.tables import FINDINGS
from provenance.model.results.corpus_model import CorpusModel
from provenance.model.rules.policy import DEFAULT_ORIGINS, OriginRule, WithdrawnRule
from provenance.pipeline.caching.cache_entries import EntryStore
from provenance.pipeline.calibration.controls import (
    NO_CONTROL_COUNTS,
    ControlCounts,
    count_control_matches,
)
from provenance.pipeline.checking.check_inputs import References
from provenance.pipeline.execution.batch_spool import BatchSpool
from provenance.pipeline.execution.stage_log import StageTimes
from provenance.pipeline.findings.finding_annotations import RowDeclarations, annotate_findings
from provenance.pipeline.findings.finding_table import (
    FindingSet,
    build_findings,
    concatenate_unsettled,
    without_table,
)
from provenance.pipeline.findings.item_repetition import add_repetition
from provenance.pipeline.findings.origin_settlement import settle_origins
from provenance.pipeline.locate.claims import attribute_claims
from provenance.pipeline.locate.locations import locate_matches
from provenance.pipeline.locate.rivals import settle_rivals
from provenance.pipeline.scan.corpus_modelling import scoring_model
from provenance.pipeline.scan.readings import ReadingBatch, ScannedCorpus
from provenance.read.corpus.corpus_parts import Part
from provenance.registry.side_tables.marks import MarkedItems, read_marks


@dataclass(frozen=True, slots=True)
class CorpusFindings:
    """Everything found in a corpus.

    Parameters
    ----------
    finding_set : FindingSet
        The findings.
    control : ControlCounts
        Matches of the control, if there is one.
    """

    finding_set: FindingSet
    control: ControlCounts


def find_in_corpus(  # noqa: PLR0913 (a corpus, what it is matched with, and how)
    parts: Sequence[Part],
    corpus: ScannedCorpus,
    references: References,
    judges: CircumstanceJudges,
    frozen_model: CorpusModel | None = None,
    cache: EntryStore | None = None,
    threads: int = 1,
    origins: OriginRule = DEFAULT_ORIGINS,
    withdrawn: WithdrawnRule = WithdrawnRule.REPORT,
    *,
    own_share: float | None = None,
) -> CorpusFindings:
    """Score candidates, attribute tokens, locate and judge what is found.

    Parameters
    ----------
    parts : sequence of Part
        All parts of the corpus.
    corpus : ScannedCorpus
        Their readings.
    references : References
        The registries that they were matched against.
    judges : CircumstanceJudges
        Rules under the circumstances of the policy.
    frozen_model : CorpusModel or None
        The model of an earlier corpus; None scores with the corpus's own.
    cache : EntryStore or None
        Locations of earlier checks of the same parts.
    threads : int
        Number of threads.
    origins : OriginRule
        Whose words findings are.
    withdrawn : WithdrawnRule
        Whether withdrawn and opted-out documents are forbidden.
    own_share : float or None
        Share of the findings that are own words; None estimates it.

    Raises
    ------
    ChangedPartsError
        If parts changed since they were scanned.

    Notes
    -----
    With the model of the whole corpus, parts are independent: memory depends on the size of a
    batch, apart from the findings.
    """
    times = StageTimes()
    registries, control = references.registries, references.control
    registry_corpus = corpus.select_registries(0, len(registries))
    model = scoring_model(registry_corpus, registries, frozen_model)
    control_model = None
    if control is not None:
        control_corpus = corpus.select_registries(len(registries), len(registries) + 1)
        control_model = scoring_model(control_corpus, [control.index], frozen_model)
    marked = MarkedItems([read_marks(registry.registry.files) for registry in registries])
    parts_found, findings = [], _FindingTables()
    control_counts = NO_CONTROL_COUNTS
    for batch in corpus.batches():
        readings = [reading.select_registries(0, len(registries)) for reading in batch.readings]
        with times.measure("scoring"):
            claims = settle_rivals(
                attribute_claims(readings, registries, model, threads), registries
            )
        with times.measure("locating"):
            spans = locate_matches(
                parts, readings, claims, registries, references.backgrounds, cache, threads
            )
        spans = _number_in_corpus(spans, batch)
        with times.measure("judging"):
            unsettled = build_findings(
                spans,
                claims,
                registries,
                judges,
                corpus.counts.tokens,
                threads,
                references.backgrounds,
            )
            unsettled = annotate_findings(
                unsettled, RowDeclarations.of(batch), marked, judges.general, withdrawn
            )
        findings.add(unsettled.finding_set.findings)
        parts_found.append(without_table(unsettled))
        if control is not None and control_model is not None:
            control_counts += count_control_matches(control, batch.readings, control_model, claims)
    unsettled = concatenate_unsettled(parts_found, findings.concatenate())
    finding_set = settle_origins(unsettled, origins, registries, own_share)
    documents = finding_set.spans["document_number"].to_numpy()[finding_set.finding_rows]
    finding_set = replace(finding_set, findings=add_repetition(finding_set.findings, documents))
    times.log()
    return CorpusFindings(finding_set, control_counts)


_MAX_FINDING_BYTES = 1 << 26
"""Size from which findings are written to disk."""


class _FindingTables:
    """Tables of findings; those beyond a few megabytes are on disk, and mapped."""

    def __init__(self) -> None:
        self._tables = [FINDINGS.empty_table()]
        self._spools: list[BatchSpool] = []

    def add(self, findings: pa.Table) -> None:
        self._tables.append(findings)
        if sum(table.nbytes for table in self._tables) > _MAX_FINDING_BYTES:
            spool = BatchSpool(FINDINGS)
            for table in self._tables:
                for batch in table.combine_chunks().to_batches():
                    spool.append(batch)
            spool.seal()
            self._spools.append(spool)
            self._tables = [FINDINGS.empty_table()]

    def concatenate(self) -> pa.Table:
        spooled = [pa.Table.from_batches(spool.batches(), FINDINGS) for spool in self._spools]
        return pa.concat_tables([*spooled, *self._tables])


def _number_in_corpus(spans: pa.Table, batch: ReadingBatch) -> pa.Table:
    """Return spans whose texts and documents are numbered from the corpus's first."""
    for name, before in (("text_number", batch.texts), ("document_number", batch.documents)):
        numbers = pa.array(spans[name].to_numpy() + before, pa.int64())
        spans = spans.set_column(spans.schema.get_field_index(name), spans.field(name), numbers)
    return spans
