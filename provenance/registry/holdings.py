"""What matching needs of a registry, read into arrays."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import CorruptFile
from provenance.model import BACKGROUND_BITS, Holdings, Postings, UInt8s, UInt64s
from provenance.registry.manifest import BACKGROUND_FILE, ITEMS_FILE, POSTINGS_FILE, Manifest
from provenance.registry.tables import REMEDY, list_values, read_column

_DIGITS = 16
"""Of the digest of an author."""


def read_holdings(data: Path, manifest: Manifest) -> Holdings:
    """Read a registry's items and postings.

    Parameters
    ----------
    data : Path
        Folder of the data files.
    manifest : Manifest
        Says how much there is of each.

    Raises
    ------
    CorruptFile
        If a file holds more or less than the manifest says.
    """
    items, sources = data / ITEMS_FILE, _names(manifest)
    lengths = read_column(items, "length", np.uint32, manifest.items)
    token_offsets = np.zeros(manifest.items + 1, np.int64)
    np.cumsum(lengths, out=token_offsets[1:])
    return Holdings(
        parameters=manifest.parameters,
        postings=_postings(data / POSTINGS_FILE, manifest.postings),
        tokens=read_column(
            items,
            "tokens",
            np.uint32,
            manifest.items,
            places=token_offsets,
            convert=lambda column: list_values(column)[0],
        ),
        token_offsets=token_offsets,
        first=read_column(items, "first", np.uint32, manifest.items),
        source_codes=source_codes(items, manifest),
        sources=sources,
        authors=read_column(items, "author", np.uint64, manifest.items, convert=_authors),
        chance=manifest.chance,
        background=read_column(data / BACKGROUND_FILE, "count", np.uint64, 1 << BACKGROUND_BITS),
    )


def source_codes(items: Path, manifest: Manifest) -> UInt8s:
    """Read the source of each item, as an index into the manifest's sources."""
    names = pa.array(_names(manifest))

    def coded(column: pa.Array) -> UInt8s:
        found = pc.index_in(column, names)
        if found.null_count:
            raise CorruptFile(f"{items} has sources that the manifest has not", remedy=REMEDY)
        codes: UInt8s = found.to_numpy().astype(np.uint8)
        return codes

    return read_column(items, "source", np.uint8, manifest.items, convert=coded)


def _names(manifest: Manifest) -> tuple[str, ...]:
    return tuple(source.source for source in manifest.sources)


def _postings(path: Path, count: int) -> Postings:
    return Postings(
        shingles=read_column(path, "shingle", np.uint64, count),
        items=read_column(path, "item", np.uint32, count),
        positions=read_column(path, "position", np.uint32, count),
    )


def _authors(column: pa.Array) -> UInt64s:
    """Turn digests of authors, in hex, into numbers; 0 where there is none."""
    digests = column.fill_null("0" * _DIGITS)
    if pc.any(pc.not_equal(pc.binary_length(digests), _DIGITS)).as_py():
        raise CorruptFile("an author's digest has not its length", remedy=REMEDY)
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(digests)], digests), "")[0].as_py()
    return np.frombuffer(bytes.fromhex(joined), ">u8").astype(np.uint64)
