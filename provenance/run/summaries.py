"""What was checked, and against what, summed up for the result."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from provenance.errors import EmptyCorpus, RegistryError
from provenance.match import unattributable
from provenance.model import CorpusSummary, RegistrySummary, tally
from provenance.read import Corpus
from provenance.run.readings import Counts, Opened, Reading


def summaries(registries: Sequence[Opened]) -> tuple[RegistrySummary, ...]:
    """Sum up registries that are matched at a time: more of what they hold is out of reach then."""
    size = sum(one.size for one in registries)
    return tuple(_summary(one, size) for one in registries)


def _summary(one: Opened, size: int) -> RegistrySummary:
    holdings = one.index.holdings
    beyond = unattributable(one.index, size)
    counts = np.bincount(holdings.source_codes[beyond], minlength=len(holdings.sources))
    known = dict(zip(holdings.sources, counts.tolist(), strict=True))
    summary = one.registry.summary()
    sources = (replace(source, unattributable=known[source.source]) for source in summary.sources)
    return replace(summary, sources=tuple(sources))


def check_conclusive(registries: Sequence[RegistrySummary]) -> None:
    """Refuse to call a corpus clear in which nothing could have been found.

    Raises
    ------
    RegistryError
        If no item of the registries could be matched, however often the corpus held it.
    """
    sources = [source for registry in registries for source in registry.sources]
    items = sum(source.items for source in sources)
    if items and items > sum(source.unattributable for source in sources):
        return
    named = ", ".join(registry.path for registry in registries)
    raise RegistryError(
        f"nothing can be found with {named}: of {items:,} items, each is too short or too common "
        "in its words to be told from chance, so that no match says nothing",
        remedy="add longer items with `provenance registry add`, or name another --registry",
    )


def corpus_summary(corpus: Corpus, readings: Sequence[Reading], counts: Counts) -> CorpusSummary:
    """Sum up what was looked at, and what of it could not be read."""
    return CorpusSummary(
        addresses=corpus.addresses,
        files=len({part.file for part in corpus.parts}),
        documents=counts.documents,
        texts=counts.texts,
        tokens=counts.tokens,
        bytes=counts.bytes,
        digest=corpus.digest(),
        text_columns=corpus.text_columns,
        skipped=tally(one for reading in readings for one in reading.skipped),
    )


def nothing_to_check(opened: Corpus, readings: Sequence[Reading]) -> EmptyCorpus:
    """Say that a corpus holds no text, and why, as far as its rows tell."""
    faults = tally(one for reading in readings for one in reading.skipped)
    rows = [f"{one.count:,} of {one.file}: {one.reason}" for one in faults[:_FAULTS]]
    told = [
        f"there is no text to check in {', '.join(opened.addresses)}",
        *([f"what was read is {', '.join(opened.text_columns)}"] if opened.text_columns else []),
        *([f"rows were passed over ({'; '.join(rows)})"] if rows else []),
    ]
    mend = "mend these rows, or " if rows else ""
    return EmptyCorpus(
        "; ".join(told),
        remedy=f"{mend}name the column that holds the text with --text-column",
    )


_FAULTS = 3
"""Kinds of rows that could not be read, told where nothing could."""
