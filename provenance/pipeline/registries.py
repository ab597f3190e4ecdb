"""Dumps to registries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from provenance.judge.identifiers import Names
from provenance.model import Items, RegistrySummary, Unread, merge_unread
from provenance.pipeline.findings.summaries import summaries
from provenance.pipeline.progress import progress
from provenance.pipeline.scan.readings import opened
from provenance.read.dumps.layouts import open_dump
from provenance.read.policy.policy_file import parse_size_option
from provenance.read.rules.rule_files import load_rules
from provenance.registry.build.registry_builder import add, build
from provenance.registry.manifest import Manifest
from provenance.registry.store import open_registry
from provenance.registry.verification import verify

__all__ = [
    "Built",
    "Dumps",
    "Manifest",
    "add_to_registry",
    "build_registry",
    "doubt_about",
    "show_registry",
    "verify_registry",
]


@dataclass(frozen=True, slots=True)
class Dumps:
    """Dumps, and how to read them.

    Parameters
    ----------
    addresses : sequence of str
        Files.
    source : str or None
        Whose they are.
    source_column : str or None
        The column that says whose each item is, in mixed tables.
    layout : str
        How they are laid out; "auto" looks.
    text_column : str or None
        The column of the text, in tables.
    published : int or None
        How many items the source has in all, as far as somebody knows.
    max_document : str or None
        How large an item may be in a dump: "64MB".
    """

    addresses: Sequence[str]
    source: str | None
    source_column: str | None = None
    layout: str = "auto"
    text_column: str | None = None
    published: int | None = None
    max_document: str | None = None

    @property
    def declared(self) -> dict[str, int]:
        """How many items the source has in all, by its id."""
        return (
            {} if self.published is None or self.source is None else {self.source: self.published}
        )

    def items(self) -> Iterator[Items]:
        """Find all dumps now, and read their items later."""
        opened = [
            open_dump(
                address,
                source=self.source or "",
                layout=self.layout,
                source_column=self.source_column,
                text_column=self.text_column,
                max_document=parse_size_option(self.max_document),
                strict=False,
            )
            for address in self.addresses
        ]
        return chain.from_iterable(opened)


@dataclass(frozen=True, slots=True)
class Built:
    """A registry that was built, or added to.

    Parameters
    ----------
    manifest : Manifest
        Of what it holds now.
    unread : tuple of Unread
        Dumps that could not be read this time, or not to their end.
    """

    manifest: Manifest
    unread: tuple[Unread, ...]


def build_registry(
    folder: Path, dumps: Dumps, *, keep_texts: bool = True, quiet: bool = True
) -> Built:
    """Build a registry from dumps, as far as they can be read.

    Raises
    ------
    RegistryExists
        If something is at `folder` already.
    """
    with progress("building", None, " items", quiet=quiet) as shown:
        manifest = build(
            folder,
            dumps.items(),
            keep_texts=keep_texts,
            published=dumps.declared,
            progress=shown.advance,
        )
    return Built(manifest, manifest.unread)


def add_to_registry(folder: Path, dumps: Dumps, *, quiet: bool = True) -> Built:
    """Add the items of dumps to a registry; of two with the same id, the later read counts."""
    unread: list[Unread] = []
    with progress("adding", None, " items", quiet=quiet) as shown:
        manifest = add(
            folder,
            _noting(dumps.items(), unread),
            addresses=dumps.addresses,
            published=dumps.declared,
            progress=shown.advance,
        )
    return Built(manifest, merge_unread(unread))


def _noting(batches: Iterator[Items], unread: list[Unread]) -> Iterator[Items]:
    for items in batches:
        unread.extend(items.unread)
        yield items


def doubt_about(source: str) -> str | None:
    """Tell what is doubtful about the name of a source, if anything is: see `Names.doubt`."""
    return Names(load_rules()).doubt(source)


def show_registry(folder: Path) -> tuple[RegistrySummary, Manifest]:
    """Tell what a registry holds."""
    (held,) = opened([open_registry(folder)])
    return summaries([held])[0], held.registry.manifest


def verify_registry(folder: Path) -> Manifest:
    """Hold every file of a registry against its manifest."""
    return verify(folder)
