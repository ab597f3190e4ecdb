"""Parsing of the forms of addresses in a rule file; rules/README.md describes them."""

import re

from provenance.judge.addresses import KINDS, labels_of
from provenance.model.rules.rule_library import AddressedItem, AddressForms, IdScheme, IdTime
from provenance.read.policy.validation import UncheckedValue
from provenance.read.rules.rule_yaml import check_format

_KEYS = ("hosts", "site", "items", "endings")
_ITEM_KEYS = ("address", "forms", "id", "id-time")
_TIME_KEYS = ("placeholder", "scheme", "epoch", "shift", "first")
_BRACES = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"\*|[a-z]+:|(?:[a-z0-9-]+|\*|\{[a-z]+:?[a-z]*\})(?:\.[a-z0-9-]+)+")


def parse_addresses(entry: UncheckedValue | None) -> tuple[AddressForms, ...]:
    """Parse the `addresses` of a source."""
    return () if entry is None else tuple(_forms(each) for each in entry.list())


def parse_address_file(root: UncheckedValue) -> tuple[AddressForms, ...]:
    """Parse `addresses.yaml`: addresses of pages of no source of the rules."""
    return parse_addresses(check_format(root, ("format", "addresses"), ("addresses",))["addresses"])


def _forms(entry: UncheckedValue) -> AddressForms:
    entries = entry.table(_KEYS, ("hosts",))
    hosts = tuple(_host(each) for each in entries["hosts"].list())
    if not hosts:
        raise entries["hosts"].wrong("the list is empty", "name at least one host.")
    site = _host(entries["site"]) if "site" in entries else None
    items = entries["items"].list() if "items" in entries else []
    captured = set.intersection(*(labels_of(host) for host in hosts))
    endings = (
        tuple(each.text() for each in entries["endings"].list()) if "endings" in entries else ()
    )
    return AddressForms(hosts, site, tuple(_item(each, captured, site) for each in items), endings)


def _host(entry: UncheckedValue) -> str:
    host = _template(entry)
    if not _HOST.fullmatch(host):
        raise entry.wrong(
            f"{host!r} is not a host",
            "write it in lower case, at most its first label as * or as a placeholder: "
            "*.example.org",
        )
    return host


def _item(entry: UncheckedValue, captured: set[str], site: str | None) -> AddressedItem:
    entries = entry.table(_ITEM_KEYS, ("address",))
    address = _template(entries["address"])
    own_id = entries["id"].text() if "id" in entries else None
    forms = tuple(_template(each) for each in entries["forms"].list()) if "forms" in entries else ()
    if "*" in address:
        raise entries["address"].wrong(
            f"{address!r} leaves something open", "name it: {key}, for example."
        )
    needed = labels_of(address) | labels_of(own_id or "") | labels_of(site or "")
    needed -= {"elsewhere"}  # what an address does not state
    for form in forms:
        if missing := sorted(needed - labels_of(form) - captured):
            raise entries["forms"].wrong(
                f"{form!r} has no {{{missing[0]}}}, which the address, its id or the site needs",
                "add the placeholder, or take it out of the address.",
            )
    id_time = _id_time(entries["id-time"], labels_of(address)) if "id-time" in entries else None
    return AddressedItem(address, forms, own_id, id_time)


def _id_time(entry: UncheckedValue, labels: set[str]) -> IdTime:
    entries = entry.table(_TIME_KEYS, ("placeholder", "scheme"))
    placeholder = entries["placeholder"].word(labels)
    scheme = entries["scheme"].one_of(IdScheme)
    numbers = {name: entries[name].whole_number() for name in _TIME_KEYS[2:] if name in entries}
    if scheme is IdScheme.SNOWFLAKE and len(numbers) < len(_TIME_KEYS[2:]):
        raise entry.wrong("a snowflake needs epoch, shift and first", "add what is missing.")
    return IdTime(placeholder, scheme, **numbers)


def _template(entry: UncheckedValue) -> str:
    text = entry.text()
    for inner in _BRACES.findall(text):
        if inner.rpartition(":")[2] not in KINDS:
            raise entry.wrong(
                f"{{{inner}}} is no placeholder",
                f"write {{kind}} or {{name:kind}}, with one of: {', '.join(sorted(KINDS))}.",
            )
    return text
