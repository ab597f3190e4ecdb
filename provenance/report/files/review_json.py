"""The shares that a review corrected as JSON: from how many labels, by whom and when."""

from collections import Counter
from collections.abc import Sequence

from provenance import __version__
from provenance.model.json_encoding import to_json_value
from provenance.model.results.reviews import Review, ReviewedEstimate
from provenance.report.sanitize import dump_json

REVIEWED_SHARES_SCHEMA = "provenance/reviewed-shares/1"


def review_json(review: Review, estimates: Sequence[ReviewedEstimate]) -> str:
    """Serialize the corrected shares of a review as JSON, without excerpts.

    Parameters
    ----------
    review : Review
        The review.
    estimates : sequence of ReviewedEstimate
        Its corrected shares.
    """
    labels = [review.labels[key] for key in review.keys if key in review.labels]
    days = {
        name: [label.date for label in labels if label.labeller == name]
        for name in sorted({label.labeller for label in labels})
    }
    document = {
        "schema": REVIEWED_SHARES_SCHEMA,
        "tool": {"name": "provenance", "version": __version__},
        "corpus": review.result.corpus.digest,
        "sample": to_json_value(review.sample),
        "findings": len(review.keys),
        "labels": dict(sorted(Counter(str(label.label) for label in labels).items())),
        "labellers": [
            {
                "labeller": name,
                "labels": len(given),
                "first": to_json_value(min(given)),
                "last": to_json_value(max(given)),
            }
            for name, given in days.items()
        ],
        "shares": to_json_value(tuple(estimates)),
    }
    return dump_json(document, indent=2) + "\n"
