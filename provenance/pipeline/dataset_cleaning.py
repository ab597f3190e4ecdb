"""Write a corpus without what its policy forbids, until a check finds nothing more.

Each result is checked twice: scored with the model of the original corpus, so that findings are
judged as before, and on its own, as the next check will do.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance import __version__
from provenance.errors import ColumnMissing, CorruptFile, EmptyCorpus, InputError
from provenance.model import (
    FINDINGS,
    REMOVALS,
    CleanedFile,
    Cleaning,
    CorpusModel,
    FileFacts,
    Int64s,
    Library,
    Policy,
    Receipt,
    RemovalReason,
    Report,
    Unread,
    Volume,
    merge_unread,
)
from provenance.pipeline.check_inputs import load_current_report, load_library
from provenance.pipeline.clean_output import (
    check_output_is_free,
    open_cleanable_corpus,
    relative_output_path,
    staged_output,
)
from provenance.pipeline.corpus_modelling import load_frozen_model
from provenance.pipeline.dataset_check import check_corpus
from provenance.pipeline.findings.summaries import check_readable
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
    rows : dict of str to ndarray of int64
        Removed rows of each file, by their original numbers; sorted.
    excused : set of Place
        Findings that were left in as waived or contested, also when their rows are renumbered.
    tables : list of pyarrow.Table
        Removals of each round, of schema `REMOVALS`.
    left : (int, int)
        Number of findings left in as waived and as contested, in the last round.
    """

    cleaning: Cleaning
    rows: dict[str, Int64s] = field(default_factory=dict)
    excused: set[Place] = field(default_factory=set)
    tables: list[pa.Table] = field(default_factory=list)
    left: tuple[int, int] = (0, 0)
    _before: dict[str, Int64s] = field(default_factory=dict)

    def chosen(self, findings: pa.Table) -> pa.Table:
        """Return the findings of a round to be removed; rows have their current numbers."""
        named = pa.array([str(verdict) for verdict in self.cleaning.verdicts])
        meant = findings.filter(pc.is_in(findings["verdict"], named))
        places = self._places(meant)
        waived = pc.is_valid(meant["waiver"]).to_numpy() & (not self.cleaning.waived)
        contested = meant["contested"].to_numpy() & (not self.cleaning.contested) & ~waived
        stays = waived | contested
        # A finding stays excused when its document is renumbered.
        known = np.array([place in self.excused for place in places], bool) & ~stays
        self.excused.update(places[row] for row in np.flatnonzero(stays).tolist())
        self.left = int((waived | known).sum()), int(contested.sum())
        return meant.filter(pa.array(~stays & ~known))

    def take(self, chosen: pa.Table) -> dict[str, Removals]:
        """Record the removal of findings, and return the cuts of each file."""
        whole = self._whole(chosen)
        names = ("file", "row", "field", "start", "end")
        findings = list(zip(*(chosen[name].to_pylist() for name in names), strict=True))
        gone: dict[str, set[int]] = {file: set() for file, *_ in findings}
        for (file, row, *_), is_whole in zip(findings, whole, strict=True):
            gone[file] |= {row} if is_whole else set()
        spans: dict[str, dict[int, dict[str, Spans]]] = {file: {} for file in gone}
        for file, row, name, start, end in findings:
            if row not in gone[file]:
                own = spans[file].setdefault(row, {})
                own[name] = (*own.get(name, ()), (start, end))
        self._note(chosen, [row in gone[file] for file, row, *_ in findings])
        for file, rows in gone.items():
            before = self.rows.get(file, np.zeros(0, np.int64))
            new = np.array([self.first_row(file, row) for row in rows], np.int64)
            both = np.sort(np.concatenate([before, new]))
            # n rows before the n-th removed one are gone.
            self.rows[file], self._before[file] = both, both - np.arange(len(both))
        put = self.cleaning.redact or ""
        return {file: Removals(frozenset(rows), spans[file], put) for file, rows in gone.items()}

    def first_row(self, file: str, row: int) -> int:
        """Return the original number of a row."""
        before = self._before.get(file)
        return row if before is None else row + int(np.searchsorted(before, row, "right"))

    def table(self) -> pa.Table:
        """Return everything that was removed."""
        return pa.concat_tables([REMOVALS.empty_table(), *self.tables])

    def _places(self, findings: pa.Table) -> list[Place]:
        columns = [findings[name].to_pylist() for name in ("file", "row", "source", "item")]
        return [
            (file, self.first_row(file, row), source, item)
            for file, row, source, item in zip(*columns, strict=True)
        ]

    def _whole(self, chosen: pa.Table) -> list[bool]:
        """Return which findings remove the whole document.

        An address applies to a document whatever its text is, so that redaction does not help.
        """
        if self.cleaning.redact is None:
            return [True] * len(chosen)
        return [evidence == "link" for evidence in chosen["evidence"].to_pylist()]

    def _note(self, chosen: pa.Table, whole: list[bool]) -> None:
        places = zip(chosen["file"].to_pylist(), chosen["row"].to_pylist(), strict=True)
        told = {
            "row": [self.first_row(file, row) for file, row in places],
            "whole": whole,
            "round": [len(self.tables) + 1] * len(chosen),
        }
        columns = [
            pa.array(told[name], REMOVALS.field(name).type) if name in told else chosen[name]
            for name in REMOVALS.names
        ]
        self.tables.append(pa.table(columns, schema=REMOVALS))


def removal_reasons(removed: pa.Table) -> tuple[RemovalReason, ...]:
    """Summarise the reasons of removals, the most frequent first."""
    found: dict[tuple[str, str, str | None, str | None], list[tuple[str, int]]] = {}
    names = ("source", "verdict", "basis", "terms", "file", "row")
    for *why, file, row in zip(*(removed[name].to_pylist() for name in names), strict=True):
        found.setdefault((why[0], why[1], why[2], why[3]), []).append((file, row))
    summed = [
        RemovalReason(*why, findings=len(places), documents=len(set(places)))
        for why, places in found.items()
    ]
    return tuple(sorted(summed, key=lambda one: (-one.findings, one.source, one.terms or "")))


_MAX_ROUNDS = 20


def clean(
    corpus: Sequence[str],
    output: Path,
    policy: Policy,
    cleaning: Cleaning,
    settings: Settings,
    result: Path | None = None,
) -> Receipt:
    """Write a corpus without what is to be removed, and return a receipt.

    Parameters
    ----------
    corpus : sequence of str
        Addresses of local files, which are not modified.
    output : Path
        Folder of the cleaned corpus; absent or empty.
    policy : Policy
        As for a check.
    cleaning : Cleaning
        What to remove, and how.
    settings : Settings
        As for a check.
    result : Path or None
        Report of an earlier check of the same corpus with the same policy; None checks it now.

    Returns
    -------
    Receipt
        Also written into the folder.

    Raises
    ------
    ProvenanceError
        If the corpus cannot be cleaned; then `output` is not created.
    """
    library = load_library(policy, settings.rules)
    check_output_is_free(output, corpus)
    opened = open_cleanable_corpus(corpus, policy)
    if result is None:
        frozen = None if settings.model_of is None else load_frozen_model(settings.model_of)
        first = check_corpus(opened, library, policy, settings, frozen)
    else:
        first = load_current_report(result, opened, library)
    removed = RemovedContent(cleaning)
    unread = merge_unread([*first.result.unread, *opened.unread])
    opened = _readable_corpus(opened, unread)
    with staged_output(output) as stage:
        written, last = _clean_until_clear(
            opened, first, stage, removed, (library, policy, settings)
        )
        if is_saved(corpus[0]):
            write_saved_metadata(Path(corpus[0]), stage)
        receipt = replace(_build_receipt(opened, first, written, last, removed), unread=unread)
        write_receipt(receipt, removed.table(), stage)
    return receipt


def _readable_corpus(opened: Corpus, unread: Sequence[Unread]) -> Corpus:
    """Return the corpus without files that were not completely checked."""
    names = {one.file for one in unread}
    return replace(opened, files=tuple(file for file in opened.files if file.name not in names))


Request = tuple[Library, Policy, Settings]


def _clean_until_clear(
    opened: Corpus, first: Report, stage: Path, removed: RemovedContent, asked: Request
) -> tuple[dict[str, File], Report | None]:
    """Write the corpus, and remove findings until none is left."""
    cuts = removed.take(removed.chosen(first.findings))
    written = _write_files(opened, stage, cuts)
    for _ in range(_MAX_ROUNDS):
        for model in (first.model, None):
            last = _check_written(opened, written, model, asked)
            chosen = removed.chosen(last.findings if last else FINDINGS.empty_table())
            if len(chosen):
                break
        else:
            return written, last
        for name, cut in removed.take(chosen).items():
            _rewrite_file(written, name, cut)
    raise InputError(
        f"after {_MAX_ROUNDS} rounds there is still something to be taken out of "
        f"{', '.join(opened.addresses)}",
        remedy="take whole documents out, without --redact, or replace passages by other words",
    )


def _write_files(opened: Corpus, stage: Path, cuts: Mapping[str, Removals]) -> dict[str, File]:
    """Write all files with their cuts, and return those that are not empty."""
    digests = dict(opened.digests)
    written = {}
    for file in opened.files:
        path = stage / relative_output_path(file.name)
        if rewrite_file(file, path, cuts.get(file.name, Removals())):
            written[file.name] = _with_path(file, path)
        if file.digest() != digests[file.name]():
            raise CorruptFile(
                f"{file.display_path} changed while it was cleaned",
                remedy="clean it again when nobody writes to it",
            )
    return written


def _rewrite_file(written: dict[str, File], name: str, cut: Removals) -> None:
    """Remove more from a written file."""
    file = written.pop(name)
    path = Path(file.path)
    anew = path.with_name(f".{path.name}.anew")
    if rewrite_file(file, anew, cut):
        anew.replace(path)
        written[name] = _with_path(file, path)
    else:
        path.unlink()


def _with_path(file: File, path: Path) -> File:
    return replace(file, path=str(path), size=path.stat().st_size)


def _check_written(
    opened: Corpus, written: Mapping[str, File], model: CorpusModel | None, asked: Request
) -> Report | None:
    """Check the written corpus; None where no text is left."""
    library, policy, settings = asked
    legible = [file for _, file in sorted(written.items()) if _has_text(file, policy)]
    if not legible:
        return None
    corpus = open_files(opened.addresses, legible, policy.text_columns)
    anew = replace(settings, sample=None, control=None)
    try:
        report = check_corpus(corpus, library, policy, anew, model)
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
    opened: Corpus,
    first: Report,
    written: Mapping[str, File],
    last: Report | None,
    removed: RemovedContent,
) -> Receipt:
    table = removed.table()
    spans = table.filter(pc.invert(table["whole"]))
    counts = Counter(spans["file"].to_pylist())
    digests = dict(opened.digests)
    files = []
    for file in opened.files:
        made = written.get(file.name)
        files.append(
            CleanedFile(
                file=file.name,
                written=None if made is None else str(relative_output_path(file.name)),
                documents=len(removed.rows.get(file.name, ())),
                spans=counts[file.name],
                before=FileFacts(file.size, digests[file.name]()),
                after=None if made is None else FileFacts(made.size, made.digest()),
            )
        )
    result = first.result
    return Receipt(
        tool=__version__,
        created=datetime.now(UTC).replace(microsecond=0),
        addresses=opened.addresses,
        before=_corpus_volume(first, opened.digest()),
        after=_corpus_volume(
            last, open_files((), list(written.values())).digest() if written else None
        ),
        cleaning=removed.cleaning,
        purpose=result.policy.circumstances.purpose.value,
        registries=tuple(registry.digest for registry in result.registries),
        rules=result.rules_digest,
        model=first.model.digest if first.model else "",
        rounds=len([one for one in removed.tables if len(one)]),
        documents=sum(file.documents for file in files),
        spans=len(spans),
        reasons=removal_reasons(table),
        left_waived=removed.left[0],
        left_contested=removed.left[1],
        not_copied=opened.ignored,
        files=tuple(files),
    )


def _corpus_volume(report: Report | None, digest: str | None) -> Volume:
    if report is None:
        return Volume(digest, 0, 0, 0)
    held = report.result.corpus
    return Volume(digest, held.documents, held.tokens, held.bytes)
