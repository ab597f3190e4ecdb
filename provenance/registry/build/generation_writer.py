"""A generation: the data files of a registry, written from its items in their order."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.fingerprint.fracminhash import Sketch
from provenance.model import Parameters, SourceCoverage, UInt32s, UInt64s
from provenance.registry.arrays_file import ArraySink
from provenance.registry.build.build_dir import Workshop
from provenance.registry.build.duckdb_engine import conserve
from provenance.registry.build.item_order import Ordered, lots, row_groups
from provenance.registry.build.postings_writer import Heap, depth_of, sort_postings
from provenance.registry.build.row_groups import Group, Grouping, groups_of
from provenance.registry.build.shingle_origins import Origins, joined_origins
from provenance.registry.build.table_stream import Sink, in_threads
from provenance.registry.build.token_statistics import count_cells, no_cells, write_background
from provenance.registry.manifest import (
    BACKGROUND_FILE,
    ITEMS_FILE,
    SIGNATURES_FILE,
    SKETCH_FILE,
    TEXTS_FILE,
    TOKENS_FILE,
)
from provenance.registry.schema import ITEMS_SCHEMA, SKETCH_SCHEMA, TEXTS_SCHEMA, signatures_schema
from provenance.registry.source_coverage import coverage


@dataclass(frozen=True, slots=True)
class Sums:
    """What all items come to.

    Parameters
    ----------
    origins : list of Origins
        Whose they are, a row group each.
    sketches : dict of str to list of Sketch
        By source, a row group each.
    cells : ndarray of uint32, shape (2**BACKGROUND_BITS,)
        Counts of tokens.
    covered : list of pyarrow.Table
        As `coverage.covered` gives it, a row group each.
    """

    origins: list[Origins] = field(default_factory=list)
    sketches: dict[str, list[Sketch]] = field(default_factory=dict)
    cells: UInt32s = field(default_factory=no_cells)
    covered: list[pa.Table] = field(default_factory=list)

    def add(self, one: Group) -> None:
        """Count a row group in."""
        self.origins.append(one.origins)
        for source, sketch in one.sketches.items():
            self.sketches.setdefault(source, []).append(sketch)
        count_cells(self.cells, one.tokens, one.alone)
        self.covered.append(one.covered)


@dataclass(frozen=True, slots=True)
class Written:
    """What the data files hold.

    Parameters
    ----------
    items, tokens, postings : int
        How many.
    sources : tuple of SourceCoverage
        In order of their ids.
    """

    items: int
    tokens: int
    postings: int
    sources: tuple[SourceCoverage, ...]


def write_generation(ordered: Ordered, shop: Workshop, parameters: Parameters) -> Written:
    """Write every data file.

    Parameters
    ----------
    ordered : Ordered
        The items, in their order.
    shop : Workshop
        Where their parts lie, and where the files go; the parts are cleared away.
    parameters : Parameters
        How the items were fingerprinted.

    Raises
    ------
    RegistryError
        If rows were lost on the way.
    """
    heap = Heap(shop.unsorted / "postings", depth_of(ordered.tokens), shop.limits.held)
    work = partial(
        groups_of,
        gather=shop.shelf.gatherer(),
        how=Grouping(parameters, ordered.sources, heap.laid.depth),
    )
    made = in_threads(work, lots(row_groups(ordered)), shop.limits.threads)
    with ExitStack() as stack:
        sinks = {
            name: stack.enter_context(Sink(shop.data / name, schema))
            for name, schema in (
                (ITEMS_FILE, ITEMS_SCHEMA),
                (SIGNATURES_FILE, signatures_schema(parameters.permutations)),
                *([(TEXTS_FILE, TEXTS_SCHEMA)] if shop.keep_texts else []),
            )
        }
        tokens = stack.enter_context(ArraySink(shop.data / TOKENS_FILE, np.uint32))
        sums = _written(chain.from_iterable(made), sinks, tokens, heap)
    shop.clear(shop.parts)
    origins = joined_origins(sums.origins)
    conserve("writing the items", ordered.items, len(origins.sources))
    _write_sketch(shop.data / SKETCH_FILE, sums.sketches)
    write_background(shop.data / BACKGROUND_FILE, sums.cells)
    postings = sort_postings(heap.laid, origins, ordered.longest, shop.data, shop.limits.threads)
    shop.clear(shop.unsorted)
    return Written(ordered.items, ordered.tokens, postings, coverage(sums.covered))


def _written(
    groups: Iterable[Group], sinks: dict[str, Sink], tokens: ArraySink, heap: Heap
) -> Sums:
    sums = Sums()
    for one in groups:
        sinks[ITEMS_FILE].put(one.items)
        tokens.put(one.tokens.hashes)
        if one.texts is not None:
            sinks[TEXTS_FILE].put(one.texts)
        if len(one.signatures):
            sinks[SIGNATURES_FILE].put(one.signatures)
        heap.put(one.postings)
        sums.add(one)
    return sums


def _write_sketch(path: Path, sketches: dict[str, list[Sketch]]) -> None:
    with Sink(path, SKETCH_SCHEMA) as sink:
        for source in sorted(sketches):
            # One after the other, each merge would sort all that came before it again.
            hashes = np.unique(np.concatenate([one.hashes for one in sketches[source]]))
            sink.put(sketch_rows(source, hashes))


def sketch_rows(source: str, hashes: UInt64s) -> pa.Table:
    """Give the sketch of a source, as it is written."""
    columns = [pa.repeat(source, len(hashes)), pa.array(hashes)]
    return pa.table(columns, schema=SKETCH_SCHEMA)
