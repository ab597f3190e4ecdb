"""Sketch datasets and registries, and compare sketches with each other."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from provenance import __version__
from provenance.fingerprint.dataset_sketches import (
    SKETCH_WIDTH,
    DatasetSketch,
    SketchBuilder,
    align_sketches,
    merge_sketches,
)
from provenance.fingerprint.fracminhash import count_shared_hashes
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.estimation.set_overlap import set_share, set_size
from provenance.model.content.fingerprints import Int64s, Texts, Tokens, list_indices
from provenance.model.content.registry_arrays import RegistryArrays
from provenance.model.content.tables import Unread, merge_unread
from provenance.model.results.control import Rate
from provenance.model.results.sketches import Comparison, Overlap, SketchSummary
from provenance.model.rules.policy import MAX_DOCUMENT
from provenance.pipeline.audit.corpus_addresses import starts_document
from provenance.pipeline.exchange.remote_registries import is_address, open_named_registry
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.scan.part_scan import split_batch
from provenance.pipeline.settings import Settings
from provenance.read.corpus.address_resolution import file_system, translate_address_errors
from provenance.read.corpus.corpora import Corpus, is_stream_or_hub, open_corpus
from provenance.read.corpus.corpus_parts import Part
from provenance.read.policy.policy_file import parse_size_option
from provenance.registry.manifest import MANIFEST
from provenance.registry.sketch_file import is_sketch, read_sketch, write_sketch
from provenance.registry.store import Registry

SHARED_SCALED = 1000
"""Sampling of sketches that are written to a file: coarse enough to be given away."""

_SLICE_TOKENS = 1 << 22
"""Tokens of a registry that are sketched at a time."""

_NO_INT32S = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class SketchOptions:
    """Options for reading and sampling datasets.

    Parameters
    ----------
    scaled : int
        One in this many shingles is sampled, or fewer if there are too many; 1 samples all that fit
        into `MAX_HASHES`.
    text_columns : tuple of str
        Columns with text; detected if none is given.
    max_document : int
        Largest size of a document in bytes.
    """

    scaled: int = 1
    text_columns: tuple[str, ...] = ()
    max_document: int = MAX_DOCUMENT


def sketch_options(
    scaled: int, text_columns: Iterable[str], max_document: str | int | None
) -> SketchOptions:
    """Return options from those of a command; raises `PolicyError` if the size is none."""
    return SketchOptions(scaled, tuple(text_columns), parse_size_option(max_document))


@dataclass(frozen=True, slots=True)
class NamedSketch:
    """A sketch, and where it is from.

    Parameters
    ----------
    name : str
        As it was named.
    kind : str
        "sketch", "dataset" or "registry".
    sketch : DatasetSketch
        The sketch.
    unread : tuple of Unread
        Files that could not be read.
    """

    name: str
    kind: str
    sketch: DatasetSketch
    unread: tuple[Unread, ...] = ()


def sketch_address(
    address: str, settings: Settings, options: SketchOptions = SketchOptions()
) -> NamedSketch:
    """Sketch the dataset or registry at an address, or read the sketch there.

    Parameters
    ----------
    address : str
        A sketch file (`*.sketch`), a registry, or anything that `open_corpus` takes.
    settings : Settings
        Number of threads, split, and whether to show progress.
    options : SketchOptions
        How it is read and sampled; a sketch file is taken as it is.

    Raises
    ------
    ProvenanceError
        If it cannot be read.
    """
    if (stored := stored_sketch(address)) is not None:
        return stored
    if _is_registry(address):
        registry = open_named_registry(address)
        return NamedSketch(address, "registry", sketch_registry(registry, settings, options.scaled))
    corpus = open_corpus(
        [address],
        text_columns=options.text_columns,
        split=settings.split,
        max_document=options.max_document,
    )
    return replace(sketch_corpus(corpus, settings, options.scaled), name=address)


def stored_sketch(address: str) -> NamedSketch | None:
    """Return the sketch in a file; None if it is not called like one."""
    if not is_sketch(address):
        return None
    return NamedSketch(address, "sketch", read_sketch(Path(address)))


def sketch_addresses(
    addresses: Sequence[str], settings: Settings, options: SketchOptions = SketchOptions()
) -> NamedSketch:
    """Return one sketch of all that is at some addresses; as `sketch_address`."""
    sketches = [sketch_address(address, settings, options) for address in addresses]
    if len(sketches) == 1:
        return sketches[0]
    return NamedSketch(
        ", ".join(addresses),
        "sketch",
        merge_sketches([each.sketch for each in sketches]),
        merge_unread(file for each in sketches for file in each.unread),
    )


def _is_registry(address: str) -> bool:
    if not is_address(address):
        return (Path(address) / MANIFEST).is_file()
    if is_stream_or_hub(address):
        return False
    with translate_address_errors(address):
        system, place = file_system(address)
        return bool(system.exists(f"{place.rstrip('/')}/{MANIFEST}"))


def sketch_corpus(corpus: Corpus, settings: Settings, scaled: int = 1) -> NamedSketch:
    """Sketch a corpus, reading its parts in threads, as a check does.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    settings : Settings
        Number of threads, and whether to show progress.
    scaled : int
        As for `SketchOptions`.
    """
    builder = SketchBuilder(scaled)
    unread: list[Unread] = []
    sizes = sum(part.size or 0 for part in corpus.parts)
    with (
        ThreadPoolExecutor(settings.threads) as pool,
        show_progress("fingerprinting", sizes, "B", quiet=settings.quiet) as progress,
    ):
        digests = [pool.submit(digest) for digest in corpus.file_digests()]
        work = [partial(_sketch_part, part, builder) for part in corpus.parts]
        for part, (made, faults) in zip(
            corpus.parts, _results(pool, work, 2 * settings.threads), strict=True
        ):
            builder.merge(made)
            unread += faults
            progress.advance(part.size or 0, made.documents)
        for digest in digests:
            digest.exception()  # reported by `undigested_files`
    faults = merge_unread([*corpus.unread, *unread, *corpus.undigested_files()])
    sketch = builder.build([f"dataset:{corpus.digest()}"], len(faults))
    return NamedSketch(", ".join(corpus.addresses), "dataset", sketch, faults)


def _sketch_part(part: Part, whole: SketchBuilder) -> tuple[DatasetSketch, tuple[Unread, ...]]:
    builder = whole.empty()
    unread: list[Unread] = []
    last = None
    for documents in part.batches():
        unread += documents.unread
        for batch in split_batch(documents):
            is_first = starts_document(batch, last)
            builder.add(tokenise(Texts.of(batch.column("text"))), int(is_first.sum()))
            last = batch.column("file")[-1].as_py(), batch.column("row")[-1].as_py()
    return builder.build(), tuple(unread)


def sketch_registry(registry: Registry, settings: Settings, scaled: int = 1) -> DatasetSketch:
    """Sketch the items of a registry that count: not those that were withdrawn or replaced.

    Parameters
    ----------
    registry : Registry
        The registry.
    settings : Settings
        Number of threads, and whether to show progress.
    scaled : int
        As for `SketchOptions`.
    """
    return sketch_items(registry.arrays(), registry.manifest.digest, settings, scaled)


def sketch_items(
    arrays: RegistryArrays, digest: str, settings: Settings, scaled: int
) -> DatasetSketch:
    """Sketch the items that count in the arrays of the registry with a digest."""
    builder = SketchBuilder(scaled)
    items = int(arrays.is_live.sum())
    with (
        ThreadPoolExecutor(settings.threads) as pool,
        show_progress("fingerprinting", items, "items", quiet=settings.quiet) as progress,
    ):
        work = [
            partial(_sketch_items, arrays, first, end, builder)
            for first, end in _slices(arrays.token_offsets)
        ]
        for made in _results(pool, work, 2 * settings.threads):
            builder.merge(made)
            progress.advance(made.documents)
    return builder.build([f"registry:{digest}"])


def _slices(offsets: Int64s) -> Iterator[tuple[int, int]]:
    """Yield ranges of items of about `_SLICE_TOKENS` tokens each."""
    first = 0
    while first < len(offsets) - 1:
        end = int(np.searchsorted(offsets, offsets[first] + _SLICE_TOKENS))
        end = min(max(end, first + 1), len(offsets) - 1)
        yield first, end
        first = end


def _sketch_items(
    arrays: RegistryArrays, first: int, end: int, whole: SketchBuilder
) -> DatasetSketch:
    builder = whole.empty()
    is_live = arrays.is_live[first:end]
    offsets = arrays.token_offsets[first : end + 1]
    hashes = arrays.tokens[offsets[0] : offsets[-1]]
    tokens = Tokens(hashes, _NO_INT32S, _NO_INT32S, offsets - offsets[0])
    if not is_live.all():
        places, live_offsets = list_indices(tokens.offsets, np.flatnonzero(is_live))
        tokens = Tokens(hashes[places], _NO_INT32S, _NO_INT32S, live_offsets)
    builder.add(tokens, int(is_live.sum()))
    return builder.build()


T = TypeVar("T")


def _results(
    pool: ThreadPoolExecutor, work: Iterable[Callable[[], T]], max_pending: int
) -> Iterator[T]:
    """Call functions in threads, and yield their results in order, a few ahead of the consumer."""
    pending: deque[Future[T]] = deque()
    try:
        for function in work:
            pending.append(pool.submit(function))
            if len(pending) >= max_pending:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()


def save_sketch(sketch: NamedSketch, path: Path) -> None:
    """Write a sketch to a file; raises as `write_sketch`."""
    write_sketch(sketch.sketch, path)


def compare_sketches(
    query: NamedSketch, others: Sequence[NamedSketch], allow_unread: int = 0
) -> Comparison:
    """Compare a dataset or registry with others.

    Parameters
    ----------
    query : NamedSketch
        The one that is compared.
    others : sequence of NamedSketch
        With what.
    allow_unread : int
        Number of unread files that is accepted.

    Returns
    -------
    Comparison
        With the one first that contains the most of `query`.
    """
    overlaps = [_overlap(query.sketch, other) for other in others]
    overlaps.sort(key=lambda each: (-_value(each.contained), -_value(each.contains)))
    return Comparison(
        __version__, SKETCH_WIDTH, _summary(query), tuple(overlaps), allow_unread=allow_unread
    )


def _value(share: Rate | None) -> float:
    return -1.0 if share is None else share.value


def _overlap(query: DatasetSketch, other: NamedSketch) -> Overlap:
    ours, theirs = align_sketches([query, other.sketch])
    scaled, shared = ours.scaled, count_shared_hashes(ours.sketch, theirs.sketch)
    sizes = len(ours.hashes), len(theirs.hashes)
    return Overlap(
        _summary(other),
        scaled,
        shared,
        set_share(shared, sizes[0], scaled),
        set_share(shared, sizes[1], scaled),
        set_share(shared, sum(sizes) - shared, scaled),
    )


def _summary(named: NamedSketch) -> SketchSummary:
    sketch = named.sketch
    return SketchSummary(
        named.name,
        named.kind,
        sketch.digest,
        sketch.inputs,
        sketch.documents,
        sketch.tokens,
        sketch.short_tokens,
        len(sketch.hashes),
        sketch.scaled,
        set_size(len(sketch.hashes), sketch.scaled),
        named.unread,
        sketch.unread if named.kind == "sketch" else 0,
    )
