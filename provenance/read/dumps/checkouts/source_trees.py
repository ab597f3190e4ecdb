"""The files of a repository: those of a checkout, of a folder, of an archive."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import fsspec

from provenance.errors import CorruptFile, InputError, UnsupportedFormat
from provenance.read.corpus.file_access import (
    File,
    corrupt_file_error,
    printable_path,
    read_fully,
    translate_read_errors,
)
from provenance.read.dumps.checkouts import index_file
from provenance.read.dumps.checkouts.commit_dates import commit_date
from provenance.read.dumps.checkouts.forge_addresses import ForgeRepository, parse_remote
from provenance.read.dumps.checkouts.git_folder import GitFolder, git_folder_with, root_of
from provenance.read.formats.tar_archive import as_tar, open_tar
from provenance.read.formats.zip_archive import is_zip, open_zip

LINK = "a link"
SUBMODULE = "a submodule: a repository of its own"
LEFT_OUT = "not in the working tree"
CONFLICT = "in conflict: several versions of a merge"
OUTSIDE = "a path that leaves the repository"
UNTRACKED = "not tracked by git"


class SourceFile(NamedTuple):
    """A file of a repository.

    Parameters
    ----------
    path : bytes
        Relative to the root.
    object_id : bytes or None
        Digest of its content at the commit that is checked out, where known.
    reason : str or None
        Why it is not read, if that is known without opening it.
    """

    path: bytes
    object_id: bytes | None = None
    reason: str | None = None

    @property
    def name(self) -> str:
        """Return the path as text; bytes that are not UTF-8 are escaped."""
        return printable_path(os.fsdecode(self.path))


def _no_others() -> Iterator[str]:
    yield from ()


@dataclass(frozen=True, slots=True)
class SourceTree:
    """The files of a repository, and what is known of it.

    Parameters
    ----------
    name : str
        Owner and name of the repository; the name of its folder where its remote is not known.
    files : sequence of SourceFile
        Its files, in order.
    read : callable
        Returns up to so many bytes of a file; None if there is no regular file.
    repository : ForgeRepository or None
        Where it is published.
    commit : str or None
        The commit that is checked out.
    date : int or None
        When the commit was made, in seconds since 1970.
    digest_name : str
        "sha1" or "sha256", as git names objects.
    others : callable
        Yields a reason for each file in its folder that does not belong to it.
    """

    name: str
    files: Sequence[SourceFile]
    read: Callable[[bytes, int], bytes | None]
    repository: ForgeRepository | None = None
    commit: str | None = None
    date: int | None = None
    digest_name: str = "sha1"
    others: Callable[[], Iterator[str]] = _no_others

    def is_unchanged(self, content: bytes, object_id: bytes | None) -> bool:
        """Return whether git has a content under a digest, with line ends of any kind."""
        if object_id is None:
            return False
        return any(
            hashlib.new(
                self.digest_name, b"blob %d\0%b" % (len(each), each), usedforsecurity=False
            ).digest()
            == object_id
            for each in dict.fromkeys((content, content.replace(b"\r\n", b"\n")))
        )


def folder_size(path: str) -> int:
    """Return the bytes of the files in a folder that `open_tree` reads."""
    root, size = os.fsencode(path), 0
    for inner, _ in _walk(root, lambda _: False):
        with suppress(OSError):
            size += os.lstat(os.path.join(root, inner)).st_size
    return size


def is_tree(file: File) -> bool:
    """Return whether a file is a folder, or the index of a checkout."""
    if not file.is_local:
        return False
    if os.path.isdir(file.path):
        return True
    try:
        return file.head(len(index_file.MAGIC)) == index_file.MAGIC
    except InputError:
        return False


def open_tree(file: File) -> SourceTree:
    """Return the files of a repository, given the index of its checkout, a folder or an archive.

    Raises
    ------
    UnsupportedFormat
        If it is none of these, or the checkout is not complete.
    CorruptFile
        If the index or the archive is damaged.
    """
    if file.is_local and os.path.isdir(file.path):
        return _open_folder(file)
    if is_tree(file):
        return _open_checkout(file)
    if not file.head(1):
        raise corrupt_file_error(file.display_path, "", "it is empty")
    return _open_archive(file)


def tree_identity(file: File) -> str | None:
    """Return a digest of names, sizes and times of all files, and of the commit."""
    tree = open_tree(file)
    root = _root(file)
    digest = hashlib.sha256(f"{tree.name} {tree.commit}".encode("utf-8", "surrogateescape"))
    for source in tree.files:
        with suppress(OSError, ValueError):
            facts = os.lstat(os.path.join(os.fsencode(root), source.path))
            digest.update(b"%b\0%d %d\n" % (source.path, facts.st_size, facts.st_mtime_ns))
    return digest.hexdigest()


def commit_of(file: File) -> str | None:
    """Return the commit that is checked out, of the index of a checkout; None of a folder."""
    return None if os.path.isdir(file.path) else _checkout_root(file)[0].head()


def _root(file: File) -> str:
    """Return the folder of a tree."""
    if os.path.isdir(file.path):
        return file.path
    return _checkout_root(file)[1]


def _checkout_root(file: File) -> tuple[GitFolder, str]:
    git = git_folder_with(file.path)
    root = None if git is None else root_of(git)
    if git is None or root is None:
        raise UnsupportedFormat(
            f"{file.display_path}: this index of git is not in the folder of a checkout",
            remedy="give the folder of the checkout; `git worktree repair` mends one that was "
            "moved.",
        )
    return git, root


def _open_checkout(file: File) -> SourceTree:
    git, root = _checkout_root(file)
    settings = git.settings()
    digest_name = _digest_name(settings)
    entries = _parse(file, digest_name)
    repository = _remote(settings)
    commit = git.head()
    name = os.path.basename(os.path.realpath(root))
    submodules = {entry.path for entry in entries if entry.kind == index_file.SUBMODULE}
    tracked = {entry.path for entry in entries}
    return SourceTree(
        printable_path(name) if repository is None else printable_path(repository.name),
        [_source_file(entry) for entry in entries],
        lambda path, size: _read_below(root, path, size),
        repository,
        commit,
        None if commit is None else commit_date(os.path.join(git.common, "objects"), commit),
        digest_name,
        lambda: _untracked(os.fsencode(root), tracked, submodules),
    )


def tracked_files(file: File) -> list[index_file.TrackedFile]:
    """Return the entries of the index of a checkout.

    Raises
    ------
    UnsupportedFormat
        If the index is not in the folder of a checkout, or is split.
    CorruptFile
        If it is damaged.
    """
    git, _ = _checkout_root(file)
    return _parse(file, _digest_name(git.settings()))


def _digest_name(settings: dict[str, str]) -> str:
    return settings.get("extensions.objectformat", "sha1").lower()


def _parse(file: File, digest_name: str) -> list[index_file.TrackedFile]:
    if digest_name not in {"sha1", "sha256"}:
        raise UnsupportedFormat(
            f"{file.display_path}: git names objects by {digest_name!r}, which is not known",
            remedy="clone the repository again with git's default settings.",
        )
    with file.open() as stream, translate_read_errors(file.display_path):
        content = stream.read()
    try:
        return index_file.parse_index(content, digest_name)
    except index_file.SplitIndexError as error:
        raise UnsupportedFormat(
            f"{file.display_path}: git's index is split",
            remedy="make it whole: `git update-index --no-split-index` does so.",
        ) from error
    except ValueError as error:
        raise CorruptFile(
            f"{file.display_path}: git's index is damaged or cut short ({error})",
            remedy="remove .git/index and run `git reset`, which keeps the files; or clone again.",
        ) from error


def _remote(settings: dict[str, str]) -> ForgeRepository | None:
    """Return where `origin` is, or the only remote."""
    remotes = {
        name: address
        for name, address in settings.items()
        if name.startswith("remote.") and name.endswith(".url")
    }
    only = next(iter(remotes.values())) if len(remotes) == 1 else None
    address = remotes.get("remote.origin.url", only)
    return None if address is None else parse_remote(address)


def _source_file(entry: index_file.TrackedFile) -> SourceFile:
    reasons = {
        index_file.LINK: LINK,
        index_file.SUBMODULE: SUBMODULE,
        index_file.FOLDER: LEFT_OUT,
    }
    reason = reasons.get(entry.kind)
    path = entry.path.removesuffix(b"/") if entry.kind == index_file.FOLDER else entry.path
    if not _is_inside(path):
        reason = OUTSIDE
    elif entry.is_in_conflict:
        reason = CONFLICT
    elif entry.is_left_out:
        reason = LEFT_OUT
    return SourceFile(entry.path, entry.object_id, reason)


def _is_inside(path: bytes) -> bool:
    parts = path.split(b"/")
    return not any(part in {b"", b".", b".."} or part.lower() == b".git" for part in parts)


def _read_below(root: str, path: bytes, size: int) -> bytes | None:
    """Return the beginning of a file below a folder; no link is followed on the way."""
    *folders, name = path.split(b"/")
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folders:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = below
        # Of a pipe, opening would wait for a writer.
        place = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO}:
            return None
        raise
    finally:
        os.close(folder)
    with open(place, "rb", buffering=0) as stream:
        if not stat.S_ISREG(os.fstat(place).st_mode):
            return None
        return read_fully(stream, size)


def _untracked(root: bytes, tracked: set[bytes], submodules: set[bytes]) -> Iterator[str]:
    for path, _ in _walk(root, lambda folder: folder in submodules):
        if path not in tracked:
            yield UNTRACKED


def _open_folder(file: File) -> SourceTree:
    root = os.fsencode(file.path)
    files = [
        SourceFile(path, reason=LINK if is_link else None)
        for path, is_link in sorted(_walk(root, lambda _: False))
    ]
    name = os.path.basename(os.path.realpath(file.path))
    return SourceTree(
        printable_path(name), files, lambda path, size: _read_below(file.path, path, size)
    )


def _walk(root: bytes, is_left_out: Callable[[bytes], bool]) -> Iterator[tuple[bytes, bool]]:
    """Yield the paths of all files below a folder, and whether each is a link.

    What git keeps in `.git`, and other repositories, are left out; links are not followed.
    """
    folders = [b""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError:
            continue
        if folder and any(entry.name == b".git" for entry in entries):
            continue
        for entry in entries:
            path = os.path.join(folder, entry.name)
            if entry.name == b".git":
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield path, entry.is_symlink()
            elif not is_left_out(path):
                folders.append(path)


def _open_archive(file: File) -> SourceTree:
    with translate_read_errors(file.display_path):
        system, paths = _open_members(file)
    top = {path.partition("/")[0] for path in paths}
    prefix = f"{top.pop()}/" if len(top) == 1 and all("/" in path for path in paths) else ""
    stem = file.path.rpartition("/")[2].partition(".")[0]

    def read(path: bytes, size: int) -> bytes | None:
        with system.open(prefix + os.fsdecode(path), "rb") as stream:
            return read_fully(stream, size)

    files = [
        SourceFile(os.fsencode(path[len(prefix) :]))
        for path in paths
        if ".git" not in path.split("/")
    ]
    inside = [each if _is_inside(each.path) else each._replace(reason=OUTSIDE) for each in files]
    return SourceTree(printable_path(prefix.rstrip("/") or stem), inside, read)


def _open_members(file: File) -> tuple[fsspec.AbstractFileSystem, list[str]]:
    """Return an archive and the paths of its regular files, in their order."""
    if is_zip(file):
        zipped = open_zip(file)
        return zipped, [each.filename for each in zipped.zip.infolist() if not each.is_dir()]
    archive = as_tar(file)
    if archive is None:
        raise UnsupportedFormat(
            f"{file.display_path}: this is no checkout of git, and no archive of one",
            remedy="give the folder of the checkout, or an archive (zip, tar) of its files.",
        )
    tar = open_tar(archive)
    return tar, [each.name for each in tar.tar.getmembers() if each.isreg()]
