"""Scans of corpora for tests, with their readings in memory."""

from collections.abc import Sequence

from provenance.pipeline.calibration.standalone_texts import no_declarations
from provenance.pipeline.execution.progress import SilentProgress
from provenance.pipeline.scan.corpus_modelling import ScoringModel, scoring_model
from provenance.pipeline.scan.corpus_scan import scan_corpus
from provenance.pipeline.scan.readings import Reading, RegistryIndex
from provenance.pipeline.scan.windows import NEIGHBOUR_TOKENS
from provenance.read.corpus.corpora import Corpus


def scan(
    corpus: Corpus, registries: Sequence[RegistryIndex], margin: int = NEIGHBOUR_TOKENS
) -> tuple[list[Reading], ScoringModel]:
    """Return the readings of a corpus, and the model to score them with."""
    scanned = scan_corpus(corpus, registries, no_declarations, 2, SilentProgress(), margin=margin)
    readings = [reading.load() for reading in scanned.readings]
    return readings, scoring_model(scanned, registries)
