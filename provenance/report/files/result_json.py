"""result.json: the outcome of a check, which all other formats are rendered from."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from provenance.model.json_encoding import from_json_value, to_json_value
from provenance.model.records.receipt import FileFacts
from provenance.model.results.result import (
    RESULT_SCHEMA,
    GateOutcome,
    Report,
    Result,
    SourceRuling,
    WaiverOutcome,
)
from provenance.model.rules.policy import Gate, Waiver
from provenance.model.rules.rulings import Ruling
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import dump_json
from provenance.report.text.coverage_text import coverage_json
from provenance.report.text.sentences import outcome_of

FILE_NAME = "result.json"

NO_OTHER_FILES: Mapping[str, FileFacts] = {}
"""Default of `dumps`: a result without a folder."""

_UNCHANGED_FIELDS = (
    *("corpus", "registries", "backgrounds", "policy", "common_background"),
    *("violations", "shares", "findings", "method", "control", "calibration", "sample", "baseline"),
    *("corpus_model", "unread", "allow_unread", "observations", "misdatings"),
)
"""Fields that are the same in the document as in `Result`."""


def result_document(result: Result) -> dict[str, Any]:
    """Return a result as the document of result.json.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    dict
        Valid against `result.schema.json`, the most important keys first. Gates, rulings and
        waivers are one level flatter than in the model, which makes them easy to query with jq.
    """
    same = {name: to_json_value(getattr(result, name)) for name in _UNCHANGED_FIELDS}
    return {
        "schema": RESULT_SCHEMA,
        "tool": {"name": "provenance", "version": result.tool},
        "created": to_json_value(result.created),
        "status": result.status,
        "outcome": outcome_of(result),
        "purpose": result.policy.circumstances.purpose.value,
        "gates": [_flatten(outcome, "gate", str(outcome.gate)) for outcome in result.gates],
        "violations": same["violations"],
        "unread": same["unread"],
        "allow_unread": same["allow_unread"],
        "observations": same["observations"],
        "misdatings": same["misdatings"],
        "corpus": same["corpus"],
        "sample": same["sample"],
        "calibration": same["calibration"],
        "shares": same["shares"],
        "rulings": [
            _flatten(each, "ruling") | {"coverage": coverage_json(result, each.source)}
            for each in result.rulings
        ],
        "waivers": [_flatten(each, "waiver", each.waiver.id) for each in result.waivers],
        "policy": same["policy"],
        "registries": same["registries"],
        "backgrounds": same["backgrounds"],
        "common_background": same["common_background"],
        "rules": {
            "digest": result.rules_digest,
            "path": result.rules_path,
            "replaced": list(result.rules_replaced),
        },
        "findings": same["findings"],
        "method": same["method"],
        "control": same["control"],
        "baseline": same["baseline"],
        "corpus_model": same["corpus_model"],
    }


def dumps(result: Result, other_files: Mapping[str, FileFacts] = NO_OTHER_FILES) -> str:
    r"""Serialize a result as the text of result.json.

    Parameters
    ----------
    result : Result
        The outcome.
    other_files : mapping of str to FileFacts
        Names, sizes and digests of the other files in the folder of the report.

    Returns
    -------
    str
        JSON with keys in a fixed order and a final newline. Control and bidirectional characters,
        and lone surrogates of odd file names, are written as ``\u`` escapes.
    """
    document = result_document(result)
    if other_files:
        document["files"] = [
            {"name": name, **to_json_value(facts)} for name, facts in other_files.items()
        ]
    return dump_json(document, indent=2) + "\n"


def file_digests(text: bytes | str) -> dict[str, str]:
    """Return the SHA-256 of each file that result.json lists.

    Parameters
    ----------
    text : bytes or str
        Content of result.json.

    Returns
    -------
    dict of str to str
        By name; empty if an earlier version wrote it, or it has no folder.

    Raises
    ------
    ValueError
        If the text is not a result.
    """
    try:
        return {
            str(entry["name"]): str(entry["sha256"]) for entry in json.loads(text).get("files", ())
        }
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("its list of files is malformed") from error


def loads(text: str) -> Result:
    """Parse result.json.

    Parameters
    ----------
    text : str
        From `dumps`.

    Returns
    -------
    Result
        Equal to the original.

    Raises
    ------
    ValueError, TypeError or KeyError
        If the text is not a result of this version.
    """
    document = json.loads(text)
    if document["schema"] != RESULT_SCHEMA:
        raise ValueError(f"schema is {document['schema']!r}, not {RESULT_SCHEMA!r}")
    return from_json_value(
        Result,
        {
            **{
                name: document[name] for name in ("created", *_UNCHANGED_FIELDS) if name in document
            },
            "tool": document["tool"]["version"],
            "rules_digest": document["rules"]["digest"],
            "rules_path": document["rules"].get("path"),
            "rules_replaced": document["rules"].get("replaced", []),
            "gates": [_nest(each, "gate", Gate) for each in document["gates"]],
            "rulings": [_nest(each, "ruling", Ruling) for each in document["rulings"]],
            "waivers": [_nest(each, "waiver", Waiver) for each in document["waivers"]],
        },
    )


def render(report: Report, _: RenderOptions) -> str:
    """Render a report as result.json."""
    return dumps(report.result)


def _flatten(
    outcome: GateOutcome | SourceRuling | WaiverOutcome, inner: str, label: str | None = None
) -> dict[str, Any]:
    document = to_json_value(outcome)
    inner_fields = document.pop(inner)
    labels = {} if label is None else {"gate" if inner == "gate" else "id": label}
    return {**labels, **inner_fields, **document}


def _nest(document: dict[str, Any], inner: str, kind: type) -> dict[str, Any]:
    return {**document, inner: {part.name: document[part.name] for part in fields(kind)}}
