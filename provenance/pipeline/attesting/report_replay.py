"""Repeat the check that a report is of, and compare what it gives with the report."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance.errors import InputError
from provenance.judge.baselines import compare_findings
from provenance.model.results.baseline import FindingState
from provenance.model.results.result import Report, Result
from provenance.model.short_repr import short_repr
from provenance.pipeline.building.registry_changes import forget_registries
from provenance.pipeline.checking.dataset_check import check
from provenance.pipeline.settings import Settings
from provenance.read.corpus.python_objects import IN_MEMORY
from provenance.read.corpus.stream_input import is_stream
from provenance.report.files import result_json
from provenance.report.files.report_commit import open_report_file
from provenance.report.files.report_folder import write_report
from provenance.report.files.report_reader import read_verified_report
from provenance.temporary_files import temporary_folder


@dataclass(frozen=True, slots=True)
class ChangedInput:
    """An input of a check that is not what it was.

    Parameters
    ----------
    name : str
        What it is.
    before, now : str or None
        Its digest, or version, in the report and now; None if it was not used.
    """

    name: str
    before: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Replay:
    """A report compared with the outcome of the same check, repeated.

    Parameters
    ----------
    result : Result
        The result in the report.
    inputs : tuple of ChangedInput
        Inputs that are not what they were.
    files : tuple of str
        Files of the report whose bytes are not the same.
    fields : tuple of str
        Fields of result.json that are not the same; its list of files is left out.
    new, gone : int
        Findings that only the repeated check has, and that only the report has.
    same_findings : bool
        Whether the findings are the same in every column.
    """

    result: Result
    inputs: tuple[ChangedInput, ...]
    files: tuple[str, ...]
    fields: tuple[str, ...]
    new: int
    gone: int
    same_findings: bool

    __repr__ = short_repr

    def __bool__(self) -> bool:
        """Return whether result and findings are the same."""
        return self.is_same

    @property
    def is_same(self) -> bool:
        """Return whether result and findings are the same.

        Files may have other bytes nevertheless, if another version of Arrow wrote them.
        """
        return self.same_findings and not self.fields


def verify_report(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a report, all of them verified.

    Raises
    ------
    ProvenanceError
        If a file is missing, or does not match its digest in result.json.
    """
    _, digests = read_verified_report(folder)
    return digests


def replay(folder: Path, settings: Settings) -> Replay:
    """Repeat the check that a report is of, as of its date, without any cache.

    Parameters
    ----------
    folder : Path
        Folder of the report; relative addresses in it are relative to the working folder.
    settings : Settings
        Threads and progress; the rest is as recorded in the report.

    Raises
    ------
    ProvenanceError
        If the report was changed, or the check cannot be repeated.
    """
    report, digests = read_verified_report(folder)
    with temporary_folder() as staging:
        write_report(_repeat(report.result, settings), staging / "report")
        repeated, new_digests = read_verified_report(staging / "report")
        fields = _differing_fields(folder, staging / "report")
    names = sorted(digests.keys() | new_digests.keys())
    same_findings = report.findings.equals(repeated.findings)
    comparison = compare_findings(repeated.findings, report.findings)
    return Replay(
        result=report.result,
        inputs=tuple(_changed_inputs(report.result, repeated.result)),
        files=tuple(name for name in names if digests.get(name) != new_digests.get(name)),
        fields=fields,
        new=0 if same_findings else comparison.states.count(FindingState.NEW),
        gone=0 if same_findings else sum(group.findings for group in comparison.absent),
        same_findings=same_findings,
    )


def _differing_fields(folder: Path, repeated: Path) -> tuple[str, ...]:
    """Return the fields of result.json that differ, other than the list of files."""
    before, now = _document(folder), _document(repeated)
    return tuple(
        name for name in dict.fromkeys([*before, *now]) if before.get(name) != now.get(name)
    )


def _document(folder: Path) -> dict[str, Any]:
    with open_report_file(folder, result_json.FILE_NAME) as stream:
        document: dict[str, Any] = json.loads(stream.read())
    document.pop("files", None)
    return document


def _repeat(result: Result, settings: Settings) -> Report:
    for address in result.corpus.addresses:
        if address == IN_MEMORY or is_stream(address):
            raise InputError(
                f"the dataset {address!r} was read from a stream or from memory, and cannot be "
                "read again",
                remedy="check a file, so that the check can be repeated",
            )
    control = None if result.control is None else result.control.registry.path
    forget_registries(result.policy, control)
    recorded = Settings(
        threads=settings.threads,
        quiet=settings.quiet,
        rules=_path(result.rules_path),
        split=result.corpus.split,
        sample=None if result.sample is None else result.sample.rate,
        control=control,
        baseline=None if result.baseline is None else Path(result.baseline.path),
        model_of=None if result.corpus_model is None else _path(result.corpus_model.taken_from),
        allow_unread=result.allow_unread,
        now=result.created,
    )
    return check(result.corpus.addresses, result.policy, recorded)


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)


def _changed_inputs(before: Result, now: Result) -> Iterator[ChangedInput]:
    old, new = _inputs(before), _inputs(now)
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield ChangedInput(name, old.get(name), new.get(name))


def _inputs(result: Result) -> dict[str, str]:
    dataset = f"dataset {' '.join(result.corpus.addresses)}"
    return {"provenance": result.tool, dataset: result.corpus.digest, **result.inputs}
