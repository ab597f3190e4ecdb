"""Answer somebody who asks about their content in datasets."""

import csv
import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.parquet as pq

from provenance import __version__
from provenance.errors import InputError
from provenance.judge.identifiers import SourceHosts
from provenance.model.records.audit import (
    AUDIT_POINTS,
    Audit,
    AuditPoint,
    AuditQuery,
    AuditRequest,
    EvidenceRung,
    SideFile,
)
from provenance.model.records.ledger import Ledger
from provenance.model.short_repr import short_repr
from provenance.pipeline.attesting.signed_folders import SIGNATURE_FILE
from provenance.pipeline.audit.asked_withdrawals import asked_withdrawals
from provenance.pipeline.audit.audit_evidence import AuditEvidence, gather_evidence
from provenance.pipeline.audit.audit_material import (
    AuditMaterial,
    find_late_items,
    measured_names,
    related_datasets,
)
from provenance.pipeline.audit.audit_query import (
    FindingFilter,
    finding_filter,
    is_text,
    plain_domain,
    without_text,
)
from provenance.pipeline.audit.corpus_addresses import count_domain
from provenance.pipeline.audit.found_items import (
    DatasetItems,
    ItemId,
    count_items,
    find_items,
    items_table,
)
from provenance.pipeline.audit.search_sections import sections
from provenance.pipeline.audit.searched_items import ask_for_items, name_forms
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.ledger_records import check_chain, open_ledger
from provenance.pipeline.source_names import source_id
from provenance.read.dumps.tables.id_lists import read_ids
from provenance.read.rules.rule_files import load_rules
from provenance.report.audit.audit_files import ITEMS_FILE, PDF_FILE, WORKS_FILE, write_files
from provenance.report.audit.audit_pdf import check_library, pdf
from provenance.report.sanitize import csv_cell


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its lists.

    Parameters
    ----------
    audit : Audit
        The answer.
    items : pyarrow.Table or None
        The items, of schema `AUDIT_ITEMS`; None if point 4 is withheld.
    files : dict of str to bytes
        The files beside it, by name.
    found : tuple of DatasetItems
        What was found in each dataset.
    """

    audit: Audit
    items: pa.Table | None
    files: dict[str, bytes]
    found: tuple[DatasetItems, ...]

    __repr__ = short_repr


def answer(  # noqa: PLR0913 (what is asked, and what is answered from)
    query: AuditQuery,
    request: AuditRequest,
    *,
    ledger: str | None,
    reports: Sequence[Path] = (),
    registries: Sequence[Path] = (),
    corpora: Sequence[str] = (),
    with_lists: bool = True,
    withheld: Collection[int] = (),
    excerpts: bool = False,
    quiet: bool = False,
) -> Answer:
    """Answer what is known of somebody's content in datasets; no clock, so that it can be repeated.

    Parameters
    ----------
    query : AuditQuery
        What is asked about.
    request : AuditRequest
        The letter.
    ledger : str or None
        Address of the ledger.
    reports, registries : sequence of Path
        Reports besides those in the ledger; registries, else those that the reports name.
    corpora : sequence of str
        Datasets in which documents with an address on the domain are counted.
    with_lists : bool
        Whether the answer has lists beside it, and names them.
    withheld : collection of int
        Numbers of points that the answer, its lists and its letter do not have.
    excerpts : bool
        Whether lists and examples have excerpts of the datasets.
    quiet : bool
        Show no progress.

    Raises
    ------
    ProvenanceError
        If nothing is asked, something cannot be read, or a record of the ledger is gone.
    """
    if ledger is None and not reports and not corpora:
        _raise_nothing_to_answer_from(registries)
    _check_days(request)
    query, opened = _with_source_id(query), _open_checked(ledger, quiet=quiet)
    evidence = gather_evidence(opened, reports, registries)
    wanted = finding_filter(query, evidence.registries)
    found = tuple(_find(evidence, wanted, quiet=quiet))
    addresses = tuple(
        count_domain(each, plain_domain(query.domain or ""), quiet=quiet) for each in corpora
    )
    counts = tuple(count_items(each, evidence.withdrawn) for each in found)
    material = AuditMaterial(
        query=query,
        request=request,
        evidence=evidence,
        found=found,
        counts=counts,
        related=related_datasets(evidence, query, measured_names(evidence, counts, addresses)),
        asked_names=_asked_names(query),
        asked_items=ask_for_items(wanted, evidence, found),
        asked_withdrawals=asked_withdrawals(query, wanted, evidence),
        languages=_languages(evidence, found),
        addresses=addresses,
        excerpts=excerpts,
        withheld=tuple(sorted(withheld)),
        late=find_late_items(evidence),
        source_names={source.id: source.name for source in load_rules().sources},
        domain_source=_source_of_domain(query.domain),
    )
    lists = _lists(material)
    if with_lists:
        material = replace(material, files=tuple(each.file for each in lists))
    table = next((each.table for each in lists if each.table is not None), None)
    files = {each.file.name: each.content for each in lists}
    return Answer(_audit(material), table, files, found)


def _with_source_id(query: AuditQuery) -> AuditQuery:
    source = query.source
    return replace(query, source=source_id(source)) if source and source.strip() else query


def _source_of_domain(domain: str | None) -> str | None:
    """Return the source of the pages of a domain, if the rules know it."""
    if domain is None:
        return None
    return SourceHosts(load_rules()).source_of(f"https://{plain_domain(domain)}/")


def _open_checked(ledger: str | None, *, quiet: bool) -> Ledger | None:
    """Open a ledger of which no record is gone."""
    if ledger is None:
        return None
    opened = open_ledger(ledger, quiet=quiet)
    check_chain(opened)
    return opened


def _raise_nothing_to_answer_from(registries: Sequence[Path]) -> NoReturn:
    alone = (
        "; --registry alone says what was published, not which dataset has it" if registries else ""
    )
    raise InputError(
        f"there is nothing to answer from: no ledger and no report of a dataset{alone}",
        remedy="give --ledger DIR, --report DIR, or both",
    )


def _check_days(request: AuditRequest) -> None:
    if request.received and request.due and request.due < request.received:
        raise InputError(
            f"an answer was asked for by {request.due}, before the request was received on "
            f"{request.received}",
            remedy="correct --due or --received",
        )


def _find(evidence: AuditEvidence, wanted: FindingFilter, *, quiet: bool) -> Iterator[DatasetItems]:
    total = len(evidence.checked)
    with show_progress("searching", total, "datasets", quiet=quiet) as progress:
        for dataset in evidence.checked:
            yield find_items(dataset, wanted)
            progress.advance(1)


def _audit(material: AuditMaterial) -> Audit:
    query, counts = material.query, material.counts
    has_items = AuditPoint.ITEMS not in material.withheld
    is_found = any(each.passages or each.addresses for each in counts)
    is_found = is_found or any(each.on_domain for each in material.addresses)
    if AuditPoint.WITHDRAWN in material.withheld:
        counts = tuple(replace(each, withdrawn=None) for each in counts)
    return Audit(
        tool=__version__,
        query=replace(
            without_text(query), source_name=material.source_names.get(query.source or "")
        ),
        request=material.request,
        found=is_found if has_items else None,
        datasets=counts if has_items else (),
        sections=sections(material),
        files=material.files,
        withheld=material.withheld,
    )


def points_to_withhold(only: str | None, withhold: str | None) -> tuple[int, ...]:
    """Return the numbers of the points that an answer does not have.

    Parameters
    ----------
    only, withhold : str or None
        Numbers of the only points that it has, or of those that it does not have: "3,8".

    Raises
    ------
    InputError
        If both are given, something is no number of a point, or no point is left.
    """
    if only is not None and withhold is not None:
        raise InputError(
            "both --only and --withhold are given", remedy="give one of them: the other follows"
        )
    option, text = ("--only", only) if only is not None else ("--withhold", withhold)
    if text is None:
        return ()
    every = range(1, AUDIT_POINTS + 1)
    numbers = [each.strip() for each in text.split(",")]
    wrong = [each for each in numbers if not each.isdecimal() or int(each) not in every]
    if wrong:
        raise InputError(
            f"{option} names {wrong[0]!r}, which is no point of an answer",
            remedy=f"give numbers from 1 to {AUDIT_POINTS}, separated by commas: {option} 3,8",
        )
    named = {int(each) for each in numbers}
    withheld = tuple(each for each in every if (each in named) is (only is None))
    if len(withheld) == AUDIT_POINTS:
        raise InputError(
            "every point would be withheld", remedy="leave at least one point in the answer"
        )
    return withheld


def save_answer(given: Answer, folder: Path, *, with_pdf: bool = False) -> None:
    """Write an answer in all formats, with its lists; as PDF, too, if asked.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    files = given.files | ({PDF_FILE: pdf(given.audit)} if with_pdf else {})
    write_files(given.audit, files, folder, SIGNATURE_FILE)


def check_pdf_library() -> None:
    """Raise `OutputError` if PDFs cannot be written."""
    check_library()


@dataclass(frozen=True, slots=True)
class _List:
    """A list beside an answer, with its table if it has one."""

    file: SideFile
    content: bytes
    table: pa.Table | None = None


def _lists(material: AuditMaterial) -> list[_List]:
    """Return the lists of point 4, without what belongs to other points that are withheld."""
    if AuditPoint.ITEMS in material.withheld:
        return []
    times = {each.digest: material.dates_of(each) for each in material.evidence.checked}
    withdrawn = material.evidence.withdrawn
    table = items_table(material.found, times, withdrawn, excerpts=material.excerpts)
    columns_of = {
        AuditPoint.EVIDENCE: ("evidence", "excerpt"),
        AuditPoint.WITHDRAWN: ("withdrawn", "withdrawn_when"),
    }
    shown = table
    for point in columns_of.keys() & set(material.withheld):
        for name in columns_of[point]:
            place, of = shown.schema.get_field_index(name), shown.schema.field(name)
            shown = shown.set_column(place, of, pa.nulls(len(shown), of.type))
    content = _parquet(shown)
    lists = [_List(_side_file(ITEMS_FILE, content, len(shown)), content, shown)]
    if material.query.works is not None:
        works = _works(material, table)
        lists.append(_List(_side_file(WORKS_FILE, works, len(material.asked_names)), works))
    return lists


def _side_file(name: str, content: bytes, rows: int) -> SideFile:
    return SideFile(name, hashlib.sha256(content).hexdigest(), rows)


def _parquet(table: pa.Table) -> bytes:
    stream = BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _works(material: AuditMaterial, table: pa.Table) -> bytes:
    """Return a line for each id or address that was asked about: in which datasets it is."""
    places = dict[str, list[dict[str, Any]]]()
    names = ("item", "url", "same_words", "dataset", "documents", "evidence", "counted", "disputed")
    for row in table.select(list(names)).to_pylist():
        keys = {row["item"], *row["same_words"], *name_forms(row["url"] or "")} - {None, ""}
        for key in keys:
            places.setdefault(key, []).append(row)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = ("work", "in_registries", "found", "datasets", "documents", "addresses", "disputed")
    writer.writerow((*columns, "not_searched"))
    searched = [
        (each.name, material.asked_items.searched(each) if material.asked_items else set[ItemId]())
        for each in material.evidence.checked
    ]
    for entry in material.asked_names:
        forms = name_forms(entry)
        own = [row for form in forms for row in places.get(form, [])]
        own = [row for place, row in enumerate(own) if row not in own[:place]]
        counted = [row for row in own if row["counted"]]
        by_address = [row for row in counted if row["evidence"] == EvidenceRung.ADDRESS]
        copied = [row for row in counted if row not in by_address]
        items = frozenset[ItemId]().union(
            *(material.asked_items.named(form) for form in forms if material.asked_items)
        )
        unsearched = {name for name, each in searched if not items or not items <= each}
        answers = (
            ("yes", bool(copied)),
            ("address only", bool(by_address)),
            ("not counted", bool(own)),
            ("shared words only", any(each.shared.keys() & items for each in material.found)),
            ("no", bool(items and searched) and not unsearched),
            ("not where searched", bool(items) and len(unsearched) < len(searched)),
        )
        is_withdrawn = bool(items) and items <= material.evidence.withdrawn.keys()
        row = [
            entry,
            "withdrawn" if is_withdrawn else "yes" if items or own else "no",
            next((answer for answer, holds in answers if holds), "not searched for"),
            "; ".join(sorted({row["dataset"] for row in own})),
            sum(row["documents"] for row in copied),
            sum(row["documents"] for row in by_address),
            "yes" if any(row["disputed"] for row in copied) else "no",
            "; ".join(sorted(unsearched)),
        ]
        writer.writerow(map(csv_cell, row))
    return text.getvalue().encode()


def _asked_names(query: AuditQuery) -> tuple[str, ...]:
    """Return the ids and addresses that are asked about."""
    names = [] if query.works is None else read_ids(query.works).to_pylist()
    if query.item is not None and not is_text(query.item):
        names.append(query.item)
    return tuple(names)


def _languages(
    evidence: AuditEvidence, found: Sequence[DatasetItems]
) -> dict[tuple[str, str], str]:
    pairs = {
        (each.first["source"], each.first["item"])
        for dataset in found
        for each in dataset.counted
        if each.first["item"] is not None
    }
    if not pairs or not evidence.registries:
        return {}
    from provenance.pipeline.audit.registry_items import languages_of  # noqa: PLC0415 (loads the compiler)

    languages = dict[tuple[str, str], str]()
    for folder in evidence.registries:
        languages.update(languages_of(folder, pairs))
    return languages
