"""Summaries for the result: registries, corpus, unread files and the detection method."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from provenance.errors import EmptyCorpus, InputError, RegistryError
from provenance.match.estimation.intervals import EXCESS_EDGE, MISSING_EDGE
from provenance.match.estimation.shipped_recall import measured_recall
from provenance.match.index.seed_postings import MAX_SHARED
from provenance.match.scoring.detectability import count_undetectable
from provenance.model.content.tables import Unread, merge_skipped, merge_unread
from provenance.model.results.coverage import RegistrySummary
from provenance.model.results.method import Method, Parameter
from provenance.model.results.result import CorpusSummary, wordless_columns
from provenance.pipeline.findings.missed_findings import least_odds
from provenance.pipeline.scan.readings import Counts, RegistryIndex, StoredReading
from provenance.pipeline.scan.wordless_counts import WordlessCounts
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.python_objects import IN_MEMORY
from provenance.read.corpus.stream_input import STANDARD_INPUT
from provenance.read.shipped_plants import load_shipped_plants
from provenance.read.signals.site_captures import find_unread_card


def summarise_registries(registries: Sequence[RegistryIndex]) -> tuple[RegistrySummary, ...]:
    """Summarise registries; matched together, more of their items are undetectable."""
    size = sum(registry_index.size for registry_index in registries)
    return tuple(_summarise_registry(registry_index, size) for registry_index in registries)


def _summarise_registry(registry_index: RegistryIndex, size: int) -> RegistrySummary:
    arrays = registry_index.index.arrays
    counts = count_undetectable(registry_index.index, size)
    unattributable = dict(zip(arrays.sources, counts.tolist(), strict=True))
    summary = registry_index.registry.summary()
    sources = (
        replace(source, unattributable=unattributable[source.source]) for source in summary.sources
    )
    return replace(summary, sources=tuple(sources))


def collect_unread(
    corpus: Corpus, readings: Sequence[StoredReading], changed_files: Sequence[Unread] = ()
) -> tuple[Unread, ...]:
    """Return the files of a corpus that could not be read, each once, after reading."""
    unread = (fault for reading in readings for fault in reading.unread)
    return merge_unread([*corpus.unread, *unread, *changed_files, *corpus.undigested_files()])


def check_readable(unread: Sequence[Unread], limit: int) -> None:
    """Raise if more files are unread than accepted.

    Raises
    ------
    InputError
        If more than `limit` files could not be read.
    """
    if len(unread) > limit:
        examples = "; ".join(f"{fault.file}: {fault.reason}" for fault in unread[:_MAX_FAULTS])
        more = f"; and {len(unread) - _MAX_FAULTS:,} more" if len(unread) > _MAX_FAULTS else ""
        raise InputError(
            f"some files could not be read to the end ({examples}{more})",
            remedy=unread[0].remedy,
        )


def check_words(readings: Iterable[StoredReading], limit: int) -> tuple[Unread, ...]:
    """Return the columns that are not words; raise if there are more than accepted.

    Raises
    ------
    InputError
        If texts of more than `limit` columns are not words.
    """
    counts = WordlessCounts.merge(reading.wordless for reading in readings)
    columns = wordless_columns(counts.summary())
    if len(columns) > limit:
        reasons = "; ".join(f"{each.file}: {each.reason}" for each in columns[:_MAX_FAULTS])
        more = f"; and {len(columns) - _MAX_FAULTS:,} more" if len(columns) > _MAX_FAULTS else ""
        raise InputError(
            f"some texts cannot be compared ({reasons}{more})", remedy=columns[0].remedy
        )
    return columns


def check_conclusive(registries: Sequence[RegistrySummary]) -> None:
    """Raise if nothing could have been found, so that a corpus is not reported as clear.

    Registries whose last item was withdrawn are no error: reports say so, and nobody asks for more.

    Raises
    ------
    RegistryError
        If no item of the registries can be detected.
    """
    sources = [source for registry in registries for source in registry.sources]
    items = sum(source.items for source in sources)
    if not items or items > sum(source.unattributable for source in sources):
        return
    paths = ", ".join(registry.path for registry in registries)
    raise RegistryError(
        f"nothing can be found with {paths}: all {items:,} items are too short, or their words too "
        "common, to be distinguished from chance, so that finding nothing means nothing",
        remedy="add longer items with `provenance registry add`, or name another --registry",
    )


def summarise_corpus(
    corpus: Corpus, readings: Sequence[StoredReading], counts: Counts, *, has_signals: bool
) -> CorpusSummary:
    """Summarise what was checked of a corpus; with signals, a card was read or left out."""
    found = None if has_signals else find_unread_card(corpus.addresses)
    wordless = WordlessCounts.merge(reading.wordless for reading in readings)
    return CorpusSummary(
        addresses=corpus.addresses,
        files=len({name for part in corpus.parts for name in part.files}),
        documents=counts.documents,
        texts=counts.texts,
        tokens=counts.tokens,
        bytes=counts.bytes,
        digest=corpus.digest(),
        text_columns=corpus.text_columns,
        skipped=merge_skipped(skipped for reading in readings for skipped in reading.skipped),
        passed_over=corpus.passed_over,
        contents=corpus.contents(),
        card=found and f"{found[0]} declares {found[1].declaration}",
        wordless=wordless.summary(),
        wordless_documents=wordless.documents,
    )


def empty_corpus_error(
    corpus: Corpus, readings: Sequence[StoredReading], unread: Sequence[Unread]
) -> InputError:
    """Return the error for a corpus without readable text, with the reasons that its rows give."""
    if unread:
        more = f"; {len(unread) - 1:,} more cannot be read either" if len(unread) > 1 else ""
        return InputError(f"{unread[0].file}: {unread[0].reason}{more}", remedy=unread[0].remedy)
    faults = merge_skipped(skipped for reading in readings for skipped in reading.skipped)
    place = ", ".join(map(_name_of, corpus.addresses))
    if not faults:
        return EmptyCorpus(
            f"there is no text to check in {place}: it has no rows, or none with words",
            remedy="give data with text, or name the column that holds it with --text-column.",
        )
    rows = [
        f"{skipped.count:,} of {_name_of(skipped.file)}: {skipped.reason}"
        for skipped in faults[:_MAX_FAULTS]
    ]
    reasons = [
        f"there is no text to check in {place}",
        *(
            [f"the columns read are {', '.join(corpus.text_columns)}"]
            if corpus.text_columns
            else []
        ),
        f"rows were skipped ({'; '.join(rows)})",
    ]
    remedy = "correct these rows, or name the column that holds the text with --text-column"
    if {skipped.reason for skipped in faults} == {skipped_rows.NOT_UTF8}:
        remedy = "convert the data to UTF-8: `iconv -f latin1 -t utf-8` does so for Latin-1."
    return EmptyCorpus("; ".join(reasons), remedy=remedy)


_MAX_FAULTS = 3
"""Number of reasons named in an error."""


def _name_of(address: str) -> str:
    names = {IN_MEMORY: "the data", STANDARD_INPUT: "standard input"}
    return names.get(address, address)


def describe_method(registries: Sequence[RegistryIndex]) -> Method:
    """Describe the detector as shipped."""
    parameters = registries[0].index.arrays.parameters
    return Method(
        parameters=(
            Parameter(
                "normalisation",
                str(parameters.normalisation),
                "version of the rules that turn text into tokens",
            ),
            Parameter("unicode", parameters.unicode, "version of the code point tables"),
            Parameter(
                "seed width",
                str(parameters.seed_width),
                "consecutive words that a passage must share with an item to become a candidate",
            ),
            Parameter(
                "common",
                str(MAX_SHARED),
                "of a seed in more items than this, only the earliest few are considered",
            ),
            Parameter(
                "threshold",
                f"{registries[0].index.threshold:.5g}",
                "minimum strength of a reported match, in bits: a match of s bits is expected "
                "by chance once in 2**s tokens",
            ),
            Parameter(
                "edge error",
                f"{EXCESS_EDGE:.0%}, {MISSING_EDGE:.0%}",
                "share of a passage by which it may be too long, and too short",
            ),
        ),
        recall=measured_recall(load_shipped_plants(), least_odds(registries)),
        chance_per_million=1e6 / 2 ** registries[0].index.threshold,
    )
