"""`provenance.audit` and `open_ledger`: `provenance audit` and `provenance ledger` as functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast

import pyarrow as pa

from provenance.model.records.audit import AuditQuery, AuditRequest
from provenance.model.records.ledger import (
    DatasetFacts,
    ErasureReason,
    Facts,
    LedgerVerification,
    RecordKind,
    WithdrawalFacts,
)
from provenance.model.short_repr import short_repr
from provenance.pipeline.attesting.attestations import open_key, read_trust
from provenance.pipeline.audit.rights_holder_answer import (
    Answer,
    answer,
    points_to_withhold,
    save_answer,
)
from provenance.pipeline.cleaning.forget_sets import save_forget_set
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.ledger_check import check_ledger
from provenance.pipeline.ledger_import import import_table
from provenance.pipeline.ledger_records import (
    add_check,
    add_dataset,
    add_to_ledger,
    add_withdrawal,
    erase_from_ledger,
    ledger_documents,
    ledger_to_read,
    parse_day,
)
from provenance.pipeline.ledger_records import open_ledger as read_ledger
from provenance.pipeline.ledger_witnesses import add_timestamp, sign_ledger
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, Addresses, Day, Names
from provenance.pipeline.python_api.python_inputs import (
    COPY_REMEDY,
    local_path,
)
from provenance.pipeline.stated_facts import FACT_NAMES, MissingFact, stated_facts
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
    only: str | None
    withhold: str | None
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
    def found(self) -> bool | None:
        """Whether anything was found that counts; None if point 4 is withheld."""
        return self.answer.audit.found

    @property
    def document(self) -> dict[str, Any]:
        """The answer as `audit.json` has it: `sections`, `datasets`, `query`, `request`."""
        return audit_document(self.answer.audit)

    @property
    def items(self) -> pa.Table | None:
        """The items that were found, a row for each dataset and item, as in `items.parquet`.

        None if point 4 is withheld.
        """
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
        `signed_by`, `only`, `withhold`, `excerpts`: as the options of the command. `progress` as
        for `check`. In place of `pdf` and `forget_set`, call `write(folder, pdf=True)` and
        `write_forget_set` of the answer.

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
            withheld=points_to_withhold(options.get("only"), options.get("withhold")),
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
            of a withdrawal is `ids`. `corrects` is the digest of the record that this one takes
            the place of.

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
        corrects = cast("str | None", given.pop("corrects", None))
        file = given.pop("ids", given.pop("report", None))
        path = None if file is None else Path(cast("Address", file))
        if path is None and kind in {"check", "withdrawal"}:
            raise TypeError(f"a record of kind {kind} needs {FACT_NAMES[kind][0]}=")
        if kind == "check":
            return add_check(self.address, cast("Path", path)).digest
        day = _day("on", cast("str", given.pop("on"))) if _is_withdrawal_day(kind, given) else None
        record = _facts(kind, given)
        if isinstance(record, WithdrawalFacts):
            return add_withdrawal(self.address, record, str(path), day, corrects).digest
        if isinstance(record, DatasetFacts):
            return add_dataset(self.address, record, path, corrects).digest
        return add_to_ledger(self.address, record, corrects).digest

    def records(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the records, of one kind or all, oldest first, as `ledger export` writes them."""
        ledger = read_ledger(self.address, quiet=True)
        wanted = None if kind is None else RecordKind(kind)
        return list(ledger_documents(ledger, wanted))

    @public_function
    def verify(
        self,
        *,
        since: str | None = None,
        keys: Addresses = (),
        allowed_signers: Address | None = None,
    ) -> LedgerVerification:
        """Read every byte, as `provenance ledger verify` does.

        Parameters
        ----------
        since : str, optional
            Digest that an earlier verification gave: all that it covers must be there, unchanged.
        keys : str, path or iterable, optional
            Public keys of signers whom you trust.
        allowed_signers : str or path, optional
            File of those who may sign, as OpenSSH has it.

        Returns
        -------
        LedgerVerification
            `faults` lists what was changed or removed, `erased` what was erased, `contradictions`
            which records cannot all be true, `since.faults` what of the earlier state is gone, and
            `witnesses` who signed which states.

        Raises
        ------
        LedgerError
            If there is no ledger, or it cannot be read.
        """
        trust = None
        if allowed_signers is not None or _several(keys):
            paths = [Path(each) for each in _several(keys)]
            trust = read_trust(paths, None if allowed_signers is None else Path(allowed_signers))
        return check_ledger(self.address, since=since, trust=trust, quiet=True)

    @public_function
    def sign(self, key: Address) -> str:
        """Sign the state of the ledger with a private key; return the digest of the record.

        Raises
        ------
        ProvenanceError
            If the key cannot be used, or the ledger is damaged.
        """
        return sign_ledger(self.address, open_key(Path(key))).digest

    @public_function
    def timestamp(self, file: Address) -> str:
        """Keep a time stamp of a state of the ledger; return the digest of the record.

        Raises
        ------
        ProvenanceError
            If it is of no state of this ledger.
        """
        return add_timestamp(self.address, Path(file)).digest

    @public_function
    def import_table(self, table: Address, *, kind: str | None = None) -> list[str]:
        """Add a record for each row of a table, as `provenance ledger import` does.

        Parameters
        ----------
        table : str or path
            CSV, JSON Lines or Parquet.
        kind : str, optional
            Kind of the records, unless the table has a column `kind`.

        Returns
        -------
        list of str
            Digests of the new records; rows that the ledger has already give none.

        Raises
        ------
        ProvenanceError
            If a row is wrong, which names it; then nothing is recorded.
        """
        given = None if kind is None else RecordKind(kind)
        return [entry.digest for entry in import_table(self.address, Path(table), given).entries]

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


def _facts(kind: str, given: Mapping[str, object]) -> Facts:
    try:
        return stated_facts(RecordKind(kind), given)
    except MissingFact as error:
        raise TypeError(f"a record of kind {kind} needs {error.name}=") from error


def _is_withdrawal_day(kind: str, given: Mapping[str, object]) -> bool:
    return kind == "withdrawal" and "on" in given


def _day(name: str, value: Day | None) -> date | None:
    return None if value is None else parse_day(name, str(value))


def _several(given: Addresses) -> list[Address]:
    return [given] if isinstance(given, str | PathLike) else list(given)
