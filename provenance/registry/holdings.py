"""What matching needs of a registry, read into arrays."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import BACKGROUND_BITS, Holdings, Postings, UInt8s
from provenance.registry.manifest import BACKGROUND_FILE, ITEMS_FILE, POSTINGS_FILE, Manifest
from provenance.registry.tables import list_values, read_column


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
    lengths = read_column(items, "length", np.empty(manifest.items, np.uint32))
    token_offsets = np.zeros(manifest.items + 1, np.int64)
    np.cumsum(lengths, out=token_offsets[1:])
    return Holdings(
        parameters=manifest.parameters,
        postings=_postings(data / POSTINGS_FILE, manifest.postings),
        tokens=read_column(
            items,
            "tokens",
            np.empty(manifest.tokens, np.uint32),
            places=token_offsets,
            convert=lambda column: list_values(column)[0],
        ),
        token_offsets=token_offsets,
        first=read_column(items, "first", np.empty(manifest.items, np.uint32)),
        source_codes=source_codes(items, manifest),
        sources=sources,
        background=read_column(
            data / BACKGROUND_FILE, "count", np.empty(1 << BACKGROUND_BITS, np.uint64)
        ),
    )


def source_codes(items: Path, manifest: Manifest) -> UInt8s:
    """Read the source of each item, as an index into the manifest's sources."""
    names = pa.array(_names(manifest))

    def coded(column: pa.Array) -> UInt8s:
        codes: UInt8s = pc.index_in(column, names).to_numpy().astype(np.uint8)
        return codes

    return read_column(items, "source", np.empty(manifest.items, np.uint8), convert=coded)


def _names(manifest: Manifest) -> tuple[str, ...]:
    return tuple(source.source for source in manifest.sources)


def _postings(path: Path, count: int) -> Postings:
    return Postings(
        shingles=read_column(path, "shingle", np.empty(count, np.uint64)),
        items=read_column(path, "item", np.empty(count, np.uint32)),
        positions=read_column(path, "position", np.empty(count, np.uint32)),
    )
