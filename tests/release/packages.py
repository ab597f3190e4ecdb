"""What `pip install corpus-provenance` brings: every package, from the metadata installed here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement

OURS = "corpus-provenance"


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package.

    Parameters
    ----------
    name, version : str
        As an index knows it.
    licence : str
        An SPDX expression, or the name that the package gives; empty where it gives none.
    summary : str
        Its own line on itself.
    address : str or None
        Its home page or repository.
    needs : tuple of str
        Names of packages that it requires here, sorted.
    """

    name: str
    version: str
    licence: str
    summary: str
    address: str | None
    needs: tuple[str, ...]


def installed(root: str = OURS) -> dict[str, Package]:
    """Give a package and all that it needs, extras aside, by name.

    Parameters
    ----------
    root : str
        Where to begin.

    Raises
    ------
    PackageNotFoundError
        If something that is needed is not installed.
    """
    found: dict[str, Package] = {}
    waiting = [root]
    while waiting:
        name = plain(waiting.pop())
        if name in found:
            continue
        found[name] = package = described(distribution(name))
        waiting += package.needs
    return dict(sorted(found.items()))


def described(one: Distribution) -> Package:
    """Describe an installed package by its metadata."""
    facts = one.metadata
    return Package(
        plain(facts["Name"]),
        one.version,
        licence_of(one),
        facts["Summary"] or "",
        next(_addresses(one), None),
        tuple(sorted({plain(each.name) for each in _needed(one)})),
    )


def plain(name: str) -> str:
    """Write a name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(one: Distribution) -> str:
    """Give what a package says of its licence: the expression, a short name, or its classifier."""
    facts = one.metadata
    if "License-Expression" in facts:
        return str(facts["License-Expression"])
    named = [
        each.rpartition("::")[2].strip()
        for each in facts.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    told = (facts["License"] or "").strip() if "License" in facts else ""
    if told and "\n" not in told:
        return _ALIASES.get(told, told)
    return " AND ".join(_ALIASES.get(name, name) for name in named)


_ALIASES = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""How packages without an expression name licences."""


def _needed(one: Distribution) -> Iterator[Requirement]:
    for line in one.requires or ():
        needed = Requirement(line)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            distribution(needed.name)
        except PackageNotFoundError as error:
            raise PackageNotFoundError(f"{needed.name}, which {one.name} needs") from error
        yield needed


def _addresses(one: Distribution) -> Iterator[str]:
    for line in one.metadata.get_all("Project-URL") or ():
        yield from _secure(line.partition(",")[2].strip())
    for home in one.metadata.get_all("Home-page") or ():
        yield from _secure(home)


def _secure(address: str) -> Iterator[str]:
    if address.startswith("https://"):
        yield address
