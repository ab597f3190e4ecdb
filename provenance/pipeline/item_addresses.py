"""Addresses of items in the form that the rules give them."""

from collections.abc import Iterable
from functools import cache

from provenance.judge.addresses import SourceAddresses
from provenance.judge.item_names import ItemNames
from provenance.read.rules.rule_files import load_rules


@cache
def known_addresses() -> SourceAddresses:
    """Return what the rules know of addresses."""
    return SourceAddresses(load_rules())


def item_names(names: Iterable[str]) -> ItemNames:
    """Return names of items, as people list them: ids, and addresses in any form."""
    return ItemNames(names, known_addresses())
