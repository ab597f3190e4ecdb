"""Public repositories at stated commits, read where they lie."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

MAX_FILE_BYTES = 4_000_000
"""Size from which files are left out."""


def read_files(
    folder: Path, repository: str, commit: str, files: str
) -> Iterator[tuple[str, bytes]]:
    """Yield the paths and contents of files of a repository.

    Parameters
    ----------
    folder : Path
        Folder with repositories as OWNER/NAME; what is missing there is fetched.
    repository, commit : str
        Owner and name, and the whole hash.
    files : str
        Regular expression of paths.
    """
    place = folder / repository
    _fetch(place, repository, commit)
    listing = _git(place, "ls-tree", "-rlz", commit).decode()
    for line in listing.rstrip("\0").split("\0"):
        entry, path = line.split("\t", 1)
        _, _, blob, size = entry.split()
        if size.isdigit() and int(size) < MAX_FILE_BYTES and re.search(files, path):
            yield path, _git(place, "cat-file", "blob", blob)


def _fetch(folder: Path, repository: str, commit: str) -> None:
    if not folder.exists():
        subprocess.run(["git", "init", "--quiet", "--bare", folder], check=True)
    if subprocess.run(["git", "-C", folder, "cat-file", "-e", commit], check=False).returncode:
        address = f"https://github.com/{repository}"
        _git(folder, "fetch", "--quiet", "--depth", "1", address, commit)


def _git(folder: Path, *words: str) -> bytes:
    return subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True).stdout
