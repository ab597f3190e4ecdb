"""Formats of an answer to a rights-holder, and the folder that has it in all of them."""

import json
from collections.abc import Callable, Collection, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from provenance.atomic_output import make_durable_folders, replace_file
from provenance.errors import OutputError
from provenance.model.json_encoding import to_json_value
from provenance.model.records.audit import AUDIT_SCHEMA, Audit
from provenance.report.audit.audit_html import html
from provenance.report.audit.audit_text import DRAFT, letter, markdown
from provenance.report.files.output_folders import check_replaceable
from provenance.report.sanitize import dump_json


def audit_document(audit: Audit) -> dict[str, Any]:
    """Return an answer as the document of audit.json, valid against `audit.schema.json`."""
    document = to_json_value(audit)
    tool = {"name": "provenance", "version": document.pop("tool")}
    status = "signed" if audit.request.signed_by else DRAFT
    return {"schema": AUDIT_SCHEMA, "tool": tool, "status": status, **document}


def audit_json(audit: Audit) -> str:
    """Render an answer as JSON."""
    return dump_json(audit_document(audit), indent=2) + "\n"


FORMATS: dict[str, tuple[str, Callable[[Audit], str]]] = {
    "json": ("audit.json", audit_json),
    "markdown": ("audit.md", markdown),
    "html": ("audit.html", html),
    "letter": ("letter.md", letter),
}
"""Name of the file, and renderer, of each format."""


def write_files(audit: Audit, lists: Mapping[str, bytes], folder: Path) -> None:
    """Write an answer in all formats, and its lists, into a folder.

    Raises
    ------
    OutputError
        If it cannot be written, or as in `check_answer_folder`.
    """
    texts = {name: render(audit).encode() for name, render in FORMATS.values()}
    contents = {**texts, **lists}  # audit.json, which marks the folder as ours, is the first
    check_answer_folder(folder, contents)
    write_folder(contents, folder, "--output")


def check_answer_folder(folder: Path, names: Collection[str] = ()) -> None:
    """Check that an answer written to a folder replaces at most an earlier answer.

    Parameters
    ----------
    folder : Path
        The folder; it need not exist.
    names : collection of str
        Names of the files; by default those that every answer has.

    Raises
    ------
    OutputError
        If it has one of them, and no answer of ours.
    """
    mark = FORMATS["json"][0]
    all_names = names or [name for name, _ in FORMATS.values()]
    check_replaceable(folder, all_names, mark, AUDIT_SCHEMA, "--output")


def write_folder(contents: Mapping[str, bytes], folder: Path, option: str) -> None:
    """Write files into the folder that an option names, which is created if missing.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        make_durable_folders(folder)
        for name, content in contents.items():
            with replace_file(folder / name) as stream:
                stream.write(content)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror or error}",
            remedy=f"name another folder with {option}",
        ) from error


def audit_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of audit.json."""
    text = files("provenance.report.audit").joinpath("audit.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
