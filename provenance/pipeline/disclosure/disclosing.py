"""Write disclosures about a dataset from its report, its content, and people's answers."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.atomic_output import read_file, replace_file
from provenance.errors import InputError, OutputError
from provenance.model.records.disclosure import (
    NOTHING_RECORDED,
    Answers,
    DisclosureMaterial,
    EntryStatus,
    PreviousDisclosure,
)
from provenance.model.records.disclosure_questions import QUESTIONS, QUESTIONS_BY_KEY, Form
from provenance.model.records.ledger import Ledger
from provenance.model.short_repr import short_repr
from provenance.pipeline.disclosure.contradictions import contradictions
from provenance.pipeline.disclosure.corpus_pass import measure_contents
from provenance.pipeline.disclosure.recorded_datasets import (
    facts_on_dataset,
    facts_on_model,
)
from provenance.pipeline.ledger_records import check_chain, open_ledger
from provenance.read.answers_file import load_answers
from provenance.report.disclosure.ab_2013 import first_recorded_use
from provenance.report.disclosure.answers_template import answers_template
from provenance.report.disclosure.disclosure_formats import (
    DISCLOSURE_FORMATS,
    MODEL_FORMATS,
    DisclosureFormat,
)
from provenance.report.disclosure.entries import dates_of_collection, has_one_modality
from provenance.report.disclosure.filled_form import parse_form
from provenance.report.disclosure.measured_entries import text_size
from provenance.report.files import result_json
from provenance.report.files.output_folders import write_folder
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
    report: Path | None,
    formats: Sequence[str] = (),
    *,
    model: str | None = None,
    answers: Path | None = None,
    corpora: Sequence[str] = (),
    ledger: str | None = None,
    previous: Path | None = None,
    signed_by: str | None = None,
    allow_incomplete: bool = False,
    quiet: bool = False,
) -> Disclosures:
    """Make documents from a report, or from the checks of all datasets of a model.

    There is no clock, so that the same input gives the same bytes.

    Parameters
    ----------
    report : Path or None
        Folder of a report; None with a model.
    formats : sequence of str
        Keys of `DISCLOSURE_FORMATS`; all without any, of a model those of `MODEL_FORMATS`.
    model : str or None
        A model whose uses of datasets the ledger has: the documents cover all of these.
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
        If something cannot be read, answers are missing, or the ledger contradicts them.
    """
    chosen = _formats(formats, model)
    given = load_answers(answers)
    opened = None if ledger is None else open_ledger(ledger, quiet=quiet)
    if opened is not None:
        check_chain(opened)
    if model is not None:
        material = _material_of_model(opened, model, given)
    else:
        material = _material_of_report(report, opened, given)
    _refuse_contradictions(material, opened)
    contents, reason = measure_contents(
        [each.result for each in material.reports],
        corpora,
        given.texts("crawl.files"),
        quiet=quiet,
    )
    if unchecked := [each for each in material.trained_on if each.report is None]:
        contents, reason = None, "; ".join(f"{each.name}: {each.note}" for each in unchecked)
    material = replace(
        material,
        contents=contents,
        not_measured=reason,
        previous=None if previous is None else _previous(previous),
        stated_name=signed_by,
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


def _formats(names: Sequence[str], model: str | None) -> dict[str, DisclosureFormat]:
    """Return the formats that are made; those on a model have to be on all of its datasets."""
    known = tuple(DISCLOSURE_FORMATS) if model is None else MODEL_FORMATS
    for name in names:
        if name not in known:
            raise InputError(
                f"{name} is about one dataset, not about all of a model: "
                f"{DISCLOSURE_FORMATS[name].why_one_dataset}",
                remedy=f"name its report instead of --model; of a model, there are "
                f"{', '.join(MODEL_FORMATS)}",
            )
    return {name: DISCLOSURE_FORMATS[name] for name in names or known}


def _material_of_report(
    report: Path | None, ledger: Ledger | None, answers: Answers
) -> DisclosureMaterial:
    if report is None:
        raise InputError(
            "no report is named",
            remedy="name the folder that `check --output` wrote, or a model with --model",
        )
    folder = report.parent if report.is_file() else report
    read = read_report(folder)
    with open_report_file(folder, result_json.FILE_NAME) as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    recorded = NOTHING_RECORDED
    if ledger is not None:
        recorded = facts_on_dataset(ledger, read.result.corpus.digest, folder)
    return DisclosureMaterial(read, digest, answers, recorded=recorded)


def _material_of_model(ledger: Ledger | None, model: str, answers: Answers) -> DisclosureMaterial:
    if ledger is None:
        raise InputError(
            "the datasets of a model are in a ledger, and none is named",
            remedy="give --ledger DIR, or write its path under [ledger] in provenance.toml",
        )
    recorded, datasets = facts_on_model(ledger, model)
    first = next(check for each in datasets for check in each.checks)
    return DisclosureMaterial(
        first.report, first.digest, answers, recorded=recorded, datasets=datasets
    )


def _refuse_contradictions(material: DisclosureMaterial, ledger: Ledger | None) -> None:
    """Raise if answers or records on the datasets contradict each other, with all of them."""
    if ledger is None:
        return
    names = {facts.name for _, facts in material.recorded.datasets}
    names |= {each.name for each in material.datasets}
    found = contradictions(material.answers, material.recorded, ledger, names)
    if found:
        raise InputError(
            f"the ledger contradicts what would be stated: {'; '.join(found)}",
            remedy="correct the answer in the file of --answers, or the record with --corrects",
        )


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
    if Form.EU in wanted or Form.AB_2013 in wanted:
        size = text_size(material, "size")
        missing += [size.source] if size.status is EntryStatus.TO_BE_PROVIDED else []
    if material.not_measured is not None and Form.EU in wanted and answers.truth("crawl.used"):
        missing.append(f"the domains ({material.not_measured})")
    if any(each.report.result.lacks_files for each in material.checks):
        missing.append("files that the check could not read, or that are not words")
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
    if material.recorded.datasets or material.datasets:
        known.add("dataset.name")
    if material.recorded.cleanings:
        known.add("california.processing")
    if first_recorded_use(material) is not None:
        known.add("california.first_used")
    return known


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
