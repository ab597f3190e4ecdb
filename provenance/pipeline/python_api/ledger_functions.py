"""`provenance.audit` and `open_ledger`: `provenance audit` and `provenance ledger` as functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast

import pyarrow as pa

from provenance.model.json_encoding import from_json_value, to_json_value
from provenance.model.records.audit import AuditQuery, AuditRequest
from provenance.model.records.ledger import (
    FACTS,
    DatasetFacts,
    ErasureReason,
    Facts,
    LedgerVerification,
    RecordKind,
    WithdrawalFacts,
)
from provenance.model.short_repr import short_repr
from provenance.pipeline.audit.rights_holder_answer import Answer, answer, save_answer
from provenance.pipeline.cleaning.forget_sets import save_forget_set
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.ledger_records import (
    add_check,
    add_dataset,
    add_to_ledger,
    add_withdrawal,
    check_ledger,
    digest_of_document,
    entry_document,
    erase_from_ledger,
    ledger_to_read,
    parse_dates,
    parse_day,
)
from provenance.pipeline.ledger_records import open_ledger as read_ledger
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, Addresses, Day, Names
from provenance.pipeline.python_api.python_inputs import (
    COPY_REMEDY,
    local_path,
)
from provenance.report.audit.audit_files import FORMATS, audit_document
from provenance.report.audit.audit_pdf import check_library


class AuditOptions(TypedDict, total=False):
    """Options of `audit`, beside those that say what is asked about."""

    ledger: Address | None
    reports: Addresses
    registries: Addresses
    corpora: Addresses
    requester: str | None
    reference: str | None
    received: Day | None
    due: Day | None
    signed_by: str | None
    excerpts: bool
    progress: ProgressCallback | None


@dataclass(frozen=True, slots=True)
class AuditAnswer:
    """An answer to a rights-holder or to a person.

    Parameters
    ----------
    answer : Answer
        The answer with its lists.
    """

    answer: Answer

    __repr__ = short_repr

    @property
    def found(self) -> bool:
        """Whether anything was found that counts."""
        return self.answer.audit.found

    @property
    def document(self) -> dict[str, Any]:
        """The answer as `audit.json` has it: `sections`, `datasets`, `query`, `request`."""
        return audit_document(self.answer.audit)

    @property
    def items(self) -> pa.Table:
        """The items that were found, a row for each dataset and item, as in `items.parquet`."""
        return self.answer.items

    def render(self, form: str = "markdown") -> str:
        """Return the answer as text: "markdown", "html", "json", or "letter", a cover letter."""
        if form not in FORMATS:
            raise ValueError(f"{form!r} is not a format; there are {', '.join(FORMATS)}")
        return FORMATS[form][1](self.answer.audit)

    @public_function
    def write(self, folder: Address, *, pdf: bool = False) -> None:
        """Write all formats and the lists into a folder, as `--output` does; `pdf` adds a PDF.

        Raises
        ------
        OutputError
            If it cannot be written, or the library for PDFs is missing.
        """
        if pdf:
            check_library()
        save_answer(self.answer, local_path(folder, COPY_REMEDY), with_pdf=pdf)

    @public_function
    def write_forget_set(self, folder: Address) -> None:
        """Write ids, files and offsets of what was found, as `--forget-set` does.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        folder = local_path(folder, COPY_REMEDY)
        save_forget_set(self.answer.audit, self.answer.found, folder)

    def __str__(self) -> str:
        """Return the answer in Markdown."""
        return self.render()


@public_function
def audit(
    source: str | None = None,
    *,
    domain: str | None = None,
    author: str | None = None,
    item: str | None = None,
    works: Address | None = None,
    **options: Unpack[AuditOptions],
) -> AuditAnswer:
    """Answer what is known of somebody's content in datasets, as `provenance audit` does.

    Parameters
    ----------
    source : str, optional
        The source.
    domain, author, item : str, optional
        A domain; an author, as the dump spells the name; an id, an address or a text.
    works : str or path, optional
        File with ids or addresses.
    **options
        `ledger`, `reports`, `registries`, `corpora`, `requester`, `reference`, `received`, `due`,
        `signed_by`, `excerpts`: as the options of the command. `progress` as for `check`. In place
        of `pdf` and `forget_set`, call `write(folder, pdf=True)` and `write_forget_set` of the
        answer.

    Returns
    -------
    AuditAnswer
        `document` is the answer as JSON has it; `write` writes all formats.

    Raises
    ------
    ProvenanceError
        If nothing is asked, or something cannot be read.
    """
    ledger = options.get("ledger")
    request = AuditRequest(
        options.get("requester"),
        options.get("reference"),
        _day("received", options.get("received")),
        _day("due", options.get("due")),
        options.get("signed_by"),
    )
    if options.get("corpora") and domain is None:
        raise ValueError("corpora= needs domain=")
    query = AuditQuery(source, domain, author, item, None if works is None else fspath(works))
    with report_progress_to(options.get("progress")):
        given = answer(
            query,
            request,
            ledger=ledger_to_read(None if ledger is None else fspath(ledger)),
            reports=[Path(each) for each in _several(options.get("reports", ()))],
            registries=[Path(each) for each in _several(options.get("registries", ()))],
            corpora=[fspath(each) for each in _several(options.get("corpora", ()))],
            excerpts=options.get("excerpts", False),
            quiet=True,
        )
    return AuditAnswer(given)


@dataclass(frozen=True, slots=True)
class OpenLedger:
    """A ledger, to read it and to add records.

    Parameters
    ----------
    address : str
        Its folder or address.
    """

    address: str

    @public_function
    def add(self, kind: str, /, **facts: object) -> str:
        """Add a record, as `provenance ledger add` does, and return its digest.

        Parameters
        ----------
        kind : str
            "dataset", "check", "access", "use", "destruction" or "withdrawal".
        **facts
            What the command's argument and options say, by their names: `source="x"`,
            `when="2022"`. Options that can be repeated are lists, in the plural: `sources`,
            `datasets`, and `made_from`. `recipients` is a mapping of names to kinds. The file
            of a withdrawal is `ids`.

        Raises
        ------
        TypeError or ValueError
            If a fact is missing, not known, or of the wrong type.
        ProvenanceError
            If a file cannot be read, or the ledger cannot be written.
        """
        if kind not in FACT_NAMES:
            raise ValueError(f"{kind!r} is not a kind of record: {', '.join(FACT_NAMES)}")
        if unknown := facts.keys() - FACT_NAMES[kind]:
            raise TypeError(f"a record of kind {kind} has no fact {min(unknown)!r}")
        given = {name: value for name, value in facts.items() if value is not None}
        file = given.pop("ids", given.pop("report", None))
        path = None if file is None else Path(cast("Address", file))
        if path is None and kind in {"check", "withdrawal"}:
            raise TypeError(f"a record of kind {kind} needs {FACT_NAMES[kind][0]}=")
        if kind == "check":
            return add_check(self.address, cast("Path", path)).digest
        day = _day("on", cast("str", given.pop("on"))) if _is_withdrawal_day(kind, given) else None
        record = _facts(kind, given)
        if isinstance(record, WithdrawalFacts):
            return add_withdrawal(self.address, record, str(path), day).digest
        if isinstance(record, DatasetFacts):
            return add_dataset(self.address, record, path).digest
        return add_to_ledger(self.address, record).digest

    def records(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the records, of one kind or all, oldest first, as `ledger export` writes them."""
        ledger = read_ledger(self.address, quiet=True)
        wanted = None if kind is None else RecordKind(kind)
        return [
            entry_document(ledger, entry)
            for entry in ledger.entries
            if wanted in {None, entry.record.kind}
        ]

    @public_function
    def verify(self) -> LedgerVerification:
        """Read every byte; `faults` lists what was changed or removed, `erased` what was erased."""
        return check_ledger(self.address, quiet=True)

    @public_function
    def erase(self, names: Names, *, reason: str, note: str | None = None) -> None:
        """Erase files, or all files of records, named by the first digits of their digests.

        Parameters
        ----------
        names : str or iterable of str
            Digests, or their first digits.
        reason : str
            As for `provenance ledger erase`: it stays for good.
        note : str, optional
            Kept with the erasure, and erasable like all text.

        Raises
        ------
        LedgerError
            If a name fits nothing, or several.
        """
        chosen = [names] if isinstance(names, str) else names
        erase_from_ledger(self.address, chosen, ErasureReason(reason), note)


@public_function
def open_ledger(ledger: Address) -> OpenLedger:
    """Open a ledger, as the commands of `provenance ledger` do.

    Parameters
    ----------
    ledger : str or path
        Its folder or address. If there is none, the first record makes it.
    """
    return OpenLedger(fspath(ledger))


_OBTAINED = ("account", "route", "agreement", "note")
FACT_NAMES = {
    "dataset": ("name", "report", "sources", "collected", "made_from", "recipients", *_OBTAINED),
    "check": ("report",),
    "access": ("source", "application", "when", "calls", "items", "datasets", *_OBTAINED),
    "use": (
        *("dataset", "application", "purpose", "when", "model", "model_file", "recipients"),
        "note",
    ),
    "destruction": (
        *("dataset", "on", "by", "method", "items", "copies_left", "receipt"),
        "note",
    ),
    "withdrawal": ("ids", "source", "on", "reason"),
}
"""Names of the facts of each kind of record."""

_FIELDS = {"when": "dates", "on": "destroyed", "model_file": "model_digest"}
"""Fields of facts that have another name than the option."""


def _is_withdrawal_day(kind: str, facts: Mapping[str, object]) -> bool:
    return kind == "withdrawal" and "on" in facts


def _facts(kind: str, given: Mapping[str, object]) -> Facts:
    document = {
        _FIELDS.get(name, name): _CONVERSIONS.get(name, _unchanged)(name, value)
        for name, value in given.items()
    }
    try:
        return from_json_value(FACTS[RecordKind(kind)], document)
    except KeyError as error:
        names = {field: name for name, field in _FIELDS.items()}
        missing = names.get(str(error.args[0]), error.args[0])
        raise TypeError(f"a record of kind {kind} needs {missing}=") from error


def _unchanged(_: str, value: Any) -> object:
    return value


def _dates(name: str, value: Any) -> object:
    return to_json_value(parse_dates(name, value))


def _iso_day(name: str, value: Any) -> object:
    return to_json_value(_day(name, value))


def _digest(_: str, value: Any) -> object:
    return digest_of_document(Path(value))


def _amount(name: str, value: Any) -> object:
    if isinstance(value, int) and value < 0:
        raise ValueError(f"{name} is at least 0, not {value}")
    return value


def _list(_: str, value: Any) -> object:
    return [value] if isinstance(value, str) else list(value)


def _recipients(_: str, value: Any) -> object:
    return [{"name": name, "kind": kind} for name, kind in dict(value).items()]


_CONVERSIONS: dict[str, Callable[[str, Any], object]] = {
    **dict.fromkeys(("when", "collected"), _dates),
    "on": _iso_day,
    **dict.fromkeys(("calls", "items"), _amount),
    **dict.fromkeys(("model_file", "receipt"), _digest),
    **dict.fromkeys(("sources", "datasets", "made_from"), _list),
    "recipients": _recipients,
}


def _day(name: str, value: Day | None) -> date | None:
    return None if value is None else parse_day(name, str(value))


def _several(given: Addresses) -> list[Address]:
    return [given] if isinstance(given, str | PathLike) else list(given)
