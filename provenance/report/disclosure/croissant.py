"""Croissant 1.1 metadata with the RAI fields, as JSON-LD.

The vocabulary is that of MLCommons' Croissant format specification 1.1 (29 January 2026) and of its
RAI extension 1.0. Which RAI fields are needed is what the Evaluations and Datasets track of NeurIPS
asked for in 2026; `mlcroissant` does not check it, but a test of ours does.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from provenance.model.records.disclosure import DisclosureMaterial
from provenance.model.results.corpus_files import CorpusFile
from provenance.report.disclosure.entries import dates_of_collection
from provenance.report.disclosure.measured_entries import (
    check_made,
    shown_languages,
    sources_found,
)
from provenance.report.sanitize import dump_json, safe_url

CROISSANT, RAI = "http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"
NOT_ANSWERED = "to-be-provided"

_TERMS = (
    *("annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty"),
    *("excludes", "extract", "field", "fileObject", "fileProperty", "fileSet", "format"),
    *("includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path"),
    *("readLines", "recordSet", "references", "regex", "repeated", "replace", "samplingRate"),
    *("sdVersion", "separator", "source", "subField", "transform", "unArchive", "value"),
)
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "conformsTo": "dct:conformsTo",
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
} | {term: f"cr:{term}" for term in _TERMS}

_MOST_FILES = 1000
_MEDIA_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".arrow": "application/vnd.apache.arrow.file",
    ".jsonl": "application/jsonlines",
    ".json": "application/json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".gz": "application/gzip",
    ".zst": "application/zstd",
    ".bz2": "application/x-bzip2",
    ".xz": "application/x-xz",
    ".zip": "application/zip",
    ".tar": "application/x-tar",
}


def croissant(material: DisclosureMaterial) -> str:
    """Render the metadata."""
    return dump_json(croissant_document(material), indent=2) + "\n"


def croissant_document(material: DisclosureMaterial) -> dict[str, Any]:
    """Return the metadata; what is not answered is left out, or "to-be-provided"."""
    answers, result = material.answers, material.report.result
    published = answers.day("dataset.published")
    synthetic = answers.truth("synthetic.used")
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [CROISSANT, RAI],
        "name": material.name,
        "description": answers.text("dataset.description") or NOT_ANSWERED,
        "url": answers.text("dataset.url"),
        "license": licence_address(answers.text("dataset.licence")),
        "creator": _creator(material),
        "datePublished": None if published is None else published.isoformat(),
        "version": material.version,
        "inLanguage": _languages(material),
        "identifier": result.corpus.digest,
        "distribution": [_file(file) for file in listed_files(material)],
        **_rai(material),
        "rai:hasSyntheticData": synthetic,
        "prov:wasDerivedFrom": [*_origins(material)],
        "prov:wasGeneratedBy": [*_activities(material)],
    }
    return {key: value for key, value in document.items() if value not in (None, [])}


def licence_address(licence: str | None) -> str | None:
    """Return the address of a licence: of an SPDX identifier, its page there."""
    if licence is None or safe_url(licence):
        return licence
    return f"https://spdx.org/licenses/{licence}" if is_spdx_id(licence) else licence


def is_spdx_id(licence: str) -> bool:
    """Return whether a licence is written like an SPDX identifier."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]*", licence) is not None


def _creator(material: DisclosureMaterial) -> dict[str, str] | None:
    name = material.answers.text("provider.name")
    if name is None:
        return None
    url = material.answers.text("provider.url")
    return {"@type": "sc:Organization", "name": name} | ({"url": url} if url else {})


def _languages(material: DisclosureMaterial) -> list[str]:
    answered = material.answers.texts("dataset.languages")
    return [*answered] or [each.code for each in shown_languages(material) if each.code != "und"]


def listed_files(material: DisclosureMaterial) -> tuple[CorpusFile, ...]:
    """Return the files that have a digest; none if they are too many to list."""
    contents = material.report.result.corpus.contents
    files = tuple(file for file in contents if file.sha256 is not None)
    return files if len(files) <= _MOST_FILES else ()


def _file(file: CorpusFile) -> dict[str, str]:
    size = {} if file.bytes is None else {"contentSize": f"{file.bytes} B"}
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentUrl": file.name,
        **size,
        "encodingFormat": _MEDIA_TYPES.get(
            PurePosixPath(file.name).suffix.lower(), "application/octet-stream"
        ),
        "sha256": file.sha256 or "",
    }


def _rai(material: DisclosureMaterial) -> dict[str, Any]:
    answers = material.answers
    found = sources_found(material, "evidence")
    dates, _ = dates_of_collection(material)
    texts = {
        "rai:dataBiases": answers.text("dataset.biases"),
        "rai:personalSensitiveInformation": answers.text("dataset.personal_information"),
        "rai:dataUseCases": answers.text("dataset.purpose"),
        "rai:dataSocialImpact": answers.text("dataset.social_impact"),
    }
    declared = answers.text("dataset.limitations")
    limitations = [f"Declared: {declared}"] if declared else []
    limitations += [f"Measured: {line}" for line in found.lines]
    document: dict[str, Any] = {"rai:dataLimitations": " ".join(map(_sentence, limitations))}
    document |= {key: text or NOT_ANSWERED for key, text in texts.items()}
    if dates is not None and dates.first and dates.until:
        last = dates.until - timedelta(days=1)
        document["rai:dataCollectionTimeFrame"] = [dates.first.isoformat(), last.isoformat()]
    if material.recorded.cleanings:
        document["rai:dataPreprocessingProtocol"] = [
            "Content whose terms forbid the use was removed with provenance; the receipt is "
            f"{record} of the ledger."
            for record, _ in material.recorded.cleanings
        ]
    return document


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _origins(material: DisclosureMaterial) -> Iterator[dict[str, str]]:
    """Yield what the dataset was derived from: datasets as declared, sources as measured."""
    for row in material.answers.rows("public.datasets"):
        link = safe_url(str(row.get("link", "")))
        part = row.get("part")
        yield {
            "@type": "prov:Entity",
            **({"@id": link} if link else {}),
            "name": str(row["name"]),
            "description": f"Declared.{f' Part: {part}' if part else ''}",
        }
    found = sources_found(material, "evidence")
    for source, line in zip(found.value, found.lines, strict=False):
        yield {
            "@type": "prov:Entity",
            "name": str(source["source"]),
            "description": f"Measured: {line.partition(': ')[2]}",
        }
    if not found.value and not material.answers.rows("public.datasets"):
        yield {
            "@type": "prov:Entity",
            "name": "no other dataset",
            "description": f"None is declared. Measured: {' '.join(found.lines)}",
        }


def _activities(material: DisclosureMaterial) -> Iterator[dict[str, Any]]:
    result = material.report.result
    dates, source = dates_of_collection(material)
    if dates is not None:
        last = None if dates.until is None else dates.until - timedelta(days=1)
        ends = {"prov:startedAtTime": dates.first, "prov:endedAtTime": last}
        yield {
            "@type": "prov:Activity",
            "name": "Collection",
            "description": f"Declared: {source}",
            **{key: day.isoformat() for key, day in ends.items() if day is not None},
        }
    for record, _ in material.recorded.cleanings:
        yield {
            "@type": "prov:Activity",
            "name": "Cleaning",
            "description": f"Removal of content whose terms forbid the use; ledger: {record}",
        }
    check = check_made(material, "evidence")
    yield {
        "@type": "prov:Activity",
        "name": "Check for protected content",
        "description": " ".join(check.lines),
        "prov:endedAtTime": result.created.isoformat().replace("+00:00", "Z"),
        "prov:wasAssociatedWith": {
            "@type": "prov:SoftwareAgent",
            "name": f"provenance {result.tool}",
        },
        "identifier": f"sha256:{material.digest}",
    }
