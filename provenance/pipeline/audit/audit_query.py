"""Select the findings that an audit is about."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError
from provenance.judge.identifiers import host_of
from provenance.judge.item_names import ItemNames, readings
from provenance.model.content.fingerprints import Flags
from provenance.model.records.audit import AuditQuery
from provenance.model.rules.policy import Policy
from provenance.pipeline.audit.corpus_addresses import is_on_domain
from provenance.pipeline.item_addresses import author_name, item_names, known_addresses
from provenance.read.dumps.tables.id_lists import read_ids


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Conditions on findings, which must all hold.

    Parameters
    ----------
    source, domain : str or None
        A source; a host, with its subdomains.
    names : ItemNames or None
        Ids and addresses of items; None means all.
    items : set of (str, str) or None
        Sources and ids of items; None means all.
    """

    source: str | None = None
    domain: str | None = None
    names: ItemNames | None = None
    items: frozenset[tuple[str, str]] | None = None

    def mask(self, findings: pa.Table) -> Flags:
        """Return which findings are meant."""
        mask = np.ones(len(findings), np.bool_)
        if self.source is not None:
            mask &= np.asarray(pc.equal(findings["source"], self.source))
        if self.domain is not None:
            mask &= is_on_domain(findings["url"].combine_chunks(), self.domain)
        if self.names is not None or self.items is not None:
            places = np.flatnonzero(mask & self._may_be_named(findings))
            rows = findings.take(pa.array(places)).select(["source", "item", "url", "alternatives"])
            mask = np.zeros(len(findings), np.bool_)
            mask[places] = [self._is_named(row) for row in rows.to_pylist()]
        return mask

    def _may_be_named(self, findings: pa.Table) -> Flags:
        """Return a superset of the findings that are named, without a Python object for each."""
        names = {item for _, item in self.items or ()}
        names |= set() if self.names is None else self.names.ids
        values = pa.array(sorted(names), pa.string())
        flags: Flags = np.array(pc.is_in(findings["item"], value_set=values))
        alternatives = findings["alternatives"].combine_chunks()
        others = alternatives.flatten()
        is_hit = pc.and_(
            pc.is_in(others.field("item"), value_set=values), others.field("same_words")
        )
        flags[np.asarray(pc.list_parent_indices(alternatives).filter(is_hit))] = True
        if self.names is not None:
            columns = (findings[name].combine_chunks() for name in ("item", "url"))
            flags |= self.names.may_be_named(*columns)
        return flags

    def _is_named(self, row: dict[str, Any]) -> bool:
        """Return whether a finding is of an item that is named, or of a copy of one."""
        source, url = row["source"], row["url"]
        copies = [
            each["item"]
            for each in row["alternatives"]
            if each["same_words"] and each["source"] == source
        ]
        items = [row["item"], *copies]
        if self.items is not None and self.items.isdisjoint((source, item) for item in items):
            return False
        if self.names is None:
            return True
        own, *others = items
        return bool(
            self.names.of(own, url, source)
            or any(self.names.of(item, None, source) for item in others)
        )


def finding_filter(query: AuditQuery, registries: Iterable[Path]) -> FindingFilter:
    """Return the filter that a query means.

    Parameters
    ----------
    query : AuditQuery
        The query.
    registries : iterable of Path
        Registries, by which authors and texts are looked up.

    Raises
    ------
    InputError
        If nothing is asked, or nothing by an empty name, a domain is none, or a registry is needed
        and none is there.
    """
    if query == AuditQuery():
        raise InputError(
            "nothing says what is asked about",
            remedy="name a source, or give --domain, --author, --item or --works",
        )
    for field in fields(query):
        value = getattr(query, field.name)
        if value is not None and not value.strip():
            raise InputError(
                f"the {field.name} that is asked about is empty",
                remedy=f"name one, or leave out the {field.name}",
            )
    found = FindingFilter(query.source)
    if query.domain is not None:
        found = replace(found, domain=plain_domain(query.domain))
    if query.works is not None:
        found = replace(found, names=item_names(read_ids(query.works).to_pylist()))
    if query.author is not None:
        found = replace(found, items=_items_of_author(query, _required(registries, "--author")))
    if query.item is not None:
        found = _of_item(found, query, registries)
    return found


def is_text(item: str) -> bool:
    """Return whether what `--item` gives is a text, rather than an id or an address."""
    return len(item.split()) > 1


def without_text(query: AuditQuery) -> AuditQuery:
    """Return a query as an answer states it: of a text, only its length and digest."""
    if query.item is None or not is_text(query.item):
        return query
    digest = hashlib.sha256(query.item.encode()).hexdigest()
    return replace(query, item=f"text of {len(query.item.split())} words, SHA-256 {digest}")


def plain_domain(domain: str) -> str:
    """Return the domain that stands for all of its site, as the rules say: x.com for twitter.com.

    Raises as `finding_filter`.
    """
    named = readings(domain)[-1]
    host = host_of(named if "://" in named else f"https://{named}")
    if host is None or "." not in host:
        raise InputError(
            f"{domain!r} is not a domain", remedy="write it as example.com, without a path"
        )
    return known_addresses().domain(host.removeprefix("www."))


def _of_item(found: FindingFilter, query: AuditQuery, registries: Iterable[Path]) -> FindingFilter:
    item = query.item or ""
    if not is_text(item):
        others = frozenset() if found.names is None else found.names.names
        return replace(found, names=item_names([*others, item]))
    items = items_with_text(item, _required(registries, "--item with a text"))
    if found.items is not None:
        items &= found.items
    return replace(found, items=items)


def _required(registries: Iterable[Path], option: str) -> tuple[Path, ...]:
    folders = tuple(registries)
    if not folders:
        raise InputError(
            f"{option} needs a registry, and none that the reports name is here",
            remedy="give the registry of the source with --registry DIR",
        )
    return folders


def items_with_text(text: str, registries: Iterable[Path]) -> frozenset[tuple[str, str]]:
    """Return source and id of the items of registries that a text contains words of.

    Of items that match in the same place, the one that explains it best is meant, and its copies.
    """
    from provenance.pipeline.matching.tracing import trace  # noqa: PLC0415 (loads the compiler)

    policy = Policy(registries=tuple(map(str, registries)), common_background=False)
    found = trace(text, policy, None, None).findings
    pairs = set(zip(found["source"].to_pylist(), found["item"].to_pylist(), strict=True))
    for alternatives in found["alternatives"].to_pylist():
        pairs |= {(each["source"], each["item"]) for each in alternatives if each["same_words"]}
    return frozenset(pairs)


def _items_of_author(query: AuditQuery, registries: Iterable[Path]) -> frozenset[tuple[str, str]]:
    from provenance.pipeline.audit import registry_items  # noqa: PLC0415 (as above)

    author, source = author_name(query.author or ""), query.source
    find = (registry_items.items_of_author, registry_items.withdrawn_items_of_author)
    items = frozenset(
        pair for folder in registries for each in find for pair in each(folder, author, source)
    )
    sources = sorted({source for source, _ in items})
    if len(sources) > 1:
        raise InputError(
            f"{author} is an author of {' and '.join(sources)}, who may be different people",
            remedy=f"ask about each: provenance audit {sources[0]} --author {author}",
        )
    return items
