"""Summaries for the result: registries, corpus, unread files and the detection method."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from provenance.errors import EmptyCorpus, InputError, RegistryError
from provenance.match.candidates.seed_hits import MAX_SHARED
from provenance.match.estimation.intervals import EDGE_ERROR, LOW_RECALL
from provenance.match.estimation.shipped_recall import MEASURED_RECALL
from provenance.match.scoring.detectability import undetectable_items
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model import (
    CorpusSummary,
    MeasuredRecall,
    Method,
    Parameter,
    RegistrySummary,
    Unread,
    merge_skipped,
    merge_unread,
)
from provenance.pipeline.scan.readings import Counts, Reading, RegistryIndex
from provenance.read.corpus.corpora import Corpus


def summarise_registries(registries: Sequence[RegistryIndex]) -> tuple[RegistrySummary, ...]:
    """Summarise registries; matched together, more of their items are undetectable."""
    size = sum(one.size for one in registries)
    return tuple(_summarise_registry(one, size) for one in registries)


def _summarise_registry(one: RegistryIndex, size: int) -> RegistrySummary:
    arrays = one.index.arrays
    beyond = undetectable_items(one.index, size)
    counts = np.bincount(arrays.source_codes[beyond], minlength=len(arrays.sources))
    known = dict(zip(arrays.sources, counts.tolist(), strict=True))
    summary = one.registry.summary()
    sources = (replace(source, unattributable=known[source.source]) for source in summary.sources)
    return replace(summary, sources=tuple(sources))


def collect_unread(
    corpus: Corpus, readings: Sequence[Reading], lost: Sequence[Unread] = ()
) -> tuple[Unread, ...]:
    """Return the files of a corpus that could not be read, each once, after reading."""
    read = (one for reading in readings for one in reading.unread)
    return merge_unread([*corpus.unread, *read, *lost, *corpus.undigested_files()])


def check_readable(unread: Sequence[Unread], allowed: int) -> None:
    """Raise if more files are unread than accepted.

    Raises
    ------
    InputError
        If more than `allowed` files could not be read.
    """
    if len(unread) > allowed:
        named = "; ".join(f"{one.file}: {one.reason}" for one in unread[:_MAX_FAULTS])
        more = f"; and {len(unread) - _MAX_FAULTS:,} more" if len(unread) > _MAX_FAULTS else ""
        raise InputError(
            f"not all could be read to the end ({named}{more})",
            remedy=unread[0].remedy,
        )


def check_conclusive(registries: Sequence[RegistrySummary]) -> None:
    """Raise if nothing could have been found, so that a corpus is not reported as clear.

    Raises
    ------
    RegistryError
        If no item of the registries can be detected.
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


def summarise_corpus(corpus: Corpus, readings: Sequence[Reading], counts: Counts) -> CorpusSummary:
    """Summarise what was checked of a corpus."""
    return CorpusSummary(
        addresses=corpus.addresses,
        files=len({name for part in corpus.parts for name in part.files}),
        documents=counts.documents,
        texts=counts.texts,
        tokens=counts.tokens,
        bytes=counts.bytes,
        digest=corpus.digest(),
        text_columns=corpus.text_columns,
        skipped=merge_skipped(one for reading in readings for one in reading.skipped),
        passed_over=corpus.passed_over,
    )


def empty_corpus_error(
    opened: Corpus, readings: Sequence[Reading], unread: Sequence[Unread]
) -> InputError:
    """Return the error for a corpus without readable text, with the reasons that its rows give."""
    if unread:
        more = f"; nor can {len(unread) - 1:,} more be read" if len(unread) > 1 else ""
        return InputError(f"{unread[0].file}: {unread[0].reason}{more}", remedy=unread[0].remedy)
    faults = merge_skipped(one for reading in readings for one in reading.skipped)
    rows = [f"{one.count:,} of {one.file}: {one.reason}" for one in faults[:_MAX_FAULTS]]
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


_MAX_FAULTS = 3
"""Number of reasons named in an error."""


def describe_method(registries: Sequence[RegistryIndex]) -> Method:
    """Describe the detector as shipped."""
    made = registries[0].index.arrays.parameters
    return Method(
        parameters=(
            Parameter(
                "normalisation",
                str(made.normalisation),
                "version of the rules that turn text into tokens",
            ),
            Parameter("unicode", made.unicode, "version of the code point tables"),
            Parameter(
                "seed width",
                str(made.seed_width),
                "words in a row that a passage must share with an item to be looked at",
            ),
            Parameter(
                "common",
                str(MAX_SHARED),
                "a seed that more items share is followed into the earliest few of them only",
            ),
            Parameter(
                "threshold",
                f"{STRENGTH_THRESHOLD:g}",
                "bits of strength from which a match is reported: one of s bits is expected by "
                "chance once in 2**s tokens",
            ),
            Parameter(
                "recall, low",
                f"{LOW_RECALL:.0%}",
                "the part of what is there that the upper ends of intervals assume was found",
            ),
            Parameter(
                "edge error", f"{EDGE_ERROR:.0%}", "how far the ends of a passage may be wrong"
            ),
        ),
        recall=tuple(
            MeasuredRecall(edit, length, recall)
            for length, edits in MEASURED_RECALL.items()
            for edit, recall in edits.items()
        ),
        chance_per_million=1e6 / 2**STRENGTH_THRESHOLD,
    )
