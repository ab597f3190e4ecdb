"""Two corpora compared, or two reports: documents, shares and findings."""

from dataclasses import replace
from pathlib import Path

from provenance import __version__
from provenance.errors import UnsupportedFormat
from provenance.model import (
    Changes,
    CorpusModel,
    Policy,
    Report,
    Result,
    ShareMove,
    Side,
    Unread,
    Worse,
)
from provenance.pipeline.check_inputs import library_of
from provenance.pipeline.corpus_contents import Comparison, compare_documents, finding_keys, surplus
from provenance.pipeline.corpus_model import frozen_model
from provenance.pipeline.dataset_check import check_opened
from provenance.pipeline.result_cache import Memory, code_digest
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus, is_stream_or_hub, open_corpus
from provenance.report.files.report_reader import has_report, read_report


def diff(old: str, new: str, policy: Policy, settings: Settings) -> Changes:
    """Compare two corpora, or reports of them.

    Parameters
    ----------
    old, new : str
        Each the address of a corpus, which is checked, or the folder of a report.
    policy : Policy
        By which corpora are checked.
    settings : Settings
        As of a check.

    Returns
    -------
    Changes
        What the later one has that the earlier has not, and the other way round. A corpus is
        weighed by the model of the earlier one, so that what is in both is judged alike.
    """
    before, first = _told(old, policy, settings, None)
    model = first.model
    if before is None and has_report(Path(old)) and not has_report(Path(new)):
        model = frozen_model(Path(old))
    after, second = _told(new, policy, settings, model)
    compared = None
    if before is not None and after is not None:
        compared = _compared(before, after, first.result, second.result, settings)
    unread = first.result.unread, second.result.unread
    if compared is not None:
        unread = compared.unread_old, compared.unread_new
    keys = finding_keys(first.findings), finding_keys(second.findings)
    appeared = second.findings.filter(surplus(keys[1], keys[0]))
    vanished = first.findings.filter(surplus(keys[0], keys[1]))
    order = [("strength", "descending"), ("file", "ascending"), ("row", "ascending")]
    return Changes(
        tool=__version__,
        old=_side(old, first.result, unread[0], settings),
        new=_side(new, second.result, unread[1], settings),
        documents=None if compared is None else compared.changes,
        shares=_moves(first.result, second.result),
        appeared=appeared.sort_by(order),
        vanished=vanished.sort_by(order),
        kept=len(second.findings) - len(appeared),
        worse=_worse(first.result, second.result),
        reservations=_reservations(first.result, second.result, compared),
    )


def _told(
    address: str, policy: Policy, settings: Settings, model: CorpusModel | None
) -> tuple[Corpus | None, Report]:
    """Read the report that is at an address, or check the corpus there."""
    if has_report(Path(address)):
        return None, read_report(Path(address))
    if is_stream_or_hub(address):
        raise UnsupportedFormat(
            f"{address}: only files and folders can be compared",
            remedy="write it to a file, or check it with --output and compare the report",
        )
    library = library_of(policy, settings.rules)
    corpus = open_corpus(
        [address], text_columns=policy.text_columns, max_document=policy.max_document
    )
    return corpus, check_opened(corpus, library, policy, settings, model)


def _compared(
    old: Corpus, new: Corpus, first: Result, second: Result, settings: Settings
) -> Comparison:
    memory = None if settings.cache is None else Memory(settings.cache, code_digest())
    count, unread = second.corpus.documents, (first.unread, second.unread)
    return compare_documents(old, new, count, memory, settings.threads, unread)


def _side(name: str, result: Result, unread: tuple[Unread, ...], settings: Settings) -> Side:
    held, accepted = result.corpus, max(result.allow_unread, settings.allow_unread)
    status = replace(result, allow_unread=accepted, unread=unread).status
    return Side(name, held.digest, held.documents, held.tokens, status, unread)


def _moves(old: Result, new: Result) -> tuple[ShareMove, ...]:
    """Give the shares by verdict and source that are others now."""
    before = {(share.by, share.key): share for share in old.shares}
    after = {(share.by, share.key): share for share in new.shares}
    moves = []
    for by, key in dict.fromkeys([*after, *before]):
        first, second = before.get((by, key)), after.get((by, key))
        told = second or first
        counted = [0 if share is None else share.tokens.share for share in (first, second)]
        if by in {"verdict", "source"} and told is not None and counted[0] != counted[1]:
            moves.append(ShareMove(by, key, told.verdict, first, second))
    return tuple(moves)


def _worse(old: Result, new: Result) -> tuple[Worse, ...]:
    before = {str(outcome.gate): outcome for outcome in old.gates}
    found = []
    for outcome in new.gates:
        known = before.get(str(outcome.gate))
        if not outcome.passed and (known is None or known.passed or known.share < outcome.share):
            found.append(
                Worse(str(outcome.gate), None if known is None else known.share, outcome.share)
            )
    return tuple(found)


def _reservations(old: Result, new: Result, compared: Comparison | None) -> tuple[str, ...]:
    """Say what else than the corpus may have moved something, and what was not compared."""
    said = []
    if compared is not None and compared.undecided:
        said.append(
            f"{compared.undecided:,} documents of one may be in what could not be read of the "
            "other: they are neither added nor removed here"
        )
    if {one.digest for one in old.registries} != {one.digest for one in new.registries}:
        said.append("they were matched against different registries")
    if old.rules_digest != new.rules_digest:
        said.append("they were judged by different rules")
    if old.policy.circumstances != new.policy.circumstances:
        said.append("they were judged for different circumstances")
    models = [result.corpus_model and result.corpus_model.digest for result in (old, new)]
    if models[0] != models[1]:
        said.append(
            "each was weighed by the words of its own corpus (check the later one with --model-of)"
        )
    if (old.sample or new.sample) and old.corpus.digest != new.corpus.digest:
        said.append("of one of them only a sample was looked at")
    return tuple(said)
