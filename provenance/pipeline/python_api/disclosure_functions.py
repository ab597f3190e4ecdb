"""`provenance.disclose`: `provenance disclose` as a function."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict, Unpack

from provenance.model.short_repr import short_repr
from provenance.pipeline.disclosure.disclosing import (
    Disclosures,
    save_disclosures,
    write_answers_template,
)
from provenance.pipeline.disclosure.disclosing import disclose as make_disclosures
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.ledger_records import ledger_to_read
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, Addresses, Names
from provenance.report.disclosure.disclosure_formats import DISCLOSURE_FORMATS


class DiscloseOptions(TypedDict, total=False):
    """Options of `disclose`."""

    corpora: Addresses
    model: str | None
    ledger: Address | None
    previous: Address | None
    signed_by: str | None
    allow_incomplete: bool
    progress: ProgressCallback | None


@dataclass(frozen=True, slots=True)
class DisclosureFiles:
    """Documents about a dataset, not yet written.

    Parameters
    ----------
    documents : Disclosures
        The documents.
    """

    documents: Disclosures

    __repr__ = short_repr

    @property
    def files(self) -> Mapping[str, str]:
        """The texts, by the name of the file: "eu-summary.md"."""
        return MappingProxyType(self.documents.files)

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys of unanswered questions, and what was not measured; marked as to be provided."""
        return self.documents.missing

    @public_function
    def write(self, folder: Address) -> None:
        """Write the documents into a folder, as `--output` does.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        save_disclosures(self.documents, Path(folder))


@public_function
def disclose(
    report: Address | None = None,
    formats: Names = (),
    *,
    answers: Address | None = None,
    init: Address | None = None,
    **options: Unpack[DiscloseOptions],
) -> DisclosureFiles:
    """Make the documents that laws, hosts and customers ask for, as `provenance disclose` does.

    Parameters
    ----------
    report : str or path, optional
        Folder of a report; without it, give a model.
    formats : str or iterable of str, optional
        Formats of the command; all without any.
    answers : str or path, optional
        The file with answers that only people can give.
    init : str or path, optional
        Write the template of the answers to this file; nothing else is then made.
    **options
        `corpora`, `model`, `ledger`, `previous`, `signed_by`, `allow_incomplete`: as the options of
        the command. `progress` as for `check`.

    Returns
    -------
    DisclosureFiles
        `files` has the texts; `write` writes them.

    Raises
    ------
    ProvenanceError
        If something cannot be read, or answers are missing.
    ValueError
        If a format is not known.
    """
    chosen = (formats,) if isinstance(formats, str) else tuple(formats)
    for name in chosen:
        if name not in DISCLOSURE_FORMATS:
            raise ValueError(f"{name!r} is not a format; there are {', '.join(DISCLOSURE_FORMATS)}")
    if init is not None:
        write_answers_template(Path(init), chosen)
        return DisclosureFiles(Disclosures({}))
    corpora = options.get("corpora", ())
    several = (corpora,) if isinstance(corpora, str | PathLike) else corpora
    ledger = options.get("ledger")
    previous = options.get("previous")
    with report_progress_to(options.get("progress")):
        documents = make_disclosures(
            None if report is None else Path(report),
            chosen,
            model=options.get("model"),
            answers=None if answers is None else Path(answers),
            corpora=[fspath(each) for each in several],
            ledger=ledger_to_read(None if ledger is None else fspath(ledger)),
            previous=None if previous is None else Path(previous),
            signed_by=options.get("signed_by"),
            allow_incomplete=options.get("allow_incomplete", False),
            quiet=True,
        )
    return DisclosureFiles(documents)
