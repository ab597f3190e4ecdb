"""An SPDX 3.0.1 document on a dataset, with the dataset profile, as JSON-LD."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from provenance.model.records.disclosure import DisclosureMaterial, Entry
from provenance.report.disclosure.croissant import is_spdx_id, listed_files
from provenance.report.disclosure.cyclonedx_bom import stable_uuid, timestamp
from provenance.report.disclosure.measured_entries import (
    check_made,
    languages,
    sources_found,
    text_size,
)
from provenance.report.sanitize import dump_json, safe_url

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_NO_LICENCE = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
_CREATION = "_:creation"
_MODALITIES = {"text", "image", "audio", "video", "sensor", "numeric", "graph", "structured"}


def spdx(material: DisclosureMaterial) -> str:
    """Render the document."""
    return dump_json(spdx_document(material), indent=2) + "\n"


def spdx_document(material: DisclosureMaterial) -> dict[str, Any]:
    """Return the document; what is not answered is left out."""
    base = f"urn:uuid:{stable_uuid(material, 'spdx')}"
    creation = {
        "type": "CreationInfo",
        "@id": _CREATION,
        "specVersion": "3.0.1",
        "created": timestamp(material),
        "createdBy": [f"{base}#agent"],
        "createdUsing": [f"{base}#tool"],
    }
    tool = f"provenance {material.report.result.tool}"
    elements = [
        _element(base, "SoftwareAgent", "agent", name=tool),
        _element(base, "Tool", "tool", name=tool),
        *_provider(material, base),
        _package(material, base),
        *_files(material, base),
        *_models(material, base),
        *_licences(material, base),
        *_annotations(material, base),
    ]
    document = _element(
        base,
        "SpdxDocument",
        "document",
        name=f"{material.name} {material.version}",
        profileConformance=["core", "software", "dataset", "simpleLicensing"],
        rootElement=[f"{base}#dataset"],
        element=[each["spdxId"] for each in elements],
    )
    return {"@context": CONTEXT, "@graph": [creation, document, *elements]}


def _element(base: str, kind: str, fragment: str, **properties: Any) -> dict[str, Any]:
    kept = {key: value for key, value in properties.items() if value not in (None, [])}
    return {
        "type": kind,
        "spdxId": f"{base}#{fragment}",
        "creationInfo": _CREATION,
        **kept,
    }


def _provider(material: DisclosureMaterial, base: str) -> Iterator[dict[str, Any]]:
    if (name := material.answers.text("provider.name")) is not None:
        yield _element(base, "Organization", "provider", name=name)


def _package(material: DisclosureMaterial, base: str) -> dict[str, Any]:
    answers = material.answers
    has_provider = answers.text("provider.name") is not None
    biases = answers.text("dataset.biases")
    return _element(
        base,
        "dataset_DatasetPackage",
        "dataset",
        name=material.name,
        description=answers.text("dataset.description"),
        originatedBy=[f"{base}#provider"] if has_provider else None,
        suppliedBy=f"{base}#provider" if has_provider else None,
        releaseTime=_midnight(answers.day("dataset.published")),
        software_packageVersion=material.version,
        software_primaryPurpose="data",
        software_downloadLocation=safe_url(answers.text("dataset.url")),
        dataset_datasetType=_types(material),
        dataset_datasetSize=material.report.result.corpus.bytes,
        dataset_intendedUse=answers.text("dataset.purpose"),
        dataset_knownBias=None if biases is None else [biases],
        dataset_dataCollectionProcess=answers.text("crawl.content"),
        dataset_dataPreprocessing=[
            f"Content whose terms forbid the use was removed ({record} of the ledger)."
            for record, _ in material.recorded.cleanings
        ],
    )


def _files(material: DisclosureMaterial, base: str) -> Iterator[dict[str, Any]]:
    """Yield the files with their digests, and that the dataset contains them."""
    files = listed_files(material)
    for number, file in enumerate(files, 1):
        digest = {"type": "Hash", "algorithm": "sha256", "hashValue": file.sha256}
        yield _element(
            base, "software_File", f"file-{number}", name=file.name, verifiedUsing=[digest]
        )
    if files:
        targets = [f"{base}#file-{number}" for number in range(1, len(files) + 1)]
        yield _relation(base, "files", "dataset", "contains", *targets)


def _midnight(day: date | None) -> str | None:
    if day is None:
        return None
    return datetime.combine(day, time(), UTC).isoformat().replace("+00:00", "Z")


def _types(material: DisclosureMaterial) -> list[str]:
    modalities = material.answers.texts("dataset.modalities") or ("text",)
    known = [each if each in _MODALITIES else "other" for each in modalities]
    return [*dict.fromkeys(known)]


def _models(material: DisclosureMaterial, base: str) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(material.answers.rows("models"), 1):
        version = row.get("version")
        yield _element(
            base,
            "ai_AIPackage",
            f"model-{number}",
            name=str(row["name"]),
            software_packageVersion=None if version is None else str(version),
            software_primaryPurpose="model",
        )
        yield _relation(
            base, f"training-{number}", f"model-{number}", "trainedOn", f"{base}#dataset"
        )


def _relation(base: str, fragment: str, source: str, kind: str, *targets: str) -> dict[str, Any]:
    return _element(
        base,
        "Relationship",
        fragment,
        **{"from": f"{base}#{source}", "relationshipType": kind, "to": [*targets]},
    )


def _licences(material: DisclosureMaterial, base: str) -> Iterator[dict[str, Any]]:
    """Yield the declared licence; none is concluded: parts of a dataset have terms of their own."""
    licence, declared = material.answers.text("dataset.licence"), _NO_LICENCE
    if licence is not None:
        declared = f"{base}#licence"
        is_known = is_spdx_id(licence)
        yield _element(
            base,
            "simplelicensing_LicenseExpression",
            "licence",
            simplelicensing_licenseExpression=licence if is_known else _OWN_LICENCE,
            simplelicensing_customIdToUri=None
            if is_known
            else [{"type": "DictionaryEntry", "key": _OWN_LICENCE, "value": f"{base}#terms"}],
        )
        if not is_known:
            yield _element(
                base,
                "simplelicensing_SimpleLicensingText",
                "terms",
                simplelicensing_licenseText=licence,
            )
    yield _relation(base, "declared-licence", "dataset", "hasDeclaredLicense", declared)
    yield _relation(base, "concluded-licence", "dataset", "hasConcludedLicense", _NO_LICENCE)


_OWN_LICENCE = "LicenseRef-declared"


def _annotations(material: DisclosureMaterial, base: str) -> Iterator[dict[str, Any]]:
    """Yield what was measured, which the profile has no properties for."""
    entries = (
        text_size(material, "size"),
        languages(material, "languages"),
        sources_found(material, "sources"),
        check_made(material, "check"),
    )
    for entry in entries:
        if entry.lines:
            yield _annotation(base, entry)


def _annotation(base: str, entry: Entry) -> dict[str, Any]:
    return _element(
        base,
        "Annotation",
        f"annotation-{entry.id}",
        annotationType="other",
        subject=f"{base}#dataset",
        statement=f"{entry.title} ({entry.status}): {' '.join(entry.lines)} [{entry.source}, "
        f"SHA-256 {entry.digest}]",
    )
