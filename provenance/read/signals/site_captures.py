"""A folder of files that sites showed to machines, captured by host and day."""

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from provenance.atomic_output import open_regular
from provenance.errors import InputError
from provenance.judge.identifiers import host_of
from provenance.read.signals import CARD, FILES, Card, parse_card

Name = TypeVar("Name")

_NAMES = {**{name: name for name in FILES}, "license.xml": "rsl.xml"}
LAYOUT = "HOST/YEAR-MONTH-DAY/FILE"
MOST = 16 << 20
"""Bytes of a file that are read."""


@dataclass(frozen=True, slots=True)
class Captures:
    """Captured files.

    Parameters
    ----------
    folder : str
        Where they lie, as it was named.
    hosts : mapping of str to mapping
        Of each host, days in order, and of each day contents by the names of `signals.FILES`.
    card : Card or None
        The card of the dataset that is checked.
    digest : str
        SHA-256 of all of it.
    """

    folder: str
    hosts: Mapping[str, Mapping[date, Mapping[str, bytes]]]
    card: Card | None
    digest: str


def load_captures(folder: str) -> Captures:
    """Load a folder of captured files.

    Parameters
    ----------
    folder : str
        In it, `HOST/YEAR-MONTH-DAY/` holds what a host showed on a day: robots.txt, ai.txt,
        tdmrep.json, rsl.xml; `README.md` beside the hosts is the card of the dataset. Hidden files
        are passed over.

    Raises
    ------
    InputError
        If the folder is not there, holds nothing, or holds what nobody would find in it.
    """
    root = Path(folder)
    if not os.path.isdir(root):
        raise InputError(
            f"{folder}: there is no such folder of captured files",
            remedy=f"name one that is laid out as {LAYOUT}.",
        )
    cards = [path for path in _shown(root) if path.name == CARD and path.is_file()]
    folders = (path for path in _shown(root) if path not in cards)
    hosts = {host: _days(path) for host, path in _named(folders, _host).items()}
    card = _card(cards[0]) if cards else None
    if not hosts and card is None:
        raise InputError(
            f"{folder} holds no captured files", remedy=f"lay them out as {LAYOUT} in it."
        )
    return Captures(folder, hosts, card, _digest(hosts, card))


def _days(host: Path) -> dict[date, dict[str, bytes]]:
    days = sorted(_named(_shown(host), _day).items())
    return {
        when: {name: read_capture(file) for name, file in _named(_shown(day), _name).items()}
        for when, day in days
    }


def _named(paths: Iterable[Path], name: Callable[[Path], Name]) -> dict[Name, Path]:
    """Give paths by what they stand for: some of it can be written in several ways."""
    found: dict[Name, Path] = {}
    for path in paths:
        first = found.setdefault(name(path), path)
        if first is not path:
            raise InputError(
                f"{path}: {path.name!r} stands for the same as another, {first.name!r}",
                remedy="put both together under one of the names, or keep one.",
            )
    return found


def _digest(hosts: Mapping[str, Mapping[date, Mapping[str, bytes]]], card: Card | None) -> str:
    digest = hashlib.sha256(f"{card} ".encode())
    for host, days in sorted(hosts.items()):
        for when, contents in days.items():
            for name, content in sorted(contents.items()):
                digest.update(f"{host} {when} {name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _shown(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise InputError(
            f"{folder} is a file where a folder belongs", remedy=f"lay the files out as {LAYOUT}."
        )
    yield from (path for path in sorted(folder.iterdir()) if not path.name.startswith("."))


def _host(path: Path) -> str:
    host = host_of(path.name)
    if host is None or not path.is_dir():
        raise InputError(
            f"{path}: {path.name!r} is no host with captures",
            remedy=f"name folders after hosts: example.org; a file is a card, {CARD}.",
        )
    return host


def _day(path: Path) -> date:
    try:
        return date.fromisoformat(path.name)
    except ValueError as error:
        raise InputError(
            f"{path}: {path.name!r} is no day",
            remedy="name the folder after the day of the capture: 2023-06-01.",
        ) from error


def _name(path: Path) -> str:
    if path.name not in _NAMES:
        near = get_close_matches(path.name, _NAMES, n=1)
        raise InputError(
            f"{path}: {path.name!r} is no file that is read here",
            remedy=f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(_NAMES)}.",
        )
    return _NAMES[path.name]


def read_capture(path: Path) -> bytes:
    """Read a captured file, up to `MOST` bytes.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        with io.BufferedReader(open_regular(path)) as file:
            return file.read(MOST)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", remedy="make it a file that can be read."
        ) from error


def _card(path: Path) -> Card:
    card = parse_card(read_capture(path))
    if card is None:
        raise InputError(
            f"{path} begins with no fields that can be read",
            remedy="a dataset's card begins with `---`, YAML, and `---`; or leave it out.",
        )
    return card
