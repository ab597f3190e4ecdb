"""Addresses of items in the form that the rules give them, and the times that ids contain."""

import re
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pyarrow as pa

from provenance.errors import InputError
from provenance.judge.addresses import SourceAddresses
from provenance.judge.item_names import ItemNames, as_typed
from provenance.model.rules.rule_library import Source
from provenance.read.rules.rule_files import load_rules

_ADDRESS = re.compile(r"(?:\w+:/)?/?[\w-]+(?:\.[\w-]+)+/(?P<path>.+)")


@cache
def known_addresses() -> SourceAddresses:
    """Return what the rules know of addresses."""
    return SourceAddresses(load_rules())


def item_names(names: Iterable[str]) -> ItemNames:
    """Return names of items, as people list them: ids, and addresses in any form."""
    return ItemNames(names, known_addresses())


def author_name(name: str) -> str:
    """Return the name of an author as it is meant where it was copied.

    Raises
    ------
    InputError
        If it is the address of a page.
    """
    typed = as_typed(name).strip()
    if (address := _ADDRESS.fullmatch(typed)) is not None:
        last = address["path"].partition("?")[0].rstrip("/").rpartition("/")[2]
        raise InputError(
            f"{typed} is an address, not the name of an author",
            remedy=f"give the name that the source has for the author: {last}",
        )
    return typed


def item_second(source: str, item: str | None, url: str | None) -> int | None:
    """Return when an item was published, by its id or address.

    How a source's ids contain the time is stated in its rules.

    Returns
    -------
    int or None
        Seconds since 1970; None if neither says it, or says a time that is still to come.
    """
    ids = _ids_of(source)
    return None if ids is None else ids.second(item, url)


def publication_times(sources: pa.ChunkedArray, addresses: pa.ChunkedArray) -> pa.Array:
    """Return when items were published, as far as their addresses say it.

    Parameters
    ----------
    sources, addresses : pyarrow.ChunkedArray of string
        Source and address of each item.

    Returns
    -------
    pyarrow.Array of int64
        Seconds since 1970, or null.
    """
    pairs = zip(sources.to_pylist(), addresses.to_pylist(), strict=True)
    seconds = [None if url is None else item_second(source, None, url) for source, url in pairs]
    return pa.array(seconds, pa.int64())


class _SourceIds:
    """Ids and addresses of a source that contain the time."""

    def __init__(self, source: Source) -> None:
        times = (item.id_time for forms in source.addresses for item in forms.items)
        self._times = tuple(dict.fromkeys(filter(None, times)))
        own = replace(load_rules(), sources=(source,))
        self._addresses = SourceAddresses(own) if self._times else None

    def second(self, item: str | None, url: str | None) -> int | None:
        """Return what `item_second` does."""
        if self._addresses is None:
            return None
        times = () if item is None else (each.second(item) for each in self._times)
        found = next(filter(None, times), None)
        for address in (item, url) if found is None else ():
            known = None if address is None else self._addresses.item_address(address)
            found = known.second if found is None and known is not None else found
        return None if found is None or found > time.time() else found


@cache
def _ids_of(source: str) -> _SourceIds | None:
    return next((_SourceIds(each) for each in load_rules().sources if each.id == source), None)
