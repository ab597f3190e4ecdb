"""Registries are read: as arrays for matching, as rows for reports."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from provenance.fingerprint.tokenizer.tokenize import parameters
from provenance.model import Edges, Holdings, RegistrySummary, UInt32s
from provenance.registry.build.deduplication import Copies, copies
from provenance.registry.data_files import Digest, check_files, checked, digest_of_file
from provenance.registry.holdings import read_holdings
from provenance.registry.manifest import (
    ITEMS_FILE,
    SIGNATURES_FILE,
    TEXTS_FILE,
    Manifest,
    mismatch,
)
from provenance.registry.mapped_files import Files, map_registry
from provenance.registry.parquet_tables import dated, parquet, read_whole, rows_of
from provenance.registry.schema import lists, one_chunk, signatures_schema

_DESCRIBED = ("source", "item", "url", "created_at", "language", "licence", "length")


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry on disk, found whole.

    Parameters
    ----------
    path : Path
        Its folder.
    manifest : Manifest
        What it says of itself.
    files : mapping of str to MappedFile
        Its data files.
    """

    path: Path
    manifest: Manifest
    files: Files = field(repr=False, compare=False)

    def holdings(self) -> Holdings:
        """Read what matching needs: all items' tokens and postings."""
        return read_holdings(self.files, self.manifest)

    def describe(self, numbers: UInt32s) -> pa.Table:
        """Tell what is known of items.

        Parameters
        ----------
        numbers : ndarray of uint32
            Of items, in any order, repeats allowed.

        Returns
        -------
        pyarrow.Table
            A row a number, in the order asked: `number`, `source`, `item`, `url`, `created_at`,
            `language`, `licence`, and `length` in tokens.
        """
        rows = self._rows(ITEMS_FILE, _DESCRIBED, numbers)
        seconds = dated(self.files[ITEMS_FILE], rows["created_at"]).cast(pa.timestamp("s", "UTC"))
        rows = rows.set_column(rows.column_names.index("created_at"), "created_at", seconds)
        return rows.add_column(0, "number", pa.array(numbers, pa.uint32()))

    def texts(self, numbers: UInt32s) -> list[str | None]:
        """Give the texts of items, in the order asked; None of each where none are kept."""
        if not self.manifest.keeps_texts:
            return [None] * len(numbers)
        texts: list[str | None] = self.strings(numbers).to_pylist()
        return texts

    def strings(self, numbers: UInt32s) -> pa.LargeStringArray:
        """Give the texts of items as an array, in the order asked, where they are kept."""
        rows = self._rows(TEXTS_FILE, ["text"], numbers)
        return one_chunk(rows["text"]).cast(pa.large_string())

    def edges(self, numbers: UInt32s) -> Edges:
        """Give what normalisation dropped at the edges of items, in the order asked."""
        rows = self._rows(ITEMS_FILE, ["lead", "trail"], numbers)
        lead, trail = (lists(rows[name].combine_chunks()) for name in ("lead", "trail"))
        return Edges(*lead, *trail)

    def same(self, numbers: UInt32s, holdings: Holdings) -> list[Copies]:
        """Find the other items with the same tokens, for each item in the order asked.

        Parameters
        ----------
        numbers : ndarray of uint32
            Of the items.
        holdings : Holdings
            As `holdings` gives them.
        """
        return copies(self.files[ITEMS_FILE], holdings, numbers)

    def signatures(self) -> tuple[UInt32s, UInt32s]:
        """Read the signatures of long items.

        Returns
        -------
        items : ndarray of uint32, shape (n,)
            Their numbers, in order.
        signatures : ndarray of uint32, shape (n, permutations)
            As `fingerprint.signatures` gives them.
        """
        permutations = self.manifest.parameters.permutations
        with parquet(self.files[SIGNATURES_FILE]) as file:
            table = read_whole(file, signatures_schema(permutations), self.manifest.items)
            items = table["item"].to_numpy()
            if len(items) and items.max() >= self.manifest.items:
                raise pa.ArrowInvalid("it has signatures of items that are not there")
        rows = table["signature"].combine_chunks().flatten().to_numpy()
        return items, rows.reshape(-1, permutations)

    def summary(self) -> RegistrySummary:
        """Say what it is, for a result."""
        stated = self.manifest
        return RegistrySummary(
            str(self.path),
            stated.digest,
            stated.created,
            stated.items,
            stated.sources,
            stated.unread,
        )

    @property
    def data(self) -> Path:
        """Folder of the data files."""
        return self.path / self.manifest.generation

    def _rows(self, name: str, columns: Sequence[str], numbers: UInt32s) -> pa.Table:
        return rows_of(self.files[name], columns, numbers, self.manifest.items)


def open_registry(folder: Path, digest: Digest = digest_of_file) -> Registry:
    """Open a registry, if it is whole and can be compared with what we fingerprint.

    All its files are mapped, so that it can be read even after somebody has added to it.

    Parameters
    ----------
    folder : Path
        The registry.
    digest : callable
        Digests its files.

    Raises
    ------
    RegistryNotFound
        If there is none.
    RegistryVersion
        If its format is of another version.
    FingerprintMismatch
        If its items were fingerprinted in another way than a corpus would be. Another version of
        Unicode alone is accepted.
    DigestMismatch
        If a file is missing or altered. Of the texts, only the size is looked at: see `verify`.
    CorruptFile
        If its manifest is damaged.
    """
    manifest, files = map_registry(folder)
    ours = parameters()
    if replace(manifest.parameters, unicode=ours.unicode) != ours:
        raise mismatch(folder, manifest.parameters, ours)
    check_files(files, checked(manifest), digest)
    return Registry(folder, manifest, files)
