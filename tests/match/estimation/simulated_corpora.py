"""Corpora of which everything is known, and samples of them: what sampling is tried on."""

from dataclasses import dataclass

import numpy as np

from provenance.match.estimation.bootstrap import SampledDocuments
from provenance.model.content.fingerprints import Flags, Floats, Int64s


@dataclass(frozen=True)
class World:
    """Documents in files: what each is long, and how much of it is content."""

    files: Int64s
    sizes: Floats
    content: Floats

    @property
    def holds(self) -> Flags:
        return self.content > 0

    @property
    def shares(self) -> tuple[float, float]:
        """Of documents, and of tokens."""
        return float(self.holds.mean()), float(self.content.sum() / self.sizes.sum())


def world(dice, files, each, part, *, spread=0.6, whole=False):
    """Files of so many documents, of which about a part holds content, another one in each."""
    count = files * each
    number = np.repeat(np.arange(files), each)
    sizes = dice.lognormal(5, spread, count)
    parts = np.repeat(np.clip(part * dice.lognormal(0, 0.5, files), 0, 1), each)
    covers = np.ones(count) if whole else dice.uniform(0.1, 1, count)
    return World(number, sizes, np.where(dice.random(count) < parts, sizes * covers, 0.0))


def drawn_of(world, dice, rate):
    """Draw documents by chance, of each file at least one; give them, and their places."""
    lots = dice.random(len(world.files))
    order = np.lexsort((lots, world.files))
    lots[order[np.unique(world.files[order], return_index=True)[1]]] = 0
    places = np.flatnonzero(lots < rate)
    own = world.files[places]
    weights = (np.bincount(world.files) / np.bincount(own))[own]
    sizes = np.stack([np.ones(len(own)), world.sizes[places]])
    return SampledDocuments(weights, own, sizes), places
