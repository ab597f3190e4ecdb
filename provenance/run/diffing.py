"""Two corpora compared, or two reports: documents, shares and findings."""

from dataclasses import replace
from pathlib import Path

from provenance import __version__
from provenance.errors import UnsupportedFormat
from provenance.model import (
    Changes,
    CorpusModel,
    DocumentChanges,
    Policy,
    Report,
    Result,
    ShareMove,
    Side,
    Worse,
)
from provenance.read import Corpus, is_streamed, open_corpus
from provenance.report.files.report_reader import has_report, read_report
from provenance.run.checking import check_opened
from provenance.run.contents import document_changes, finding_keys, surplus
from provenance.run.freezing import frozen_model
from provenance.run.memory import Memory, code_digest
from provenance.run.openings import library_of
from provenance.run.settings import Settings


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
    documents = None
    if before is not None and after is not None:
        count = second.result.corpus.documents
        documents = _documents(before, after, count, settings)
    keys = finding_keys(first.findings), finding_keys(second.findings)
    appeared = second.findings.filter(surplus(keys[1], keys[0]))
    vanished = first.findings.filter(surplus(keys[0], keys[1]))
    order = [("strength", "descending"), ("file", "ascending"), ("row", "ascending")]
    return Changes(
        tool=__version__,
        old=_side(old, first.result, settings),
        new=_side(new, second.result, settings),
        documents=documents,
        shares=_moves(first.result, second.result),
        appeared=appeared.sort_by(order),
        vanished=vanished.sort_by(order),
        kept=len(second.findings) - len(appeared),
        worse=_worse(first.result, second.result),
        reservations=_reservations(first.result, second.result),
    )


def _told(
    address: str, policy: Policy, settings: Settings, model: CorpusModel | None
) -> tuple[Corpus | None, Report]:
    """Read the report that is at an address, or check the corpus there."""
    if has_report(Path(address)):
        return None, read_report(Path(address))
    if is_streamed(address):
        raise UnsupportedFormat(
            f"{address}: only files and folders can be compared",
            remedy="write it to a file, or check it with --output and compare the report",
        )
    library = library_of(policy, settings.rules)
    corpus = open_corpus(
        [address], text_columns=policy.text_columns, max_document=policy.max_document
    )
    return corpus, check_opened(corpus, library, policy, settings, model)


def _documents(old: Corpus, new: Corpus, count: int, settings: Settings) -> DocumentChanges:
    memory = None if settings.cache is None else Memory(settings.cache, code_digest())
    return document_changes(old, new, count, memory, settings.threads)


def _side(name: str, result: Result, settings: Settings) -> Side:
    held, accepted = result.corpus, max(result.allow_unread, settings.allow_unread)
    status = replace(result, allow_unread=accepted).status
    return Side(name, held.digest, held.documents, held.tokens, status, result.unread)


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


def _reservations(old: Result, new: Result) -> tuple[str, ...]:
    """Say what else than the corpus may have moved something."""
    said = []
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
