"""Evaluation data: a registry of real posts, and pages into which some are planted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.curves import Matches, Plants
from benchmarks.suites import Suite, cut_pages, plant
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Flags, Floats, Int64s, Texts, Tokens, UInt32s
from provenance.model.content.registry_arrays import RegistryArrays
from provenance.model.content.tables import Items
from provenance.read.dumps.layouts import open_dump
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.store import Registry, open_registry

SOURCES = {
    "bluesky": "bluesky",
    "hackernews": "hackernews",
    "mastodon": "mastodon",
    "reddit": "reddit",
    "stackexchange": "stackexchange",
    "twitter": "x",
    "weibo": "weibo",
    "youtube": "youtube",
}
"""Source ids of the platforms whose posts are searched for."""

QUOTING = ("udhr", "fortunes")
"""Backgrounds that consist of widely quoted texts, which are not used as pages."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Texts, the positions of planted items, and the registry that they are from.

    Parameters
    ----------
    texts : Texts
        The pages.
    tokens : Tokens
        Tokens of the pages.
    arrays : RegistryArrays
        Arrays of the registry.
    planted : ndarray of int64, shape (plants,)
        The text of each plant.
    plants : Plants
        The planted items.
    firsts, ends : ndarray of int64, shape (texts,)
        Token range of the planted item in each text; empty where there is none.
    owners : ndarray of int64, shape (texts,)
        Source code of the planted item; -1 where there is none.
    """

    texts: Texts
    tokens: Tokens
    arrays: RegistryArrays
    planted: Int64s
    plants: Plants
    firsts: Int64s
    ends: Int64s
    owners: Int64s

    @property
    def lengths(self) -> Int64s:
        """Tokens of each item of the registry."""
        return np.diff(self.arrays.token_offsets)

    def touches(self, texts: Int64s, firsts: Int64s, lasts: Int64s) -> Flags:
        """Return a mask of the token ranges, ends included, that overlap a planted item."""
        return np.asarray((lasts >= self.firsts[texts]) & (firsts < self.ends[texts]))

    def matches(
        self,
        rows: tuple[Int64s, UInt32s],
        strengths: Floats,
        touching: Flags,
        quoted: Flags,
    ) -> Matches:
        """Label the matches of a detector."""
        texts, items = rows
        is_right_source = self.arrays.source_codes[items] == self.owners[texts]
        return Matches(texts, strengths, touching & is_right_source, ~touching, quoted)


def registry_of(data: Path, folder: Path) -> Registry:
    """Build the registry of all posts of known platforms."""
    create_registry(folder, _items(data))
    return open_registry(folder)


def _items(data: Path) -> Iterator[Items]:
    for entry in json.loads((data / "manifest.json").read_text())["files"]:
        if entry["kind"] == "registry" and entry["platform"] in SOURCES:
            yield from open_dump(str(data / entry["file"]), source=SOURCES[entry["platform"]])


def suite_of(data: Path, posts: Registry, seed: int, count: int) -> Suite:
    """Plant posts into pages of the backgrounds."""
    files = [
        file
        for file in sorted((data / "background").iterdir())
        if not any(name in file.name for name in QUOTING)
    ]
    return plant(cut_pages(files, seed), posts, seed, count)


def ground_of(suite: Suite, posts: Registry) -> Ground:
    """Tokenise a suite, and locate its planted items."""
    texts = Texts.of(pa.array([page.text for page in suite.pages], pa.large_string()))
    tokens, arrays = tokenise(texts), posts.arrays()
    numbers = np.array([planted_item.number for planted_item in suite.plants])
    planted_pages = np.array([planted_item.page for planted_item in suite.plants])
    firsts, ends = np.zeros(len(suite.pages), np.int64), np.zeros(len(suite.pages), np.int64)
    for planted_item in suite.plants:
        page = suite.pages[planted_item.page].text
        low, high = (len(page[:place].encode()) for place in (planted_item.start, planted_item.end))
        starts = tokens.starts[
            tokens.offsets[planted_item.page] : tokens.offsets[planted_item.page + 1]
        ]
        firsts[planted_item.page], ends[planted_item.page] = np.searchsorted(starts, [low, high])
    owners = np.full(len(suite.pages), -1)
    owners[planted_pages] = arrays.source_codes[numbers]
    plants = Plants(
        np.array([planted_item.edit for planted_item in suite.plants]),
        np.diff(arrays.token_offsets)[numbers],
    )
    return Ground(texts, tokens, arrays, planted_pages, plants, firsts, ends, owners)
