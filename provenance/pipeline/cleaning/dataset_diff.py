"""Compare two corpora or reports: documents, shares and findings."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from provenance import __version__
from provenance.errors import UnsupportedFormat
from provenance.model.content.tables import Unread
from provenance.model.results.changes import Changes, ComparedCorpus, GateRegression, ShareChange
from provenance.model.results.corpus_model import CorpusModel
from provenance.model.results.result import Report, Result
from provenance.model.rules.policy import Policy
from provenance.model.rules.terms import Verdict
from provenance.pipeline.caching.result_cache import ResultCache, code_digest
from provenance.pipeline.checking.check_inputs import load_library
from provenance.pipeline.checking.corpus_contents import (
    DocumentComparison,
    compare_documents,
    finding_keys,
    surplus_mask,
)
from provenance.pipeline.checking.dataset_check import check_corpus
from provenance.pipeline.scan.corpus_modelling import load_frozen_model
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus, is_stream_or_hub, open_corpus
from provenance.report.files.report_reader import has_report, read_report
from provenance.report.text.sentences import unknown_licences


def diff(old: str, new: str, policy: Policy, settings: Settings) -> Changes:
    """Compare two corpora, or reports of them.

    Parameters
    ----------
    old, new : str
        Address of a corpus, which is checked, or folder of a report.
    policy : Policy
        Policy for checking corpora.
    settings : Settings
        As for a check.

    Returns
    -------
    Changes
        Differences. A corpus is scored with the model of the earlier one, so that documents in both
        are judged alike.
    """
    before, first = _load_or_check(old, policy, settings, None)
    model = first.model
    if before is None and has_report(Path(old)) and not has_report(Path(new)):
        model = load_frozen_model(Path(old))
    after, second = _load_or_check(new, policy, settings, model)
    comparison = None
    if before is not None and after is not None:
        comparison = _compare_corpora(before, after, first.result, second.result, settings)
    unread = first.result.unread, second.result.unread
    if comparison is not None:
        unread = comparison.unread_old, comparison.unread_new
    keys = finding_keys(first.findings), finding_keys(second.findings)
    appeared = second.findings.filter(surplus_mask(keys[1], keys[0]))
    vanished = first.findings.filter(surplus_mask(keys[0], keys[1]))
    return Changes(
        tool=__version__,
        old=_diff_side(old, first.result, unread[0], settings),
        new=_diff_side(new, second.result, unread[1], settings),
        documents=None if comparison is None else comparison.changes,
        shares=_changed_shares(first.result, second.result),
        appeared=_sort_findings(appeared),
        vanished=_sort_findings(vanished),
        kept=len(second.findings) - len(appeared),
        worse=_gate_regressions(first.result, second.result),
        reservations=_caveats(
            first.result, second.result, comparison, has_changes=bool(len(appeared) + len(vanished))
        ),
    )


def _sort_findings(findings: pa.Table) -> pa.Table:
    """Return findings by verdict, the strictest first, then by strength and place."""
    verdicts = pa.array([str(verdict) for verdict in Verdict])
    ranks = pc.index_in(findings["verdict"].cast(pa.string()), verdicts)
    order = [("strength", "descending"), ("file", "ascending"), ("row", "ascending")]
    keys = findings.select([name for name, _ in order]).append_column("verdict", ranks)
    return findings.take(pc.sort_indices(keys, [("verdict", "ascending"), *order]))


def _load_or_check(
    address: str, policy: Policy, settings: Settings, model: CorpusModel | None
) -> tuple[Corpus | None, Report]:
    """Load the report at an address, or check the corpus there."""
    if has_report(Path(address)):
        return None, read_report(Path(address))
    if is_stream_or_hub(address):
        raise UnsupportedFormat(
            f"{address}: only files and folders can be compared",
            remedy="write it to a file, or check it with --output and compare the report",
        )
    library = load_library(policy, settings.rules)
    corpus = open_corpus(
        [address],
        text_columns=policy.text_columns,
        label_columns=policy.label_columns,
        max_document=policy.max_document,
    )
    return corpus, check_corpus(corpus, library, policy, settings, model)


def _compare_corpora(
    old: Corpus, new: Corpus, first: Result, second: Result, settings: Settings
) -> DocumentComparison:
    cache = None if settings.cache is None else ResultCache(settings.cache, code_digest())
    count, unread = second.corpus.documents, (first.unread, second.unread)
    return compare_documents(old, new, count, cache, settings.threads, unread)


def _diff_side(
    name: str, result: Result, unread: tuple[Unread, ...], settings: Settings
) -> ComparedCorpus:
    summary, allow_unread = result.corpus, max(result.allow_unread, settings.allow_unread)
    status = replace(result, allow_unread=allow_unread, unread=unread).status
    return ComparedCorpus(name, summary.digest, summary.documents, summary.tokens, status, unread)


def _changed_shares(old: Result, new: Result) -> tuple[ShareChange, ...]:
    """Return the shares by verdict and source that changed; unknown licences last."""
    before = {(share.by, share.key): share for share in old.shares}
    after = {(share.by, share.key): share for share in new.shares}
    changes = []
    for by, key in dict.fromkeys([*after, *before]):
        first, second = before.get((by, key)), after.get((by, key))
        current = second or first
        token_shares = [0 if share is None else share.tokens.share for share in (first, second)]
        if (
            by in {"verdict", "source"}
            and current is not None
            and token_shares[0] != token_shares[1]
        ):
            changes.append(ShareChange(by, key, current.verdict, first, second))
    last = unknown_licences(old) | unknown_licences(new)
    return tuple(sorted(changes, key=lambda move: move.key in last))


def _gate_regressions(old: Result, new: Result) -> tuple[GateRegression, ...]:
    before = {str(outcome.gate): outcome for outcome in old.gates}
    regressions = []
    for outcome in new.gates:
        previous = before.get(str(outcome.gate))
        if not outcome.passed and (
            previous is None or previous.passed or previous.share < outcome.share
        ):
            regressions.append(
                GateRegression(
                    str(outcome.gate), None if previous is None else previous.share, outcome.share
                )
            )
    return tuple(regressions)


def _caveats(
    old: Result, new: Result, comparison: DocumentComparison | None, *, has_changes: bool
) -> tuple[str, ...]:
    """List other causes of changes than the corpus, and what was not compared."""
    undecided = 0 if comparison is None else comparison.undecided
    registries = [{one.digest for one in result.registries} for result in (old, new)]
    models = [result.corpus_model and result.corpus_model.digest for result in (old, new)]
    is_same_corpus = old.corpus.digest == new.corpus.digest
    caveats = {
        f"{undecided:,} documents of one corpus may be in unread files of the other: they are "
        "counted neither as added nor as removed": undecided > 0,
        "the dataset is the same: no finding changed because of its texts": has_changes
        and is_same_corpus,
        f"they were made by different versions of provenance ({old.tool} and {new.tool}), which "
        "may find different passages": old.tool != new.tool,
        "they were matched against different registries": registries[0] != registries[1],
        "they were looked up in different backgrounds, so that other findings are quotations": (
            _background_digests(old) != _background_digests(new)
        ),
        "the earlier one does not decide whose words its findings are: quotations counted for the "
        "item's source": _has_origins(new) and not _has_origins(old),
        "they were judged by different rules": old.rules_digest != new.rules_digest,
        "they were judged under different circumstances": old.policy.circumstances
        != new.policy.circumstances,
        "each was scored with the words of its own corpus (check the later one with --model-of)": (
            models[0] != models[1]
        ),
        "only a sample of one of them was checked": bool(old.sample or new.sample)
        and not is_same_corpus,
    }
    return tuple(caveat for caveat, applies in caveats.items() if applies)


def _background_digests(result: Result) -> set[str]:
    common = () if result.common_background is None else (result.common_background,)
    return {each.digest for each in (*result.backgrounds, *common)}


def _has_origins(result: Result) -> bool:
    return any(share.by == "origin" for share in result.shares)
