"""A dataset as MLflow records it: the fields of `mlflow.entities.Dataset`, as JSON."""

from typing import Any

from provenance.model.records.disclosure import DisclosureMaterial
from provenance.report.disclosure.measured_entries import shown_languages
from provenance.report.sanitize import dump_json
from provenance.report.text.sentences import outcome_of

_MAX_NAME, _MAX_SOURCE = 500, 65_535
"""Limits of MLflow's tracking store, in characters."""
_DIGEST_CHARACTERS = 32
"""MLflow keeps at most 36."""


def mlflow_dataset(material: DisclosureMaterial) -> str:
    """Render the dataset."""
    return dump_json(mlflow_document(material), indent=2) + "\n"


def mlflow_document(material: DisclosureMaterial) -> dict[str, Any]:
    """Return the dataset; `source`, `schema` and `profile` are JSON in text, as MLflow has them."""
    corpus = material.report.result.corpus
    whole: dict[str, Any] = {"digest": corpus.digest}
    named = {"addresses": [*corpus.addresses], **whole}
    files = {file.name: file.sha256 for file in corpus.contents if file.sha256 is not None}
    candidates = (named | {"files": files}, named, whole)
    source = next(each for each in candidates if len(dump_json(each)) <= _MAX_SOURCE)
    return {
        "name": material.name[:_MAX_NAME],
        "digest": corpus.digest[:_DIGEST_CHARACTERS],
        "source_type": "provenance",
        "source": dump_json(source),
        "schema": dump_json({"text_columns": [*corpus.text_columns]}),
        "profile": dump_json(_profile(material)),
    }


def _profile(material: DisclosureMaterial) -> dict[str, Any]:
    """Return what MLflow shows beside the dataset: sizes, outcome, shares with intervals."""
    result = material.report.result
    shares = {
        f"{share.by}:{share.key}": {
            name: getattr(share.tokens, name) for name in ("share", "low", "high")
        }
        for share in result.shares
        if share.by in {"source", "verdict"}
    }
    return {
        "documents": result.corpus.documents,
        "tokens": result.corpus.tokens,
        "bytes": result.corpus.bytes,
        "status": outcome_of(result),
        "purpose": str(result.policy.circumstances.purpose),
        "result_sha256": material.digest,
        "shares_of_tokens": shares,
        "languages": {each.code: each.share for each in shown_languages(material)},
    }
