"""Finding the checkouts of git repositories in a folder."""

import os
from collections.abc import Iterator
from dataclasses import replace

import fsspec

from provenance.errors import InputError, UnsupportedFormat
from provenance.read.corpus.file_access import File, printable_path
from provenance.read.dumps.checkouts.git_folder import GitFolder, git_folder_of
from provenance.read.dumps.checkouts.index_file import SUBMODULE, TrackedFile
from provenance.read.dumps.checkouts.source_kinds import are_mostly_tables
from provenance.read.dumps.checkouts.source_trees import tracked_files

_GIT = ".git"


def find_checkouts(
    system: fsspec.AbstractFileSystem, place: str, address: str, *, is_named: bool
) -> list[File]:
    """Return the checkouts at or below a local folder, and their submodules, in order.

    Each is given by its index. Links are not followed. One whose index is missing has a `fault`.

    Parameters
    ----------
    system : fsspec.AbstractFileSystem
        That of local files.
    place, address : str
        The folder, and how the user gave it.
    is_named : bool
        Whether the user says that repositories are there: else those of datasets have a `fault`.
    """
    found = []
    for root in _roots(place):
        below = os.path.relpath(root, place)
        is_top = below == os.curdir
        name = os.path.basename(os.path.realpath(root)) if is_top else below
        shown = address.rstrip("/") if is_top else f"{address.rstrip('/')}/{below}"
        file = _checkout(root, printable_path(name), printable_path(shown), system)
        found.append(file if is_named else _refuse_dataset(file, root))
    return found


def is_checkout(folder: str) -> bool:
    """Return whether a folder is the root of a checkout."""
    path = os.path.join(folder, _GIT)
    return os.path.isfile(path) or os.path.isfile(os.path.join(path, "HEAD"))


def is_no_checkout(folder: str) -> bool:
    """Return whether a folder is not the root of a checkout."""
    return not is_checkout(folder)


def _roots(place: str) -> Iterator[str]:
    """Yield the roots of checkouts at or below a folder, each before its submodules."""
    folders = [place]
    while folders:
        folder = folders.pop()
        if is_checkout(folder):
            yield folder
            folders += sorted(_submodules(folder), reverse=True)
            continue
        try:
            with os.scandir(folder) as entries:
                below = [each.path for each in entries if each.is_dir(follow_symlinks=False)]
        except OSError:
            continue  # named when the folder is listed
        folders += sorted(below, reverse=True)


def _submodules(root: str) -> Iterator[str]:
    """Yield the roots of the submodules of a checkout that are checked out."""
    real = os.path.realpath(root)
    for entry in _tracked(root):
        if entry.kind != SUBMODULE:
            continue
        inner = os.fsdecode(entry.path)
        folder = os.path.join(root, inner)
        is_inside = os.path.realpath(folder) == os.path.join(real, inner)  # and no link
        if is_inside and is_checkout(folder):
            yield folder


def _tracked(root: str) -> list[TrackedFile]:
    """Return the entries of the index; none if it is missing or damaged, which reading tells."""
    git = git_folder_of(root)
    if git is None:
        return []
    try:
        return tracked_files(File("", git.index, 0, fsspec.filesystem("file")))
    except InputError:
        return []


def _checkout(root: str, name: str, shown: str, system: fsspec.AbstractFileSystem) -> File:
    git = git_folder_of(root)
    path = os.path.join(root, _GIT) if git is None else git.index
    size = sum(entry.size for entry in _tracked(root))
    return File(name, path, size, system, given_path=shown, fault=_fault(git, shown))


def _refuse_dataset(file: File, root: str) -> File:
    """Return a checkout with a fault if it is of tables, which are not read with the sources."""
    if file.fault is not None or not are_mostly_tables(
        [os.fsdecode(entry.path) for entry in _tracked(root)]
    ):
        return file
    error = UnsupportedFormat(
        f"{file.display_path}: this checkout has tables, and little or no source code",
        remedy="read its tables with --layout table, or its other files with --layout git.",
    )
    return replace(file, fault=error)


def _fault(git: GitFolder | None, shown: str) -> InputError | None:
    """Return why a checkout cannot be read; None if it may be."""
    if git is None:
        return UnsupportedFormat(
            f"{shown}: its `.git` leads to no folder of git",
            remedy="clone the repository again; `git worktree repair` mends a worktree that was "
            "moved.",
        )
    if not os.path.isfile(git.index):
        return UnsupportedFormat(
            f"{shown}: no files are checked out", remedy="check them out with `git checkout`."
        )
    return None
