"""Compare the documents of two corpora by id and content hash."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, UInt64s
from provenance.model.content.tables import Unread, merge_unread
from provenance.model.results.changes import DocumentChanges
from provenance.pipeline.caching.cache_entries import load_table, store_table
from provenance.pipeline.caching.result_cache import ResultCache
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.corpus_parts import Part

_DOCUMENT_SCHEMA = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("name", pa.uint64(), nullable=False),  # hash of the id
        pa.field("content", pa.uint64(), nullable=False),  # hash of texts and explicit id
        pa.field("file", pa.dictionary(pa.int32(), pa.string()), nullable=False),
    ]
)
_MAX_EXAMPLES = 20
_UNREADABLE_DIGEST = "unlike any other"


@dataclass(frozen=True, slots=True)
class DocumentComparison:
    """Differences between the documents of two corpora, as far as both can be read.

    Parameters
    ----------
    changes : DocumentChanges
        Excludes documents that may be in unread files of the other corpus.
    unread_old, unread_new : tuple of Unread
        Files that could not be read, or not again.
    undecided : int
        Documents of one corpus that may be in unread files of the other.
    """

    changes: DocumentChanges
    unread_old: tuple[Unread, ...]
    unread_new: tuple[Unread, ...]
    undecided: int


def compare_documents(
    old: Corpus,
    new: Corpus,
    documents: int,
    cache: ResultCache | None,
    threads: int,
    unread: tuple[Sequence[Unread], Sequence[Unread]] = ((), ()),
) -> DocumentComparison:
    """Compare the documents of two corpora.

    Parts of files with identical bytes are not read.

    Parameters
    ----------
    old, new : Corpus
        The corpora; both can be read again.
    documents : int
        Number of documents of the later one.
    cache : ResultCache or None
        Cache of document hashes.
    threads : int
        Number of parts read at a time.
    unread : (sequence of Unread, sequence of Unread)
        Files of each that the checks could not read.
    """
    common = Counter(map(_part_identity, old.parts)) & Counter(map(_part_identity, new.parts))
    old_parts, new_parts = (_parts_not_shared(corpus.parts, common) for corpus in (old, new))
    before, changed_old = _document_table(old_parts, cache, threads)
    after, changed_new = _document_table(new_parts, cache, threads)
    unread_old = merge_unread([*unread[0], *changed_old])
    unread_new = merge_unread([*unread[1], *changed_new])
    same = documents
    if changed_new:  # `after` lacks some documents that the check counted
        common_parts = _parts_not_shared(new.parts, Counter(map(_part_identity, new_parts)))
        same = len(after) + len(_document_table(common_parts, cache, threads)[0])
    only_old = before.filter(pa.array(surplus_mask(_document_keys(before), _document_keys(after))))
    only_new = after.filter(pa.array(surplus_mask(_document_keys(after), _document_keys(before))))
    names = only_old["name"].to_numpy(), only_new["name"].to_numpy()
    is_removed, is_new = surplus_mask(*names), surplus_mask(names[1], names[0])
    may_remain, may_exist = (
        _may_be_unread(unread_new, only_old, old),
        _may_be_unread(unread_old, only_new, new),
    )
    tables = (
        ("added", only_new.filter(pa.array(is_new & ~may_exist))),
        ("removed", only_old.filter(pa.array(is_removed & ~may_remain))),
        ("changed", only_new.filter(pa.array(~is_new))),
    )
    counts = {how: len(table) for how, table in tables}
    examples = tuple(
        (how, name)
        for how, table in tables
        for name in table["document"].slice(0, _MAX_EXAMPLES).to_pylist()
    )
    return DocumentComparison(
        DocumentChanges(**counts, same=same - len(only_new), examples=examples),
        unread_old,
        unread_new,
        int((is_removed & may_remain).sum() + (is_new & may_exist).sum()),
    )


def _may_be_unread(unread: Sequence[Unread], table: pa.Table, corpus: Corpus) -> Flags:
    """Return the documents that may be in unread files of the other corpus.

    These are documents of files of the same names, or all, where `corpus` has no such file.
    """
    names = {name for part in corpus.parts for name in part.files}
    names |= {fault.file for fault in corpus.unread}
    files: set[str] = set()
    for fault in unread:
        is_folder = fault.file.endswith("/")
        affected = {n for n in names if n == fault.file or (is_folder and n.startswith(fault.file))}
        if not affected:
            return np.ones(len(table), bool)
        files |= affected
    return np.asarray(pc.is_in(table["file"].cast(pa.string()), pa.array(files, pa.string())))


def _part_identity(part: Part) -> tuple[str, ...]:
    """Return what determines the documents of a part, apart from names derived from positions."""
    key = None if part.key is None else part.key()
    if key is None:
        return (_UNREADABLE_DIGEST, part.file, str(part.index))
    # The first line of a layout is the number of preceding rows, which is irrelevant here.
    return (part.layout.partition("\n")[2], *part.text_columns, key)


def _parts_not_shared(parts: Sequence[Part], common: Counter[tuple[str, ...]]) -> list[Part]:
    remaining = Counter(common)
    distinct_parts = []
    for part in parts:
        identity = _part_identity(part)
        if remaining[identity]:
            remaining[identity] -= 1
        else:
            distinct_parts.append(part)
    return distinct_parts


def _document_table(
    parts: Sequence[Part], cache: ResultCache | None, threads: int
) -> tuple[pa.Table, list[Unread]]:
    def contents(part: Part) -> tuple[pa.Table, list[Unread]]:
        identity, name = _part_identity(part), None
        if cache is not None and identity[0] != _UNREADABLE_DIGEST:
            name = cache.key("contents", part.file, part.layout, *identity)
        table, unread = load_table(cache, name, _check_document_table), list[Unread]()
        if table is None:
            batches = []
            for documents in part.batches():
                batches.append(_hash_batch(documents.batch))
                unread += documents.unread
            table = pa.Table.from_batches(batches, _DOCUMENT_SCHEMA).unify_dictionaries()
            store_table(cache, None if unread else name, table)
        return table, unread

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(contents, parts))
    tables = [_DOCUMENT_SCHEMA.empty_table(), *(table for table, _ in results)]
    return pa.concat_tables(tables), [fault for _, unread in results for fault in unread]


def _check_document_table(table: pa.Table) -> None:
    if table.schema != _DOCUMENT_SCHEMA or any(column.null_count for column in table.columns):
        raise ValueError("invalid cache entry")


def _hash_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    rows, files = batch.column("row"), batch.column("file")
    places = pc.binary_join_element_wise(files, rows.cast(pa.string()), "#")
    has_id = pc.not_equal(batch.column("document"), places).to_pylist()
    texts = zip(*(batch.column(n).to_pylist() for n in ("field", "text")), strict=True)
    fields: dict[tuple[str, int], list[str]] = {}
    names: dict[tuple[str, int], tuple[str, bool]] = {}
    keys = zip(files.to_pylist(), rows.to_pylist(), strict=True)
    documents_of = zip(batch.column("document").to_pylist(), has_id, strict=True)
    for key, name, (field, text) in zip(keys, documents_of, texts, strict=True):
        fields.setdefault(key, []).extend((field, text))
        names[key] = name
    columns = [
        [name for name, _ in names.values()],
        [_hash_strings([name]) for name, _ in names.values()],
        [
            _hash_strings([*texts, *([name] if is_explicit else [])])
            for texts, (name, is_explicit) in zip(fields.values(), names.values(), strict=True)
        ],
        pa.array([file for file, _ in names], pa.string()).dictionary_encode(),
    ]
    return pa.record_batch(columns, schema=_DOCUMENT_SCHEMA)


def _hash_strings(parts: Sequence[str]) -> int:
    digest = blake2b(digest_size=8)
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return int.from_bytes(digest.digest(), "little")


def _document_keys(table: pa.Table) -> UInt64s:
    return np.asarray(table["content"].to_numpy())


def surplus_mask(values: UInt64s, other: UInt64s) -> Flags:
    """Return which elements `values` has more often than `other`: the last ones of each value."""
    order = np.argsort(values, kind="stable")
    sorted_values = values[order]
    rank = np.arange(len(values)) - np.searchsorted(sorted_values, sorted_values)
    sorted_other = np.sort(other)
    other_counts = np.searchsorted(sorted_other, sorted_values, "right") - np.searchsorted(
        sorted_other, sorted_values
    )
    surplus = np.zeros(len(values), bool)
    surplus[order] = rank >= other_counts
    return surplus


def finding_keys(findings: pa.Table) -> UInt64s:
    """Return hashes of findings that do not depend on their rows."""
    names = ("source", "item", "url", "evidence", "verdict", "excerpt")
    columns = [findings[name].to_pylist() for name in names]
    spans = zip(
        *(findings[name].to_pylist() for name in ("start", "end", "excerpt_start")), strict=True
    )
    keys = [
        _hash_strings([str(part) for part in (*parts, _finding_words(excerpt, *span))])
        for *parts, excerpt, span in zip(*columns, spans, strict=True)
    ]
    return np.array(keys, np.uint64)


def _finding_words(excerpt: str | None, start: int, end: int, first: int | None) -> str:
    """Return the finding's own words from its excerpt."""
    return "" if excerpt is None or first is None else excerpt[max(start - first, 0) : end - first]
