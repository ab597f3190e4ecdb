"""Licences, by whatever name people declare them."""

import re
from collections.abc import Iterable

from provenance.model import Licence

_ADDRESS = re.compile(r"^(?:https?:)?//(?:www\.)?|^www\.")
_TAIL = re.compile(r"(?:/(?:legalcode|deed)(?:[./][a-z_-]+)*|\.(?:html?|txt))?/*$")
_GAPS = re.compile(r"[\s_]+")


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
