"""How findings come about, told with every result."""

from collections.abc import Sequence

from provenance.match.candidates.seed_hits import MAX_SHARED
from provenance.match.estimation.intervals import EDGE_ERROR, LOW_RECALL
from provenance.match.estimation.shipped_recall import MEASURED_RECALL
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model import MeasuredRecall, Method, Parameter
from provenance.run.readings import Opened


def method(registries: Sequence[Opened]) -> Method:
    """Describe the detector as shipped."""
    made = registries[0].index.holdings.parameters
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
