"""The JSON Schemas that the package ships."""

import json
from importlib.resources import files
from typing import Any


def load_schema(path: str) -> dict[str, Any]:
    """Return `provenance/{path}.schema.json`."""
    schema: dict[str, Any] = json.loads(
        files("provenance").joinpath(f"{path}.schema.json").read_text("utf-8")
    )
    return schema
