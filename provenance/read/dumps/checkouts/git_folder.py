"""The folder `.git` of a checkout: where it is, HEAD, and what its settings say."""

import os
import re
from dataclasses import dataclass

_MAX_BYTES = 1 << 20
_MAX_PACKED_REFS_BYTES = 1 << 28
_MAX_LINKS = 5
_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REF = re.compile(r"ref:\s*(refs/\S+)")
_SECTION = re.compile(r'\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]')
_SETTING = re.compile(r"([A-Za-z][\w-]*)\s*=\s*(.*)")


@dataclass(frozen=True, slots=True)
class GitFolder:
    """The folder in which git keeps what belongs to a checkout.

    Parameters
    ----------
    path : str
        The folder.
    common : str
        The folder with objects, branches and settings; that of the repository, for a worktree.
    """

    path: str
    common: str

    @property
    def index(self) -> str:
        """Return the path of the index."""
        return os.path.join(self.path, "index")

    def settings(self) -> dict[str, str]:
        """Return the settings of the repository by name, such as "remote.origin.url".

        Files that the settings include are not read.
        """
        settings, section = dict[str, str](), ""
        for line in (read_text(os.path.join(self.common, "config")) or "").splitlines():
            head = _SECTION.match(line.strip())
            if head is not None:
                inner = "" if head[2] is None else f".{head[2]}"
                section = f"{head[1].lower()}{inner}."
            rest = line.strip()[0 if head is None else head.end() :].strip()
            if setting := _SETTING.match(rest):
                value = setting[2].partition(" #")[0].partition(" ;")[0]
                settings[section + setting[1].lower()] = value.strip().strip('"')
        return settings

    def head(self) -> str | None:
        """Return the commit that is checked out; None if it cannot be told."""
        content = read_text(os.path.join(self.path, "HEAD")) or ""
        for _ in range(_MAX_LINKS):
            content = content.strip()
            if _OBJECT_ID.fullmatch(content):
                return content
            link = _REF.fullmatch(content)
            if link is None or ".." in link[1].split("/"):
                return None
            content = self._ref(link[1]) or ""
        return None

    def _ref(self, name: str) -> str | None:
        for folder in (self.path, self.common):
            content = read_text(os.path.join(folder, *name.split("/")))
            if content is not None:
                return content
        packed = read_text(os.path.join(self.common, "packed-refs"), _MAX_PACKED_REFS_BYTES) or ""
        found = re.search(rf"^([0-9a-f]+) {re.escape(name)}$", packed, re.MULTILINE)
        return None if found is None else found[1]


def git_folder_of(root: str) -> GitFolder | None:
    """Return the git folder of a checkout, given its root; None if it has none that is whole."""
    path = os.path.join(root, ".git")
    if not os.path.isdir(path):
        link = re.match(r"gitdir:\s*(.+)", (read_text(path) or "").strip())
        if link is None:
            return None
        path = os.path.normpath(os.path.join(root, link[1]))
    return _git_folder(path)


def root_of(folder: GitFolder) -> str | None:
    """Return the root of the checkout to which a git folder belongs; None if there is none.

    Other folders than the one around `.git` have to say themselves that the git folder is theirs.
    """
    around, name = os.path.split(folder.path)
    if name == ".git":
        return around
    link = read_text(os.path.join(folder.path, "gitdir"))
    stated = folder.settings().get("core.worktree")
    if link is not None:
        root = os.path.dirname(os.path.join(folder.path, link.strip()))
    elif stated is not None:
        root = os.path.normpath(os.path.join(folder.path, stated))
    else:
        return None
    owner = git_folder_of(root)
    is_theirs = owner is not None and os.path.realpath(owner.path) == os.path.realpath(folder.path)
    return root if is_theirs else None


def git_folder_with(index: str) -> GitFolder | None:
    """Return the git folder that an index is in; None if it is in none."""
    return _git_folder(os.path.dirname(index))


def _git_folder(path: str) -> GitFolder | None:
    if not os.path.isfile(os.path.join(path, "HEAD")):
        return None
    common = read_text(os.path.join(path, "commondir"))
    return GitFolder(
        path, path if common is None else os.path.normpath(os.path.join(path, common.strip()))
    )


def read_text(path: str, size: int = _MAX_BYTES) -> str | None:
    """Return the beginning of a small file of git; None if there is none that can be read."""
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as stream:
            return os.fsdecode(stream.read(size))
    except (OSError, ValueError):
        return None
