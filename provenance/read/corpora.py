"""A corpus: what is at the addresses that are checked, as parts that threads can read."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from provenance.errors import EmptyCorpus, UnsupportedFormat
from provenance.read.addresses import apart, find_files
from provenance.read.files import File
from provenance.read.jsonfiles import lines_parts
from provenance.read.parquet import open_parquet
from provenance.read.parts import Part
from provenance.read.tabular import table_parts


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is checked.

    Parameters
    ----------
    addresses : tuple of str
        As given.
    parts : tuple of Part
        In the order of their files' names.
    text_columns : tuple of str
        Where its text is.
    fingerprints : tuple of (str, callable)
        Of each file its name, and what gives the digest of its bytes.
    """

    addresses: tuple[str, ...]
    parts: tuple[Part, ...]
    text_columns: tuple[str, ...]
    fingerprints: tuple[tuple[str, Callable[[], str]], ...]

    def digest(self) -> str:
        """Return the SHA-256 over the sorted names of the files, each with its own SHA-256."""
        found = hashlib.sha256()
        for name, digest in sorted((name, digest()) for name, digest in self.fingerprints):
            found.update(f"{name}\0{digest}\n".encode())
        return found.hexdigest()


def open_corpus(
    addresses: Sequence[str], *, text_columns: Sequence[str] = (), split: str | None = None
) -> Corpus:
    """Open a corpus."""
    files = apart([find_files(address) for address in addresses], addresses)
    files.sort(key=lambda file: file.name)
    parts = [part for file in files for part in _parts(file, text_columns)]
    numbered = tuple(replace(part, index=index) for index, part in enumerate(parts))
    if not parts:
        raise EmptyCorpus(f"there is nothing in {', '.join(addresses)}", remedy="name another.")
    columns = dict.fromkeys(name for part in parts for name in part.text_columns)
    return Corpus(
        tuple(addresses), numbered, tuple(columns), tuple((f.name, f.digest) for f in files)
    )


def _parts(file: File, named: Sequence[str]) -> list[Part]:
    if file.format == "parquet":
        return table_parts(open_parquet(file), named)
    if file.format in {"jsonl", "json"}:
        return lines_parts(file, named)
    raise UnsupportedFormat(f"{file.name}: {file.format}", remedy="convert it to Parquet.")
