"""Entries of disclosures: measured, declared by an answer, or to be provided."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from provenance.model.json_encoding import to_json_value
from provenance.model.records.disclosure import (
    DisclosedCheck,
    DisclosedDataset,
    DisclosureMaterial,
    Entry,
    EntryStatus,
)
from provenance.model.records.disclosure_questions import QUESTIONS_BY_KEY, AnswerKind
from provenance.model.rules.terms import DateRange
from provenance.report.text.number_format import period, size

RESULT = "result.json"


def measured(material: DisclosureMaterial, id_: str, title: str, value: Any, *lines: str) -> Entry:
    """Return an entry that follows from the check."""
    return Entry(id_, title, EntryStatus.MEASURED, value, lines, RESULT, material.digest)


def measured_in_dataset(
    material: DisclosureMaterial, id_: str, title: str, value: Any, *lines: str
) -> Entry:
    """Return an entry that follows from a pass over the dataset."""
    several = len(material.trained_on) > 1
    what = "the datasets" if several else "the dataset"
    digest = material.contents_digest if several else material.report.result.corpus.digest
    return Entry(id_, title, EntryStatus.MEASURED, value, lines, what, digest)


def for_each_check(
    material: DisclosureMaterial, make: Callable[[DisclosureMaterial], Entry]
) -> Entry:
    """Return an entry that follows from a check; of several checks, what each of them says.

    Datasets that were not checked are named.
    """
    if not material.datasets and len(material.checks) == 1:
        return make(material)
    lines, values = list[str](), list[dict[str, Any]]()
    for dataset in material.covered:
        known = {"dataset": dataset.name, "note": dataset.note}
        name = f"{dataset.name} ({_made(dataset)})" if dataset.made else dataset.name
        if not dataset.checks:
            lines.append(f"{dataset.name}: {dataset.note}.")
            values.append({**known, "check": None, "value": None})
        several = len(dataset.checks) > 1
        for check in dataset.checks:
            entry = make(material.of(check))
            which = f"{name}, {_check_name(check)}" if several else name
            lines += [f"{which}: {line}" for line in entry.lines]
            values.append({**known, "check": check.rests_on, "value": entry.value})
    whole = make(material)
    records = ", ".join(check.rests_on for check in material.checks)
    return Entry(
        whole.id, whole.title, EntryStatus.MEASURED, values, tuple(lines), f"ledger: {records}"
    )


def _made(dataset: DisclosedDataset) -> str:
    return (
        f"{' and '.join(dataset.made)} {'was' if len(dataset.made) == 1 else 'were'} made from it"
    )


def _check_name(check: DisclosedCheck) -> str:
    return f"check of {check.report.result.created.date()} in {check.rests_on}"


def answered(material: DisclosureMaterial, id_: str, title: str, key: str) -> Entry:
    """Return the entry for the answer to a question; to be provided without it."""
    if key not in material.answers:
        return to_be_provided(id_, title, f"answer {key}")
    value, lines = _rendered(material, key)
    return declared(material, id_, title, key, value, *lines)


def declared(
    material: DisclosureMaterial, id_: str, title: str, key: str, value: Any, *lines: str
) -> Entry:
    """Return an entry that people have answered."""
    answers = material.answers
    source = f"{answers.path}: {key}"
    return Entry(id_, title, EntryStatus.DECLARED, value, lines, source, answers.digest)


def recorded(record: str, id_: str, title: str, value: Any, *lines: str) -> Entry:
    """Return an entry that people have recorded in the ledger."""
    return Entry(id_, title, EntryStatus.DECLARED, value, lines, f"ledger: {record}")


def to_be_provided(id_: str, title: str, missing: str) -> Entry:
    """Return an entry that is not known yet."""
    return Entry(id_, title, EntryStatus.TO_BE_PROVIDED, None, (), missing)


def under(
    material: DisclosureMaterial, condition: str, reason: str, *entries: Entry
) -> tuple[Entry, ...]:
    """Return entries that only apply if a question was answered with yes.

    Forms say explicitly what does not apply: a blank could be an omission.
    """
    if material.answers.truth(condition) is not False:
        return entries
    return tuple(
        declared(
            material, each.id, each.title, condition, "not applicable", f"Not applicable: {reason}."
        )
        for each in entries
    )


def or_not_given(entry: Entry) -> Entry:
    """Return an entry that the form does not require: "not given" if nobody has answered it."""
    if entry.status is not EntryStatus.TO_BE_PROVIDED:
        return entry
    return replace(entry, status=EntryStatus.NOT_GIVEN)


def optional(entry: Entry) -> tuple[Entry, ...]:
    """Return an entry, or none if nobody has answered it."""
    return () if entry.status is EntryStatus.TO_BE_PROVIDED else (entry,)


def dates_of_collection(material: DisclosureMaterial) -> tuple[DateRange | None, str]:
    """Return when the dataset was collected, and where that is stated.

    The answer counts, then the policy of the check, then the ledger.
    """
    answers = material.answers
    if (dates := answers.dates("dataset.collected")) is not None:
        return dates, f"{answers.path}: dataset.collected"
    if material.datasets:
        return _dates_of_all(material)
    if (dates := material.report.result.policy.circumstances.collected) is not None:
        return dates, "policy of the check: collected"
    for record, facts in material.recorded.datasets:
        if facts.collected is not None:
            return facts.collected, f"ledger: {record}"
    return None, ""


def _dates_of_all(material: DisclosureMaterial) -> tuple[DateRange | None, str]:
    """Return from when until when all datasets were collected; None if that of one is unknown."""
    by_name = {each.name: each for each in material.datasets}
    found = list[tuple[DateRange, str]]()
    for dataset in material.trained_on:
        own = _dates_of(dataset, by_name, frozenset())
        if own is None:
            return None, ""
        found += own
    starts = [dates.first for dates, _ in found]
    ends = [dates.until for dates, _ in found]
    dates = DateRange(
        None if None in starts else min(filter(None, starts)),
        None if None in ends else max(filter(None, ends)),
    )
    return dates, f"ledger: {', '.join(dict.fromkeys(record for _, record in found))}"


def _dates_of(
    dataset: DisclosedDataset, by_name: Mapping[str, DisclosedDataset], seen: frozenset[str]
) -> list[tuple[DateRange, str]] | None:
    """Return when a dataset was collected, or else what it was made from, with the records.

    None if that of one is unknown, or if it is said to be made from itself.
    """
    for check in dataset.checks:
        if (dates := check.report.result.policy.circumstances.collected) is not None:
            return [(dates, f"policy of the check in {check.rests_on}")]
    if dataset.facts is None or dataset.name in seen:
        return None
    record, facts = dataset.facts
    if facts.collected is not None:
        return [(facts.collected, record)]
    found = list[tuple[DateRange, str]]()
    for name in facts.made_from:
        dates_of_parent = _dates_of(by_name[name], by_name, seen | {dataset.name})
        if dates_of_parent is None:
            return None
        found += dates_of_parent
    return found or None


def has_one_modality(material: DisclosureMaterial) -> bool:
    """Return whether all data has the same modality, as far as it is declared."""
    return len(material.answers.texts("dataset.modalities")) <= 1


def last_month(dates: DateRange) -> str | None:
    """Return the last month of a range: "09/2025"."""
    return None if dates.until is None else f"{dates.until - timedelta(days=1):%m/%Y}"


def _rendered(material: DisclosureMaterial, key: str) -> tuple[Any, tuple[str, ...]]:
    """Return an answer as JSON, and in words."""
    answers = material.answers
    value = answers.values[key]
    match QUESTIONS_BY_KEY[key].kind:
        case AnswerKind.YES_NO:
            return value, ("Yes." if value else "No.",)
        case AnswerKind.TEXTS:
            return list(answers.texts(key)), answers.texts(key)
        case AnswerKind.DATES:
            dates = answers.dates(key) or DateRange()
            return to_json_value(dates), (period(dates),)
        case AnswerKind.ROWS:
            rows = answers.rows(key)
            return [dict(row) for row in rows], tuple(map(row_line, rows))
        case _:
            return to_json_value(value), (str(value),)


def row_line(row: dict[str, str | int]) -> str:
    """Return a table of an answer as a line: "Harbour Corpus; link: https://…"."""
    (_, name), *others = row.items()
    parts = [f"{_LABELS.get(key, key)}: {_amount(value)}" for key, value in others]
    return "; ".join([str(name), *parts])


_LABELS = {
    "bytes": "size",
    "market": "placed on the market of the Union",
    "made_from": "made from",
    "made_from_summary": "summary of that model",
}


def _amount(value: str | int) -> str:
    return size(value) if isinstance(value, int) else value
