"""A pass over a dataset that measures what its report does not have: languages and domains."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

import numpy as np
import pyarrow as pa

from provenance.errors import InputError, OutputError
from provenance.model.content.tables import Unread
from provenance.model.records.disclosure import CorpusContents
from provenance.model.results.corpus_files import corpus_digest
from provenance.model.results.result import Result
from provenance.pipeline.audit.corpus_addresses import starts_document
from provenance.pipeline.disclosure.domain_sizes import DomainCounter
from provenance.pipeline.disclosure.language_sample import TextSample, measure_languages
from provenance.pipeline.execution.progress import show_progress
from provenance.read.corpus.address_resolution import address_exists
from provenance.read.corpus.corpora import Corpus, is_stream_or_hub, open_corpus
from provenance.temporary_files import temporary_folder

_LIBRARIES = "the libraries that measure languages and domains are missing"
_INSTALL = "pip install 'corpus-provenance[disclose]'"


def measure_contents(
    results: Sequence[Result],
    corpora: Sequence[str],
    crawled_files: Sequence[str] = (),
    *,
    quiet: bool = False,
) -> tuple[CorpusContents | None, str | None]:
    """Measure the dataset of a report, or those of several as one.

    Parameters
    ----------
    results : sequence of Result
        The checks.
    corpora : sequence of str
        Addresses of the dataset; of several datasets, one address for each. Without any, those of
        the reports, if they are there.
    crawled_files : sequence of str
        Patterns of the files whose domains count; all files without any.
    quiet : bool
        Show no progress.

    Returns
    -------
    contents : CorpusContents or None
        What was measured; None if nothing was.
    reason : str or None
        Why nothing was measured.

    Raises
    ------
    ProvenanceError
        If `corpora` cannot be read, or are not the dataset of the report.
    """
    missing = _missing_library()
    if missing and not corpora:
        return None, missing
    if missing:
        raise OutputError(_LIBRARIES, remedy=f"install them with: {_INSTALL}")
    if not corpora:
        for result in results:
            if reason := _absence(result.corpus.addresses):
                named = f"{', '.join(result.corpus.addresses)}: " if len(results) > 1 else ""
                return None, f"{named}{reason}"
    try:
        opened = _open_all(results, corpora)
        return _measure(opened, crawled_files, quiet=quiet), None
    except InputError as error:
        if corpora:
            raise
        return None, error.message


def _open_all(results: Sequence[Result], corpora: Sequence[str]) -> list[tuple[Corpus, Result]]:
    """Open the datasets of some reports; addresses of several are assigned by their digests."""
    if len(results) == 1:
        [result] = results
        return [(_open(result, corpora or result.corpus.addresses), result)]
    if not corpora:
        return [(_open(result, result.corpus.addresses), result) for result in results]
    digests = {address: open_corpus([address]).digest() for address in corpora}
    opened = []
    for result in results:
        found = [each for each in corpora if digests[each] == result.corpus.digest]
        if not found:
            names = ", ".join(result.corpus.addresses)
            raise InputError(
                f"none of {', '.join(corpora)} is the dataset that was checked as {names}: its "
                f"digest is {result.corpus.digest[:12]}…",
                remedy="name every dataset of the model with a --corpus of its own, or none",
            )
        opened.append((_open(result, found[:1]), result))
    return opened


def _missing_library() -> str | None:
    try:
        import publicsuffixlist  # noqa: F401, PLC0415 (an extra)
        import py3langid  # noqa: F401, PLC0415 (an extra)
    except ImportError:
        return f"{_LIBRARIES}: {_INSTALL}"
    return None


def _absence(addresses: Sequence[str]) -> str | None:
    """Return why the addresses of a report are not read; None if they are local, and there.

    Nothing is fetched that was not named.
    """
    is_elsewhere = any(is_stream_or_hub(each) or "://" in each for each in addresses)
    if is_elsewhere or not all(address_exists(each) for each in addresses):
        return "the dataset is not where it was checked, on this machine; name it with --corpus"
    return None


def _open(result: Result, addresses: Sequence[str]) -> Corpus:
    """Open the dataset of a report; raise `InputError` if it is another."""
    corpus = open_corpus(
        list(addresses),
        text_columns=result.policy.text_columns,
        split=result.corpus.split,
        max_document=result.policy.max_document,
    )
    digest = corpus.digest()
    if digest != result.corpus.digest:
        raise InputError(
            f"{', '.join(corpus.addresses)} is not the dataset that was checked: its digest is "
            f"{digest[:12]}…, and that of the report {result.corpus.digest[:12]}…",
            remedy="check it again, and name the new report",
        )
    return corpus


def _measure(
    opened: Sequence[tuple[Corpus, Result]], crawled_files: Sequence[str], *, quiet: bool
) -> CorpusContents:
    sample = TextSample()
    documents = 0
    last = before = None
    with temporary_folder() as folder:
        domains = DomainCounter(folder)
        parts = [(result, part) for corpus, result in opened for part in corpus.parts]
        with show_progress("measuring", len(parts), "parts", quiet=quiet) as progress:
            for result, part in parts:
                last = last if result is before else None
                before = result
                for found in part.batches():
                    _require_read(found.unread, result)
                    batch = found.batch
                    if not len(batch):
                        continue
                    is_first = starts_document(batch, last)
                    documents += int(is_first.sum())
                    sample.add(batch)
                    domains.add(*_crawled(batch, is_first, crawled_files))
                    last = batch.column("file")[-1].as_py(), batch.column("row")[-1].as_py()
                progress.advance(1)
        files = (file for corpus, _ in opened for file in corpus.contents())
        digest = opened[0][1].corpus.digest if len(opened) == 1 else corpus_digest(files)
        return CorpusContents(digest, documents, measure_languages(sample), domains.result())


def _require_read(unread: Sequence[Unread], result: Result) -> None:
    """Raise `InputError` if a file cannot be read that could be for the report."""
    known = {fault.file for fault in result.unread}
    for fault in unread:
        if fault.file not in known:
            raise InputError(f"{fault.file}: {fault.reason}", remedy=fault.remedy)


def _crawled(
    batch: pa.RecordBatch, is_first: np.ndarray, patterns: Sequence[str]
) -> tuple[pa.RecordBatch, np.ndarray]:
    """Return the texts whose file matches a pattern; all without patterns."""
    if not patterns:
        return batch, is_first
    files = batch.column("file").dictionary_encode()
    matches = [
        any(fnmatchcase(name, pattern) for pattern in patterns)
        for name in files.dictionary.to_pylist()
    ]
    chosen = np.array(matches, np.bool_)[files.indices.to_numpy()]
    return batch.filter(pa.array(chosen)), is_first[chosen]
