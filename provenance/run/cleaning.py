"""A corpus written again without what its policy forbids, until a check finds nothing of it.

What is left is checked again twice: weighed by the model of the corpus as it was, so that what was
judged once is judged alike, and by itself, as whoever checks it next will do.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc

from provenance import __version__
from provenance.errors import ColumnMissing, CorruptFile, EmptyCorpus, InputError
from provenance.model import (
    FINDINGS,
    CleanedFile,
    Cleaning,
    CorpusModel,
    FileFacts,
    Library,
    Policy,
    Receipt,
    Report,
    Unread,
    Volume,
    merge_unread,
)
from provenance.read import Corpus, Cuts, File, is_saved, open_files, rewrite, write_saved
from provenance.report.files.receipt_json import write_receipt
from provenance.run.checking import check_opened
from provenance.run.earlier import earlier_report
from provenance.run.freezing import frozen_model
from provenance.run.openings import library_of
from provenance.run.removals import Removed, reasons
from provenance.run.settings import Settings
from provenance.run.staging import check_free, open_to_clean, place_of, staged
from provenance.run.summaries import check_readable

_MOST_ROUNDS = 20


def clean(
    corpus: Sequence[str],
    output: Path,
    policy: Policy,
    cleaning: Cleaning,
    settings: Settings,
    result: Path | None = None,
) -> Receipt:
    """Write a corpus again without what is to go, and say what that was.

    Parameters
    ----------
    corpus : sequence of str
        Addresses of files on this machine; they are not touched.
    output : Path
        Folder of the cleaned corpus; it is absent or empty.
    policy : Policy
        As of a check.
    cleaning : Cleaning
        What is to go, and how.
    settings : Settings
        As of a check.
    result : Path or None
        Folder of the report of an earlier check of the same corpus with the same policy; None
        checks it now.

    Returns
    -------
    Receipt
        Also written into the folder.

    Raises
    ------
    ProvenanceError
        If the work cannot be done; then nothing is at `output`.
    """
    library = library_of(policy, settings.rules)
    check_free(output, corpus)
    opened = open_to_clean(corpus, policy)
    if result is None:
        frozen = None if settings.model_of is None else frozen_model(settings.model_of)
        first = check_opened(opened, library, policy, settings, frozen)
    else:
        first = earlier_report(result, opened, library)
    removed = Removed(cleaning)
    unread = merge_unread([*first.result.unread, *opened.unread])
    opened = _readable(opened, unread)
    with staged(output) as stage:
        written, last = _cleaned(opened, first, stage, removed, (library, policy, settings))
        if is_saved(corpus[0]):
            write_saved(Path(corpus[0]), stage)
        receipt = replace(_receipt(opened, first, written, last, removed), unread=unread)
        write_receipt(receipt, removed.table(), stage)
    return receipt


def _readable(opened: Corpus, unread: Sequence[Unread]) -> Corpus:
    """Give a corpus without the files that were not read to their end, and so not checked."""
    names = {one.file for one in unread}
    return replace(opened, files=tuple(file for file in opened.files if file.name not in names))


Asked = tuple[Library, Policy, Settings]


def _cleaned(
    opened: Corpus, first: Report, stage: Path, removed: Removed, asked: Asked
) -> tuple[dict[str, File], Report | None]:
    """Write the corpus, and take out what is to go until nothing of it is found."""
    cuts = removed.take(removed.chosen(first.findings))
    written = _written(opened, stage, cuts)
    for _ in range(_MOST_ROUNDS):
        for model in (first.model, None):
            last = _checked(opened, written, model, asked)
            chosen = removed.chosen(last.findings if last else FINDINGS.empty_table())
            if len(chosen):
                break
        else:
            return written, last
        for name, cut in removed.take(chosen).items():
            _write_again(written, name, cut)
    raise InputError(
        f"after {_MOST_ROUNDS} rounds there is still something to be taken out of "
        f"{', '.join(opened.addresses)}",
        remedy="take whole documents out, without --redact, or replace passages by other words",
    )


def _written(opened: Corpus, stage: Path, cuts: Mapping[str, Cuts]) -> dict[str, File]:
    """Write every file of a corpus, but for what is to go; give those of which anything is left."""
    digests = dict(opened.digests)
    written = {}
    for file in opened.files:
        path = stage / place_of(file.name)
        if rewrite(file, path, cuts.get(file.name, Cuts())):
            written[file.name] = _moved(file, path)
        if file.digest() != digests[file.name]():
            raise CorruptFile(
                f"{file.told} changed while it was cleaned",
                remedy="clean it again when nobody writes to it",
            )
    return written


def _write_again(written: dict[str, File], name: str, cut: Cuts) -> None:
    """Take more out of a file that was written."""
    file = written.pop(name)
    path = Path(file.path)
    anew = path.with_name(f".{path.name}.anew")
    if rewrite(file, anew, cut):
        anew.replace(path)
        written[name] = _moved(file, path)
    else:
        path.unlink()


def _moved(file: File, path: Path) -> File:
    return replace(file, path=str(path), size=path.stat().st_size)


def _checked(
    opened: Corpus, written: Mapping[str, File], model: CorpusModel | None, asked: Asked
) -> Report | None:
    """Check what was written; None where no text is left."""
    library, policy, settings = asked
    legible = [file for _, file in sorted(written.items()) if _has_text(file, policy)]
    if not legible:
        return None
    corpus = open_files(opened.addresses, legible, policy.text_columns)
    anew = replace(settings, sample=None, control=None)
    try:
        report = check_opened(corpus, library, policy, anew, model)
    except EmptyCorpus:
        return None
    check_readable(report.result.unread, 0)  # what was written must be checked to its end
    return report


def _has_text(file: File, policy: Policy) -> bool:
    try:
        return bool(open_files((), [file], policy.text_columns).parts)
    except ColumnMissing:  # of a table without rows nobody can tell
        return False


def _receipt(
    opened: Corpus,
    first: Report,
    written: Mapping[str, File],
    last: Report | None,
    removed: Removed,
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
                written=None if made is None else str(place_of(file.name)),
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
        before=_volume(first, opened.digest()),
        after=_volume(last, open_files((), list(written.values())).digest() if written else None),
        cleaning=removed.cleaning,
        purpose=result.policy.circumstances.purpose.value,
        registries=tuple(registry.digest for registry in result.registries),
        rules=result.rules_digest,
        model=first.model.digest if first.model else "",
        rounds=len([one for one in removed.tables if len(one)]),
        documents=sum(file.documents for file in files),
        spans=len(spans),
        reasons=reasons(table),
        left_waived=removed.left[0],
        left_contested=removed.left[1],
        not_copied=opened.ignored,
        files=tuple(files),
    )


def _volume(report: Report | None, digest: str | None) -> Volume:
    if report is None:
        return Volume(digest, 0, 0, 0)
    held = report.result.corpus
    return Volume(digest, held.documents, held.tokens, held.bytes)
