"""OpenLineage events of a check, as lines of JSON: START and COMPLETE of one run.

Written against `OpenLineage.json` 2-0-2 and its standard facets. Facets of ours begin with
`provenance_`.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from provenance import __version__
from provenance.model.records.disclosure import DisclosureMaterial
from provenance.model.results.result import GateOutcome
from provenance.report.disclosure.cyclonedx_bom import timestamp
from provenance.report.sanitize import dump_json
from provenance.report.text.number_format import exact_percent
from provenance.report.text.sentences import headline, outcome_of

_SPEC = "https://openlineage.io/spec"
_RUN_EVENT = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
_PRODUCER = f"https://pypi.org/project/corpus-provenance/{__version__}/"
_MAX_NAME = 4000
_FACETS = {
    "DataQualityAssertionsDatasetFacet": "1-1-0",
    "DatasetVersionDatasetFacet": "1-0-1",
    "DocumentationDatasetFacet": "1-1-0",
    "InputStatisticsInputDatasetFacet": "1-0-0",
    "TestRunFacet": "1-0-1",
}
"""Versions of the standard facets."""


def openlineage(material: DisclosureMaterial) -> str:
    """Render the events, one a line."""
    return "".join(f"{dump_json(event)}\n" for event in openlineage_events(material))


def openlineage_events(material: DisclosureMaterial) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the events START and COMPLETE; reports know only when a check ended."""
    start = _event(material, "START") | {"inputs": [*_inputs(material)], "outputs": []}
    complete = _event(material, "COMPLETE")
    complete["run"]["facets"] = {"test": _facet("TestRunFacet") | {"tests": _tests(material)}}
    return start, complete | {"inputs": [*_inputs(material)], "outputs": [_output(material)]}


def _event(material: DisclosureMaterial, kind: str) -> dict[str, Any]:
    return {
        "eventType": kind,
        "eventTime": timestamp(material),
        "run": {"runId": str(uuid5(NAMESPACE_URL, f"provenance:check:{material.digest}"))},
        "job": {"namespace": "provenance", "name": f"check {material.name}"[:_MAX_NAME]},
        "producer": _PRODUCER,
        "schemaURL": _RUN_EVENT,
    }


def _facet(name: str) -> dict[str, Any]:
    address = f"{_SPEC}/facets/{_FACETS[name]}/{name}.json#/$defs/{name}"
    return {"_producer": _PRODUCER, "_schemaURL": address}


def _own_facet(**values: Any) -> dict[str, Any]:
    base = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/DatasetFacet"
    return {"_producer": _PRODUCER, "_schemaURL": base, **values}


def _inputs(material: DisclosureMaterial) -> Iterator[dict[str, Any]]:
    """Yield the dataset, an input for each address, and the registries."""
    result = material.report.result
    version = _facet("DatasetVersionDatasetFacet") | {"datasetVersion": result.corpus.digest}
    described = material.answers.text("dataset.description")
    for address in result.corpus.addresses:
        facets = {"version": version}
        if described is not None:
            facets["documentation"] = _facet("DocumentationDatasetFacet") | {
                "description": described
            }
        yield {
            **dataset_name(address),
            "facets": facets,
            "inputFacets": _statistics(material),
        }
    for registry in result.registries:
        version = _facet("DatasetVersionDatasetFacet") | {"datasetVersion": registry.digest}
        yield {**dataset_name(registry.path), "facets": {"version": version}}


def _statistics(material: DisclosureMaterial) -> dict[str, Any]:
    """Return numbers of the whole dataset: of each address, if there is but one."""
    corpus = material.report.result.corpus
    facets: dict[str, Any] = {
        "dataQualityAssertions": _facet("DataQualityAssertionsDatasetFacet")
        | {"assertions": [*map(_assertion, material.report.result.gates)]}
    }
    if len(corpus.addresses) == 1:
        facets["inputStatistics"] = _facet("InputStatisticsInputDatasetFacet") | {
            "rowCount": corpus.documents,
            "size": corpus.bytes,
            "fileCount": corpus.files,
        }
    return facets


def _assertion(outcome: GateOutcome) -> dict[str, Any]:
    return {
        "assertion": f"provenance {outcome.gate}",
        "success": outcome.passed,
        "severity": "error",
        "expected": f"at most {exact_percent(outcome.gate.limit)}",
        "actual": exact_percent(outcome.share),
    }


def _tests(material: DisclosureMaterial) -> list[dict[str, Any]]:
    result = material.report.result
    tests = [
        {
            "name": str(each.gate),
            "status": "pass" if each.passed else "fail",
            "severity": "error",
            "type": "share of content by terms of use",
            "expected": f"at most {exact_percent(each.gate.limit)}",
            "actual": exact_percent(each.share),
        }
        for each in result.gates
    ]
    if (outcome := outcome_of(result)) not in _BEYOND_GATES:
        return tests
    name, severity = _BEYOND_GATES[outcome]
    return [
        *tests,
        {"name": name, "status": "fail", "severity": severity, "description": headline(result)},
    ]


_BEYOND_GATES = {
    "warn": ("the outcome is decided", "warn"),
    "incomplete": ("the whole dataset was read", "error"),
}
"""Name and severity of the test that fails with an outcome although all gates may hold."""


def _output(material: DisclosureMaterial) -> dict[str, Any]:
    """Return the report, with the shares."""
    result = material.report.result
    shares = [
        {
            "by": share.by,
            "key": share.key,
            **{name: getattr(share.tokens, name) for name in ("share", "low", "high")},
        }
        for share in result.shares
        if share.by in {"source", "verdict"}
    ]
    version = _facet("DatasetVersionDatasetFacet") | {"datasetVersion": material.digest}
    return {
        "namespace": "provenance",
        "name": f"report {material.digest}",
        "facets": {
            "version": version,
            "provenance_shares": _own_facet(
                status=outcome_of(result), unit="tokens", shares=shares
            ),
        },
    }


def dataset_name(address: str) -> dict[str, str]:
    """Return the namespace and the name of an address, by the convention of OpenLineage.

    Examples
    --------
    >>> dataset_name("s3://bucket/pages/a.parquet")
    {'namespace': 's3://bucket', 'name': 'pages/a.parquet'}
    >>> dataset_name("data/pages")
    {'namespace': 'file', 'name': 'data/pages'}
    """
    parts = re.fullmatch(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)/?(.*)", address, re.DOTALL)
    if parts is None or parts[1] == "file":
        return {"namespace": "file", "name": address.removeprefix("file://")[:_MAX_NAME]}
    scheme, host, path = parts.groups()
    return {"namespace": f"{scheme}://{host}", "name": (path or "/")[:_MAX_NAME]}
