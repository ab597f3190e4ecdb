"""Output of cleaning: checks of the target folder, and its atomic creation."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from provenance.atomic_output import is_utf8, make_durable_folders, replace_folder
from provenance.errors import InputError, OutputError, UnsupportedFormat
from provenance.model.rules.policy import Policy
from provenance.pipeline.report_io import check_creatable
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.read.corpus.address_resolution import lies_within
from provenance.read.corpus.corpora import Corpus, is_stream_or_hub, open_corpus
from provenance.read.corpus.saved_datasets import is_saved
from provenance.read.rewriting.output_file import UnwritableError
from provenance.read.rewriting.rewrite_file import check_rewritable
from provenance.report.files.receipt_json import FILE_NAME, FOLDER
from provenance.temporary_files import temporary_folder


def path_or_address(output: str) -> Path | str:
    """Return a path of this machine, or an address as it is."""
    local = output.removeprefix("file://")
    return output if "://" in local else Path(local)


def check_output_is_free(output: Path | str, corpus: Sequence[str]) -> None:
    """Check that a cleaned corpus can be written, so that errors appear before the scan.

    Parameters
    ----------
    output : Path or str
        A folder, or the address of one on a file system that fsspec knows.
    corpus : sequence of str
        Addresses.

    Raises
    ------
    OutputError
        If the target exists, cannot be written, or lies within the corpus.
    """
    if isinstance(output, str):
        remote = TaskFolder.at(output)
        if remote.has_files():
            raise OutputError(f"{output} already exists", remedy="name another with --output")
        remote.check_writable()
        return
    place = Path(os.path.realpath(output))
    if not is_utf8(place):
        raise OutputError(
            f"{str(place)!r} cannot be written: the path is not valid UTF-8",
            remedy="with --output, name a folder whose path is valid UTF-8",
        )
    if os.path.lexists(place) and not (place.is_dir() and not any(place.iterdir())):
        raise OutputError(f"{output} already exists", remedy="name another folder with --output")
    check_output_outside(output, corpus)
    check_creatable(place.parent, output)


def check_output_file(output: Path, corpus: Sequence[str]) -> None:
    """Check before the work that a file can be written, and is no part of a corpus.

    Raises
    ------
    OutputError
        As in `check_creatable` and `check_output_outside`.
    """
    check_creatable(output.absolute().parent, output)
    check_output_outside(output, corpus)


def check_output_outside(output: Path, corpus: Sequence[str]) -> None:
    """Check that an output path is no part of a corpus.

    Parameters
    ----------
    output : Path
        A file or a folder.
    corpus : sequence of str
        Addresses.

    Raises
    ------
    OutputError
        If it lies in one of their folders, or matches a pattern.
    """
    place = Path(os.path.realpath(output))
    for address in corpus:
        if "://" not in address and lies_within(place, address):
            raise OutputError(
                f"{output} is within the corpus, which is not written to",
                remedy="name a path elsewhere with --output",
            )


def open_cleanable_corpus(corpus: Sequence[str], policy: Policy) -> Corpus:
    """Open a corpus that can be written again.

    Raises
    ------
    UnsupportedFormat, InputError
        If it cannot.
    """
    for address in corpus:
        if is_stream_or_hub(address) or "://" in address:
            raise UnsupportedFormat(
                f"{address}: only files on this machine's disk can be cleaned",
                remedy="download it, or write it to a file, and clean that",
            )
        if is_saved(address) and len(corpus) > 1:
            raise InputError(
                f"{address} is a saved dataset, which is cleaned as a whole",
                remedy="clean it separately, to a folder of its own",
            )
    dataset = open_corpus(
        corpus,
        text_columns=policy.text_columns,
        label_columns=policy.label_columns,
        max_document=policy.max_document,
    )
    for file in dataset.files:
        check_rewritable(file)
    if len({relative_output_path(file.name) for file in dataset.files}) < len(dataset.files):
        raise InputError(
            f"two files of {', '.join(corpus)} would be written to the same path",
            remedy="clean them one after the other, each to a folder of its own",
        )
    return dataset


def relative_output_path(name: str) -> PurePosixPath:
    """Return the path of a file within the cleaned corpus; never outside of it."""
    return PurePosixPath(*(part for part in PurePosixPath(name).parts if part.strip("./")))


@contextmanager
def staged_output(output: Path | str) -> Iterator[Path]:
    """Create a folder that becomes `output` at the end, or is removed on errors.

    Files are sent to an address once all are written; the receipt is the last, so that a copy
    without one is known to be incomplete.
    """
    disk = "on a disk with room for the whole corpus"
    if isinstance(output, str):
        with temporary_folder() as stage:
            with _output_errors(output, f"name another folder in TMPDIR, {disk}"):
                yield stage
            TaskFolder.at(output).upload(stage, last=f"{FOLDER}/{FILE_NAME}")
        return
    place = Path(os.path.realpath(output))
    with _output_errors(output, f"name another folder with --output, {disk}"):
        make_durable_folders(place.parent)
        with replace_folder(place) as stage:
            yield stage


@contextmanager
def _output_errors(output: Path | str, remedy: str) -> Iterator[None]:
    try:
        yield
    except (OSError, UnwritableError) as error:
        cause = error.__cause__ if isinstance(error, UnwritableError) else error
        raise OutputError(
            f"{output} cannot be written: {getattr(cause, 'strerror', None) or cause}",
            remedy=remedy,
        ) from error
