"""How well the detector does on somebody's own corpus: items planted there, and looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provenance import __version__
from provenance.errors import EmptyCorpus, PolicyError, RegistryError
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model import Calibration, FalseRate, Policy
from provenance.pipeline.calibration.false_positives import UNKNOWN, chance_scale, false_rate
from provenance.pipeline.calibration.planting import Plant, drawn, planted
from provenance.pipeline.calibration.recall import plants_table, recalls
from provenance.pipeline.calibration.standalone_texts import (
    looked_up,
    outside_claims,
    read_outsiders,
    unowned,
)
from provenance.pipeline.findings.summaries import check_readable, unread_of_all
from provenance.pipeline.locate.claims import claims
from provenance.pipeline.locate.locations import gather
from provenance.pipeline.progress import Quiet, progress
from provenance.pipeline.scan.corpus_scan import read_corpus
from provenance.pipeline.scan.document_sampling import Reservoir
from provenance.pipeline.scan.in_memory_corpus import corpus_of, items_of
from provenance.pipeline.scan.readings import Counts, Opened, Reading, opened
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from provenance.registry.store import open_registry

_SETTINGS = Settings()


@dataclass(frozen=True, slots=True)
class Planting:
    """What is planted, and where else the detector looks.

    Parameters
    ----------
    plants : int
        How many items; at least 1.
    seed : int
        Decides which, where, and how edited.
    control : str or None
        Registry of items that cannot be in the corpus.
    background : str or None
        Registry of texts that hold no item.
    """

    plants: int = 12_000
    seed: int = 0
    control: str | None = None
    background: str | None = None


def calibrate(
    corpus: Sequence[str],
    policy: Policy,
    planting: Planting = Planting(),
    settings: Settings = _SETTINGS,
) -> Calibration:
    """Measure what a check of a corpus finds, and what it makes up.

    Parameters
    ----------
    corpus : sequence of str
        Addresses, as `check` takes them.
    policy : Policy
        Registries and columns.
    planting : Planting
        What is planted.
    settings : Settings
        Threads, progress.

    Returns
    -------
    Calibration
        The same for the same seed, but for its time.

    Raises
    ------
    ProvenanceError
        If the work cannot be done: see `provenance.errors`.

    Notes
    -----
    The corpus is read once, as a check reads it: for a sample of its passages, for its own matches,
    and for a draw of its texts. Items are planted into copies of those texts, one a copy, in
    memory. Reading, weighing and attribution are the check's own. Each planted match is weighed
    against the corpus as it is, as if it were the only plant, so that a small corpus is not drowned
    in plants.
    """
    registries = _opened(policy.registries, "calibrate with", "--registry")
    for one in registries:
        _check_texts(one, "its items cannot be planted")
    control = _opened([planting.control], "", "") if planting.control else []
    addressed = open_corpus(
        corpus,
        text_columns=policy.text_columns,
        split=settings.split,
        max_document=policy.max_document,
    )
    reservoir = Reservoir(planting.plants, planting.seed)
    total = sum(part.size or 0 for part in addressed.parts) or None
    with progress("reading", total, "B", quiet=settings.quiet) as shown:
        readings = read_corpus(
            reservoir.tap(addressed), [*registries, *control], unowned, settings.threads, shown
        )
    unread = unread_of_all(addressed, readings)
    check_readable(unread, settings.allow_unread)
    counts = sum((reading.counts for reading in readings), Counts())
    if not counts.tokens:
        raise EmptyCorpus(
            f"there is no text in {', '.join(corpus)}",
            remedy="name the column that holds the text with --text-column",
        )
    own = looked_up(readings, 0, len(registries))
    plants, skipped = _plants(registries, reservoir.texts(), planting, settings)
    held = corpus_of([plant.text for plant in plants])
    with progress("looking for plants", len(plants), "plants", quiet=settings.quiet) as shown:
        reread = read_outsiders(held, registries, settings.threads, Quiet())
        settled = outside_claims(own, reread, registries)
        spans = gather(held, reread, settled, registries)
        table = plants_table(plants, spans, settled, registries)
        shown.advance(len(plants))
    return Calibration(
        tool=__version__,
        created=datetime.now(UTC).replace(microsecond=0),
        corpus=addressed.digest(),
        addresses=addressed.addresses,
        documents=counts.documents,
        corpus_tokens=counts.tokens,
        registries=tuple(sorted(one.registry.manifest.digest for one in registries)),
        normalisation=registries[0].index.holdings.parameters.normalisation,
        threshold=STRENGTH_THRESHOLD,
        seed=planting.seed,
        skipped=skipped + len(plants) - len(table),
        recalls=recalls(table),
        false=_false(readings, own, registries, control, planting, settings),
        plants=table,
        unread=unread,
    )


def _opened(paths: Sequence[str], purpose: str, option: str) -> list[Opened]:
    """Open registries, each once, in an order that their names do not decide."""
    if not paths:
        raise PolicyError(
            f"there is no registry to {purpose}",
            remedy=f"name one with {option}, or in provenance.toml under [check] registries",
        )
    whole = {one.manifest.digest: one for one in map(open_registry, map(Path, paths))}
    return opened([whole[digest] for digest in sorted(whole)])


def _plants(
    registries: Sequence[Opened], hosts: Sequence[str], planting: Planting, settings: Settings
) -> tuple[list[Plant], int]:
    draws = drawn(registries, planting.plants, planting.seed)
    readings = read_outsiders(corpus_of(hosts), registries, settings.threads, Quiet())
    held, base = set(), 0
    for reading in readings:
        for place, candidates in enumerate(reading.candidates):
            texts, items = (candidates.texts + base).tolist(), candidates.items.tolist()
            held |= {(text, place, item) for text, item in zip(texts, items, strict=True)}
        base += reading.counts.texts
    plants, skipped = planted(draws, hosts, registries, held, planting.seed)
    if not plants:
        raise RegistryError(
            f"none of {len(draws)} items could be planted",
            remedy="plant more of them with --plants",
        )
    return plants, skipped


def _check_texts(opened: Opened, why: str) -> None:
    if not opened.registry.manifest.keeps_texts:
        raise RegistryError(
            f"{opened.registry.path} keeps no texts, so {why}",
            remedy="build it again from its dumps, without --no-text",
        )


def _false(
    readings: Sequence[Reading],
    own: Sequence[Reading],
    registries: Sequence[Opened],
    control: Sequence[Opened],
    planting: Planting,
    settings: Settings,
) -> FalseRate:
    """Measure what is made up: by the control where there is one, else by the background."""
    if control:
        looked = looked_up(readings, len(registries), len(registries) + 1)
        scale = chance_scale(registries, control)
        return false_rate("control", claims(looked, control), readings, scale)
    if planting.background is None:
        return UNKNOWN
    (background,) = _opened([planting.background], "", "")
    _check_texts(background, "nothing can be looked for in them")
    clean = items_of(background.registry)
    with progress("reading the background", None, "B", quiet=settings.quiet) as shown:
        others = read_outsiders(clean, registries, settings.threads, shown)
    return false_rate("background", outside_claims(own, others, registries), others)
