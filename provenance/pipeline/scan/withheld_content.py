"""Documents that declare an address whose owner opted out, or that are a withdrawn item."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from blake3 import blake3

from provenance.judge.identifiers import SourceHosts, plain_hosts
from provenance.model.content.fingerprints import Tokens
from provenance.model.rules.policy import Policy
from provenance.model.rules.rule_library import Library
from provenance.pipeline.exchange.key_files import read_key
from provenance.pipeline.item_addresses import known_addresses
from provenance.registry.items.item_keys import url_sites
from provenance.registry.side_tables.opt_outs import merge_opt_outs, read_opt_outs
from provenance.registry.side_tables.tombstones import (
    merge_tombstones,
    read_tombstones,
    without_expired,
)
from provenance.registry.side_tables.withdrawn_texts import WithdrawnTexts
from provenance.registry.store import Registry

_OptOut = tuple[frozenset[str], dict[str, Any]]
"""Parameters that an address must have, and the row of the entry."""

_ID_BOUNDARIES = r"[/?#&=]+"
_KIND_PREFIX = r"^t[1-6]_"
"""Of Reddit's full names, which addresses lack."""
_ID_SPLIT, _KIND = re.compile(_ID_BOUNDARIES), re.compile(_KIND_PREFIX)


class WithheldContent:
    """Recognises documents that registries say are withdrawn or opted out.

    Parameters
    ----------
    opt_outs : pyarrow.Table
        Of schema `OPT_OUTS`.
    tombstones : pyarrow.Table
        Of schema `TOMBSTONES`.
    texts : WithdrawnTexts or None
        Fingerprints of withdrawn items; None without their key.
    hosts : SourceHosts
        Sources by address: a tombstone applies to addresses of its source.

    Attributes
    ----------
    key : str
        Everything that affects what is recognised, apart from the sources' addresses.
    """

    def __init__(
        self,
        opt_outs: pa.Table,
        tombstones: pa.Table,
        texts: WithdrawnTexts | None,
        hosts: SourceHosts,
    ) -> None:
        self._opt_outs = dict[str, list[_OptOut]]()
        for row in sorted(opt_outs.to_pylist(), key=lambda each: -len(each["address"])):
            place, parts = _split(row["address"])
            self._opt_outs.setdefault(place, []).append((parts, row))
        self._opted_hosts = {re.split("[:/]", place, maxsplit=1)[0] for place in self._opt_outs}
        self._tombstones = tombstones
        self._ids = pc.replace_substring_regex(tombstones["item"], _KIND_PREFIX, "")
        self._ids = self._ids.combine_chunks()
        self._texts, self._hosts, self._addresses = texts, hosts, known_addresses()
        tables = opt_outs, tombstones
        self.key = " ".join([*map(_digest, tables), "" if texts is None else texts.key.id])

    def reasons(self, addresses: pa.Array, tokens: Tokens) -> dict[int, str]:
        """Return why documents are withheld, by their number.

        Parameters
        ----------
        addresses : pyarrow.Array of string, length n
            Address that each document declares, or null.
        tokens : Tokens
            Tokens of the documents.
        """
        reasons = dict[int, str]()
        if self._texts is not None:
            reasons |= {
                text: f"the text of an item of {_withdrawal(tombstone)}"
                for text, tombstone in self._texts.find(tokens)
            }
        reasons |= self._opted_out(addresses)
        reasons |= self._withdrawn(addresses)
        return reasons

    def _opted_out(self, addresses: pa.Array) -> Iterator[tuple[int, str]]:
        if not self._opt_outs or addresses.null_count == len(addresses):
            return
        # Most datasets have many addresses on few hosts, so each host is looked up once.
        hosts = plain_hosts(addresses).dictionary_encode()
        names = [self._is_opted_host(name.lower()) for name in hosts.dictionary.to_pylist()]
        is_possible = pc.fill_null(pa.array(names, pa.bool_()).take(hosts.indices), True)
        rows = pc.indices_nonzero(pc.and_(is_possible, addresses.is_valid()))
        for row, address in zip(rows.to_pylist(), addresses.take(rows).to_pylist(), strict=True):
            if (entry := self._entry_of(address)) is not None:
                yield row, entry

    def _entry_of(self, address: str) -> str | None:
        entries = chain.from_iterable(map(self._covering, self._addresses.places(address)))
        entry = max(entries, key=lambda each: len(each["address"]), default=None)
        if entry is None:
            return None
        reason = "" if entry["reason"] is None else f": {entry['reason']}"
        return f"opted out {entry['date']} ({entry['address']}){reason}"

    def _covering(self, form: str) -> Iterator[dict[str, Any]]:
        """Yield the entries that an address in one form is below."""
        place, parts = _split(form)
        host, *steps = place.split("/")
        for name in dict.fromkeys((host, host.partition(":")[0])):
            for end in range(len(steps) + 1):
                own_parts = parts if end == len(steps) else frozenset[str]()
                entries = self._opt_outs.get("/".join([name, *steps[:end]]), ())
                yield from (row for wanted, row in entries if wanted <= own_parts)
        for domain in _domains(host)[1:]:
            entries = self._opt_outs.get(domain, ())
            yield from (row for wanted, row in entries if not wanted)

    def _is_opted_host(self, host: str) -> bool:
        """Return whether pages of a host may be below an entry."""
        hosts = self._addresses.hosts_of_pages(host.removeprefix("www."))
        if hosts is None:
            return True
        return any(name in self._opted_hosts for each in hosts for name in _domains(each))

    def _withdrawn(self, addresses: pa.Array) -> Iterator[tuple[int, str]]:
        if not len(self._tombstones) or addresses.null_count == len(addresses):
            return
        steps = pc.split_pattern_regex(pc.fill_null(addresses, ""), _ID_BOUNDARIES)
        parts, parents = pc.list_flatten(steps), pc.list_parent_indices(steps)
        is_id = pc.is_in(parts, value_set=self._ids)
        if not pc.any(is_id).as_py():
            return
        rows = parents.filter(is_id).unique()
        by_id = self._tombstones_by_id(parts.filter(is_id))
        found = [self._addresses.item_address(each) for each in addresses.take(rows).to_pylist()]
        urls = pa.array([each and f"https://{each.canonical}" for each in found], pa.string())
        candidates = zip(
            rows.to_pylist(),
            found,
            self._hosts.sources_of(urls).to_pylist(),
            url_sites(pa.chunked_array([urls])).to_pylist(),
            strict=True,
        )
        for row, address, source, site in candidates:
            if address is None:
                continue
            # Where the rules know which part of an address is the id, no other part is one.
            items = [address.item] if address.item else _ID_SPLIT.split(address.canonical)
            ids = dict.fromkeys(_KIND.sub("", item) for item in items)
            for tombstone in chain.from_iterable(by_id.get(each, []) for each in ids):
                if tombstone["source"] == source and tombstone["site"] in {None, "", site}:
                    yield row, f"item {tombstone['item']} of {_withdrawal(tombstone)}"

    def _tombstones_by_id(self, ids: pa.Array) -> dict[str, list[dict[str, object]]]:
        rows = pc.indices_nonzero(pc.is_in(self._ids, value_set=ids.unique()))
        by_id: dict[str, list[dict[str, object]]] = {}
        columns = ["source", "site", "item", "date", "reason"]
        tombstones = self._tombstones.select(columns).take(rows).to_pylist()
        for item, tombstone in zip(self._ids.take(rows).to_pylist(), tombstones, strict=True):
            by_id.setdefault(item, []).append(tombstone)
        return by_id


def _split(form: str) -> tuple[str, frozenset[str]]:
    """Return host and path of a canonical address, and its parameters with its fragment."""
    before, separator, fragment = form.partition("#")
    place, _, query = before.partition("?")
    return place, frozenset(filter(None, [*query.split("&"), separator + fragment]))


def _domains(host: str) -> list[str]:
    """Return a host and the domains that it is below, without its port."""
    labels = host.partition(":")[0].split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]


def _digest(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return blake3(sink.getvalue()).hexdigest()


def _withdrawal(tombstone: dict[str, object]) -> str:
    reason = "" if tombstone["reason"] is None else f": {tombstone['reason']}"
    return f"{tombstone['source']}, withdrawn {tombstone['date']}{reason}"


def withheld_content(
    registries: Sequence[Registry], library: Library, policy: Policy, today: date | None = None
) -> WithheldContent | None:
    """Return what registries withhold; None if that is nothing.

    Raises
    ------
    InputError
        If the key of fingerprints cannot be read.
    """
    opt_outs = merge_opt_outs(*(read_opt_outs(registry.files) for registry in registries))
    tombstones = merge_tombstones(*(read_tombstones(registry.files) for registry in registries))
    tombstones = without_expired(tombstones, today or datetime.now(UTC).date())
    if not len(opt_outs) and not len(tombstones):
        return None
    texts = None
    if policy.withdrawn_key is not None:
        texts = WithdrawnTexts(tombstones, read_key(Path(policy.withdrawn_key)))
    return WithheldContent(opt_outs, tombstones, texts, SourceHosts(library))
