"""Write a corpus without what its policy forbids, until a check finds nothing more.

Each result is checked twice: scored with the model of the original corpus, so that findings are
judged as before, and on its own, as the next check will do.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance import __version__
from provenance.errors import ColumnMissing, CorruptFile, EmptyCorpus, InputError
from provenance.match.estimation.own_shares import DEFAULT_SHARE
from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import FINDINGS, Unread, merge_unread
from provenance.model.records.audit import ForgetSet
from provenance.model.records.receipt import (
    REMOVALS,
    CleanedFile,
    Cleaning,
    FileFacts,
    Receipt,
    RemovalReason,
    Volume,
)
from provenance.model.results.corpus_model import CorpusModel
from provenance.model.results.origin import Origin
from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.model.rules.rule_library import Library
from provenance.pipeline.audit.found_items import counted_findings
from provenance.pipeline.checking.check_inputs import load_current_report, load_library
from provenance.pipeline.checking.dataset_check import check_corpus
from provenance.pipeline.cleaning.clean_output import (
    check_output_is_free,
    open_cleanable_corpus,
    relative_output_path,
    staged_output,
)
from provenance.pipeline.cleaning.forget_sets import forgotten_rows
from provenance.pipeline.findings.summaries import check_readable
from provenance.pipeline.scan.corpus_modelling import load_frozen_model
from provenance.pipeline.scan.row_metadata import ROW_EVIDENCE
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus, open_files
from provenance.read.corpus.file_access import File
from provenance.read.corpus.saved_datasets import is_saved
from provenance.read.rewriting.removal_plan import Removals
from provenance.read.rewriting.rewrite_file import rewrite_file
from provenance.read.rewriting.rewrite_saved import write_saved_metadata
from provenance.report.files.receipt_json import write_receipt

Place = tuple[str, int, str, str | None]
"""File, original row, source and item."""

Spans = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class RemovedContent:
    """Content removed from a corpus so far, and findings that were left in on purpose.

    Parameters
    ----------
    cleaning : Cleaning
        The options.
    forget : pyarrow.Table or None
        Passages of this corpus that a forget set lists, of schema `FORGET_SET`: they and other
        passages of the same items are removed, whatever their verdict. None goes by the verdicts.
    rows : dict of str to ndarray of int64
        Removed rows of each file, by their original numbers; sorted.
    excused : set of Place
        Findings that were left in as waived or contested, also when their rows are renumbered.
    tables : list of pyarrow.Table
        Removals of each round, of schema `REMOVALS`.
    left_in : (int, int)
        Number of findings left in as waived and as contested, in the last round.
    """

    cleaning: Cleaning
    forget: pa.Table | None = None
    rows: dict[str, Int64s] = field(default_factory=dict)
    excused: set[Place] = field(default_factory=set)
    tables: list[pa.Table] = field(default_factory=list)
    left_in: tuple[int, int] = (0, 0)
    _before: dict[str, Int64s] = field(default_factory=dict)

    def first_removals(self, findings: pa.Table) -> pa.Table:
        """Return the findings of the first round to be removed.

        Those of a forget set count even where registries lack their items by now.
        """
        return self.select_removals(findings) if self.forget is None else self.forget

    def select_removals(self, findings: pa.Table) -> pa.Table:
        """Return the findings of a round to be removed; rows have their current numbers."""
        if self.forget is not None:
            return _of_same_items(findings, self.forget)
        verdicts = pa.array([str(verdict) for verdict in self.cleaning.verdicts])
        candidates = findings.filter(pc.is_in(findings["verdict"], verdicts))
        places = self._finding_places(candidates)
        is_waived = pc.is_valid(candidates["waiver"]).to_numpy() & (not self.cleaning.waived)
        is_contested = (
            candidates["contested"].to_numpy() & (not self.cleaning.contested) & ~is_waived
        )
        is_excused = is_waived | is_contested
        # A finding stays excused when its document is renumbered, but not if only the other
        # findings of a corpus made it undecided: among fewer of them it counts.
        was_excused = np.array([place in self.excused for place in places], bool) & ~is_excused
        is_undecided = np.array(pc.equal(candidates["origin"], Origin.UNDECIDED).fill_null(False))
        stays = is_waived | (is_contested & ~is_undecided)
        self.excused.update(places[row] for row in np.flatnonzero(stays).tolist())
        self.left_in = int((is_waived | was_excused).sum()), int(is_contested.sum())
        return candidates.filter(pa.array(~is_excused & ~was_excused))

    def remove(self, findings: pa.Table) -> dict[str, Removals]:
        """Record the removal of findings, and return the cuts of each file."""
        removes_document = self._removes_document(findings)
        names = ("file", "row", "field", "start", "end")
        places = list(zip(*(findings[name].to_pylist() for name in names), strict=True))
        removed_rows: dict[str, set[int]] = {file: set() for file, *_ in places}
        for (file, row, *_), is_whole in zip(places, removes_document, strict=True):
            removed_rows[file] |= {row} if is_whole else set()
        spans: dict[str, dict[int, dict[str, Spans]]] = {file: {} for file in removed_rows}
        for file, row, name, start, end in places:
            if row not in removed_rows[file]:
                fields = spans[file].setdefault(row, {})
                fields[name] = (*fields.get(name, ()), (start, end))
        self._record(findings, [row in removed_rows[file] for file, row, *_ in places])
        for file, rows in removed_rows.items():
            earlier = self.rows.get(file, np.zeros(0, np.int64))
            added = np.array([self.original_row(file, row) for row in rows], np.int64)
            row_numbers = np.sort(np.concatenate([earlier, added]))
            # n rows before the n-th removed one are gone.
            self.rows[file] = row_numbers
            self._before[file] = row_numbers - np.arange(len(row_numbers))
        replacement = self.cleaning.redact or ""
        return {
            file: Removals(frozenset(rows), spans[file], replacement)
            for file, rows in removed_rows.items()
        }

    def original_row(self, file: str, row: int) -> int:
        """Return the original number of a row."""
        before = self._before.get(file)
        return row if before is None else row + int(np.searchsorted(before, row, "right"))

    def table(self) -> pa.Table:
        """Return everything that was removed."""
        return pa.concat_tables([REMOVALS.empty_table(), *self.tables])

    def _finding_places(self, findings: pa.Table) -> list[Place]:
        columns = [findings[name].to_pylist() for name in ("file", "row", "source", "item")]
        return [
            (file, self.original_row(file, row), source, item)
            for file, row, source, item in zip(*columns, strict=True)
        ]

    def _removes_document(self, findings: pa.Table) -> list[bool]:
        """Return which findings remove the whole document.

        What a row declares applies to a document regardless of its text, so that redaction does not
        help.
        """
        if self.cleaning.redact is None:
            return [True] * len(findings)
        return [evidence in ROW_EVIDENCE for evidence in findings["evidence"].to_pylist()]

    def _record(self, findings: pa.Table, removes_document: list[bool]) -> None:
        places = zip(findings["file"].to_pylist(), findings["row"].to_pylist(), strict=True)
        computed = {
            "row": [self.original_row(file, row) for file, row in places],
            "whole": removes_document,
            "round": [len(self.tables) + 1] * len(findings),
        }
        columns = [
            pa.array(computed[name], REMOVALS.field(name).type)
            if name in computed
            else findings[name]
            for name in REMOVALS.names
        ]
        self.tables.append(pa.table(columns, schema=REMOVALS))


def _of_same_items(findings: pa.Table, forget: pa.Table) -> pa.Table:
    """Return the findings that count and are of an item, or an address, of a forget set."""
    wanted, counted = set(_item_names(forget)), counted_findings(findings)
    return counted.filter(pa.array([name in wanted for name in _item_names(counted)], pa.bool_()))


def _item_names(findings: pa.Table) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield source and id; without an id, source and address."""
    columns = (findings[name].to_pylist() for name in ("source", "item", "url"))
    for source, item, url in zip(*columns, strict=True):
        yield source, item, url if item is None else None


def removal_reasons(removed: pa.Table) -> tuple[RemovalReason, ...]:
    """Summarise the reasons of removals, the most frequent first."""
    places_by_reason: dict[tuple[str, str, str | None, str | None], list[tuple[str, int]]] = {}
    names = ("source", "verdict", "basis", "terms", "file", "row")
    for *key, file, row in zip(*(removed[name].to_pylist() for name in names), strict=True):
        places_by_reason.setdefault((key[0], key[1], key[2], key[3]), []).append((file, row))
    reasons = [
        RemovalReason(*key, findings=len(places), documents=len(set(places)))
        for key, places in places_by_reason.items()
    ]
    return tuple(
        sorted(reasons, key=lambda reason: (-reason.findings, reason.source, reason.terms or ""))
    )


_MAX_ROUNDS = 20


def clean(  # noqa: PLR0913 (what to clean, and what to remove)
    corpus: Sequence[str],
    output: Path | str,
    policy: Policy,
    cleaning: Cleaning,
    settings: Settings,
    result: Path | None = None,
    forget: ForgetSet | None = None,
) -> Receipt:
    """Write a corpus without what is to be removed, and return a receipt.

    Parameters
    ----------
    corpus : sequence of str
        Addresses of local files, which are not modified.
    output : Path or str
        Folder of the cleaned corpus; absent or empty. A string is an address.
    policy : Policy
        As for a check.
    cleaning : Cleaning
        What to remove, and how.
    settings : Settings
        As for a check.
    result : Path or None
        Report of an earlier check of the same corpus with the same policy; None checks it now.

    forget : ForgetSet or None
        Passages to be removed, instead of what has the verdicts of `cleaning`.

    Returns
    -------
    Receipt
        Also written into the folder.

    Raises
    ------
    ProvenanceError
        If the corpus cannot be cleaned; then `output` is not created.
    """
    # What does not count among many quotations would count among the few that are left.
    settings = replace(settings, own_share=DEFAULT_SHARE)
    library = load_library(policy, settings.rules)
    check_output_is_free(output, corpus)
    dataset = open_cleanable_corpus(corpus, policy)
    if result is None:
        frozen_model = None if settings.model_of is None else load_frozen_model(settings.model_of)
        first = check_corpus(dataset, library, policy, settings, frozen_model)
    else:
        first = load_current_report(result, dataset, library)
    removed_content = RemovedContent(cleaning)
    if forget is not None:
        rows = forgotten_rows(forget, first.result.corpus)
        removed_content = RemovedContent(replace(cleaning, forget_set=forget.digest), rows)
    unread = merge_unread([*first.result.unread, *dataset.unread])
    dataset = _readable_corpus(dataset, unread)
    with staged_output(output) as stage:
        written, last = _clean_until_clear(
            dataset, first, stage, removed_content, (library, policy, settings)
        )
        if is_saved(corpus[0]):
            write_saved_metadata(Path(corpus[0]), stage)
        receipt = replace(
            _build_receipt(dataset, first, written, last, removed_content),
            unread=unread,
            wordless=first.result.unchecked[len(first.result.unread) :],
        )
        write_receipt(receipt, removed_content.table(), stage)
    return receipt


def _readable_corpus(corpus: Corpus, unread: Sequence[Unread]) -> Corpus:
    """Return the corpus without files that were not completely checked."""
    names = {fault.file for fault in unread}
    return replace(corpus, files=tuple(file for file in corpus.files if file.name not in names))


Request = tuple[Library, Policy, Settings]


def _clean_until_clear(
    corpus: Corpus, first: Report, stage: Path, removed_content: RemovedContent, request: Request
) -> tuple[dict[str, File], Report | None]:
    """Write the corpus, and remove findings until none is left."""
    cuts = removed_content.remove(removed_content.first_removals(first.findings))
    written = _write_files(corpus, stage, cuts)
    for _ in range(_MAX_ROUNDS):
        for model in (first.model, None):
            last = _check_written(corpus, written, model, request)
            findings = removed_content.select_removals(
                last.findings if last else FINDINGS.empty_table()
            )
            if len(findings):
                break
        else:
            return written, last
        for name, cut in removed_content.remove(findings).items():
            _rewrite_file(written, name, cut)
    raise InputError(
        f"after {_MAX_ROUNDS} rounds there are still findings to remove from "
        f"{', '.join(corpus.addresses)}",
        remedy="remove whole documents, without --redact, or redact with other words",
    )


def _write_files(corpus: Corpus, stage: Path, cuts: Mapping[str, Removals]) -> dict[str, File]:
    """Write all files with their cuts, and return those that are not empty."""
    digests = dict(corpus.digests)
    written = {}
    for file in corpus.files:
        path = stage / relative_output_path(file.name)
        if rewrite_file(file, path, cuts.get(file.name, Removals())):
            written[file.name] = _with_path(file, path)
        if file.digest() != digests[file.name]():
            raise CorruptFile(
                f"{file.display_path} changed while it was cleaned",
                remedy="clean it again while no other process writes to it",
            )
    return written


def _rewrite_file(written: dict[str, File], name: str, cut: Removals) -> None:
    """Remove more from a written file."""
    file = written.pop(name)
    path = Path(file.path)
    replacement = path.with_name(f".{path.name}.anew")
    if rewrite_file(file, replacement, cut):
        replacement.replace(path)
        written[name] = _with_path(file, path)
    else:
        path.unlink()


def _with_path(file: File, path: Path) -> File:
    return replace(file, path=str(path), size=path.stat().st_size)


def _check_written(
    original: Corpus, written: Mapping[str, File], model: CorpusModel | None, request: Request
) -> Report | None:
    """Check the written corpus; None where no text is left."""
    library, policy, settings = request
    files = [file for _, file in sorted(written.items()) if _has_text(file, policy)]
    if not files:
        return None
    corpus = open_files(original.addresses, files, policy.text_columns)
    recheck_settings = replace(settings, sample=None, control=None)
    try:
        report = check_corpus(corpus, library, policy, recheck_settings, model)
    except EmptyCorpus:
        return None
    check_readable(report.result.unread, 0)  # everything written must be checked
    return report


def _has_text(file: File, policy: Policy) -> bool:
    try:
        return bool(open_files((), [file], policy.text_columns).parts)
    except ColumnMissing:  # a table without rows has no text
        return False


def _build_receipt(
    corpus: Corpus,
    first: Report,
    written: Mapping[str, File],
    last: Report | None,
    removed_content: RemovedContent,
) -> Receipt:
    table = removed_content.table()
    spans = table.filter(pc.invert(table["whole"]))
    counts = Counter(spans["file"].to_pylist())
    digests = dict(corpus.digests)
    files = []
    for file in corpus.files:
        written_file = written.get(file.name)
        files.append(
            CleanedFile(
                file=file.name,
                written=None if written_file is None else str(relative_output_path(file.name)),
                documents=len(removed_content.rows.get(file.name, ())),
                spans=counts[file.name],
                before=FileFacts(file.size, digests[file.name]()),
                after=None
                if written_file is None
                else FileFacts(written_file.size, written_file.digest()),
            )
        )
    result = first.result
    return Receipt(
        tool=__version__,
        created=datetime.now(UTC).replace(microsecond=0),
        addresses=corpus.addresses,
        before=_corpus_volume(first, corpus.digest()),
        after=_corpus_volume(
            last, open_files((), list(written.values())).digest() if written else None
        ),
        cleaning=removed_content.cleaning,
        purpose=result.policy.circumstances.purpose.value,
        registries=tuple(registry.digest for registry in result.registries),
        rules=result.rules_digest,
        model=first.model.digest if first.model else "",
        rounds=len([removals for removals in removed_content.tables if len(removals)]),
        documents=sum(file.documents for file in files),
        spans=len(spans),
        reasons=removal_reasons(table),
        left_waived=removed_content.left_in[0],
        left_contested=removed_content.left_in[1],
        not_copied=corpus.ignored,
        files=tuple(files),
    )


def _corpus_volume(report: Report | None, digest: str | None) -> Volume:
    if report is None:
        return Volume(digest, 0, 0, 0)
    summary = report.result.corpus
    return Volume(digest, summary.documents, summary.tokens, summary.bytes)
