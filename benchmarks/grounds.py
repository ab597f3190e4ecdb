"""The ground that detectors are compared on: a registry of real posts, and pages that hold some."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.curves import Matches, Plants
from benchmarks.suites import Suite, pages_of, plant
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model import Flags, Floats, Int64s, Items, RegistryArrays, Texts, Tokens, UInt32s
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
"""Source ids of the platforms whose posts are looked for."""

QUOTING = ("udhr", "fortunes")
"""Backgrounds that are made of what everybody quotes, and no pages."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Texts, where their plants stand, and what is looked for.

    Parameters
    ----------
    texts : Texts
        Pages.
    tokens : Tokens
        Theirs.
    arrays : RegistryArrays
        Of the registry that the plants are of.
    planted : ndarray of int64, shape (plants,)
        The text of each plant.
    plants : Plants
        What was planted.
    firsts, ends : ndarray of int64, shape (texts,)
        Tokens of each text that its plant takes; none where it holds none.
    owners : ndarray of int64, shape (texts,)
        Source code of the plant; -1 where there is none.
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
        """Tell which stretches of tokens, both ends included, share a token with a plant."""
        return np.asarray((lasts >= self.firsts[texts]) & (firsts < self.ends[texts]))

    def matches(
        self,
        rows: tuple[Int64s, UInt32s],
        strengths: Floats,
        touching: Flags,
        quoted: Flags,
    ) -> Matches:
        """Label the texts and items that a detector gave."""
        texts, items = rows
        owned = self.arrays.source_codes[items] == self.owners[texts]
        return Matches(texts, strengths, touching & owned, ~touching, quoted)


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
    return plant(pages_of(files, seed), posts, seed, count)


def ground_of(suite: Suite, posts: Registry) -> Ground:
    """Tokenise a suite, and mark where its plants stand."""
    texts = Texts.of(pa.array([page.text for page in suite.pages], pa.large_string()))
    tokens, arrays = tokenise(texts), posts.arrays()
    numbers = np.array([one.number for one in suite.plants])
    planted = np.array([one.page for one in suite.plants])
    firsts, ends = np.zeros(len(suite.pages), np.int64), np.zeros(len(suite.pages), np.int64)
    for one in suite.plants:
        page = suite.pages[one.page].text
        low, high = (len(page[:place].encode()) for place in (one.start, one.end))
        starts = tokens.starts[tokens.offsets[one.page] : tokens.offsets[one.page + 1]]
        firsts[one.page], ends[one.page] = np.searchsorted(starts, [low, high])
    owners = np.full(len(suite.pages), -1)
    owners[planted] = arrays.source_codes[numbers]
    plants = Plants(
        np.array([one.edit for one in suite.plants]), np.diff(arrays.token_offsets)[numbers]
    )
    return Ground(texts, tokens, arrays, planted, plants, firsts, ends, owners)
