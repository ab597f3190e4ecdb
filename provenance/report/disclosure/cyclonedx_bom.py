"""A CycloneDX 1.7 machine-learning bill of materials: the dataset, what is in it, the models.

`citations`, new in 1.7, say of each value who supplied it: this program, by measurement, or the
provider, by declaration.
"""

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from provenance.model.records.disclosure import DisclosureMaterial
from provenance.model.results.shares import Share
from provenance.report.disclosure.croissant import is_spdx_id, listed_files
from provenance.report.disclosure.entries import dates_of_collection
from provenance.report.disclosure.measured_entries import searched
from provenance.report.sanitize import dump_json, safe_url
from provenance.report.text.number_format import period
from provenance.report.text.sentences import outcome_of, source_shares

_TOOL, _PROVIDER, _DATASET = "provenance", "provider", "dataset"


def cyclonedx(material: DisclosureMaterial) -> str:
    """Render the bill of materials."""
    return dump_json(cyclonedx_document(material), indent=2) + "\n"


def stable_uuid(material: DisclosureMaterial, kind: str) -> UUID:
    """Return an identifier that follows from the report and the answers."""
    answers = material.answers.digest or "no answers"
    return uuid5(NAMESPACE_URL, f"provenance:{kind}:{material.digest}:{answers}")


def cyclonedx_document(material: DisclosureMaterial) -> dict[str, Any]:
    """Return the bill of materials."""
    models = [*_models(material)]
    components = [_dataset(material), *models, *_sources(material)]
    supplier = _provider(material)
    metadata = {
        "timestamp": timestamp(material),
        "tools": {"components": [_tool(material)]},
        **({"supplier": supplier} if supplier else {}),
    }
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{stable_uuid(material, 'cyclonedx')}",
        "version": 1,
        "metadata": metadata,
        "components": components,
        "dependencies": [
            {"ref": _DATASET, "dependsOn": [each["bom-ref"] for each in _sources(material)]},
            *({"ref": model["bom-ref"], "dependsOn": [_DATASET]} for model in models),
        ],
        "citations": [*_citations(material, components)],
    }


def timestamp(material: DisclosureMaterial) -> str:
    """Return the time of the check: "2026-05-04T08:15:30Z"."""
    return material.created.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _tool(material: DisclosureMaterial) -> dict[str, str]:
    return {
        "type": "application",
        "bom-ref": _TOOL,
        "name": "provenance",
        "version": material.report.result.tool,
    }


def _provider(material: DisclosureMaterial) -> dict[str, Any] | None:
    answers = material.answers
    name = answers.text("provider.name")
    if name is None:
        return None
    entity: dict[str, Any] = {"bom-ref": _PROVIDER, "name": name}
    if (url := safe_url(answers.text("provider.url"))) is not None:
        entity["url"] = [url]
    return entity


def _dataset(material: DisclosureMaterial) -> dict[str, Any]:
    answers = material.answers
    name = answers.text("provider.name")
    data: dict[str, Any] = {"type": "dataset", "name": material.name}
    if (url := safe_url(answers.text("dataset.url"))) is not None:
        data["contents"] = {"url": url}
    if (personal := answers.text("dataset.personal_information")) is not None:
        data["sensitiveData"] = [personal]
    if (description := answers.text("dataset.description")) is not None:
        data["description"] = description
    if name is not None:
        data["governance"] = {"owners": [{"organization": {"name": name}}]}
    component: dict[str, Any] = {
        "type": "data",
        "bom-ref": _DATASET,
        "name": material.name,
        "version": material.version,
    }
    if description is not None:
        component["description"] = description
    if (licence := answers.text("dataset.licence")) is not None:
        component["licenses"] = [_licence(licence)]
    files = [*_files(material)]
    component |= {"data": [data], "properties": [*_properties(material)]}
    return component | ({"components": files} if files else {})


def _files(material: DisclosureMaterial) -> Iterator[dict[str, Any]]:
    """Yield the files of the dataset with their digests."""
    for number, file in enumerate(listed_files(material), 1):
        yield {
            "type": "file",
            "bom-ref": f"file-{number}",
            "name": file.name,
            "hashes": [{"alg": "SHA-256", "content": file.sha256}],
        }


def _licence(licence: str) -> dict[str, Any]:
    if is_spdx_id(licence):
        return {"expression": licence, "acknowledgement": "declared"}
    address = {"url": licence} if safe_url(licence) else {}
    return {"license": {"name": licence, **address, "acknowledgement": "declared"}}


def _properties(material: DisclosureMaterial) -> Iterator[dict[str, str]]:
    """Yield what was measured; the name says what it is, as the format has no fields for it."""
    result = material.report.result
    corpus = result.corpus
    facts = {
        "digest": corpus.digest,
        "documents": corpus.documents,
        "tokens": corpus.tokens,
        "bytes": corpus.bytes,
        "check:status": outcome_of(result),
        "check:purpose": result.policy.circumstances.purpose,
        "check:searched": searched(result),
        "check:result-sha256": material.digest,
    }
    for share in result.shares:
        if share.by == "verdict":
            facts[f"share:{share.key}"] = _share(share)
    if material.contents is not None:
        for each in material.contents.languages.languages:
            facts[f"language:{each.code}"] = f"{each.share:.6f} {each.low:.6f} {each.high:.6f}"
    for key, value in facts.items():
        yield {"name": f"provenance:{key}", "value": str(value)}
    dates, source = dates_of_collection(material)
    if dates is not None:
        yield {"name": "provenance:declared:collected", "value": f"{period(dates)} ({source})"}


def _share(share: Share) -> str:
    """Return the share of tokens and its 95 % interval."""
    tokens = share.tokens
    return f"{tokens.share:.6f} {tokens.low:.6f} {tokens.high:.6f}"


def _models(material: DisclosureMaterial) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(material.answers.rows("models"), 1):
        version = {"version": str(row["version"])} if "version" in row else {}
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"model-{number}",
            "name": str(row["name"]),
            **version,
            "modelCard": {"modelParameters": {"datasets": [{"ref": _DATASET}]}},
        }


def _sources(material: DisclosureMaterial) -> Iterator[dict[str, Any]]:
    """Yield the sources whose content was found, as data that the dataset consists of."""
    for share in source_shares(material.report.result):
        if share.documents.count:
            yield {
                "type": "data",
                "bom-ref": f"source-{share.key}",
                "name": share.key,
                "description": f"Content of {share.key} that was found in the dataset.",
                "properties": [
                    {"name": "provenance:share", "value": _share(share)},
                    {"name": "provenance:documents", "value": str(share.documents.count)},
                    {"name": "provenance:verdict", "value": str(share.verdict or "several")},
                ],
            }


def _citations(
    material: DisclosureMaterial, components: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield who supplied which value, by JSON pointers."""
    measured, declared = [], []
    for place, component in enumerate(components):
        is_source = component["bom-ref"].startswith("source-")
        for key in component:
            pointer = f"/components/{place}/{key}"
            if key == "properties":
                is_declared = [each["name"].startswith(_DECLARED) for each in component[key]]
                measured += [f"{pointer}/{n}" for n, by in enumerate(is_declared) if not by]
                declared += [f"{pointer}/{n}" for n, by in enumerate(is_declared) if by]
            elif key not in {"type", "bom-ref"}:
                is_measured = is_source or key == "components"
                (measured if is_measured else declared).append(pointer)
    yield {
        "pointers": measured,
        "attributedTo": _TOOL,
        "timestamp": timestamp(material),
        "note": "Measured by a check of the dataset; the result has SHA-256 " + material.digest,
    }
    if _provider(material) is not None:
        yield {
            "pointers": declared,
            "attributedTo": _PROVIDER,
            "timestamp": timestamp(material),
            "note": f"Declared in {material.answers.path}, SHA-256 {material.answers.digest}, in "
            "the policy or in the ledger",
        }


_DECLARED = "provenance:declared:"
