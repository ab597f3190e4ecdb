"""Registries are verified: every digest, and that the files agree with one another."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance import fingerprint
from provenance.errors import CorruptFile
from provenance.match import LINE_WORDS, Layout, entered, shared
from provenance.model import BACKGROUND_BITS, Holdings, Int32s, Shared, Tokens, UInt64s
from provenance.registry.columns import ITEMS_SCHEMA
from provenance.registry.datafiles import check_files
from provenance.registry.engine import Limits, engine
from provenance.registry.holdings import read_holdings
from provenance.registry.manifest import ITEMS_FILE, TEXTS_FILE, Manifest, read_manifest
from provenance.registry.order import disorder
from provenance.registry.origins import author_numbers
from provenance.registry.sites import sites
from provenance.registry.tables import REMEDY, parquet, read_column
from provenance.registry.wholes import whole_hashes

_NO_INT32S: Int32s = np.zeros(0, np.int32)

_STATED = ["source", "item", "created_at"]
_SITE = pa.field("site", pa.string())
_KEYS = pa.schema([*map(ITEMS_SCHEMA.field, _STATED), _SITE])


def verify(folder: Path) -> Manifest:
    """Check all that can be checked of a registry.

    Parameters
    ----------
    folder : Path
        The registry.

    Returns
    -------
    Manifest
        Which is true.

    Raises
    ------
    RegistryNotFound, RegistryVersion
        If there is no registry that we can read.
    DigestMismatch
        If a file is missing or altered, the texts among them.
    CorruptFile
        If the files are as they were written, but contradict one another.
    """
    manifest = read_manifest(folder)
    data = folder / manifest.generation
    check_files(data, manifest.files)
    holdings = read_holdings(data, manifest)
    authors = read_column(
        data / ITEMS_FILE, "author", np.uint64, manifest.items, convert=author_numbers
    )
    checks = (
        _of_items(data, manifest),
        _of_postings(holdings, authors),
        _of_sums(holdings, manifest),
    )
    if faults := [fault for check in checks for fault in check]:
        raise CorruptFile(f"{data} contradicts itself: {'; '.join(faults)}", remedy=REMEDY)
    return manifest


def _of_items(data: Path, manifest: Manifest) -> Iterator[str]:
    if manifest.keeps_texts:
        with parquet(data / TEXTS_FILE) as texts:
            if texts.metadata.num_rows != manifest.items:
                yield f"{texts.metadata.num_rows} texts of {manifest.items} items"
    with (
        TemporaryDirectory() as spill,
        engine(Path(spill), Limits()) as connection,
        parquet(data / ITEMS_FILE) as items,
    ):
        twice, misplaced = disorder(connection, _keys(items))
    if twice:
        yield f"{twice} items stand in it twice"
    if misplaced:
        yield f"{misplaced} items are out of order"


def _keys(items: pq.ParquetFile) -> pa.RecordBatchReader:
    batches = items.iter_batches(columns=[*_STATED, "url"])
    keyed = (batch.select(_STATED).append_column(_SITE, sites(batch["url"])) for batch in batches)
    return pa.RecordBatchReader.from_batches(_KEYS, keyed)


def _of_postings(holdings: Holdings, authors: UInt64s) -> Iterator[str]:
    postings, first = holdings.postings, holdings.first
    tokens = Tokens(holdings.tokens, _NO_INT32S, _NO_INT32S, holdings.token_offsets)
    shingles = fingerprint.shingle(tokens, holdings.parameters.seed_width)
    if not (first[postings.items] == postings.items).all():
        yield "postings of items that are copies"
    places = shingles.offsets[postings.items] + postings.positions
    if not (places < shingles.offsets[postings.items.astype(np.int64) + 1]).all():
        yield "postings that are not in their items"
        return
    hashes = shingles.hashes[places]
    if not (hashes.astype(np.uint32) == postings.shingles).all():
        yield "postings that are not in their items"
    same = hashes[1:] == hashes[:-1]
    later = (hashes[1:] > hashes[:-1]) | (same & (postings.items[1:] > postings.items[:-1]))
    if not later.all():
        yield "postings are out of order"
        return
    chosen = Layout(postings.depth, len(postings.filter) // LINE_WORDS)
    directory, line_filter = entered(hashes, chosen)
    if not (directory == postings.directory[:-1]).all():
        yield "postings that the directory does not lead to"
    if not np.array_equal(line_filter, postings.filter):
        yield "a filter of other postings"
    if not _are_shared(
        holdings.shared, shared(hashes, postings.items, holdings.source_codes, authors)
    ):
        yield "shingles that other authors share"


def _are_shared(stated: Shared, found: Shared) -> bool:
    return all(
        np.array_equal(getattr(stated, name), getattr(found, name))
        for name in ("shingles", "codes", "authors")
    )


def _of_sums(holdings: Holdings, manifest: Manifest) -> Iterator[str]:
    numbers = np.arange(len(holdings.first), dtype=np.uint32)
    lengths = np.diff(holdings.token_offsets)
    alone = holdings.first == numbers
    hashes = whole_hashes(holdings.tokens, holdings.token_offsets)
    if not (hashes[holdings.first] == hashes).all() or (holdings.first > numbers).any():
        yield "items that are called copies and are none"
    cells = holdings.tokens[np.repeat(alone, lengths)] >> np.uint32(32 - BACKGROUND_BITS)
    counted = np.bincount(cells, minlength=1 << BACKGROUND_BITS)
    if not (counted == holdings.background).all():
        yield "the background counts other tokens than the items have"
    for code, source in enumerate(manifest.sources):
        of_source = holdings.source_codes == code
        if (of_source.sum(), lengths[of_source].sum()) != (source.items, source.tokens):
            yield f"{source.source} has not as many items or tokens as the manifest says"
