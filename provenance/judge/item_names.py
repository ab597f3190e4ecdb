"""Items by the names that people give them: ids, and addresses in any form."""

import re
import unicodedata
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.addresses import SourceAddresses
from provenance.model.content.fingerprints import Flags

_RUNS = re.compile("[0-9]+|[a-z]+")
_BOUNDARIES = re.compile("[/?#&=]")


_MARKDOWN_LINK = re.compile(r"\[[^\[\]]*\]\((\S+)\)")
_ENCLOSED = ("<>", "()", "[]", "{}", '""', "''", "``", "«»", "“”", "„“", "\u2018\u2019")
_OPENING = {pair[1]: pair[0] for pair in _ENCLOSED}
_NEVER_LAST = '…<>"`«»“”„\u2018\u2019'
_SELDOM_LAST = ".,;:!?')]}"
_INVISIBLE = "Cf"  # such as zero-width spaces, soft hyphens and marks of direction
_LABEL = re.compile(r"(?:id\b\s*[:=#]?|no\.|#)\s*(?=[0-9])", re.IGNORECASE)
_SCHEME = re.compile(r"\w+://")


class ItemNames:
    """Names of items, as people list them.

    Parameters
    ----------
    names : iterable of str
        Ids, and addresses in any form, also as they stand in a text.
    addresses : SourceAddresses
        Brings addresses into one form.

    Attributes
    ----------
    names : frozenset of str
        The names, without blanks around them.
    readings : frozenset of str
        What they may be meant for: `readings` of each.
    canonical : frozenset of str
        The addresses among them, in canonical form.
    items : frozenset of (str, str)
        Sources and ids of the items whose ids addresses have in them.
    """

    def __init__(self, names: Iterable[str], addresses: SourceAddresses) -> None:
        self._addresses = addresses
        self.names = frozenset(name.strip() for name in names)
        self._by_reading = dict[str, set[str]]()
        self._by_canonical = dict[str, set[str]]()
        self._by_item = dict[tuple[str, str], set[str]]()
        self._item_of_name = dict[str, tuple[str, str]]()
        for name in self.names:
            for reading in readings(name):
                self._by_reading.setdefault(reading, set()).add(name)
                self._add_address(name, reading)
        self.readings = frozenset(self._by_reading)
        self.items = frozenset(self._by_item)
        self.canonical = frozenset(self._by_canonical)
        self._runs = _last_runs(self.canonical)

    def _add_address(self, name: str, reading: str) -> None:
        if not is_address(reading) or reading.endswith(tuple(_NEVER_LAST)):
            return
        found = self._addresses.item_address(reading)
        if found is None:
            return
        self._by_canonical.setdefault(found.canonical, set()).add(name)
        if found.source is not None and found.item is not None:
            self._by_item.setdefault((found.source, found.item), set()).add(name)
            self._item_of_name[name] = found.source, found.item

    def item_of(self, name: str) -> tuple[str, str] | None:
        """Return source and id of the item whose id an address among the names has in it."""
        return self._item_of_name.get(name)

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids that the names may be, and those in addresses."""
        return self.readings | {item for _, item in self.items}

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.names)

    def of(self, item: str | None, url: str | None, source: str | None) -> set[str]:
        """Return those of the names that are of an item.

        An item without an address is named by an address that has its id.
        """
        found = set[str]()
        if item is not None:
            found |= self._by_reading.get(item, set()) | self._of_address(item)
        if url is not None:
            return found | self._of_address(url)
        return found | self._by_item.get((source or "", item or ""), set())

    def mask(self, items: pa.Array, urls: pa.Array, sources: pa.Array) -> Flags:
        """Return which items are named, given their ids, addresses and sources."""
        flags = self.may_be_named(items, urls)
        places = np.flatnonzero(flags)
        columns = (each.take(pa.array(places)).to_pylist() for each in (items, urls, sources))
        flags[places] = [bool(self.of(*row)) for row in zip(*columns, strict=True)]
        return flags

    def may_be_named(self, items: pa.Array, urls: pa.Array) -> Flags:
        """Return a superset of the items that are named, without a Python object for each."""
        ids = pa.array(sorted(self.ids), pa.string())
        flags: Flags = np.array(pc.is_in(items, value_set=ids))
        if self.canonical:
            flags |= self._may_be_address(urls) | self._may_be_address(items)
        return flags

    def _may_be_address(self, addresses: pa.Array) -> Flags:
        may_be = pc.fill_null(pc.match_substring_regex(addresses, "/|%2[fF]"), fill_value=False)
        if self._runs is None:
            return np.array(may_be)
        runs = pa.array(sorted(self._runs), pa.string())
        spaced = pc.replace_substring_regex(pc.ascii_lower(addresses), "([0-9]+)", r" \1 ")
        parts = pc.split_pattern_regex(pc.fill_null(spaced, ""), "[^0-9a-z]+")
        has_run = pc.is_in(pc.list_flatten(parts), value_set=runs)
        flags: Flags = np.zeros(len(addresses), np.bool_)
        flags[np.asarray(pc.list_parent_indices(parts).filter(has_run))] = True
        has_escapes = pc.fill_null(pc.match_substring(addresses, "%"), fill_value=False)
        flags |= np.asarray(has_escapes)
        flags &= np.asarray(may_be)
        return flags

    def _of_address(self, address: str) -> set[str]:
        if not self.canonical or not _has_slash(address):
            return set()
        return self._by_canonical.get(self._addresses.canonical(address) or "", set())


def is_address(name: str) -> bool:
    """Return whether a name of an item is an address, as far as its form says."""
    return _has_slash(name) and not any(map(str.isspace, name))


def _has_slash(name: str) -> bool:
    return "/" in name or "%2f" in name.lower()


def readings(name: str) -> tuple[str, ...]:
    """Return what a name that was copied from a text may be meant for, as it is written first.

    Brackets and quotation marks around an address, and punctuation behind it, are mostly the
    text's; but there are pages whose names end so. Of ids, only numbers are freed of them, and of
    words before them ("id: 20").

    Examples
    --------
    >>> readings("<https://x.com/jane/status/20>.")
    ('<https://x.com/jane/status/20>.', 'https://x.com/jane/status/20')
    >>> readings("en.wikipedia.org/wiki/Ada_(name)")
    ('en.wikipedia.org/wiki/Ada_(name)',)
    >>> readings("#20")
    ('#20', '20')
    """
    found = [name := name.strip()]
    name = as_typed(name)
    while (shorter := _without_end(_without_brackets(name.replace("&amp;", "&")))) != name:
        name = shorter
    name = _LABEL.sub("", name, count=1) if _LABEL.match(name) else name
    if is_address(name) or name.isdecimal():
        found.append(name)
    return tuple(dict.fromkeys(found))


def as_typed(name: str) -> str:
    """Return a name without what copying put into it.

    Invisible characters and full-width forms go, and blanks within an address, where a line broke.
    """
    if not name.isascii():
        name = "".join(each for each in name if unicodedata.category(each) != _INVISIBLE)
        is_wide = any("\uff01" <= each <= "\uff5e" for each in name)
        name = (unicodedata.normalize("NFKC", name) if is_wide else name).strip()
    addresses = len(_SCHEME.findall(name))
    return "".join(name.split()) if addresses == 1 and _SCHEME.match(name) else name


def _without_brackets(name: str) -> str:
    if (link := _MARKDOWN_LINK.fullmatch(name)) is not None:
        return link[1]
    is_enclosed = any(name.startswith(pair[0]) and name.endswith(pair[1]) for pair in _ENCLOSED)
    return name[1:-1] if is_enclosed and len(name) > 1 else name.lstrip(_NEVER_LAST)


def _without_end(name: str) -> str:
    """Return a name without its last mark, unless it closes a bracket within the name."""
    last = name[-1:]
    opening = _OPENING.get(last)
    if last and last in _NEVER_LAST:
        return name[:-1]
    if last and last in _SELDOM_LAST:
        is_closing = opening is not None and name.count(opening) >= name.count(last) > 0
        return name if is_closing and opening != last else name[:-1]
    return name


def _last_runs(addresses: Iterable[str]) -> frozenset[str] | None:
    """Return the last digits or letters of addresses: every form of each address has them.

    None if one has none: then all addresses have to be compared.
    """
    runs = set[str]()
    for address in addresses:
        last = _BOUNDARIES.split(address)[-1].lower()
        found = _RUNS.findall(last) if last.isascii() else []
        if not found:
            return None
        runs.add(found[-1])
    return frozenset(runs)
