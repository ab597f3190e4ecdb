"""Open a registry and read it: arrays for matching, rows for reports."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.model import DroppedEdges, RegistryArrays, RegistrySummary, UInt32s
from provenance.registry.array_reader import read_registry_arrays
from provenance.registry.build.item_copies import ItemCopies, find_copies
from provenance.registry.data_files import Digest, check_files, digest_of_file, digested_files
from provenance.registry.manifest import (
    ITEMS_FILE,
    SIGNATURES_FILE,
    TEXTS_FILE,
    Manifest,
    fingerprint_mismatch,
)
from provenance.registry.mapped_files import Files, map_registry
from provenance.registry.parquet_tables import (
    open_parquet,
    read_rows,
    read_table,
    timestamp_seconds,
)
from provenance.registry.schema import binary_to_lists, signatures_schema, single_chunk

_DESCRIPTION_COLUMNS = ("source", "item", "url", "created_at", "language", "licence", "length")


@dataclass(frozen=True, slots=True)
class Registry:
    """An opened registry.

    Parameters
    ----------
    path : Path
        Its folder.
    manifest : Manifest
        Its manifest.
    files : mapping of str to MappedFile
        Its data files.
    """

    path: Path
    manifest: Manifest
    files: Files = field(repr=False, compare=False)

    def arrays(self) -> RegistryArrays:
        """Read what matching needs: the tokens and postings of all items."""
        return read_registry_arrays(self.files, self.manifest)

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
            `language`, `licence`, and `length` in tokens.
        """
        rows = self._rows(ITEMS_FILE, _DESCRIPTION_COLUMNS, numbers)
        seconds = timestamp_seconds(self.files[ITEMS_FILE], rows["created_at"]).cast(
            pa.timestamp("s", "UTC")
        )
        rows = rows.set_column(rows.column_names.index("created_at"), "created_at", seconds)
        return rows.add_column(0, "number", pa.array(numbers, pa.uint32()))

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
        return find_copies(self.files[ITEMS_FILE], arrays, numbers)

    def signatures(self) -> tuple[UInt32s, UInt32s]:
        """Read the signatures of long items.

        Returns
        -------
        items : ndarray of uint32, shape (n,)
            Their numbers, ascending.
        signatures : ndarray of uint32, shape (n, permutations)
            As computed by `fingerprint.minhash.signatures`.
        """
        permutations = self.manifest.parameters.permutations
        with open_parquet(self.files[SIGNATURES_FILE]) as file:
            table = read_table(file, signatures_schema(permutations), self.manifest.items)
            items = table["item"].to_numpy()
            if len(items) and items.max() >= self.manifest.items:
                raise pa.ArrowInvalid("it has signatures of items that do not exist")
        rows = table["signature"].combine_chunks().flatten().to_numpy()
        return items, rows.reshape(-1, permutations)

    def summary(self) -> RegistrySummary:
        """Return the summary for a result."""
        manifest = self.manifest
        return RegistrySummary(
            str(self.path),
            manifest.digest,
            manifest.created,
            manifest.items,
            manifest.sources,
            manifest.unread,
        )

    @property
    def data(self) -> Path:
        """Folder of the data files."""
        return self.path / self.manifest.generation

    def _rows(self, name: str, columns: Sequence[str], numbers: UInt32s) -> pa.Table:
        return read_rows(self.files[name], columns, numbers, self.manifest.items)


def open_registry(folder: Path, digest: Digest = digest_of_file) -> Registry:
    """Open a registry, checking that it is intact and its fingerprints are comparable with ours.

    All files are mapped, so that they stay readable if another process extends the registry.

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
        If its manifest is damaged.
    """
    manifest, files = map_registry(folder)
    ours = current_parameters()
    if replace(manifest.parameters, unicode=ours.unicode) != ours:
        raise fingerprint_mismatch(folder, manifest.parameters, ours)
    check_files(files, digested_files(manifest), digest)
    return Registry(folder, manifest, files)
