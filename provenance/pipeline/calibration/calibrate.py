"""Calibrate the detector on a corpus: plant items in its texts, and measure how many are found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from provenance import __version__
from provenance.errors import EmptyCorpus, PolicyError, RegistryError
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD, chance_threshold
from provenance.model.content.tables import merge_unread
from provenance.model.results.calibration import Calibration, FalseRate
from provenance.model.rules.policy import Policy
from provenance.pipeline.caching.cache_entries import open_cache
from provenance.pipeline.calibration.false_positives import (
    UNKNOWN,
    MatchCounts,
    chance_scale,
    false_positive_rate,
)
from provenance.pipeline.calibration.planting import PlantedItem, draw_items, plant_items
from provenance.pipeline.calibration.recall import aggregate_recalls, planted_item_table
from provenance.pipeline.calibration.standalone_texts import (
    no_declarations,
    read_standalone_texts,
)
from provenance.pipeline.calibration.text_edits import EDITS, Edit
from provenance.pipeline.exchange.remote_registries import open_named_registry
from provenance.pipeline.execution.progress import SilentProgress, show_progress
from provenance.pipeline.findings.summaries import check_readable, check_words, collect_unread
from provenance.pipeline.locate.claims import attribute_claims
from provenance.pipeline.locate.locations import locate_matches
from provenance.pipeline.scan.corpus_modelling import ScoringModel, scoring_model
from provenance.pipeline.scan.corpus_scan import scan_corpus
from provenance.pipeline.scan.document_sampling import TextReservoir
from provenance.pipeline.scan.in_memory_corpus import corpus_from_registry, corpus_from_texts
from provenance.pipeline.scan.reading_cache import context_digest
from provenance.pipeline.scan.readings import (
    RegistryIndex,
    ScannedCorpus,
    build_registry_indexes,
    document_numbers,
)
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus

_DEFAULT_SETTINGS = Settings()


@dataclass(frozen=True, slots=True)
class PlantingOptions:
    """Options of a calibration: items to plant, and registries that measure false positives.

    Parameters
    ----------
    plants : int
        Number of items; at least 1.
    seed : int
        Seed of the draw, places and edits.
    control : str or None
        Registry of items that cannot be in the corpus.
    background : str or None
        Registry of texts that contain no item.
    edits : sequence of Edit
        Edits of the planted items.
    """

    plants: int = 12_000
    seed: int = 0
    control: str | None = None
    background: str | None = None
    edits: Sequence[Edit] = EDITS

    def __post_init__(self) -> None:
        """Check the number that a program gives; the command line checks its own."""
        if self.plants < 1:
            raise ValueError(f"plants is at least 1, not {self.plants}")


def calibrate(
    corpus: Sequence[str],
    policy: Policy,
    planting: PlantingOptions = PlantingOptions(),
    settings: Settings = _DEFAULT_SETTINGS,
) -> Calibration:
    """Measure recall and false positives of a check of a corpus.

    Parameters
    ----------
    corpus : sequence of str
        Addresses, as for `check`.
    policy : Policy
        Registries and columns.
    planting : PlantingOptions
        What to plant.
    settings : Settings
        Threads, progress.

    Returns
    -------
    Calibration
        Reproducible for the same seed, except for its time.

    Raises
    ------
    ProvenanceError
        If it cannot be measured: see `provenance.errors`.

    Notes
    -----
    The corpus is scanned as in a check, for its model, and texts are drawn from it. Items are
    planted into copies of those texts in memory, one per copy. Reading, scoring and attribution are
    those of a check. Each planted match is scored with the model of the original corpus, as if it
    were the only plant, so that plants do not distort a small corpus.
    """
    threshold = chance_threshold(policy.chance)
    registries = _open_registries(
        policy.registries, "calibrate with", "--registry", threshold, policy.trust
    )
    for registry_index in registries:
        _require_texts(registry_index, "its items cannot be planted")
    control = (
        _open_registries([planting.control], threshold=threshold, trust=policy.trust)
        if planting.control
        else []
    )
    dataset = open_corpus(
        corpus,
        text_columns=policy.text_columns,
        split=settings.split,
        max_document=policy.max_document,
    )
    reservoir = TextReservoir(planting.plants, planting.seed)
    total = sum(part.size or 0 for part in dataset.parts) or None
    # Of the corpus's own matches only copies are needed.
    size = sum(registry_index.size for registry_index in registries)
    searched = [*(replace(one, size_of_all=size) for one in registries), *control]
    with show_progress("reading", total, "B", quiet=settings.quiet) as progress:
        scanned = scan_corpus(
            reservoir.tap_streams(dataset),
            searched,
            no_declarations,
            settings.threads,
            progress,
            open_cache(settings.cache, context_digest(searched, "")),
        )
    redrawn = reservoir.draw(dataset.parts, settings.threads)
    unread = merge_unread([*collect_unread(dataset, scanned.readings), *redrawn])
    check_readable(unread, settings.allow_unread)
    wordless = check_words(scanned.readings, settings.allow_unread - len(unread))
    counts = scanned.counts
    if not counts.tokens:
        raise EmptyCorpus(
            f"there is no text in {', '.join(corpus)}",
            remedy="name the column that holds the text with --text-column",
        )
    model = scoring_model(scanned.select_registries(0, len(registries)), registries)
    plants, unplanted = _plant_and_match(registries, reservoir.texts(), planting, settings)
    planted_texts = corpus_from_texts([plant.text for plant in plants])
    with show_progress(
        "looking for plants", len(plants), "plants", quiet=settings.quiet
    ) as progress:
        planted_readings = read_standalone_texts(
            planted_texts, registries, settings.threads, SilentProgress()
        )
        claims = attribute_claims(planted_readings, registries, model)
        spans = locate_matches(planted_texts.parts, planted_readings, claims, registries)
        planted_table = planted_item_table(plants, spans, claims, registries)
        progress.advance(len(plants))
    return Calibration(
        tool=__version__,
        created=datetime.now(UTC).replace(microsecond=0),
        corpus=dataset.digest(),
        addresses=dataset.addresses,
        documents=counts.documents,
        corpus_tokens=counts.tokens,
        registries=tuple(
            sorted(registry_index.registry.manifest.digest for registry_index in registries)
        ),
        normalisation=registries[0].index.arrays.parameters.normalisation,
        threshold=threshold,
        seed=planting.seed,
        skipped=unplanted + len(plants) - len(planted_table),
        recalls=aggregate_recalls(planted_table),
        false=_measure_false_positives(scanned, model, registries, control, planting, settings),
        plants=planted_table,
        unread=(*unread, *wordless),
    )


def _open_registries(
    paths: Sequence[str],
    purpose: str = "",
    option: str = "",
    threshold: float = STRENGTH_THRESHOLD,
    trust: str | None = None,
) -> list[RegistryIndex]:
    """Open registries, each once, in the order of their digests."""
    if not paths:
        raise PolicyError(
            f"there is no registry to {purpose}",
            remedy=f"name one with {option}, or in provenance.toml under [check] registries",
        )
    registries = {
        registry.manifest.digest: registry
        for registry in (open_named_registry(path, trust=trust) for path in paths)
    }
    return build_registry_indexes(
        [registries[digest] for digest in sorted(registries)], threshold=threshold
    )


def _plant_and_match(
    registries: Sequence[RegistryIndex],
    hosts: Sequence[str],
    planting: PlantingOptions,
    settings: Settings,
) -> tuple[list[PlantedItem], int]:
    draws = draw_items(registries, planting.plants, planting.seed)
    readings = read_standalone_texts(
        corpus_from_texts(hosts), registries, settings.threads, SilentProgress()
    )
    present, base = set(), 0
    for reading in readings:
        for number, candidates in enumerate(reading.candidates):
            texts, items = (candidates.texts + base).tolist(), candidates.items.tolist()
            present |= {(text, number, item) for text, item in zip(texts, items, strict=True)}
        base += reading.counts.texts
    plants, skipped = plant_items(draws, hosts, registries, present, planting.seed, planting.edits)
    if not plants:
        raise RegistryError(
            f"none of {len(draws)} items could be planted",
            remedy="plant more of them with --plants",
        )
    return plants, skipped


def _require_texts(registry_index: RegistryIndex, consequence: str) -> None:
    if not registry_index.registry.manifest.keeps_texts:
        raise RegistryError(
            f"{registry_index.registry.path} keeps no texts, so {consequence}",
            remedy="build it again from its dumps, without --no-text",
        )


def _measure_false_positives(
    corpus: ScannedCorpus,
    model: ScoringModel,
    registries: Sequence[RegistryIndex],
    control: Sequence[RegistryIndex],
    planting: PlantingOptions,
    settings: Settings,
) -> FalseRate:
    """Measure false positives with the control, else with the background."""
    if control:
        control_corpus = corpus.select_registries(len(registries), len(registries) + 1)
        control_model = scoring_model(control_corpus, control)
        matches = MatchCounts()
        for batch in control_corpus.batches():
            claims = attribute_claims(batch.readings, control, control_model)
            matches += MatchCounts.of(claims, document_numbers(batch.readings))
        return false_positive_rate(
            "control", matches, corpus.counts.tokens, chance_scale(registries, control)
        )
    if planting.background is None:
        return UNKNOWN
    (background,) = _open_registries([planting.background])
    _require_texts(background, "it cannot be searched for items")
    with show_progress("reading the background", None, "B", quiet=settings.quiet) as progress:
        readings = read_standalone_texts(
            corpus_from_registry(background.registry), registries, settings.threads, progress
        )
    claims = attribute_claims(readings, registries, model)
    read = sum(reading.counts.tokens for reading in readings)
    matches = MatchCounts.of(claims, document_numbers(readings))
    return false_positive_rate("background", matches, read)
