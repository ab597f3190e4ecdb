"""Write disclosures about a dataset from its report, its content, and people's answers."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance.atomic_output import read_file, replace_file
from provenance.errors import InputError, OutputError
from provenance.model.records.disclosure import (
    NOTHING_RECORDED,
    DisclosureMaterial,
    PreviousDisclosure,
    RecordedFacts,
)
from provenance.model.records.disclosure_questions import QUESTIONS, QUESTIONS_BY_KEY, Form
from provenance.model.records.ledger import CleaningFacts, DatasetFacts, Ledger, UseFacts
from provenance.model.short_repr import short_repr
from provenance.pipeline.audit.audit_evidence import record_name
from provenance.pipeline.disclosure.corpus_pass import measure_contents
from provenance.pipeline.ledger_records import check_chain, open_ledger
from provenance.read.answers_file import load_answers
from provenance.report.audit.audit_files import write_folder
from provenance.report.disclosure.ab_2013 import first_recorded_use
from provenance.report.disclosure.answers_template import answers_template
from provenance.report.disclosure.disclosure_formats import DISCLOSURE_FORMATS
from provenance.report.disclosure.entries import dates_of_collection, has_one_modality
from provenance.report.disclosure.filled_form import parse_form
from provenance.report.files import result_json
from provenance.report.files.report_commit import open_report_file
from provenance.report.files.report_reader import read_report


@dataclass(frozen=True, slots=True)
class Disclosures:
    """Documents about a dataset.

    Parameters
    ----------
    files : dict of str to str
        Texts, by the name of the file.
    missing : tuple of str
        Keys of questions that are not answered, and measurements that were not made; in the
        documents, they are marked as to be provided.
    """

    files: dict[str, str]
    missing: tuple[str, ...] = ()

    __repr__ = short_repr


def disclose(  # noqa: PLR0913 (what documents are made from)
    report: Path,
    formats: Sequence[str] = (),
    *,
    answers: Path | None = None,
    corpora: Sequence[str] = (),
    ledger: str | None = None,
    previous: Path | None = None,
    signed_by: str | None = None,
    allow_incomplete: bool = False,
    quiet: bool = False,
) -> Disclosures:
    """Make documents from a report; no clock, so that the same input gives the same bytes.

    Parameters
    ----------
    report : Path
        Folder of a report.
    formats : sequence of str
        Keys of `DISCLOSURE_FORMATS`; all without any.
    answers : Path or None
        `summary.toml`.
    corpora : sequence of str
        Addresses of the dataset; without any, those of the report, if they are there.
    ledger : str or None
        Address of a ledger.
    previous : Path or None
        JSON of the earlier version of the EU's summary.
    signed_by : str or None
        Who has reviewed the documents.
    allow_incomplete : bool
        Whether missing answers are marked, instead of refused.
    quiet : bool
        Show no progress.

    Raises
    ------
    ProvenanceError
        If something cannot be read, or answers are missing.
    """
    chosen = {name: DISCLOSURE_FORMATS[name] for name in formats or DISCLOSURE_FORMATS}
    folder = report.parent if report.is_file() else report
    given = load_answers(answers)
    read = read_report(folder)
    with open_report_file(folder, result_json.FILE_NAME) as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    contents, reason = measure_contents(
        read.result, corpora, given.texts("crawl.files"), quiet=quiet
    )
    material = DisclosureMaterial(
        report=read,
        digest=digest,
        answers=given,
        contents=contents,
        not_measured=reason,
        recorded=_recorded(ledger, read.result.corpus.digest, quiet=quiet),
        previous=None if previous is None else _previous(previous),
        signed_by=signed_by,
    )
    missing = missing_from(material, {each.form for each in chosen.values()})
    if missing and not allow_incomplete:
        raise InputError(
            f"not answered{f' in {answers}' if answers else ''}: {', '.join(missing)}",
            remedy="answer them in a file, and name it with --answers (`provenance disclose REPORT "
            "--init FILE` writes a template that explains each), or add --allow-incomplete to have "
            "them marked as to be provided",
        )
    return Disclosures({each.file: each.render(material) for each in chosen.values()}, missing)


def missing_from(material: DisclosureMaterial, forms: Iterable[Form]) -> tuple[str, ...]:
    """Return the keys of unanswered questions that some forms need, and what was not measured."""
    wanted, answers = set(forms), material.answers
    known = _known_otherwise(material)
    missing = [
        question.key
        for question in QUESTIONS
        if question.needed_by & wanted
        and question.applies(answers)
        and question.key not in answers
        and question.key not in known
    ]
    if material.not_measured is not None and Form.EU in wanted and answers.truth("crawl.used"):
        missing.append(f"the domains ({material.not_measured})")
    if material.report.result.status == "incomplete":
        missing.append("files that the check could not read")
    return tuple(missing)


def _known_otherwise(material: DisclosureMaterial) -> set[str]:
    """Return the keys of questions that need no answer, as they were measured or recorded."""
    known = set()
    dates, _ = dates_of_collection(material)
    if dates is not None and dates.until is not None:
        known.add("dataset.collected")
    if has_one_modality(material):
        known |= {key for key in QUESTIONS_BY_KEY if key.endswith(".modalities")}
    if material.contents is not None:
        known.add("dataset.languages")
    if material.recorded.datasets:
        known.add("dataset.name")
    if material.recorded.cleanings:
        known.add("california.processing")
    if first_recorded_use(material) is not None:
        known.add("california.first_used")
    return known


def _recorded(address: str | None, digest: str, *, quiet: bool) -> RecordedFacts:
    """Return what a ledger says about the dataset with a digest."""
    if address is None:
        return NOTHING_RECORDED
    ledger = open_ledger(address, quiet=quiet)
    check_chain(ledger)
    datasets = tuple(
        (record_name(entry), entry.facts)
        for entry in ledger.entries
        if isinstance(entry.facts, DatasetFacts) and entry.facts.digest == digest
    )
    return RecordedFacts(
        datasets,
        _uses(ledger, {facts.name for _, facts in datasets}),
        tuple(
            (record_name(entry), entry.facts)
            for entry in ledger.entries
            if isinstance(entry.facts, CleaningFacts) and entry.facts.after == digest
        ),
    )


def _uses(ledger: Ledger, names: set[str]) -> tuple[tuple[str, UseFacts], ...]:
    return tuple(
        (record_name(entry), entry.facts)
        for entry in ledger.entries
        if isinstance(entry.facts, UseFacts) and entry.facts.dataset in names
    )


def _previous(path: Path) -> PreviousDisclosure:
    try:
        content = read_file(path)
        return parse_form(content.decode(), hashlib.sha256(content).hexdigest(), str(Form.EU))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}",
            remedy="name the eu-summary.json of the version before with --previous",
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{path} is not the JSON of an earlier summary: {error}",
            remedy="name the eu-summary.json that `provenance disclose` wrote with --previous",
        ) from error


def save_disclosures(documents: Disclosures, folder: Path) -> None:
    """Write documents into a folder.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    contents = {name: text.encode() for name, text in documents.files.items()}
    write_folder(contents, folder, "--output")


def write_answers_template(path: Path, formats: Sequence[str] = ()) -> None:
    """Write the template of the answers that some formats need.

    Raises
    ------
    OutputError
        If the file exists, or cannot be written.
    """
    forms = {DISCLOSURE_FORMATS[name].form for name in formats or DISCLOSURE_FORMATS}
    try:
        with replace_file(path, exclusive=True) as file:
            file.write(answers_template(forms).encode())
    except FileExistsError as error:
        raise OutputError(
            f"{path} already exists", remedy="edit it, or name another file with --init"
        ) from error
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", remedy="name another with --init"
        ) from error
