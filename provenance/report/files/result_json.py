"""result.json: the outcome of a check, for other programs and for every report."""

import json
from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from typing import Any

from provenance.model import (
    RESULT_SCHEMA,
    FileFacts,
    Gate,
    GateOutcome,
    Report,
    Result,
    Ruling,
    SourceRuling,
    Waiver,
    WaiverOutcome,
)
from provenance.report.files.json_encoding import plain, revived
from provenance.report.render_options import Manner
from provenance.report.sanitize import json_text
from provenance.report.text.coverage_text import coverage_document

NAME = "result.json"

NO_FILES: Mapping[str, FileFacts] = {}
"""Files beside a result that stands alone."""

_SAME = (
    *("corpus", "registries", "backgrounds", "policy"),
    *("violations", "shares", "findings", "method", "control", "calibration", "sample", "baseline"),
    *("corpus_model", "unread", "allow_unread"),
)
"""Fields that stand in the document as they stand in `Result`."""


def result_document(result: Result) -> dict[str, Any]:
    """Lay a result out as result.json has it.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    dict
        As `result.schema.json` describes it: what a reader asks first stands first. Gates, rulings
        and waivers are one level flatter than in the model, so that a line of jq finds them.
    """
    same = {name: plain(getattr(result, name)) for name in _SAME}
    return {
        "schema": RESULT_SCHEMA,
        "tool": {"name": "provenance", "version": result.tool},
        "created": plain(result.created),
        "status": result.status,
        "purpose": result.policy.circumstances.purpose.value,
        "gates": [_flat(outcome, "gate", str(outcome.gate)) for outcome in result.gates],
        "violations": same["violations"],
        "unread": same["unread"],
        "allow_unread": same["allow_unread"],
        "corpus": same["corpus"],
        "sample": same["sample"],
        "calibration": same["calibration"],
        "shares": same["shares"],
        "rulings": [
            _flat(each, "ruling") | {"coverage": coverage_document(result, each.source)}
            for each in result.rulings
        ],
        "waivers": [_flat(each, "waiver", each.waiver.id) for each in result.waivers],
        "policy": same["policy"],
        "registries": same["registries"],
        "backgrounds": same["backgrounds"],
        "rules": {"digest": result.rules_digest, "path": result.rules_path},
        "findings": same["findings"],
        "method": same["method"],
        "control": same["control"],
        "baseline": same["baseline"],
        "corpus_model": same["corpus_model"],
    }


def dumps(result: Result, beside: Mapping[str, FileFacts] = NO_FILES) -> str:
    r"""Write a result as the text of result.json.

    Parameters
    ----------
    result : Result
        The outcome.
    beside : mapping of str to FileFacts
        Names, sizes and digests of the report's other files, where the text goes into a folder
        with them.

    Returns
    -------
    str
        JSON in a fixed order, with a newline at the end. What could steer a terminal or turn a
        line around, and lone surrogates of odd file names, stand as ``\u`` escapes.
    """
    document = result_document(result)
    if beside:
        document["files"] = [{"name": name, **plain(facts)} for name, facts in beside.items()]
    return json_text(document, indent=2) + "\n"


def digests(text: bytes | str) -> dict[str, str]:
    """Return the SHA-256 of each file that result.json states.

    Parameters
    ----------
    text : bytes or str
        Of the file.

    Returns
    -------
    dict of str to str
        By name; empty where an earlier version wrote it, or it went into no folder.

    Raises
    ------
    ValueError
        If the text is not a result.
    """
    try:
        return {str(one["name"]): str(one["sha256"]) for one in json.loads(text).get("files", ())}
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("it does not state its files as it should") from error


def loads(text: str) -> Result:
    """Read a result back.

    Parameters
    ----------
    text : str
        As `dumps` gave it.

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
    return revived(
        Result,
        {
            **{name: document[name] for name in ("created", *_SAME) if name in document},
            "tool": document["tool"]["version"],
            "rules_digest": document["rules"]["digest"],
            "rules_path": document["rules"].get("path"),
            "gates": [_nested(each, "gate", Gate) for each in document["gates"]],
            "rulings": [_nested(each, "ruling", Ruling) for each in document["rulings"]],
            "waivers": [_nested(each, "waiver", Waiver) for each in document["waivers"]],
        },
    )


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) that every result.json follows."""
    text = files("provenance.report").joinpath("result.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def render(report: Report, _: Manner) -> str:
    """Render a report as result.json."""
    return dumps(report.result)


def _flat(
    outcome: GateOutcome | SourceRuling | WaiverOutcome, inner: str, label: str | None = None
) -> dict[str, Any]:
    document = plain(outcome)
    lifted = document.pop(inner)
    named = {} if label is None else {"gate" if inner == "gate" else "id": label}
    return {**named, **lifted, **document}


def _nested(document: dict[str, Any], inner: str, kind: type) -> dict[str, Any]:
    return {**document, inner: {part.name: document[part.name] for part in fields(kind)}}
