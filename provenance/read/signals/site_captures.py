"""Captured machine-readable files of sites, in a folder by host and day."""

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from provenance.atomic_output import open_regular_file
from provenance.errors import InputError
from provenance.judge.identifiers import host_of
from provenance.read.signals import CARD_FILE, SITE_FILES, DatasetCard, parse_card

Name = TypeVar("Name")

_NAMES = {**{name: name for name in SITE_FILES}, "license.xml": "rsl.xml"}
LAYOUT = "HOST/YEAR-MONTH-DAY/FILE"
MAX_FILE_BYTES = 16 << 20
"""Bytes of a file that are read."""


@dataclass(frozen=True, slots=True)
class SiteCaptures:
    """Captured files.

    Parameters
    ----------
    folder : str
        Their folder, as given.
    hosts : mapping of str to mapping
        For each host, days in order, and for each day contents by the names in `SITE_FILES`.
    card : DatasetCard or None
        The card of the dataset that is checked.
    digest : str
        SHA-256 of all content.
    """

    folder: str
    hosts: Mapping[str, Mapping[date, Mapping[str, bytes]]]
    card: DatasetCard | None
    digest: str


def load_captures(folder: str) -> SiteCaptures:
    """Load a folder of captured files.

    Parameters
    ----------
    folder : str
        `HOST/YEAR-MONTH-DAY/` in it has what a host served on a day: robots.txt, ai.txt,
        tdmrep.json, rsl.xml; `README.md` next to the hosts is the card of the dataset. Hidden files
        are ignored. Instead of a folder, the card itself may be given.

    Raises
    ------
    InputError
        If the folder is missing or empty, or has unexpected content.
    """
    root = Path(folder)
    if root.name == CARD_FILE and root.is_file():
        named = _card(root)
        return SiteCaptures(folder, {}, named, _digest({}, named))
    if not os.path.isdir(root):
        raise InputError(
            f"{folder}: there is no such folder of captured files",
            remedy=f"give one with the layout {LAYOUT}.",
        )
    cards = [path for path in _visible_entries(root) if path.name == CARD_FILE and path.is_file()]
    folders = (path for path in _visible_entries(root) if path not in cards)
    hosts = {host: _days(path) for host, path in _distinct_entries(folders, _host).items()}
    card = _card(cards[0]) if cards else None
    if not hosts and card is None:
        raise InputError(
            f"{folder} has no captured files", remedy=f"use the layout {LAYOUT} in it."
        )
    return SiteCaptures(folder, hosts, card, _digest(hosts, card))


def _days(host: Path) -> dict[date, dict[str, bytes]]:
    days = sorted(_distinct_entries(_visible_entries(host), _day).items())
    return {
        capture_day: {
            name: read_capture(file)
            for name, file in _distinct_entries(_visible_entries(day), _name).items()
        }
        for capture_day, day in days
    }


def _distinct_entries(paths: Iterable[Path], name: Callable[[Path], Name]) -> dict[Name, Path]:
    """Return paths by what `name` returns for them; two paths with the same value are an error."""
    distinct: dict[Name, Path] = {}
    for path in paths:
        first = distinct.setdefault(name(path), path)
        if first is not path:
            raise InputError(
                f"{path}: {path.name!r} has the same meaning as {first.name!r}",
                remedy="put both together under one of the names, or keep one.",
            )
    return distinct


def _digest(
    hosts: Mapping[str, Mapping[date, Mapping[str, bytes]]], card: DatasetCard | None
) -> str:
    digest = hashlib.sha256(f"{card} ".encode())
    for host, days in sorted(hosts.items()):
        for day, contents in days.items():
            for name, content in sorted(contents.items()):
                digest.update(f"{host} {day} {name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _visible_entries(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise InputError(f"{folder} is a file, not a folder", remedy=f"use the layout {LAYOUT}.")
    yield from (path for path in sorted(folder.iterdir()) if not path.name.startswith("."))


def _host(path: Path) -> str:
    host = host_of(path.name)
    if host is None or not path.is_dir():
        raise InputError(
            f"{path}: {path.name!r} is not a host with captures",
            remedy=f"name folders after hosts: example.org; a file is a card, {CARD_FILE}.",
        )
    return host


def _day(path: Path) -> date:
    try:
        return date.fromisoformat(path.name)
    except ValueError as error:
        raise InputError(
            f"{path}: {path.name!r} is not a day",
            remedy="name the folder after the day of the capture: 2023-06-01.",
        ) from error


def _name(path: Path) -> str:
    if path.name not in _NAMES:
        matches = get_close_matches(path.name, _NAMES, n=1)
        raise InputError(
            f"{path}: {path.name!r} is not a supported file",
            remedy=f"did you mean {matches[0]!r}?"
            if matches
            else f"supported are: {', '.join(_NAMES)}.",
        )
    return _NAMES[path.name]


def read_capture(path: Path) -> bytes:
    """Read a captured file, up to `MAX_FILE_BYTES` bytes.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        with io.BufferedReader(open_regular_file(path)) as file:
            return file.read(MAX_FILE_BYTES)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", remedy="make it a file that can be read."
        ) from error


def find_unread_card(addresses: Iterable[str]) -> tuple[str, DatasetCard] | None:
    """Return the first card in the folders of a dataset that says something of its terms."""
    for address in addresses:
        path = Path(address) / CARD_FILE
        with suppress(InputError, OSError):  # such as a name that is too long
            if "://" in address or not path.is_file():
                continue
            card = parse_card(read_capture(path))
            if card is not None and card.declaration:
                return str(path), card
    return None


def _card(path: Path) -> DatasetCard:
    card = parse_card(read_capture(path))
    if card is None:
        raise InputError(
            f"{path} has no valid front matter",
            remedy="a dataset's card begins with `---`, YAML, and `---`; or leave it out.",
        )
    return card
