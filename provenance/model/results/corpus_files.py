"""Files of a corpus, and the digest over all of them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of a corpus.

    Parameters
    ----------
    name : str
        Its name, as findings have it.
    bytes : int or None
        Its size; None for a stream, and for what is no file.
    sha256 : str or None
        SHA-256 of its bytes, as `sha256sum` prints it; None if it could not be read, or is no file.
    texts : str or None
        SHA-256 over the texts of what is no file: a hub dataset, or data of a program.
    """

    name: str
    bytes: int | None = None
    sha256: str | None = None
    texts: str | None = None


def corpus_digest(files: Iterable[CorpusFile]) -> str:
    """Return the SHA-256 over the sorted digests of files, one on each line.

    It depends on the contents only, not on names: for files it is what
    `sha256sum FILES | cut -c 1-64 | sort | sha256sum` prints. What is no file, and what could not
    be read, has a line of its own form.
    """
    lines = sorted(_content_line(file) for file in files)
    text = "".join(f"{line}\n" for line in lines)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def renamed_files(old: Iterable[CorpusFile], new: Iterable[CorpusFile]) -> dict[str, str]:
    """Return the name in a corpus of each file of another corpus with the same contents.

    Parameters
    ----------
    old : iterable of CorpusFile
        Files as one check named them.
    new : iterable of CorpusFile
        Files as another check named them.

    Returns
    -------
    dict of str to str
        New names by old ones, where they differ; of files with the same contents, those that have
        the same name in both keep it.

    Examples
    --------
    >>> renamed_files([CorpusFile("a.txt", sha256="0f")], [CorpusFile("b.txt", sha256="0f")])
    {'a.txt': 'b.txt'}
    """
    old_names, new_names = _names_by_content(old), _names_by_content(new)
    renamed = dict[str, str]()
    for line, names in old_names.items():
        others = new_names.get(line, [])
        kept = set(names) & set(others)
        moved = ([each for each in group if each not in kept] for group in (names, others))
        renamed |= zip(*moved, strict=False)
    return renamed


def _names_by_content(files: Iterable[CorpusFile]) -> dict[str, list[str]]:
    names = dict[str, list[str]]()
    for file in sorted(files, key=lambda each: each.name):
        names.setdefault(_content_line(file), []).append(file.name)
    return names


def _content_line(file: CorpusFile) -> str:
    return file.sha256 or (f"texts {file.texts}" if file.texts else f"unread {file.name}")
