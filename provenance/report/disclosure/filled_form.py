"""A form that is filled in, as Markdown and as JSON, with changes since the version before."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from provenance.model.json_encoding import to_json_value
from provenance.model.records.disclosure import (
    DISCLOSURE_SCHEMA,
    DisclosedDataset,
    Disclosure,
    Entry,
    EntryStatus,
    PreviousDisclosure,
)
from provenance.report.sanitize import (
    dump_json,
    markdown_code,
    markdown_link,
    markdown_text,
    safe_url,
)
from provenance.report.text.number_format import count

DRAFT, NAME_STATED = "DRAFT FOR REVIEW BY COUNSEL", "name stated"

_PUNCTUATION = ";,.)"
_FILES = 20
"""Files of a dataset that the Markdown lists."""

_MEANINGS = {
    EntryStatus.MEASURED: "counted or found by a program in the files whose digests are given",
    EntryStatus.DECLARED: "stated by people",
    EntryStatus.TO_BE_PROVIDED: "not known yet",
    EntryStatus.NOT_GIVEN: "not given, and not required",
}


@dataclass(frozen=True, slots=True)
class EntryChange:
    """A field that differs from the version before.

    Parameters
    ----------
    id, title : str
        The field.
    before, after : JSON value
        Its values; None where it was not there.
    """

    id: str
    title: str
    before: Any
    after: Any


def changes(form: Disclosure) -> tuple[EntryChange, ...]:
    """Return the fields that differ from the version before, in the order of the form."""
    if form.previous is None:
        return ()
    before = form.previous.entries
    now = {entry.id: entry for entry in form.entries}
    changed = [
        EntryChange(entry.id, entry.title, before.get(entry.id, ("", None))[1], entry.value)
        for entry in form.entries
        if before.get(entry.id, ("", None))[1] != to_json_value(entry.value)
    ]
    removed = [
        EntryChange(id_, title, value, None)
        for id_, (title, value) in before.items()
        if id_ not in now and value is not None
    ]
    return (*changed, *removed)


def form_json(form: Disclosure) -> str:
    """Render a form as JSON, valid against `disclosure.schema.json`."""
    previous = form.previous
    document = {
        "schema": DISCLOSURE_SCHEMA,
        "kind": form.kind,
        "title": form.title,
        "basis": form.basis,
        "status": DRAFT if form.stated_name is None else NAME_STATED,
        "stated_name": form.stated_name,
        "tool": {"name": "provenance", "version": form.tool},
        "datasets": [*map(_dataset_json, form.datasets)],
        "day": form.day.isoformat(),
        "version": form.version,
        "stale_after": None if form.stale_after is None else form.stale_after.isoformat(),
        "previous": None
        if previous is None
        else {
            "version": previous.version,
            "day": previous.day.isoformat(),
            "sha256": previous.digest,
        },
        "notes": list(form.notes),
        "sections": [{"title": section.title, "level": section.level} for section in form.sections],
        "entries": [
            {"section": section.title} | to_json_value(entry) | {"value": entry.value}
            for section in form.sections
            for entry in section.entries
        ],
        "changes": [
            {"id": each.id, "title": each.title, "before": each.before, "after": each.after}
            for each in changes(form)
        ],
    }
    return dump_json(document, indent=2) + "\n"


def _dataset_json(dataset: DisclosedDataset) -> dict[str, Any]:
    files = () if dataset.report is None else dataset.report.result.corpus.contents
    return {
        "name": dataset.name,
        "digest": dataset.corpus_digest,
        "files": [to_json_value(file) for file in files],
        "checks": [
            {"rests_on": each.rests_on, "result_sha256": each.digest} for each in dataset.checks
        ],
        "note": dataset.note or None,
    }


def parse_form(text: str, digest: str, kind: str) -> PreviousDisclosure:
    """Read the JSON of an earlier version.

    Parameters
    ----------
    text, digest : str
        Its content and SHA-256.
    kind : str
        The form that it must be.

    Raises
    ------
    ValueError, TypeError or KeyError
        If it is none.
    """
    document = json.loads(text)
    if document["schema"] != DISCLOSURE_SCHEMA or document["kind"] != kind:
        raise ValueError(f"it is not the JSON of a disclosure of kind {kind}")
    return PreviousDisclosure(
        digest,
        int(document["version"]),
        date.fromisoformat(document["day"]),
        {each["id"]: (str(each["title"]), each["value"]) for each in document["entries"]},
    )


def form_markdown(form: Disclosure) -> str:
    """Render a form as Markdown."""
    lines = list(_head(form))
    for section in form.sections:
        if section.title:
            lines += ["", f"{'#' * (section.level + 1)} {section.title}"]
        lines += [""] if section.entries else []
        for entry in section.entries:
            lines += entry_lines(entry)
    changed = changes(form)
    if form.previous is not None:
        lines += ["", f"## Changes since version {form.previous.version}", ""]
        lines += [_change_line(each) for each in changed] or ["None."]
    return "\n".join(lines) + "\n"


def _head(form: Disclosure) -> Iterator[str]:
    if form.stated_name is None:
        yield from (f"**{DRAFT}**", "")
    yield from (f"# {markdown_text(form.title)}", "", markdown_text(form.basis), "")
    for dataset in form.datasets:
        yield from _dataset_lines(dataset)
    if form.version is not None:
        yield f"- Version: {form.version}"
    yield f"- Last update: {form.day}"
    if form.previous is not None:
        yield (
            f"- Version before: {form.previous.version} of {form.previous.day}, SHA-256 "
            f"{markdown_code(form.previous.digest)}{_place_of(form.previous)}"
        )
    if form.stale_after is not None:
        yield f"- Next update due: {form.stale_after}, or at a material change if that is sooner"
    if form.stated_name is not None:
        yield (
            f"- Stated to be reviewed and signed by: {markdown_text(form.stated_name)} (typed "
            "text; `provenance disclose verify` checks a signature, if the folder has one)"
        )
    yield from ("", "Each field says how it is known:", "")
    used = {entry.status for entry in form.entries}
    yield from (f"- **{status}**: {text}" for status, text in _MEANINGS.items() if status in used)
    for note in form.notes:
        yield from ("", markdown_text(note))


def _dataset_lines(dataset: DisclosedDataset) -> Iterator[str]:
    """Yield a dataset with its digest and its files, and what is to be known about it."""
    digest = dataset.corpus_digest
    stated = "digest not known" if digest is None else f"digest {markdown_code(digest)}"
    note = f": {markdown_text(dataset.note)}" if dataset.note else ""
    yield f"- Dataset: {markdown_text(dataset.name)}, {stated}{note}"
    files = () if dataset.report is None else dataset.report.result.corpus.contents
    for file in files[:_FILES]:
        if file.sha256 is not None:
            yield f"  - {markdown_text(file.name)}: SHA-256 {markdown_code(file.sha256)}"
    if len(files) > _FILES:
        yield f"  - and {count(len(files) - _FILES, 'more file')}, which the JSON lists"


def _place_of(previous: PreviousDisclosure) -> str:
    """Return where an earlier version is, if it says so."""
    _, address = previous.entries.get("0/address", ("", None))
    return f", at {linked_text(address)}" if isinstance(address, str) else ""


def entry_lines(entry: Entry) -> list[str]:
    """Return an entry as an item of a list in Markdown."""
    head = f"- **{markdown_text(entry.title)}** ({entry.status}"
    if entry.status is EntryStatus.TO_BE_PROVIDED:
        return [f"{head}): {markdown_text(entry.source)}"]
    if entry.status is EntryStatus.NOT_GIVEN:
        return [f"{head})"]
    if len(entry.lines) == 1:
        return [f"{head}): {linked_text(entry.lines[0])}"]
    return [f"{head}):", *(f"  - {linked_text(line)}" for line in entry.lines)]


def linked_text(text: str) -> str:
    """Return a line of people's words as Markdown, in which web addresses are links."""
    parts: list[str] = []
    for is_link, group in groupby(text.split(), _is_address):
        words = list(group)
        parts += map(_link, words) if is_link else [markdown_text(" ".join(words), 4000)]
    return " ".join(parts)


def _is_address(word: str) -> bool:
    return safe_url(word.rstrip(_PUNCTUATION)) is not None


def _link(word: str) -> str:
    address = word.rstrip(_PUNCTUATION)
    return markdown_link(address, address) + word[len(address) :]


def _change_line(change: EntryChange) -> str:
    before, after = (_value_text(value) for value in (change.before, change.after))
    return f"- **{markdown_text(change.title)}**: was {before}; is {after}"


def _value_text(value: Any) -> str:
    if value is None:
        return "not given"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return markdown_code(text, 300)
