"""A pass over a dataset that measures what its report does not have: languages and domains."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

import numpy as np
import pyarrow as pa

from provenance.errors import InputError, OutputError
from provenance.model.records.disclosure import CorpusContents
from provenance.model.records.receipt import FileFacts
from provenance.model.results.result import Result
from provenance.pipeline.audit.corpus_addresses import starts_document
from provenance.pipeline.disclosure.domain_sizes import DomainCounter
from provenance.pipeline.disclosure.language_sample import TextSample, measure_languages
from provenance.pipeline.execution.progress import show_progress
from provenance.read.corpus.address_resolution import address_exists
from provenance.read.corpus.corpora import Corpus, FileDigest, is_stream_or_hub, open_corpus
from provenance.temporary_files import temporary_folder

_LIBRARIES = "the libraries that measure languages and domains are missing"
_INSTALL = "pip install 'corpus-provenance[disclose]'"


def measure_contents(
    result: Result,
    corpora: Sequence[str],
    crawled_files: Sequence[str] = (),
    *,
    quiet: bool = False,
) -> tuple[CorpusContents | None, str | None]:
    """Measure the dataset of a report.

    Parameters
    ----------
    result : Result
        The check.
    corpora : sequence of str
        Addresses of the dataset; without any, those of the report, if they are there.
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
    if not corpora and (reason := _absence(result.corpus.addresses)):
        return None, reason
    try:
        corpus = _open(result, corpora or result.corpus.addresses)
    except InputError as error:
        if corpora:
            raise
        return None, error.message
    return _measure(corpus, result.corpus.digest, crawled_files, quiet=quiet), None


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
    corpus: Corpus, digest: str, crawled_files: Sequence[str], *, quiet: bool
) -> CorpusContents:
    sample = TextSample()
    documents = 0
    last = None
    with temporary_folder() as folder:
        domains = DomainCounter(folder)
        total = len(corpus.parts)
        with show_progress("measuring", total, "parts", quiet=quiet) as progress:
            for part in corpus.parts:
                for batch in (found.batch for found in part.batches()):
                    if not len(batch):
                        continue
                    is_first = starts_document(batch, last)
                    documents += int(is_first.sum())
                    sample.add(batch)
                    domains.add(*_crawled(batch, is_first, crawled_files))
                    last = batch.column("file")[-1].as_py(), batch.column("row")[-1].as_py()
                progress.advance(1)
        return CorpusContents(
            digest, documents, measure_languages(sample), domains.result(), _files(corpus)
        )


def _files(corpus: Corpus) -> tuple[tuple[str, FileFacts], ...]:
    """Return sizes and digests of files that can be read; streams and hub datasets have none."""
    unreadable = {each.file for each in corpus.undigested_files()}
    digests = {
        name: digest()
        for name, digest in corpus.digests
        if isinstance(digest, FileDigest) and name not in unreadable
    }
    return tuple(
        (file.name, FileFacts(file.size, digests[file.name]))
        for file in corpus.files
        if file.name in digests
    )


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
