"""Reading of a report's files, verified against the digests in result.json."""

import errno
import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

import pyarrow as pa

from provenance.atomic_output import read_stream
from provenance.errors import CorruptFile, DatasetNotFound
from provenance.file_hashing import sha256_stream
from provenance.model.records.receipt import FileFacts
from provenance.model.results.corpus_model import CorpusModel
from provenance.model.results.result import Report
from provenance.report.files import findings_parquet, model_parquet, result_json
from provenance.report.files.report_commit import lock_folder, open_report_file

if TYPE_CHECKING:
    from io import RawIOBase

T = TypeVar("T")

_AGAIN = "run the check again with --output."


def file_facts(path: Path) -> FileFacts:
    """Return size and digest of a file."""
    with path.open("rb") as stream:
        return _facts(stream)


def read_report(folder: Path) -> Report:
    """Read a report from its folder.

    Parameters
    ----------
    folder : Path
        Written by `write_report`.

    Returns
    -------
    Report
        Equal to the original, with sorted findings.

    Raises
    ------
    DatasetNotFound
        If the folder contains no report.
    CorruptFile
        If a file cannot be read or does not match its digest.
    """
    return _read_consistently(folder, lambda files: files.report())


def read_verified_report(folder: Path) -> tuple[Report, dict[str, str]]:
    """Read a report, and verify all its files.

    Parameters
    ----------
    folder : Path
        Written by `write_report`.

    Returns
    -------
    report : Report
        As from `read_report`.
    digests : dict of str to str
        SHA-256 of each file, by name: that of result.json, and those that it states.

    Raises
    ------
    DatasetNotFound
        If there is no report, or one of its files is missing.
    CorruptFile
        If a file cannot be read or does not match its digest.
    """
    return _read_consistently(folder, lambda files: (files.report(), files.all_digests()))


def findings_digest(folder: Path) -> str:
    """Return the SHA-256 of a report's findings; raises the errors of `read_report`."""
    return _read_consistently(folder, lambda files: files.digest(findings_parquet.FILE_NAME))


def read_model(folder: Path) -> CorpusModel:
    """Read the corpus model of a report.

    Parameters
    ----------
    folder : Path
        Folder of the report.

    Raises
    ------
    DatasetNotFound
        If the report has none.
    CorruptFile
        If it is damaged, altered, or of another report.
    """
    return _read_consistently(folder, lambda files: files.model())


def has_report(folder: Path) -> bool:
    """Return whether a folder contains a report."""
    with suppress(OSError, ValueError), open_report_file(folder, result_json.FILE_NAME):
        return True
    return False


def has_model(folder: Path) -> bool:
    """Return whether a report has a corpus model; earlier versions wrote none."""
    return _read_consistently(folder, lambda files: files.has(model_parquet.FILE_NAME))


@dataclass(frozen=True, slots=True)
class _Files:
    """The files in the folder of a report.

    Parameters
    ----------
    folder : Path
        The folder.
    text : bytes or None
        Content of result.json; None if missing.
    digests : dict of str to str
        SHA-256 of the other files in result.json; empty if an earlier version wrote it.
    """

    folder: Path
    text: bytes | None
    digests: dict[str, str]

    def report(self) -> Report:
        """Read the result and its findings."""
        path = self.folder / result_json.FILE_NAME
        if self.text is None:
            raise _absent_error(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
        try:
            result = result_json.loads(self.text.decode("utf-8"))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise CorruptFile(
                f"{str(path)!r} is not a result that this version can read: {error}",
                remedy="run the check again with --output, or use the version that wrote it.",
            ) from error
        return Report(
            result, self._read(findings_parquet.FILE_NAME, findings_parquet.read_findings)
        )

    def model(self) -> CorpusModel:
        """Read the model."""
        return self._read(model_parquet.FILE_NAME, model_parquet.read_model)

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file, after verifying it."""
        return self._read(name, lambda stream: self.digests.get(name) or _facts(stream).sha256)

    def all_digests(self) -> dict[str, str]:
        """Return the SHA-256 of every file, after verifying it."""
        names = self.digests or (findings_parquet.FILE_NAME,)
        result = hashlib.sha256(self.text or b"").hexdigest()
        return {result_json.FILE_NAME: result, **{name: self.digest(name) for name in names}}

    def has(self, name: str) -> bool:
        """Return whether a file exists and belongs to the result."""
        with suppress(OSError), open_report_file(self.folder, name):
            return name in self.digests or not self.digests
        return False

    def _read(self, name: str, parse: Callable[[BinaryIO], T]) -> T:
        path = self.folder / name
        try:
            with open_report_file(self.folder, name) as stream:
                if self.digests and _facts(stream).sha256 != self.digests.get(name):
                    raise CorruptFile(
                        f"{str(path)!r} does not match its digest in {result_json.FILE_NAME}: the "
                        "file was altered, or a check was interrupted while it wrote the report",
                        remedy=_AGAIN,
                    )
                stream.seek(0)
                return parse(stream)
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            raise _absent_error(path, error) from error
        except (OSError, ValueError, LookupError, TypeError, pa.ArrowException) as error:
            raise CorruptFile(f"{str(path)!r} cannot be read: {error}", remedy=_AGAIN) from error


def _files_of(folder: Path) -> _Files:
    text = None
    try:
        with open_report_file(folder, result_json.FILE_NAME) as stream:
            text = read_stream(stream, folder / result_json.FILE_NAME)
    except (FileNotFoundError, NotADirectoryError):
        pass  # raised later if it is needed: a model is read without it
    except OSError as error:
        raise _absent_error(folder / result_json.FILE_NAME, error) from error
    digests: dict[str, str] = {}
    with suppress(ValueError):  # raised when the result is read
        digests = result_json.file_digests(text or b"{}")
    return _Files(folder, text, digests)


def _read_consistently(folder: Path, read_files: Callable[[_Files], T]) -> T:
    """Read from a report; on a mismatch, once more with the folder locked against replacement."""
    try:
        return read_files(_files_of(folder))
    except (CorruptFile, DatasetNotFound):
        with lock_folder(folder, shared=True):
            return read_files(_files_of(folder))


def _facts(stream: BinaryIO) -> FileFacts:
    size = os.fstat(stream.fileno()).st_size
    return FileFacts(size, sha256_stream(cast("RawIOBase", stream), size))


def _absent_error(path: Path, error: OSError) -> DatasetNotFound:
    reason = error.strerror or error
    if path.name == model_parquet.FILE_NAME:
        return DatasetNotFound(
            f"there is no model of a corpus at {str(path)!r}: {reason}",
            remedy="check the earlier dataset again with --output, and name that report",
        )
    return DatasetNotFound(
        f"there is no report at {str(path.parent)!r}: {path.name}: {reason}",
        remedy="name the folder that `provenance check --output` wrote.",
    )
