"""Formats of an answer to a rights-holder, and the folder that has it in all of them."""

import json
import os
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from provenance.atomic_output import read_small_file
from provenance.errors import OutputError
from provenance.model.json_encoding import to_json_value
from provenance.model.records.audit import AUDIT_SCHEMA, Audit
from provenance.report.audit.audit_html import html
from provenance.report.audit.audit_text import DRAFT, NAME_STATED, letter, markdown
from provenance.report.files.folder_replacement import MOVED, NEW
from provenance.report.files.output_folders import check_replaceable, write_folder
from provenance.report.sanitize import dump_json


def audit_document(audit: Audit) -> dict[str, Any]:
    """Return an answer as the document of audit.json, valid against `audit.schema.json`."""
    document = to_json_value(audit)
    tool = {"name": "provenance", "version": document.pop("tool")}
    status = NAME_STATED if audit.request.stated_name else DRAFT
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


ITEMS_FILE, WORKS_FILE, PDF_FILE = "items.parquet", "works.csv", "audit.pdf"

_MARK = FORMATS["json"][0]


def write_files(
    audit: Audit, lists: Mapping[str, bytes], folder: Path, signature: str | None = None
) -> None:
    """Write an answer in all formats, and its lists, into a folder, in place of an earlier answer.

    Parameters
    ----------
    audit : Audit
        The answer.
    lists : mapping of str to bytes
        Its lists, by the names of their files.
    folder : Path
        The folder.
    signature : str or None
        Name of a signature of the earlier answer, which is removed with it.

    Raises
    ------
    OutputError
        If it cannot be written, or as in `check_answer_folder`.
    """
    contents = {**{name: render(audit).encode() for name, render in FORMATS.values()}, **lists}
    check_answer_folder(folder, contents)
    owned = _earlier_files(folder) | ({signature} if signature else set())
    write_folder(contents, folder, "--output", owned=owned, mark=_MARK)


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
        If it has a file with one of these names that is not of an answer of ours.
    """
    all_names = {*names, *(name for name, _ in FORMATS.values())}
    check_replaceable(folder, all_names, _MARK, AUDIT_SCHEMA, "--output")
    for name in sorted(all_names - _earlier_files(folder)):
        if os.path.lexists(folder / name) and not (folder / name).is_dir():
            raise OutputError(
                f"{folder} has a file {name} that is not of the answer there, and that would be "
                "replaced",
                remedy="name another folder with --output, or move that file",
            )


def _earlier_files(folder: Path) -> set[str]:
    """Return the names of the files of the answer in a folder, whether they are there or not."""
    names = {PDF_FILE, *(name for name, _ in FORMATS.values())}
    if (folder / NEW).is_dir():  # the earlier answer may be removed by half
        return names | {ITEMS_FILE, WORKS_FILE}
    for place in ("", MOVED):
        with suppress(OSError, ValueError, KeyError, TypeError):
            document = json.loads(read_small_file(folder / place / _MARK))
            names |= {str(each["name"]) for each in document["files"]} & {ITEMS_FILE, WORKS_FILE}
    return names
