"""The licence of each file of a repository, and where it is stated."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from provenance.judge.licence_expressions import ALL, CHOICE, join_expressions
from provenance.read.dumps.checkouts import reuse_annotations as reuse
from provenance.read.dumps.checkouts.licence_notices import Head, all_tags
from provenance.read.dumps.checkouts.licence_texts import (
    identify_licence,
    licence_within,
    words_of,
)
from provenance.read.dumps.checkouts.package_metadata import READERS, stated_licence

HEADER, ANNOTATION, FILE, METADATA = (
    *("file headers", "REUSE annotations", "licence files", "package metadata"),
)
"""Places where licences are stated, as the summary of a build names them."""

_LICENCE_NAME = re.compile(
    r"(?P<un>un|mit-)?licen[cs]e(?P<kind>s?(?:[-_.].*)?)|copying(?P<kind2>(?:[-_.].*)?)",
    re.IGNORECASE,
)
_TEXT_SUFFIX = re.compile(r"\.(?:txt|md|markdown|rst|adoc|asc|html?)$", re.IGNORECASE)
_KINDS = re.compile(
    r"[-_.](?:mit|x11|isc|0bsd|bsd(?:[-_.]?\d)?|apache(?:[-_.]?v?2)?|gpl(?:[-_.]?v?\d)?"
    r"|lgpl(?:[-_.]?v?\d)?|lesser|agpl(?:[-_.]?v?3)?|mpl(?:[-_.]?2)?|zlib|boost|bsl|unlicense|cc0"
    r"|epl(?:[-_.]?\d)?|eupl|asl(?:[-_.]?2)?)(?:[-_.].*)?",
    re.IGNORECASE,
)
"""Ends of names that say which licence a file holds: LICENSE-MIT."""
_MIN_CHOICES = 2
_INCLUSION = re.compile(r"\binclude::|\{(?:literal)?include\}")
"""In a page of documentation that shows a licence file, and is none."""


class FoundLicence(NamedTuple):
    """A licence, and where it is stated."""

    licence: str | None
    stated_in: str | None


_UNKNOWN = FoundLicence(None, None)


class FileLicences:
    """Finds the licences of the files of a repository.

    Parameters
    ----------
    paths : iterable of str
        All files of the repository.
    read : callable
        Returns a small file as text; None if it cannot be read.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str], str | None]) -> None:
        self._read = read
        self._licence_files: dict[str, list[str]] = {}
        self._metadata: dict[str, list[str]] = {}
        self._beside = set[str]()
        self._annotations: dict[str, list[reuse.Annotation]] = {}
        for path in paths:
            folder, _, name = path.rpartition("/")
            if path.endswith(reuse.BESIDE):
                self._beside.add(path)
            elif is_licence_file(path) and (not _kind(path) or _names_licence(path)):
                self._licence_files.setdefault(folder, []).append(path)
            elif name in READERS:
                self._metadata.setdefault(folder, []).append(path)
            elif name == reuse.NAME:
                self._annotations[folder] = reuse.parse_reuse(read(path) or "")
            elif path == reuse.OLD_NAME:
                self._annotations.setdefault("", reuse.parse_dep5(read(path) or ""))
        self._of_folders: dict[str, FoundLicence] = {}

    def find(self, path: str, text: str) -> FoundLicence:
        """Return the licence of a file, given its text.

        What the file says itself comes first, or a file `NAME.license` beside it; then what
        REUSE.toml says; then the licence files of its folder, or of the next folder above that has
        any; and last the metadata of its package. Where its header refers to another licence than
        that of the licence file, it is unknown.
        """
        annotation = reuse.find_annotation(self._annotations, path)
        if annotation is not None and annotation.is_stronger:
            return FoundLicence(annotation.licence, ANNOTATION)
        head = Head(text)
        own = self._beside_licence(path) or head.tagged_licence() or head.noticed_licence()
        if own is not None:
            return FoundLicence(own, HEADER)
        if annotation is not None:
            return FoundLicence(annotation.licence, ANNOTATION)
        found = self._of_folder(path.rpartition("/")[0])
        if found.licence is not None and head.contradicts(found.licence):
            return _UNKNOWN
        return found

    def _beside_licence(self, path: str) -> str | None:
        beside = path + reuse.BESIDE
        if beside not in self._beside:
            return None
        return join_expressions(all_tags(self._read(beside) or ""), ALL)

    def _of_folder(self, folder: str) -> FoundLicence:
        """Return the licence of a folder: its own, or that of the folder above it."""
        above = []
        while folder not in self._of_folders:
            above.append(folder)
            if not folder:
                break
            folder = folder.rpartition("/")[0]
        for each in reversed(above):
            inherited = (
                self._of_folders.get(each.rpartition("/")[0], _UNKNOWN) if each else _UNKNOWN
            )
            self._of_folders[each] = self._own(each) or inherited
        return self._of_folders[above[0] if above else folder]

    def _own(self, folder: str) -> FoundLicence | None:
        """Return the licence that is stated in a folder; None if nothing states one."""
        texts = {path: self._read(path) or "" for path in self._licence_files.get(folder, ())}
        texts = {path: text for path, text in texts.items() if not _INCLUSION.search(text)}
        found = {path: identify_licence(text) for path, text in texts.items()}
        licence = _licence_of_files(found)
        if licence is not None:
            return FoundLicence(licence, FILE)
        unknown = [texts[path] for path, known in found.items() if known is None]
        if any(licence_within(words_of(text)) is not None for text in unknown):
            return _UNKNOWN  # a known licence, and more: metadata may only name the licence
        stated = {
            stated_licence(path.rpartition("/")[2], self._read(path) or "")
            for path in self._metadata.get(folder, ())
        } - {None}
        if len(stated) == 1:
            return FoundLicence(stated.pop(), METADATA)
        return _UNKNOWN if texts or stated else None


def _licence_of_files(found: dict[str, str | None]) -> str | None:
    """Return the licence of the licence files of a folder; None if it is unknown.

    Several of which each is named for its licence, as LICENSE-MIT and LICENSE-APACHE, are a choice.
    COPYING and COPYING.LESSER are one licence, the second.
    """
    named = {licence for path, licence in found.items() if _names_licence(path)}
    plain = {licence for path, licence in found.items() if not _names_licence(path)}
    if any((licence or "").startswith("LGPL-") for licence in named | plain):
        named, plain = ({*each} - {"GPL-2.0", "GPL-3.0"} for each in (named, plain))
    if len(named) >= _MIN_CHOICES or not plain:
        return None if None in named or plain - named - {None} else _joined(named)
    is_one = len(plain) == 1 and None not in plain and not named - plain
    return _joined(plain) if is_one else None


def _joined(licences: set[str | None]) -> str | None:
    return join_expressions(licences, CHOICE)


def is_licence_file(path: str) -> bool:
    """Return whether a file holds the text of a licence, by its name.

    Examples
    --------
    >>> [is_licence_file(n) for n in ("LICENSE", "a/COPYING.LESSER", "LICENSES/MIT.txt", "b.py")]
    [True, True, True, False]
    >>> [is_licence_file(n) for n in ("licence_notices.py", "license.ts", "LICENSE-third-party.md")]
    [False, False, True]
    """
    folder, _, name = path.rpartition("/")
    stem = _TEXT_SUFFIX.sub("", name)
    is_named = _LICENCE_NAME.fullmatch(stem) is not None and (
        "." not in stem or _names_licence(path)
    )
    return is_named or folder.rpartition("/")[2] == reuse.TEXTS_FOLDER


def _kind(path: str) -> str:
    """Return what the name of a licence file says beside that it is one: "-MIT"."""
    match = _LICENCE_NAME.fullmatch(_TEXT_SUFFIX.sub("", path.rpartition("/")[2]))
    return "" if match is None else match["kind"] or match["kind2"] or ""


def _names_licence(path: str) -> bool:
    """Return whether the name of a licence file says which licence it holds."""
    match = _LICENCE_NAME.fullmatch(_TEXT_SUFFIX.sub("", path.rpartition("/")[2]))
    if match is None:
        return False
    return match["un"] is not None or _KINDS.fullmatch(_kind(path)) is not None
