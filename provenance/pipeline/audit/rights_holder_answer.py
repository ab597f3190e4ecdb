"""Answer somebody who asks about their content in datasets."""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from provenance import __version__
from provenance.errors import InputError
from provenance.judge.identifiers import normal_address
from provenance.model.records.audit import Audit, AuditQuery, AuditRequest, SideFile
from provenance.model.short_repr import short_repr
from provenance.pipeline.audit.audit_evidence import AuditEvidence, gather_evidence
from provenance.pipeline.audit.audit_material import (
    AuditMaterial,
    SearchedFor,
    dates_of,
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
    count_items,
    find_items,
    items_table,
)
from provenance.pipeline.audit.search_sections import sections
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.ledger_records import check_chain, open_ledger
from provenance.read.dumps.tables.id_lists import read_ids
from provenance.read.rules.rule_files import load_rules
from provenance.report.audit.audit_files import write_files
from provenance.report.audit.audit_pdf import check_library, pdf
from provenance.report.sanitize import one_line

ITEMS_FILE, WORKS_FILE, PDF_FILE = "items.parquet", "works.csv", "audit.pdf"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its lists.

    Parameters
    ----------
    audit : Audit
        The answer.
    items : pyarrow.Table
        The items, of schema `AUDIT_ITEMS`.
    files : dict of str to bytes
        The files beside it, by name.
    found : tuple of DatasetItems
        What was found in each dataset.
    """

    audit: Audit
    items: pa.Table
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
        alone = (
            "; --registry alone says what was published, not which dataset has it"
            if registries
            else ""
        )
        raise InputError(
            f"there is nothing to answer from: no ledger and no report of a dataset{alone}",
            remedy="give --ledger DIR, --report DIR, or both",
        )
    if request.received and request.due and request.due < request.received:
        raise InputError(
            f"an answer was asked for by {request.due}, before the request was received on "
            f"{request.received}",
            remedy="correct --due or --received",
        )
    opened = None if ledger is None else open_ledger(ledger, quiet=quiet)
    if opened is not None:
        check_chain(opened)
    evidence = gather_evidence(opened, reports, registries, query.source)
    source_names = {source.id: source.name for source in load_rules().sources}
    wanted = finding_filter(query, evidence.registries)
    found = []
    total = len(evidence.checked)
    with show_progress("searching", total, "datasets", quiet=quiet) as progress:
        for dataset in evidence.checked:
            found.append(find_items(dataset, wanted))
            progress.advance(1)
    addresses = tuple(
        count_domain(each, plain_domain(query.domain or ""), quiet=quiet) for each in corpora
    )
    counts = tuple(count_items(each, evidence.withdrawn) for each in found)
    times = {each.digest: dates_of(each, evidence) for each in evidence.checked}
    table = items_table(found, times, evidence.withdrawn, excerpts=excerpts)
    known = _known_items(evidence, wanted, query)
    files = {ITEMS_FILE: _parquet(table)}
    rows = {ITEMS_FILE: len(table)}
    if query.works is not None:
        works = _works(
            read_ids(query.works).to_pylist(), table, frozenset(name for _, name in known)
        )
        files[WORKS_FILE], rows[WORKS_FILE] = works, works.count(b"\n") - 1
    sides = tuple(
        SideFile(name, hashlib.sha256(content).hexdigest(), rows[name])
        for name, content in (files.items() if with_lists else ())
    )
    material = AuditMaterial(
        query=query,
        request=request,
        evidence=evidence,
        found=tuple(found),
        counts=counts,
        related=related_datasets(evidence, query, measured_names(evidence, counts, addresses)),
        searched_for=_searched_for(wanted, query, known),
        languages=_languages(evidence, found),
        addresses=addresses,
        files=sides,
        excerpts=excerpts,
        source_names=source_names,
    )
    audit = Audit(
        tool=__version__,
        query=replace(without_text(query), source_name=source_names.get(query.source or "")),
        request=request,
        found=any(each.passages for each in counts) or any(each.on_domain for each in addresses),
        datasets=counts,
        sections=sections(material),
        files=sides,
    )
    return Answer(audit, table, files, tuple(found))


def save_answer(given: Answer, folder: Path, *, with_pdf: bool = False) -> None:
    """Write an answer in all formats, with its lists; as PDF, too, if asked.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    files = given.files | ({PDF_FILE: pdf(given.audit)} if with_pdf else {})
    write_files(given.audit, files, folder)


def check_pdf_library() -> None:
    """Raise `OutputError` if PDFs cannot be written."""
    check_library()


def _parquet(table: pa.Table) -> bytes:
    stream = BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _works(entries: Sequence[str], table: pa.Table, known: frozenset[str]) -> bytes:
    """Return a line for each id or address that was asked about: in which datasets it is."""
    places = dict[str, list[tuple[str, int]]]()
    names = ("item", "url", "same_words", "dataset", "documents", "counted")
    for item, url, same, dataset, documents, counted in zip(
        *(table[name].to_pylist() for name in names), strict=True
    ):
        if not counted:
            continue
        keys = {item, *same, None if url is None else normal_address(url)} - {None}
        for key in keys:
            places.setdefault(key, []).append((dataset, documents))
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["work", "in_registries", "found", "datasets", "documents"])
    for entry in entries:
        asked = {entry: None} | ({normal_address(entry): None} if "/" in entry else {})
        found = [place for key in asked if key for place in places.get(key, [])]
        datasets = "; ".join(sorted({name for name, _ in found}))
        documents = sum(number for _, number in found)
        # A list of opened in a spreadsheet must not run formulas.
        safe = [
            f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
            for cell in (one_line(entry), datasets)
        ]
        is_known = "yes" if found or entry in known else "no"
        writer.writerow([safe[0], is_known, "yes" if found else "no", safe[1], documents])
    return text.getvalue().encode()


def _known_items(
    evidence: AuditEvidence, wanted: FindingFilter, query: AuditQuery
) -> frozenset[tuple[str, str]]:
    """Return source and id of the items of the registries whose id is asked about."""
    if not wanted.names or not evidence.registries:
        return frozenset()
    from provenance.pipeline.audit.registry_items import items_with_ids  # noqa: PLC0415 (loads the compiler)

    return frozenset(
        pair
        for folder in evidence.registries
        for pair in items_with_ids(folder, wanted.names, query.source)
    )


def _searched_for(
    wanted: FindingFilter, query: AuditQuery, known: frozenset[tuple[str, str]]
) -> SearchedFor:
    is_item_text = query.item is not None and is_text(query.item)
    asked = 0 if query.works is None else len(read_ids(query.works))
    if query.item is not None and not is_item_text:
        asked += 1
    return SearchedFor(
        asked=asked,
        ids=len({name for _, name in known}),
        items=len(wanted.items or ()) if query.author is not None else 0,
        texts=len(wanted.items or ()) if is_item_text else 0,
        sources=frozenset(source for source, _ in known | (wanted.items or frozenset())),
    )


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
