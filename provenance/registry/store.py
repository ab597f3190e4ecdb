"""Open a registry and read it: arrays for matching, rows for reports."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.errors import CorruptFile
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.candidates.near_duplicates import SignatureTable
from provenance.model.content.fingerprints import DroppedEdges, Int64s, UInt32s
from provenance.model.content.registry_arrays import RegistryArrays
from provenance.model.results.coverage import RegistrySummary
from provenance.registry.array_reader import (
    find_faults,
    first_numbers,
    read_offsets,
    read_registry_arrays,
    read_signatures,
)
from provenance.registry.files.data_files import Digest, check_files, digest_of_file, digested_files
from provenance.registry.files.mapped_files import MappedRegistry, MappedSegment, map_registry
from provenance.registry.files.parquet_tables import (
    has_values,
    read_rows,
    timestamp_seconds,
)
from provenance.registry.files.verified_segments import (
    file_states,
    is_verified,
    remember_verified,
)
from provenance.registry.items.item_copies import ItemCopies, find_copies
from provenance.registry.manifest import (
    ITEMS_FILE,
    REMEDY,
    TEXTS_FILE,
    Manifest,
    fingerprint_mismatch,
)
from provenance.registry.schema import SCHEMAS, binary_to_lists, single_chunk
from provenance.registry.side_tables.opt_outs import read_opt_outs
from provenance.registry.side_tables.statuses import read_statuses
from provenance.registry.side_tables.tombstones import read_tombstones

_DESCRIPTION_COLUMNS = ("source", "item", "url", "created_at", "language", "licence", "link")


@dataclass(frozen=True, slots=True)
class Registry:
    """An opened registry.

    Parameters
    ----------
    path : Path
        Its folder.
    files : MappedRegistry
        Its manifest, segments and tables.
    statuses : pyarrow.Table
        Statuses of items, of schema `statuses.STATUSES`.
    address : str
        The address that it was fetched from, if any.
    """

    path: Path
    files: MappedRegistry = field(repr=False, compare=False)
    statuses: pa.Table = field(repr=False, compare=False)
    address: str = ""

    @property
    def manifest(self) -> Manifest:
        """Its manifest."""
        return self.files.manifest

    @property
    def segments(self) -> tuple[MappedSegment, ...]:
        """Its segments."""
        return self.files.segments

    def arrays(self) -> RegistryArrays:
        """Read what matching needs: the tokens and postings of all items."""
        return read_registry_arrays(self.segments, self.statuses, self.manifest)

    def describe(self, numbers: UInt32s) -> pa.Table:
        """Return the metadata of items.

        Parameters
        ----------
        numbers : ndarray of uint32
            Numbers of items, in any order; repeats are allowed.

        Returns
        -------
        pyarrow.Table
            One row per number, in the order given: `number`, `source`, `item`, `url`, `created_at`,
            `language`, `licence`, `link`, and `length` in tokens.
        """
        rows = self._rows(ITEMS_FILE, _DESCRIPTION_COLUMNS, numbers)
        rows = rows.append_column("length", pa.array(self._lengths(numbers)))
        seconds = timestamp_seconds(self.path, rows["created_at"]).cast(pa.timestamp("s", "UTC"))
        rows = rows.set_column(rows.column_names.index("created_at"), "created_at", seconds)
        return rows.add_column(0, "number", pa.array(numbers, pa.uint32()))

    def has_links(self) -> bool:
        """Return whether any item is known to link to a page: then the others do not."""
        return any(has_values(segment.files[ITEMS_FILE], "link") for segment in self.segments)

    def texts(self, numbers: UInt32s) -> list[str | None]:
        """Return the texts of items in the order given; all None if the registry keeps no texts."""
        if not self.manifest.keeps_texts:
            return [None] * len(numbers)
        texts: list[str | None] = self.text_array(numbers).to_pylist()
        return texts

    def text_array(self, numbers: UInt32s) -> pa.LargeStringArray:
        """Return the texts of items as an array in the order given; requires `keeps_texts`."""
        rows = self._rows(TEXTS_FILE, ["text"], numbers)
        return single_chunk(rows["text"]).cast(pa.large_string())

    def edges(self, numbers: UInt32s) -> DroppedEdges:
        """Return what normalisation dropped at the edges of items, in the order given."""
        rows = self._rows(ITEMS_FILE, ["lead", "trail"], numbers)
        lead, trail = (binary_to_lists(rows[name].combine_chunks()) for name in ("lead", "trail"))
        return DroppedEdges(*lead, *trail)

    def copies(self, numbers: UInt32s, arrays: RegistryArrays) -> list[ItemCopies]:
        """Return the other items with the same tokens, for each item in the order given.

        Parameters
        ----------
        numbers : ndarray of uint32
            Numbers of items.
        arrays : RegistryArrays
            As returned by `arrays`.
        """
        return find_copies(self._item_names, arrays, numbers)

    def signatures(self) -> tuple[SignatureTable, ...]:
        """Return the signatures of long items by segment, without reading them."""
        permutations = self.manifest.parameters.permutations
        return tuple(
            _signature_table(segment, int(base), permutations)
            for base, segment in zip(self._bases, self.segments, strict=True)
        )

    def summary(self) -> RegistrySummary:
        """Return the summary for a result."""
        manifest = self.manifest
        return RegistrySummary(
            self.address or str(self.path),
            manifest.digest,
            manifest.created,
            manifest.items,
            manifest.sources,
            manifest.unread,
            len(read_tombstones(self.files)),
            len(read_opt_outs(self.files)),
        )

    @property
    def _bases(self) -> Int64s:
        return first_numbers(self.manifest.segments)

    def _item_names(self, numbers: UInt32s) -> pa.Table:
        return self._rows(ITEMS_FILE, ["source", "item"], numbers)

    def _lengths(self, numbers: UInt32s) -> Int64s:
        """Return the number of tokens of items, in the order given."""
        bases = self._bases
        places = np.searchsorted(bases, numbers, side="right") - 1
        lengths = np.empty(len(numbers), np.int64)
        for place in np.unique(places).tolist():
            rows, offsets = np.flatnonzero(places == place), read_offsets(self.segments[place])
            own = numbers[rows] - bases[place]
            lengths[rows] = offsets[own + 1].astype(np.int64) - offsets[own]
        return lengths

    def _rows(self, name: str, columns: Sequence[str], numbers: UInt32s) -> pa.Table:
        """Read rows of a file of each segment, in the order given."""
        if not self.segments:
            return SCHEMAS[Path(name).stem].empty_table().select(list(columns))
        bases = self._bases
        places = np.searchsorted(bases, numbers, side="right") - 1
        tables, rows_of = [], []
        for place, segment in enumerate(self.segments):
            rows = np.flatnonzero(places == place)
            if len(rows) or not place:
                own = (numbers[rows] - bases[place]).astype(np.uint32)
                tables.append(read_rows(segment.files[name], columns, own, segment.entry.items))
                rows_of.append(rows)
        if len(tables) == 1:
            return tables[0]
        back = np.argsort(np.concatenate(rows_of), kind="stable")
        return pa.concat_tables(tables).take(pa.array(back)).combine_chunks()


def _signature_table(
    segment: MappedSegment, first_number: int, permutations: int
) -> SignatureTable:
    items, signatures, bands = read_signatures(segment, permutations)
    return SignatureTable(items + np.uint32(first_number), signatures, bands)


def open_registry(folder: Path, digest: Digest = digest_of_file) -> Registry:
    """Open a registry, checking that it is intact and its fingerprints are comparable with ours.

    All files are mapped, so that they stay readable if another process changes the registry.

    Parameters
    ----------
    folder : Path
        The registry.
    digest : callable
        Computes the digests of its files.

    Raises
    ------
    RegistryNotFound
        If there is none.
    RegistryVersion
        If its format is of another version.
    FingerprintMismatch
        If its items were fingerprinted with parameters other than ours; another version of Unicode
        alone is accepted.
    DigestMismatch
        If a file is missing or altered. Of the texts only the size is checked: see `verify_files`.
    CorruptFile
        If its manifest or a segment is damaged.
    """
    mapped = map_registry(folder)
    manifest, segments = mapped.manifest, mapped.segments
    ours = current_parameters()
    if replace(manifest.parameters, unicode=ours.unicode) != ours:
        raise fingerprint_mismatch(folder, manifest.parameters, ours)
    for segment in segments:
        check_segment(segment, digest)
    check_files(mapped.tables, manifest.tables, digest)
    sizes = [segment.entry.items for segment in segments]
    return Registry(folder, mapped, read_statuses(mapped.statuses, sizes))


def check_segment(segment: MappedSegment, digest: Digest = digest_of_file) -> None:
    """Check the digests of a segment's files, and that no kernel would read out of bounds.

    A segment that was checked on this machine before, and not written since, is not read again.

    Raises
    ------
    DigestMismatch, CorruptFile
        If it is damaged.
    """
    states = file_states(segment)
    if is_verified(segment, states):
        return
    check_files(segment.files, digested_files(segment.entry), digest)
    if faults := list(find_faults(segment)):
        folder = segment.files[ITEMS_FILE].path.parent
        raise CorruptFile(f"{folder} is inconsistent: {'; '.join(faults)}", remedy=REMEDY)
    remember_verified(segment, states)
