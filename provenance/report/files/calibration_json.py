"""calibration.json: what a detector was found to find, for the checks that it corrects."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from provenance.model import CALIBRATION_SCHEMA, Calibration
from provenance.report.files.json_encoding import plain
from provenance.report.files.report_folder import write_text


def calibration_document(calibration: Calibration) -> dict[str, Any]:
    """Lay a calibration out as calibration.json has it.

    Parameters
    ----------
    calibration : Calibration
        What was measured.

    Returns
    -------
    dict
        As `calibration.schema.json` describes it. The plants stand last, a list a column, so that
        everything else fits on a screen and every figure can be computed again.
    """
    return {
        "schema": CALIBRATION_SCHEMA,
        "tool": {"name": "provenance", "version": calibration.tool},
        "created": plain(calibration.created),
        "corpus": {
            "digest": calibration.corpus,
            "addresses": list(calibration.addresses),
            "documents": calibration.documents,
            "tokens": calibration.corpus_tokens,
        },
        "registries": list(calibration.registries),
        "normalisation": calibration.normalisation,
        "threshold": calibration.threshold,
        "seed": calibration.seed,
        "skipped": calibration.skipped,
        "unread": plain(calibration.unread),
        "false": plain(calibration.false),
        "recalls": [plain(recall) for recall in calibration.recalls],
        "plants": {
            name: calibration.plants[name].to_pylist() for name in calibration.plants.column_names
        },
    }


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write calibration.json, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    document = calibration_document(calibration)
    plants = document.pop("plants")
    columns = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(values, separators=(',', ':'), allow_nan=False)}"
        for name, values in plants.items()
    )
    head = json.dumps(document, indent=2, allow_nan=False).removesuffix("\n}")
    write_text(f'{head},\n  "plants": {{\n{columns}\n  }}\n}}\n', path)


def calibration_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) that every calibration.json follows."""
    text = files("provenance.report").joinpath("calibration.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
