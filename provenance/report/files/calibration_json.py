"""calibration.json: measured recall and false matches, to correct shares with."""

import json
from pathlib import Path
from typing import Any

from provenance.model.json_encoding import to_json_value
from provenance.model.results.calibration import CALIBRATION_SCHEMA, Calibration
from provenance.report.files.report_folder import write_text


def calibration_document(calibration: Calibration) -> dict[str, Any]:
    """Return a calibration as the document of calibration.json.

    Parameters
    ----------
    calibration : Calibration
        The measurements.

    Returns
    -------
    dict
        Valid against `calibration.schema.json`. The planted items come last, one list per column,
        so that the figures before them are easy to read and can be recomputed.
    """
    return {
        "schema": CALIBRATION_SCHEMA,
        "tool": {"name": "provenance", "version": calibration.tool},
        "created": to_json_value(calibration.created),
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
        "unread": to_json_value(calibration.unread),
        "false": to_json_value(calibration.false),
        "recalls": [to_json_value(recall) for recall in calibration.recalls],
        "plants": {
            name: calibration.plants[name].to_pylist() for name in calibration.plants.column_names
        },
    }


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write calibration.json atomically.

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
