"""Licences, by whatever name people declare them."""

import re
from collections.abc import Iterable

from provenance.model import Library, Licence

_ADDRESS = re.compile(r"^(?:https?:)?//(?:www\.)?|^www\.")
_TAIL = re.compile(r"(?:/(?:legalcode|deed)(?:[./][a-z_-]+)*|\.(?:html?|txt))?/*$")
_GAPS = re.compile(r"[\s_]+")
_LONGEST = 100
"""Characters of a name that nobody knows: it may be a whole text."""


def folded(name: str) -> str:
    """Fold the spellings of a licence's name or address into one.

    Examples
    --------
    >>> folded(" CC BY-SA 4.0 ")
    'cc-by-sa-4.0'
    >>> folded("https://creativecommons.org/licenses/by/4.0/legalcode.en")
    'creativecommons.org/licenses/by/4.0'
    """
    name = _ADDRESS.sub("", name.strip().casefold())
    return _GAPS.sub("-", _TAIL.sub("", name))


def aliases(licences: Iterable[Licence]) -> dict[str, Licence]:
    """Map every name of every licence, folded, to the licence."""
    return {
        folded(name): licence for licence in licences for name in (licence.id, *licence.aliases)
    }


class Licences:
    """The licences, by the names that rows declare.

    Parameters
    ----------
    library : Library
        Names them.
    """

    def __init__(self, library: Library) -> None:
        self._ids = {name: licence.id for name, licence in aliases(library.licences).items()}

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """All names that are known, and whose they are: what decides."""
        return tuple(sorted(self._ids.items()))

    def id_of(self, declared: str) -> str:
        """Return the id of the licence that is meant; what was declared, where no rule knows it."""
        return self._ids.get(folded(declared)) or declared.strip()[:_LONGEST]
