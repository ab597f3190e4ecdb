"""Licences that the metadata of a package state: pyproject.toml, Cargo.toml, package.json."""

import json
import tomllib
from collections.abc import Callable

from provenance.judge.licence_expressions import CHOICE, join_expressions, normalise_expression


def _pyproject(content: str) -> object:
    project = tomllib.loads(content).get("project", {})
    licence = project.get("license")
    return licence.get("text") if isinstance(licence, dict) else licence


def _cargo(content: str) -> object:
    manifest = tomllib.loads(content)
    licence = manifest.get("package", {}).get("license")
    if not isinstance(licence, str):  # of a member of a workspace, or of the workspace
        licence = manifest.get("workspace", {}).get("package", {}).get("license")
    return licence.replace("/", " OR ") if isinstance(licence, str) else None


def _package_json(content: str) -> object:
    return json.loads(content).get("license")


def _composer_json(content: str) -> object:
    licence = json.loads(content).get("license")
    if not isinstance(licence, list):
        return licence
    names = [normalise_expression(each) for each in licence if isinstance(each, str)]
    return join_expressions(names, CHOICE) if len(names) == len(licence) and all(names) else None


READERS: dict[str, Callable[[str], object]] = {
    "pyproject.toml": _pyproject,
    "Cargo.toml": _cargo,
    "package.json": _package_json,
    "composer.json": _composer_json,
}
"""By name of the file."""


def stated_licence(name: str, content: str) -> str | None:
    r"""Return the licence expression that a file of metadata states; None if it states none.

    Examples
    --------
    >>> stated_licence("Cargo.toml", '[package]\nlicense = "MIT/Apache-2.0"')
    'MIT OR Apache-2.0'
    >>> stated_licence("package.json", '{"license": "SEE LICENSE IN licence.txt"}') is None
    True
    """
    try:
        licence = READERS[name](content)
    except (ValueError, AttributeError, RecursionError):
        return None
    return normalise_expression(licence) if isinstance(licence, str) else None
