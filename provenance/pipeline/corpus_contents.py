"""Compare the documents of two corpora by id and content hash."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import DocumentChanges, Flags, UInt64s, Unread, merge_unread
from provenance.pipeline.cache_entries import load_table, store_table
from provenance.pipeline.result_cache import ResultCache
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
    memory: ResultCache | None,
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
    memory : ResultCache or None
        Cache of document hashes.
    threads : int
        Number of parts read at a time.
    unread : (sequence of Unread, sequence of Unread)
        Files of each that the checks could not read.
    """
    both = Counter(map(_part_identity, old.parts)) & Counter(map(_part_identity, new.parts))
    own, own_new = (_parts_not_shared(corpus.parts, both) for corpus in (old, new))
    before, lost_before = _document_table(own, memory, threads)
    after, lost_after = _document_table(own_new, memory, threads)
    unread_old = merge_unread([*unread[0], *lost_before])
    unread_new = merge_unread([*unread[1], *lost_after])
    same = documents
    if lost_after:  # `after` lacks some documents that the check counted
        shared = _parts_not_shared(new.parts, Counter(map(_part_identity, own_new)))
        same = len(after) + len(_document_table(shared, memory, threads)[0])
    gone = before.filter(pa.array(surplus_mask(_document_keys(before), _document_keys(after))))
    come = after.filter(pa.array(surplus_mask(_document_keys(after), _document_keys(before))))
    names = gone["name"].to_numpy(), come["name"].to_numpy()
    removed, is_new = surplus_mask(*names), surplus_mask(names[1], names[0])
    lost, unknown = _may_be_unread(unread_new, gone, old), _may_be_unread(unread_old, come, new)
    told = (
        ("added", come.filter(pa.array(is_new & ~unknown))),
        ("removed", gone.filter(pa.array(removed & ~lost))),
        ("changed", come.filter(pa.array(~is_new))),
    )
    counts = {how: len(table) for how, table in told}
    examples = tuple(
        (how, name)
        for how, table in told
        for name in table["document"].slice(0, _MAX_EXAMPLES).to_pylist()
    )
    return DocumentComparison(
        DocumentChanges(**counts, same=same - len(come), examples=examples),
        unread_old,
        unread_new,
        int((removed & lost).sum() + (is_new & unknown).sum()),
    )


def _may_be_unread(unread: Sequence[Unread], table: pa.Table, corpus: Corpus) -> Flags:
    """Return the documents that may be in unread files of the other corpus.

    These are documents of files of the same names, or all, where `corpus` has no such file.
    """
    known = {name for part in corpus.parts for name in part.files}
    known |= {one.file for one in corpus.unread}
    files: set[str] = set()
    for one in unread:
        is_folder = one.file.endswith("/")
        own = {n for n in known if n == one.file or (is_folder and n.startswith(one.file))}
        if not own:
            return np.ones(len(table), bool)
        files |= own
    return np.asarray(pc.is_in(table["file"].cast(pa.string()), pa.array(files, pa.string())))


def _part_identity(part: Part) -> tuple[str, ...]:
    """Return what determines the documents of a part, apart from names derived from positions."""
    key = None if part.key is None else part.key()
    if key is None:
        return (_UNREADABLE_DIGEST, part.file, str(part.index))
    # The first line of a layout is the number of preceding rows, which is irrelevant here.
    return (part.layout.partition("\n")[2], *part.text_columns, key)


def _parts_not_shared(parts: Sequence[Part], both: Counter[tuple[str, ...]]) -> list[Part]:
    left = Counter(both)
    own = []
    for part in parts:
        identity = _part_identity(part)
        if left[identity]:
            left[identity] -= 1
        else:
            own.append(part)
    return own


def _document_table(
    parts: Sequence[Part], memory: ResultCache | None, threads: int
) -> tuple[pa.Table, list[Unread]]:
    def contents(part: Part) -> tuple[pa.Table, list[Unread]]:
        identity, name = _part_identity(part), None
        if memory is not None and identity[0] != _UNREADABLE_DIGEST:
            name = memory.key("contents", part.file, part.layout, *identity)
        found, unread = load_table(memory, name, _check_document_table), list[Unread]()
        if found is None:
            batches = []
            for documents in part.batches():
                batches.append(_hash_batch(documents.batch))
                unread += documents.unread
            found = pa.Table.from_batches(batches, _DOCUMENT_SCHEMA).unify_dictionaries()
            store_table(memory, None if unread else name, found)
        return found, unread

    with ThreadPoolExecutor(threads) as pool:
        read = list(pool.map(contents, parts))
    tables = [_DOCUMENT_SCHEMA.empty_table(), *(table for table, _ in read)]
    return pa.concat_tables(tables), [one for _, unread in read for one in unread]


def _check_document_table(table: pa.Table) -> None:
    if table.schema != _DOCUMENT_SCHEMA or any(column.null_count for column in table.columns):
        raise ValueError("invalid cache entry")


def _hash_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    rows, files = batch.column("row"), batch.column("file")
    places = pc.binary_join_element_wise(files, rows.cast(pa.string()), "#")
    own = pc.not_equal(batch.column("document"), places).to_pylist()
    texts = zip(*(batch.column(n).to_pylist() for n in ("field", "text")), strict=True)
    said: dict[tuple[str, int], list[str]] = {}
    names: dict[tuple[str, int], tuple[str, bool]] = {}
    keys = zip(files.to_pylist(), rows.to_pylist(), strict=True)
    documents_of = zip(batch.column("document").to_pylist(), own, strict=True)
    for key, name, (field, text) in zip(keys, documents_of, texts, strict=True):
        said.setdefault(key, []).extend((field, text))
        names[key] = name
    columns = [
        [name for name, _ in names.values()],
        [_hash_strings([name]) for name, _ in names.values()],
        [
            _hash_strings([*texts, *([name] if is_own else [])])
            for texts, (name, is_own) in zip(said.values(), names.values(), strict=True)
        ],
        pa.array([file for file, _ in names], pa.string()).dictionary_encode(),
    ]
    return pa.record_batch(columns, schema=_DOCUMENT_SCHEMA)


def _hash_strings(parts: Sequence[str]) -> int:
    found = blake2b(digest_size=8)
    for part in parts:
        data = part.encode()
        found.update(len(data).to_bytes(8, "little"))
        found.update(data)
    return int.from_bytes(found.digest(), "little")


def _document_keys(table: pa.Table) -> UInt64s:
    return np.asarray(table["content"].to_numpy())


def surplus_mask(own: UInt64s, other: UInt64s) -> Flags:
    """Return the elements that `own` has more often than `other`: the last ones of each value."""
    order = np.argsort(own, kind="stable")
    ranked = own[order]
    rank = np.arange(len(own)) - np.searchsorted(ranked, ranked)
    others = np.sort(other)
    there = np.searchsorted(others, ranked, "right") - np.searchsorted(others, ranked)
    surplus = np.zeros(len(own), bool)
    surplus[order] = rank >= there
    return surplus


def finding_keys(findings: pa.Table) -> UInt64s:
    """Return hashes of findings that do not depend on their rows."""
    names = ("source", "item", "url", "evidence", "verdict", "excerpt")
    columns = [findings[name].to_pylist() for name in names]
    spans = zip(
        *(findings[name].to_pylist() for name in ("start", "end", "excerpt_start")), strict=True
    )
    keys = [
        _hash_strings([str(part) for part in (*told, _finding_words(excerpt, *span))])
        for *told, excerpt, span in zip(*columns, spans, strict=True)
    ]
    return np.array(keys, np.uint64)


def _finding_words(excerpt: str | None, start: int, end: int, first: int | None) -> str:
    """Return the finding's own words from its excerpt."""
    return "" if excerpt is None or first is None else excerpt[max(start - first, 0) : end - first]
