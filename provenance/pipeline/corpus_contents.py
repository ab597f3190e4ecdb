"""Documents of two corpora, told apart by their ids and by digests of what they say."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import DocumentChanges, Flags, UInt64s, Unread, merge_unread
from provenance.pipeline.cache_entries import keep_table, recalled_table
from provenance.pipeline.result_cache import Memory
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.corpus_parts import Part

_CONTENTS = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("name", pa.uint64(), nullable=False),  # hash of that
        pa.field("content", pa.uint64(), nullable=False),  # hash of the texts, and of an own id
        pa.field("file", pa.dictionary(pa.int32(), pa.string()), nullable=False),
    ]
)
_EXAMPLES = 20
_UNLIKE = "unlike any other"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the documents of two corpora differ, as far as both can be read.

    Parameters
    ----------
    changes : DocumentChanges
        Documents that may stand in what could not be read of the other are no change.
    unread_old, unread_new : tuple of Unread
        What could not be read, or not again.
    undecided : int
        Documents of one corpus that may stand in what could not be read of the other.
    """

    changes: DocumentChanges
    unread_old: tuple[Unread, ...]
    unread_new: tuple[Unread, ...]
    undecided: int


def compare_documents(
    old: Corpus,
    new: Corpus,
    documents: int,
    memory: Memory | None,
    threads: int,
    unread: tuple[Sequence[Unread], Sequence[Unread]] = ((), ()),
) -> Comparison:
    """Compare the documents of two corpora.

    Parts of files that are the same, byte for byte, are not read.

    Parameters
    ----------
    old, new : Corpus
        What to compare; both can be read again.
    documents : int
        How many the later one has.
    memory : Memory or None
        What is known of parts that were compared before.
    threads : int
        Parts that are read at a time.
    unread : (sequence of Unread, sequence of Unread)
        What could not be read of each when they were checked.
    """
    both = Counter(map(_identity, old.parts)) & Counter(map(_identity, new.parts))
    own, own_new = (_unshared(corpus.parts, both) for corpus in (old, new))
    before, lost_before = _contents(own, memory, threads)
    after, lost_after = _contents(own_new, memory, threads)
    unread_old = merge_unread([*unread[0], *lost_before])
    unread_new = merge_unread([*unread[1], *lost_after])
    same = documents
    if lost_after:  # not all that the check has counted is in `after`
        shared = _unshared(new.parts, Counter(map(_identity, own_new)))
        same = len(after) + len(_contents(shared, memory, threads)[0])
    gone = before.filter(pa.array(surplus(_keys(before), _keys(after))))
    come = after.filter(pa.array(surplus(_keys(after), _keys(before))))
    names = gone["name"].to_numpy(), come["name"].to_numpy()
    removed, is_new = surplus(*names), surplus(names[1], names[0])
    lost, unknown = _may_be_in(unread_new, gone, old), _may_be_in(unread_old, come, new)
    told = (
        ("added", come.filter(pa.array(is_new & ~unknown))),
        ("removed", gone.filter(pa.array(removed & ~lost))),
        ("changed", come.filter(pa.array(~is_new))),
    )
    counts = {how: len(table) for how, table in told}
    examples = tuple(
        (how, name)
        for how, table in told
        for name in table["document"].slice(0, _EXAMPLES).to_pylist()
    )
    return Comparison(
        DocumentChanges(**counts, same=same - len(come), examples=examples),
        unread_old,
        unread_new,
        int((removed & lost).sum() + (is_new & unknown).sum()),
    )


def _may_be_in(unread: Sequence[Unread], table: pa.Table, corpus: Corpus) -> Flags:
    """Mark documents that may stand in what could not be read of the other corpus.

    Those are the documents of files of the same names; or all, where `corpus` has no such file.
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


def _identity(part: Part) -> tuple[str, ...]:
    """Give what decides the documents of a part, but for names that stand for a place."""
    key = None if part.key is None else part.key()
    if key is None:
        return (_UNLIKE, part.file, str(part.index))
    # The first line of a layout counts the rows before: where they stand is no matter here.
    return (part.layout.partition("\n")[2], *part.text_columns, key)


def _unshared(parts: Sequence[Part], both: Counter[tuple[str, ...]]) -> list[Part]:
    left = Counter(both)
    own = []
    for part in parts:
        identity = _identity(part)
        if left[identity]:
            left[identity] -= 1
        else:
            own.append(part)
    return own


def _contents(
    parts: Sequence[Part], memory: Memory | None, threads: int
) -> tuple[pa.Table, list[Unread]]:
    def contents(part: Part) -> tuple[pa.Table, list[Unread]]:
        identity, name = _identity(part), None
        if memory is not None and identity[0] != _UNLIKE:
            name = memory.name("contents", part.file, part.layout, *identity)
        found, unread = recalled_table(memory, name, _check_contents), list[Unread]()
        if found is None:
            batches = []
            for documents in part.batches():
                batches.append(_hashed(documents.batch))
                unread += documents.unread
            found = pa.Table.from_batches(batches, _CONTENTS).unify_dictionaries()
            keep_table(memory, None if unread else name, found)
        return found, unread

    with ThreadPoolExecutor(threads) as pool:
        read = list(pool.map(contents, parts))
    tables = [_CONTENTS.empty_table(), *(table for table, _ in read)]
    return pa.concat_tables(tables), [one for _, unread in read for one in unread]


def _check_contents(table: pa.Table) -> None:
    if table.schema != _CONTENTS or any(column.null_count for column in table.columns):
        raise ValueError("no comparison can have kept this")


def _hashed(batch: pa.RecordBatch) -> pa.RecordBatch:
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
        [_hash([name]) for name, _ in names.values()],
        [
            _hash([*texts, *([name] if is_own else [])])
            for texts, (name, is_own) in zip(said.values(), names.values(), strict=True)
        ],
        pa.array([file for file, _ in names], pa.string()).dictionary_encode(),
    ]
    return pa.record_batch(columns, schema=_CONTENTS)


def _hash(parts: Sequence[str]) -> int:
    found = blake2b(digest_size=8)
    for part in parts:
        data = part.encode()
        found.update(len(data).to_bytes(8, "little"))
        found.update(data)
    return int.from_bytes(found.digest(), "little")


def _keys(table: pa.Table) -> UInt64s:
    return np.asarray(table["content"].to_numpy())


def surplus(own: UInt64s, other: UInt64s) -> Flags:
    """Mark what `own` has more often than `other`: the last ones of each kind."""
    order = np.argsort(own, kind="stable")
    ranked = own[order]
    rank = np.arange(len(own)) - np.searchsorted(ranked, ranked)
    others = np.sort(other)
    there = np.searchsorted(others, ranked, "right") - np.searchsorted(others, ranked)
    surplus = np.zeros(len(own), bool)
    surplus[order] = rank >= there
    return surplus


def finding_keys(findings: pa.Table) -> UInt64s:
    """Tell findings apart by what was found, whatever row it stands in now."""
    names = ("source", "item", "url", "evidence", "verdict", "excerpt")
    columns = [findings[name].to_pylist() for name in names]
    spans = zip(
        *(findings[name].to_pylist() for name in ("start", "end", "excerpt_start")), strict=True
    )
    keys = [
        _hash([str(part) for part in (*told, _said(excerpt, *span))])
        for *told, excerpt, span in zip(*columns, spans, strict=True)
    ]
    return np.array(keys, np.uint64)


def _said(excerpt: str | None, start: int, end: int, first: int | None) -> str:
    """Cut the finding's own words out of its excerpt."""
    return "" if excerpt is None or first is None else excerpt[max(start - first, 0) : end - first]
