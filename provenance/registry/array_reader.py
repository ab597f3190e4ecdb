"""Read the arrays that matching needs from a registry."""

import math
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import CorruptFile
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.candidates.near_duplicates import BANDS
from provenance.model.content.fingerprints import (
    Flags,
    Int64s,
    Parameters,
    Tokens,
    UInt32s,
    UInt64s,
    list_indices,
)
from provenance.model.content.registry_arrays import (
    BACKGROUND_BITS,
    NO_ITEM,
    OrderKeys,
    Postings,
    RegistryArrays,
    RegistrySegment,
)
from provenance.registry.files.arrays_file import map_array
from provenance.registry.files.contiguous_map import map_contiguously
from provenance.registry.files.mapped_files import MappedSegment
from provenance.registry.files.parquet_tables import read_column
from provenance.registry.manifest import (
    AUTHORS_FILE,
    BACKGROUND_FILE,
    BANDS_FILE,
    CODES_FILE,
    DIRECTORY_FILE,
    FILTER_FILE,
    FIRSTS_FILE,
    KEYS_FILE,
    OFFSETS_FILE,
    OWNERS_FILE,
    POSITIONS_FILE,
    PREFILTER_FILE,
    REMEDY,
    SEQUENCES_FILE,
    SHINGLES_FILE,
    SIGNATURES_FILE,
    SIGNED_FILE,
    SIZES_FILE,
    TOKENS_FILE,
    Manifest,
    Segment,
)
from provenance.registry.schema import position_dtype
from provenance.registry.side_tables.statuses import COPY

N = TypeVar("N", bound=np.generic)

_NO_INT32S = np.zeros(0, np.int32)


def read_registry_arrays(
    segments: Sequence[MappedSegment], statuses: pa.Table, manifest: Manifest
) -> RegistryArrays:
    """Read a registry's items and postings.

    Parameters
    ----------
    segments : sequence of MappedSegment
        The segments.
    statuses : pyarrow.Table
        Of schema `statuses.STATUSES`.
    manifest : Manifest
        The registry's manifest.

    Raises
    ------
    DigestMismatch, CorruptFile
        If a file is damaged, or its size differs from the manifest.
    """
    if not segments:
        return _no_arrays(manifest)
    bases = first_numbers(manifest.segments)
    tokens, token_offsets = _read_tokens(segments)
    first = _join([item_array(each, FIRSTS_FILE, np.uint32) for each in segments], bases)
    is_live = np.ones(len(first), np.bool_)
    is_live[bases[1:] - 1] = False
    numbers, firsts = _status_numbers(statuses, bases)
    representatives = _representatives(first, numbers, firsts)
    counts = pc.equal(statuses["state"], COPY).to_numpy()
    is_live[numbers[~counts]] = False
    if len(numbers):
        first = first.copy()  # it may be mapped
        first[numbers] = np.where(counts, firsts, numbers)
    hidden = np.flatnonzero(representatives == NO_ITEM)
    hidden_tokens = _tokens_of(hidden, tokens, token_offsets)
    hidden_shingles, hidden_counts = np.unique(
        _distinct_seeds(hidden_tokens, manifest.parameters), return_counts=True
    )
    background = _background(segments, hidden_tokens)
    return RegistryArrays(
        parameters=manifest.parameters,
        segments=tuple(
            RegistrySegment(
                int(base), read_postings(each), item_array(each, SEQUENCES_FILE, np.uint32)
            )
            for base, each in zip(bases, segments, strict=True)
        ),
        keys=_read_keys(segments, bases),
        tokens=tokens,
        token_offsets=token_offsets,
        item_sizes=_join([item_array(each, SIZES_FILE, np.uint8, 2) for each in segments]),
        is_live=is_live,
        first=first,
        representatives=representatives,
        hidden_shingles=hidden_shingles,
        hidden_counts=hidden_counts.astype(np.int64),
        source_codes=_join(
            [
                _source_codes(each, manifest, is_live[base : base + each.entry.items])
                for base, each in zip(bases.tolist(), segments, strict=True)
            ]
        ),
        authors=_join([item_array(each, AUTHORS_FILE, np.uint32) for each in segments]),
        sources=_names(manifest),
        longest=max(segment.longest for segment in manifest.segments),
        background=background,
        posting_count=manifest.postings - int(hidden_counts.sum()),
        chance=manifest.chance,
    )


def _no_arrays(manifest: Manifest) -> RegistryArrays:
    """Return the arrays of a registry without items: all were withdrawn."""
    no_numbers, no_bytes = np.zeros(0, np.uint32), np.zeros(0, np.uint8)
    no_places = np.zeros(0, np.int64)
    return RegistryArrays(
        parameters=manifest.parameters,
        segments=(),
        keys=OrderKeys(np.zeros(0, np.uint64), no_places, no_places),
        tokens=no_numbers,
        token_offsets=np.zeros(1, np.int64),
        item_sizes=no_bytes.reshape(0, 2),
        is_live=np.zeros(0, np.bool_),
        first=no_numbers,
        representatives=no_numbers,
        hidden_shingles=np.zeros(0, np.uint64),
        hidden_counts=np.zeros(0, np.int64),
        source_codes=no_bytes,
        authors=no_numbers,
        sources=_names(manifest),
        longest=0,
        background=np.zeros(1 << BACKGROUND_BITS, np.uint64),
        posting_count=0,
        chance=manifest.chance,
    )


def first_numbers(segments: Sequence[Segment]) -> Int64s:
    """Return the number of each segment's first item in the registry."""
    sizes = [segment.items + 1 for segment in segments]
    return np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int64)


def find_faults(segment: MappedSegment) -> Iterator[str]:
    """Yield faults of a segment that would make a kernel read out of bounds.

    Whether the arrays agree with each other is checked by `verify_files`.
    """
    entry, postings = segment.entry, read_postings(segment)
    offsets = read_offsets(segment)
    if (offsets[1:] < offsets[:-1]).any() or int(offsets[-1]) != entry.tokens or offsets[0]:
        yield "items whose tokens do not exist"
    if len(np.flatnonzero(np.diff(offsets) > entry.longest)):
        yield "items that are longer than the longest"
    if (item_array(segment, FIRSTS_FILE, np.uint32) > np.arange(entry.items)).any():
        yield "items that are listed as copies of later ones"
    if len(postings.items) and postings.items.max() >= entry.items:
        yield "postings of items that do not exist"
    if (postings.directory[1:] < postings.directory[:-1]).any():
        yield "a directory that is not ascending"
    codes = item_array(segment, CODES_FILE, np.uint8)
    if entry.items and codes.max() >= len(entry.sources):
        yield "items of sources that do not exist"
    yield from _signature_faults(segment)


def _signature_faults(segment: MappedSegment) -> Iterator[str]:
    signed, _, bands = read_signatures(segment, current_parameters().permutations)
    if len(signed) and signed.max() >= segment.entry.items:
        yield "signatures of items that do not exist"
    if len(signed) and (bands & np.uint64(0xFFFFFFFF)).max() >= len(signed):
        yield "bands of signatures that do not exist"


def read_offsets(segment: MappedSegment) -> UInt32s:
    """Return where the tokens of each item of a segment begin, and where the last ones end."""
    return map_array(segment.files[OFFSETS_FILE], np.uint32, segment.entry.items + 1)


def read_tokens(segment: MappedSegment) -> tuple[UInt32s, Int64s]:
    """Read the tokens of all items of a segment and their offsets."""
    tokens = map_array(segment.files[TOKENS_FILE], np.uint32, segment.entry.tokens)
    return tokens, read_offsets(segment).astype(np.int64)


def item_array(segment: MappedSegment, name: str, dtype: type[N], *columns: int) -> npt.NDArray[N]:
    """Return an array of a segment that has a row for each item, without reading it."""
    values = map_array(segment.files[name], dtype, segment.entry.items * math.prod(columns))
    return values.reshape(segment.entry.items, *columns)


def _join(arrays: Sequence[npt.NDArray[N]], bases: Int64s | None = None) -> npt.NDArray[N]:
    """Concatenate arrays of segments, with one value for the number between two segments.

    `bases`, if given, is added to the values of each.
    """
    if len(arrays) == 1:
        return arrays[0]
    size = sum(len(array) + 1 for array in arrays) - 1
    joined = np.empty((size, *arrays[0].shape[1:]), arrays[0].dtype)
    at = 0
    for place, array in enumerate(arrays):
        joined[at : at + len(array)] = array if bases is None else array + bases[place]
        at += len(array) + 1
        if place < len(arrays) - 1:
            joined[at - 1] = 0 if bases is None else at - 1
    return joined


def _read_tokens(segments: Sequence[MappedSegment]) -> tuple[UInt32s, Int64s]:
    """Return the tokens of all items, and the offsets of each segment's items in turn."""
    if len(segments) == 1:
        return read_tokens(segments[0])
    counts = [segment.entry.tokens for segment in segments]
    tokens, starts = _map_all(segments, TOKENS_FILE, counts, np.uint32)
    offsets = [
        read_offsets(segment).astype(np.int64) + start
        for segment, start in zip(segments, starts, strict=True)
    ]
    return tokens, np.concatenate(offsets)


def _read_keys(segments: Sequence[MappedSegment], bases: Int64s) -> OrderKeys:
    if len(segments) == 1:
        return OrderKeys(
            item_array(segments[0], KEYS_FILE, np.uint64), bases, np.zeros(1, np.int64)
        )
    counts = [segment.entry.items for segment in segments]
    keys, starts = _map_all(segments, KEYS_FILE, counts, np.uint64)
    return OrderKeys(keys, bases, np.array(starts, np.int64))


def _map_all(
    segments: Sequence[MappedSegment], name: str, counts: Sequence[int], dtype: type[N]
) -> tuple[npt.NDArray[N], list[int]]:
    """Map an array of each segment, one behind the other; return where each begins."""
    files = [segment.files[name] for segment in segments]
    headers = [
        len(file.content()) - map_array(file, dtype, count).nbytes
        for file, count in zip(files, counts, strict=True)
    ]
    memory, starts = map_contiguously(files)
    size = np.dtype(dtype).itemsize
    return memory.view(dtype), [
        (start + header) // size for start, header in zip(starts, headers, strict=True)
    ]


def _status_numbers(statuses: pa.Table, bases: Int64s) -> tuple[UInt32s, UInt32s]:
    """Return the numbers of the items with a status, and of their first copies."""
    numbers = bases[statuses["segment"].to_numpy()] + statuses["item"].to_numpy()
    segments = statuses["first_segment"].fill_null(0).to_numpy()
    firsts = bases[segments] + statuses["first_item"].fill_null(0).to_numpy()
    firsts[statuses["first_item"].is_null().to_numpy()] = NO_ITEM
    return numbers.astype(np.uint32), firsts.astype(np.uint32)


def _representatives(first: UInt32s, numbers: UInt32s, firsts: UInt32s) -> UInt32s:
    """Return `RegistryArrays.representatives`; `first` is of the first copies in the segments."""
    is_indexed = first[numbers] == numbers
    numbers, firsts = numbers[is_indexed], firsts[is_indexed]
    if not len(numbers):
        return np.zeros(0, np.uint32)
    representatives = np.arange(len(first), dtype=np.uint32)
    is_here = firsts != NO_ITEM
    is_here[is_here] = first[firsts[is_here]] == numbers[is_here]
    representatives[numbers] = np.where(is_here, firsts, NO_ITEM)
    return representatives


def _tokens_of(items: Int64s, tokens: UInt32s, offsets: Int64s) -> Tokens:
    places, item_offsets = list_indices(offsets, items)
    return Tokens(tokens[places], _NO_INT32S, _NO_INT32S, item_offsets)


def _distinct_seeds(tokens: Tokens, parameters: Parameters) -> UInt64s:
    """Return the distinct seeds of each of some items."""
    seeds = shingle(tokens, parameters.seed_width)
    items = np.repeat(np.arange(len(seeds.offsets) - 1), np.diff(seeds.offsets))
    order = np.lexsort((seeds.hashes, items))
    hashes, items = seeds.hashes[order], items[order]
    is_new = np.ones(len(hashes), np.bool_)
    is_new[1:] = (hashes[1:] != hashes[:-1]) | (items[1:] != items[:-1])
    return hashes[is_new]


def read_signatures(segment: MappedSegment, permutations: int) -> tuple[UInt32s, UInt32s, UInt64s]:
    """Return the signatures of a segment's long items, without reading them.

    Returns
    -------
    items : ndarray of uint32, shape (n,)
        Their numbers in the segment, ascending.
    signatures : ndarray of uint32, shape (n, permutations)
        As computed by `fingerprint.minhash.signatures`.
    bands : ndarray of uint64, shape (bands, n)
        Of each band, as computed by `near_duplicates.band_entries`.
    """
    files, count = segment.files, segment.entry.signatures
    values = map_array(files[SIGNATURES_FILE], np.uint32, count * permutations)
    entries = map_array(files[BANDS_FILE], np.uint64, count * BANDS)
    items = map_array(files[SIGNED_FILE], np.uint32, count)
    return items, values.reshape(count, permutations), entries.reshape(BANDS, count)


def read_background(segment: MappedSegment) -> UInt64s:
    """Read how often tokens of each cell occur in the distinct items of a segment."""
    return read_column(segment.files[BACKGROUND_FILE], "count", np.uint64, 1 << BACKGROUND_BITS)


def _background(segments: Sequence[MappedSegment], hidden_tokens: Tokens) -> UInt64s:
    """Return how often tokens of each cell occur in the distinct items of all segments.

    Raises
    ------
    CorruptFile
        If the segments do not count as many tokens as their items have.
    """
    counts = np.zeros(1 << BACKGROUND_BITS, np.uint64)
    for segment in segments:
        own, limit = read_background(segment), segment.entry.tokens
        if int(own.max()) > limit or int(own.sum()) > limit:
            raise _miscounted(segment)
        counts += own
    cells = hidden_tokens.hashes >> np.uint32(32 - BACKGROUND_BITS)
    hidden = np.bincount(cells, minlength=len(counts)).astype(np.uint64)
    if (hidden > counts).any():
        raise _miscounted(segments[0])
    return counts - hidden


def _miscounted(segment: MappedSegment) -> CorruptFile:
    path = segment.files[BACKGROUND_FILE].path
    return CorruptFile(f"{path} counts other tokens than those of the items", remedy=REMEDY)


def _names(manifest: Manifest) -> tuple[str, ...]:
    return tuple(source.source for source in manifest.sources)


def _source_codes(
    segment: MappedSegment, manifest: Manifest, is_live: Flags
) -> npt.NDArray[np.uint8]:
    """Return the source of each item as an index into the manifest's sources.

    Raises
    ------
    CorruptFile
        If the manifest lacks the source of an item that counts.
    """
    codes = item_array(segment, CODES_FILE, np.uint8)
    own, names = [source.source for source in segment.entry.sources], _names(manifest)
    if own == list(names):
        return codes
    is_missing = np.array([name not in names for name in own], np.bool_)
    if (is_missing[codes] & is_live).any():
        missing = ", ".join(name for name in own if name not in names)
        raise CorruptFile(
            f"{segment.files[CODES_FILE].path.parent} has items of a source that the manifest of "
            f"the registry lacks: {missing}",
            remedy=REMEDY,
        )
    # Nothing is asked of the items of a source that has none that count.
    places = [names.index(name) if name in names else 0 for name in own]
    return np.array(places, np.uint8)[codes]


def read_postings(segment: MappedSegment) -> Postings:
    """Return the postings of a segment, without reading them."""
    files, count = segment.files, segment.entry.postings
    directory = map_array(files[DIRECTORY_FILE], np.uint32)
    if len(directory) < 2 or (len(directory) - 1).bit_count() != 1 or directory[-1] != count:
        raise CorruptFile(
            f"{files[DIRECTORY_FILE].path} is not an index of {count} postings", remedy=REMEDY
        )
    prefilter = map_array(files[PREFILTER_FILE], np.uint64)
    if len(prefilter) and len(prefilter).bit_count() != 1:
        raise CorruptFile(f"{files[PREFILTER_FILE].path} is not a prefilter", remedy=REMEDY)
    filter_words = map_array(files[FILTER_FILE], np.uint64)
    if not len(filter_words):
        raise CorruptFile(f"{files[FILTER_FILE].path} is not a filter: it is empty", remedy=REMEDY)
    return Postings(
        shingles=map_array(files[SHINGLES_FILE], np.uint32, count),
        items=map_array(files[OWNERS_FILE], np.uint32, count),
        positions=map_array(files[POSITIONS_FILE], position_dtype(segment.entry.longest), count),
        directory=directory,
        prefilter=prefilter,
        filter=filter_words,
    )
