"""Read the arrays that matching needs from a registry."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import CorruptFile
from provenance.model import (
    BACKGROUND_BITS,
    Int64s,
    Postings,
    RegistryArrays,
    SharedShingles,
    UInt8s,
    UInt32s,
    max_item_length,
)
from provenance.registry.arrays_file import map_array
from provenance.registry.manifest import (
    BACKGROUND_FILE,
    DIRECTORY_FILE,
    FILTER_FILE,
    ITEMS_FILE,
    OWNERS_FILE,
    POSITIONS_FILE,
    PREFILTER_FILE,
    REMEDY,
    SHARED_FILE,
    SHINGLES_FILE,
    TOKENS_FILE,
    Manifest,
)
from provenance.registry.mapped_files import Files, MappedFile
from provenance.registry.parquet_tables import open_parquet, read_column, read_table
from provenance.registry.schema import SHARED_SCHEMA, position_dtype


def read_registry_arrays(files: Files, manifest: Manifest) -> RegistryArrays:
    """Read a registry's items and postings.

    Parameters
    ----------
    files : mapping of str to MappedFile
        The data files.
    manifest : Manifest
        States the number of elements of each.

    Raises
    ------
    DigestMismatch, CorruptFile
        If a file is damaged, or its size differs from the manifest.
    """
    items, sources = files[ITEMS_FILE], _source_names(manifest)
    tokens, token_offsets = read_tokens(files, manifest)
    arrays = RegistryArrays(
        parameters=manifest.parameters,
        postings=_read_postings(files, manifest.postings, max_item_length(token_offsets)),
        tokens=tokens,
        token_offsets=token_offsets,
        first=read_column(items, "first", np.uint32, manifest.items),
        source_codes=source_codes(items, manifest),
        sources=sources,
        shared=_read_stop_shingles(files[SHARED_FILE], manifest.postings),
        chance=manifest.chance,
        background=read_column(files[BACKGROUND_FILE], "count", np.uint64, 1 << BACKGROUND_BITS),
    )
    if faults := list(_find_faults(arrays)):
        data = items.path.parent
        raise CorruptFile(f"{data} is inconsistent: {'; '.join(faults)}", remedy=REMEDY)
    files[OWNERS_FILE].release()  # most of its pages are not needed again
    return arrays


def _find_faults(arrays: RegistryArrays) -> Iterator[str]:
    """Yield faults that would make a kernel read out of bounds, as far as they are cheap to find.

    Whether postings agree with the items is checked by `verify_files`.
    """
    postings, items = arrays.postings, len(arrays.first)
    if (arrays.first > np.arange(items, dtype=np.uint32)).any():
        yield "items that are listed as copies of later ones"
    if len(postings.items) and postings.items.max() >= items:
        yield "postings of items that do not exist"
    if (postings.directory[1:] < postings.directory[:-1]).any():
        yield "a directory that is not ascending"
    if len(arrays.shared.codes) and arrays.shared.codes.max() >= len(arrays.sources):
        yield "shingles of sources that do not exist"


def read_tokens(files: Files, manifest: Manifest) -> tuple[UInt32s, Int64s]:
    """Read the tokens of all items and their offsets; raises as `read_registry_arrays`."""
    items = files[ITEMS_FILE]
    lengths = read_column(items, "length", np.uint32, manifest.items)
    offsets = np.zeros(manifest.items + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    if offsets[-1] != manifest.tokens:
        raise CorruptFile(
            f"the items of {items.path} have {offsets[-1]} tokens; "
            f"the manifest says {manifest.tokens}",
            remedy=REMEDY,
        )
    return map_array(files[TOKENS_FILE], np.uint32, manifest.tokens), offsets


def source_codes(items: MappedFile, manifest: Manifest) -> UInt8s:
    """Return the source of each item as an index into the manifest's sources."""
    names = pa.array(_source_names(manifest))

    def to_codes(column: pa.DictionaryArray) -> UInt8s:
        code_by_name = pc.index_in(column.dictionary, names)
        if code_by_name.null_count or column.null_count:
            raise CorruptFile(f"{items.path} has sources that the manifest lacks", remedy=REMEDY)
        codes: UInt8s = code_by_name.to_numpy().astype(np.uint8)[column.indices.to_numpy()]
        return codes

    return read_column(
        items, "source", np.uint8, manifest.items, convert=to_codes, as_dictionary=True
    )


def _source_names(manifest: Manifest) -> tuple[str, ...]:
    return tuple(source.source for source in manifest.sources)


def _read_postings(files: Files, count: int, longest: int) -> Postings:
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
        positions=map_array(files[POSITIONS_FILE], position_dtype(longest), count),
        directory=directory,
        prefilter=prefilter,
        filter=filter_words,
    )


def _read_stop_shingles(shared_file: MappedFile, most: int) -> SharedShingles:
    with open_parquet(shared_file) as file:
        rows = read_table(file, SHARED_SCHEMA, most)
    return SharedShingles(*(rows[name].to_numpy() for name in ("shingle", "source", "authors")))
