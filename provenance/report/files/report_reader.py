"""The files of a report, read back: each is held against the digest that result.json states."""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

import pyarrow as pa

from provenance.atomic_output import read_bounded
from provenance.errors import CorruptFile, DatasetNotFound
from provenance.file_hashing import sha256
from provenance.model import CorpusModel, FileFacts, Report
from provenance.report.files import findings_parquet, model_parquet, result_json
from provenance.report.files.report_commit import locked, open_file

if TYPE_CHECKING:
    from io import RawIOBase

T = TypeVar("T")

_AGAIN = "run the check again with --output."


def file_facts(path: Path) -> FileFacts:
    """Measure and digest a file."""
    with path.open("rb") as stream:
        return _facts(stream)


def read_report(folder: Path) -> Report:
    """Read a report back from its folder: all that any format renders.

    Parameters
    ----------
    folder : Path
        Where `write` put it.

    Returns
    -------
    Report
        Equal to what was written, its findings in order.

    Raises
    ------
    DatasetNotFound
        If the folder holds no report.
    CorruptFile
        If a file of it cannot be read, or is not the one that its result names.
    """
    return _consistent(folder, lambda files: files.report())


def findings_digest(folder: Path) -> str:
    """Return the SHA-256 of a report's findings; raises as `read_report`."""
    return _consistent(folder, lambda files: files.digest(findings_parquet.NAME))


def read_model(folder: Path) -> CorpusModel:
    """Read the model of a report back.

    Parameters
    ----------
    folder : Path
        The report's.

    Raises
    ------
    DatasetNotFound
        If it has none.
    CorruptFile
        If it is damaged, was altered, or is another report's.
    """
    return _consistent(folder, lambda files: files.model())


def has_report(folder: Path) -> bool:
    """Whether a folder holds a report."""
    with suppress(OSError, ValueError), open_file(folder, result_json.NAME):
        return True
    return False


def has_model(folder: Path) -> bool:
    """Whether a report's folder holds a model: earlier versions kept none."""
    return _consistent(folder, lambda files: files.has(model_parquet.NAME))


@dataclass(frozen=True, slots=True)
class _Files:
    """The files that stand in a folder beside a result.

    Parameters
    ----------
    folder : Path
        The folder.
    text : bytes or None
        Of result.json; None where there is none.
    stated : dict of str to str
        SHA-256 of the other files; empty where an earlier version wrote them.
    """

    folder: Path
    text: bytes | None
    stated: dict[str, str]

    def report(self) -> Report:
        """Read the result and its findings."""
        path = self.folder / result_json.NAME
        if self.text is None:
            raise _absent(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
        try:
            result = result_json.loads(self.text.decode("utf-8"))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise CorruptFile(
                f"{str(path)!r} is not a result that this version reads: {error}",
                remedy="run the check again with --output, or use the version that wrote it.",
            ) from error
        return Report(result, self._read(findings_parquet.NAME, findings_parquet.read_findings))

    def model(self) -> CorpusModel:
        """Read the model."""
        return self._read(model_parquet.NAME, model_parquet.read_model)

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file that is as it should be."""
        return self._read(name, lambda stream: self.stated.get(name) or _facts(stream).sha256)

    def has(self, name: str) -> bool:
        """Whether a file is there, and belongs to the result."""
        with suppress(OSError), open_file(self.folder, name):
            return name in self.stated or not self.stated
        return False

    def _read(self, name: str, read: Callable[[BinaryIO], T]) -> T:
        path = self.folder / name
        try:
            with open_file(self.folder, name) as stream:
                if self.stated and _facts(stream).sha256 != self.stated.get(name):
                    raise CorruptFile(
                        f"{str(path)!r} is not the one that {result_json.NAME} beside it names: it "
                        "was altered, or a check was interrupted when it wrote the report",
                        remedy=_AGAIN,
                    )
                stream.seek(0)
                return read(stream)
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            raise _absent(path, error) from error
        except (OSError, ValueError, LookupError, TypeError, pa.ArrowException) as error:
            raise CorruptFile(f"{str(path)!r} cannot be read: {error}", remedy=_AGAIN) from error


def _files_of(folder: Path) -> _Files:
    text = None
    try:
        with open_file(folder, result_json.NAME) as stream:
            text = read_bounded(stream, folder / result_json.NAME)
    except (FileNotFoundError, NotADirectoryError):
        pass  # said when it is asked for: a model can do without
    except OSError as error:
        raise _absent(folder / result_json.NAME, error) from error
    stated: dict[str, str] = {}
    with suppress(ValueError):  # said when the result is asked for
        stated = result_json.digests(text or b"{}")
    return _Files(folder, text, stated)


def _consistent(folder: Path, read: Callable[[_Files], T]) -> T:
    """Read from a report; if it does not match, once more while nobody replaces it."""
    try:
        return read(_files_of(folder))
    except (CorruptFile, DatasetNotFound):
        with locked(folder, shared=True):
            return read(_files_of(folder))


def _facts(stream: BinaryIO) -> FileFacts:
    size = os.fstat(stream.fileno()).st_size
    return FileFacts(size, sha256(cast("RawIOBase", stream), size))


def _absent(path: Path, error: OSError) -> DatasetNotFound:
    why = error.strerror or error
    if path.name == model_parquet.NAME:
        return DatasetNotFound(
            f"there is no model of a corpus at {str(path)!r}: {why}",
            remedy="check the earlier dataset again with --output, and name that report",
        )
    return DatasetNotFound(
        f"there is no report at {str(path.parent)!r}: {path.name}: {why}",
        remedy="name the folder that `provenance check --output` wrote.",
    )
