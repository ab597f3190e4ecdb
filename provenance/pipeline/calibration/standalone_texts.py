"""Score texts that are not in a corpus, each as if it alone were added to it."""

from collections.abc import Sequence

import pyarrow as pa

from provenance.model.content.fingerprints import Tokens
from provenance.pipeline.execution.progress import Progress
from provenance.pipeline.scan.corpus_scan import scan_corpus
from provenance.pipeline.scan.readings import Reading, RegistryIndex
from provenance.pipeline.scan.row_metadata import NO_DECLARATIONS
from provenance.read.corpus.corpora import Corpus


def no_declarations(batch: pa.RecordBatch, tokens: Tokens) -> pa.Table:
    """Return no declarations: calibration measures matches of words only."""
    del batch, tokens
    return NO_DECLARATIONS


def read_standalone_texts(
    texts: Corpus, registries: Sequence[RegistryIndex], threads: int, progress: Progress
) -> list[Reading]:
    """Read texts as a corpus, without declarations."""
    scanned = scan_corpus(texts, registries, no_declarations, threads, progress)
    return [reading.load() for reading in scanned.readings]
