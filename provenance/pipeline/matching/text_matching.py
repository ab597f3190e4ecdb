"""Match texts in memory with registries that are already open: a check without its totals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.fingerprint.warmup import make_tables
from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.candidates.near_duplicates import NO_NEAR_DUPLICATES
from provenance.match.estimation.own_shares import DEFAULT_SHARE
from provenance.match.index.seed_postings import look_up_seeds
from provenance.match.scoring.classifier import select_reportable
from provenance.match.scoring.corpus_sample import EMPTY_SAMPLE, NO_COPIES, PassageSample
from provenance.match.scoring.information import NgramCounts, language_only_counts
from provenance.model.content.fingerprints import Texts, Tokens
from provenance.model.content.tables import DOCUMENTS, FINDINGS, Documents
from provenance.model.results.corpus_model import CorpusModel
from provenance.model.rules.policy import DEFAULT_ORIGINS, OriginRule, Policy
from provenance.model.rules.rulings import Ruling
from provenance.pipeline.checking.check_inputs import References, load_library, open_references
from provenance.pipeline.checking.jit_warmup import compile_kernels
from provenance.pipeline.findings.finding_table import build_findings
from provenance.pipeline.findings.origin_settlement import settle_origins
from provenance.pipeline.locate.claims import attribute_claims
from provenance.pipeline.locate.locations import locate_matches
from provenance.pipeline.locate.rivals import settle_rivals
from provenance.pipeline.scan.corpus_modelling import ScoringModel, load_frozen_model
from provenance.pipeline.scan.part_scan import split_batch
from provenance.pipeline.scan.readings import Counts, Reading, RegistryIndex
from provenance.pipeline.scan.row_metadata import NO_DECLARATIONS
from provenance.read.corpus.corpus_parts import Part
from provenance.read.language_counts import load_language

_FILE = "in memory"


@dataclass(frozen=True, slots=True)
class MatchingContext:
    """Everything that texts are matched, scored and judged with, opened once.

    Parameters
    ----------
    references : References
        Registries and backgrounds.
    judges : CircumstanceJudges
        The rules under the circumstances of the policy.
    model : ScoringModel
        The model that candidates are scored with.
    language : NgramCounts
        Counts of general language, by which candidates are dropped that cannot be reported.
    threads : int
        Number of threads of one call.
    origins : OriginRule
        Whose words matches are.
    """

    references: References
    judges: CircumstanceJudges
    model: ScoringModel
    language: NgramCounts
    threads: int
    origins: OriginRule = DEFAULT_ORIGINS


@dataclass(frozen=True, slots=True)
class TextMatches:
    """Matches in texts.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`, in the order of the texts; `row` is the index of the text.
    rulings : tuple of Ruling
        The ruling on each.
    """

    findings: pa.Table
    rulings: tuple[Ruling, ...]


_NO_MATCHES = TextMatches(FINDINGS.empty_table(), ())


def open_context(
    policy: Policy,
    rules: Path | None,
    model_of: Path | None,
    threads: int = 1,
    *,
    quiet: bool = True,
) -> MatchingContext:
    """Open the registries, rules and model that texts are matched with.

    Parameters
    ----------
    policy : Policy
        Registries, backgrounds, purpose, circumstances, agreements.
    rules : Path or None
        Folder of rule files; None uses the shipped ones.
    model_of : Path or None
        Folder of the report whose corpus model candidates are scored with.
    threads : int
        Number of threads of one call.
    quiet : bool
        Show no progress.

    Raises
    ------
    ProvenanceError
        If one of them cannot be read or does not fit.
    """
    library = load_library(policy, rules)
    frozen = None if model_of is None else load_frozen_model(model_of)
    references = open_references(replace(policy, calibration=None), None)
    [first, *_] = references.registries
    compile_kernels(first.registry.path, lambda: first, quiet=quiet)
    make_tables()
    judges = CircumstanceJudges(library, policy, datetime.now(UTC).date())
    language = language_only_counts(load_language())
    model = _scoring_model(references.registries, frozen)
    return MatchingContext(references, judges, model, language, threads, policy.origins)


def _scoring_model(registries: Sequence[RegistryIndex], frozen: CorpusModel | None) -> ScoringModel:
    """Return an earlier corpus's model, or that of an empty corpus: never that of the texts."""
    counts = [len(registry_index.index.arrays.first) for registry_index in registries]
    if frozen is None:
        return ScoringModel(EMPTY_SAMPLE, tuple(np.zeros(count, np.int64) for count in counts))
    digests = [registry_index.registry.manifest.digest for registry_index in registries]
    return ScoringModel(
        PassageSample(frozen.bound, frozen.hashes, frozen.tokens, frozen.offsets),
        tuple(frozen.copies(digest, count) for digest, count in zip(digests, counts, strict=True)),
    )


def find_matches(texts: pa.LargeStringArray, context: MatchingContext) -> TextMatches:
    """Find passages of the registries' items in texts: the findings by content of a check.

    Parameters
    ----------
    texts : pyarrow.LargeStringArray
        Without nulls, valid UTF-8.
    context : MatchingContext
        The registries.
    """
    registries, threads = context.references.registries, context.threads
    batches = list(split_batch(Documents(_document_batch(texts))))
    readings = [_scan(batch, place, context) for place, batch in enumerate(batches)]
    claims = attribute_claims(readings, registries, context.model, threads)
    claims = settle_rivals(claims, registries)
    if not len(claims):
        return _NO_MATCHES
    spans = locate_matches(
        _parts_of(batches),
        readings,
        claims,
        registries,
        context.references.backgrounds,
        threads=threads,
    )
    tokens = sum(reading.counts.tokens for reading in readings)
    unsettled = build_findings(
        spans,
        claims,
        registries,
        context.judges,
        tokens,
        threads,
        context.references.backgrounds,
    )
    found = settle_origins(unsettled, context.origins, (), DEFAULT_SHARE)
    judgements = [judgement for _, judgement in found.rulings.judgements]
    rulings = tuple(judgements[code].ruling for code in found.rulings.codes)
    return TextMatches(found.findings, rulings)


def _document_batch(texts: pa.LargeStringArray) -> pa.RecordBatch:
    numbers = pa.array(np.arange(len(texts)))
    columns = {
        "document": numbers.cast(pa.string()),
        "file": pa.repeat(pa.scalar(_FILE), len(texts)),
        "row": numbers,
        "field": pa.repeat(pa.scalar("text"), len(texts)),
        "text": texts,
    }
    absent = {field.name: pa.nulls(len(texts), field.type) for field in DOCUMENTS}
    return pa.record_batch(list((absent | columns).values()), schema=DOCUMENTS)


def _parts_of(batches: Sequence[pa.RecordBatch]) -> list[Part]:
    """Return batches as parts of a corpus, in which matches can be located."""
    return [
        Part(_FILE, 0, partial(iter, [Documents(batch)]), ("text",), index=place)
        for place, batch in enumerate(batches)
    ]


def _scan(batch: pa.RecordBatch, part: int, context: MatchingContext) -> Reading:
    """Find the candidates in a batch. No sample of its own words is drawn."""
    registries = context.references.registries
    texts = Texts.of(batch.column("text"))
    tokens = tokenise(texts)
    size = int(texts.offsets[-1] - texts.offsets[0])
    return Reading(
        part,
        0,
        True,
        Counts(len(batch), len(batch), len(tokens.hashes), size),
        (),
        _candidates(texts, tokens, registries, context.language),
        tuple(NO_COPIES for _ in registries),
        tuple(NO_NEAR_DUPLICATES for _ in registries),
        NO_DECLARATIONS,
        EMPTY_SAMPLE,
        np.arange(len(batch)),
        None,
    )


def _candidates(
    texts: Texts, tokens: Tokens, registries: Sequence[RegistryIndex], language: NgramCounts
) -> tuple[Candidates, ...]:
    seeds = shingle(tokens, current_parameters().seed_width)
    tables = []
    for registry_index, postings in zip(
        registries, look_up_seeds(seeds, [each.index for each in registries]), strict=True
    ):
        index, size = registry_index.index, registry_index.size_of_all
        found = find_candidates(tokens, seeds, index, postings)
        found = replace(found, breaks=breaks(texts, tokens, found.texts, found.firsts, found.lasts))
        if size is not None:
            found = found.take(select_reportable(found, index, language, size))
        tables.append(found)
    return tuple(tables)
