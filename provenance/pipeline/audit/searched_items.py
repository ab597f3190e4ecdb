"""Which items that are asked about were searched for in the whole of a dataset."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from provenance.model.content.fingerprints import Flags
from provenance.model.records.ledger import WithdrawalFacts
from provenance.pipeline.audit.audit_evidence import (
    AuditEvidence,
    Check,
    CheckedDataset,
)
from provenance.pipeline.audit.audit_query import FindingFilter
from provenance.pipeline.audit.corpus_addresses import is_on_domain
from provenance.pipeline.audit.found_items import DatasetItems, ItemId, Kind
from provenance.pipeline.item_addresses import item_names
from provenance.pipeline.ledger_records import recorded_items
from provenance.registry.files.mapped_files import map_registry
from provenance.registry.files.parquet_tables import read_rows
from provenance.registry.manifest import ITEMS_FILE, Manifest, read_manifest
from provenance.registry.side_tables.additions import withdrawn_additions

_ITEMS_AT_A_TIME = 1 << 18


@dataclass(frozen=True, slots=True)
class ItemsOfRegistry:
    """Items that are asked about and that a registry has.

    Parameters
    ----------
    searched_with : frozenset of str
        Digests of registries that had all of them: that of the one that has them, and its earlier
        ones since each of them was added.
    items : mapping of ItemId to frozenset of str
        The items, with the ids and addresses by which they were asked about, if they were.
    """

    searched_with: frozenset[str]
    items: Mapping[ItemId, frozenset[str]]


@dataclass(frozen=True, slots=True)
class AskedItems:
    """Items that are asked about by name: of an author, with an id, on a domain, with some words.

    Parameters
    ----------
    registries : tuple of ItemsOfRegistry
        Those that registries have now.
    withdrawn : tuple of ItemsOfRegistry
        Those that registries had until they were withdrawn.
    found : mapping of ItemId to frozenset of str
        Those that checks found, in whichever dataset, with names as in `ItemsOfRegistry`.
    found_by : tuple of (Check, frozenset of ItemId)
        Which of them each check found: its registries had them.
    wanted : frozenset of ItemId
        Those that the question names, such as all of an author, withdrawn ones included.
    """

    registries: tuple[ItemsOfRegistry, ...]
    withdrawn: tuple[ItemsOfRegistry, ...]
    found: Mapping[ItemId, frozenset[str]]
    found_by: tuple[tuple[Check, frozenset[ItemId]], ...]
    wanted: frozenset[ItemId] = frozenset()

    @property
    def items(self) -> frozenset[ItemId]:
        """Return all of them, as far as a registry, its withdrawals or a check knows them."""
        known = (each.items.keys() for each in (*self.registries, *self.withdrawn))
        return frozenset[ItemId]().union(self.wanted, self.found, *known)

    @property
    def names(self) -> frozenset[str]:
        """Return the ids and addresses asked about that are of items of the registries."""
        return frozenset(
            name for each in self.registries for own in each.items.values() for name in own
        )

    def named(self, name: str) -> frozenset[ItemId]:
        """Return the items with an id or a normal address."""
        everything = (
            self.found,
            *(each.items for each in (*self.registries, *self.withdrawn)),
        )
        return frozenset(item for each in everything for item, own in each.items() if name in own)

    def searched(self, dataset: CheckedDataset) -> frozenset[ItemId]:
        """Return those for which a check searched the whole of a dataset, as far as is proven."""
        return frozenset(
            item for check in dataset.whole_checks for item in self._searched_by(check)
        )

    def _searched_by(self, check: Check) -> Iterator[ItemId]:
        for each in (*self.registries, *self.withdrawn):
            if each.searched_with & check.registries:
                yield from each.items
        for other, items in self.found_by:
            for item in items:
                held_by = _registries_of_source(other, item[0])
                if held_by and held_by <= check.registries:
                    yield item


def name_forms(entry: str) -> frozenset[str]:
    """Return the forms in which an id or an address is compared, the id in an address included."""
    names = item_names([entry])
    return frozenset({*names.ids, *names.canonical})


def _registries_of_source(check: Check, source: str) -> set[str]:
    """Return the digests of the registries of a check that have items of a source."""
    return {
        registry.digest
        for registry in check.result.registries
        if any(each.source == source and each.items for each in registry.sources)
    }


def ask_for_items(
    wanted: FindingFilter, evidence: AuditEvidence, found: Sequence[DatasetItems]
) -> AskedItems | None:
    """Return the items that a filter means; None if it means all of a source.

    Parameters
    ----------
    wanted : FindingFilter
        What is asked about.
    evidence : AuditEvidence
        Registries to look into, and the ledger, which knows what was withdrawn from them.
    found : sequence of DatasetItems
        What was found in the datasets.
    """
    if wanted.domain is None and wanted.names is None and wanted.items is None:
        return None
    known = tuple(
        items for folder in evidence.registries for items in _items_by_addition(folder, wanted)
    )
    named = _named_items(wanted, found)
    found_by = tuple(
        (each.check, each.items & named.keys()) for dataset in found for each in dataset.by_check
    )
    withdrawn = tuple(_withdrawn_since(evidence, wanted))
    return AskedItems(known, withdrawn, named, found_by, wanted.items or frozenset())


def _items_by_addition(folder: Path, wanted: FindingFilter) -> Iterator[ItemsOfRegistry]:
    """Yield the items that are asked about in parts of which each was added at one time."""
    from provenance.pipeline.audit.registry_items import (  # noqa: PLC0415 (loads the compiler)
        additions_of,
    )

    manifest, items = read_manifest(folder), _items_of_registry(folder, wanted)
    additions = additions_of(folder, items)
    for number in {0, *additions.values()}:
        earlier = (digest for each in manifest.earlier_digests[number:] for digest in each)
        own = {item: names for item, names in items.items() if additions.get(item, 0) == number}
        yield ItemsOfRegistry(frozenset({*earlier, *manifest.searched_with}), own)


def _withdrawn_since(evidence: AuditEvidence, wanted: FindingFilter) -> Iterator[ItemsOfRegistry]:
    """Yield the items that registries had until the ledger says that they were withdrawn.

    A registry knows the digests that it had, in order, and which addition added an item, even if it
    has the item no more: from that addition until the withdrawal, it had the item.
    """
    for folder in evidence.registries if evidence.ledger is not None else ():
        history = _history(read_manifest(folder))
        withdrawals = _withdrawals(evidence, wanted, history)
        if not withdrawals:
            continue
        registry = map_registry(folder)
        additions = withdrawn_additions(registry, withdrawals)
        by_digests = dict[frozenset[str], dict[ItemId, frozenset[str]]]()
        for item, addition in additions.items():
            for earlier in _digests_with(history, addition, withdrawals[item]):
                by_digests.setdefault(earlier, {})[item] = frozenset({item[1]})
        yield from itertools.starmap(ItemsOfRegistry, by_digests.items())


_Place = tuple[int, int]
"""An addition, and the place of a digest among those that a registry had before the next one."""


def _history(manifest: Manifest) -> list[tuple[str, ...]]:
    """Return the digests that a registry had before each addition, and since the last one."""
    return [*manifest.earlier_digests, manifest.searched_with]


def _withdrawals(
    evidence: AuditEvidence, wanted: FindingFilter, history: Sequence[tuple[str, ...]]
) -> dict[ItemId, set[_Place]]:
    """Return the items asked about that were withdrawn, with the digests that this led to."""
    places = {
        digest: (addition, place)
        for addition, digests in enumerate(history)
        for place, digest in enumerate(digests)
    }
    found = dict[ItemId, set[_Place]]()
    for entry, facts in evidence.facts(WithdrawalFacts):
        place = places.get(facts.registry or "")
        table = None if evidence.ledger is None else recorded_items(evidence.ledger, entry)
        if place is None or table is None or facts.restored:
            continue
        for item in zip(table["source"].to_pylist(), table["item"].to_pylist(), strict=True):
            if _is_asked(wanted, item):
                found.setdefault(item, set()).add(place)
    return found


def _digests_with(
    history: Sequence[tuple[str, ...]], addition: int, withdrawals: Iterable[_Place]
) -> Iterator[frozenset[str]]:
    """Yield the digests under which a registry had an item, until each withdrawal.

    A record that gives a withdrawn item another day only is no withdrawal of its own.
    """
    firsts = dict[int, _Place]()
    for withdrawal in sorted(withdrawals):
        firsts.setdefault(min(addition, withdrawal[0]), withdrawal)
    for since, (until, place) in firsts.items():
        before = (digest for digests in history[since:until] for digest in digests)
        yield frozenset({*before, *history[until][:place]})


def _is_asked(wanted: FindingFilter, item: ItemId) -> bool:
    """Return whether an item is asked about by its id, or by what else is known of it."""
    return (
        wanted.source in {None, item[0]}
        and wanted.domain is None
        and (wanted.items is None or item in wanted.items)
        and (wanted.names is None or bool(wanted.names.of(item[1], None, item[0])))
    )


def _named_items(
    wanted: FindingFilter, found: Iterable[DatasetItems]
) -> dict[ItemId, frozenset[str]]:
    """Return the items that were found, or match where others were, with their names."""
    named = dict[ItemId, frozenset[str]]()
    for each in (item for dataset in found for item in dataset.items if item.kind is Kind.COPIED):
        source, url = each.first["source"], each.first["url"]
        own = source, each.first["item"]
        for item in (own, *((source, name) for name in each.same_words)):
            own_url = url if item == own else None
            names = {item[1]} | (name_forms(own_url) if own_url is not None else set())
            is_named = wanted.names is None or wanted.names.of(item[1], own_url, source)
            if is_named and (wanted.items is None or item in wanted.items):
                named[item] = named.get(item, frozenset()) | names
    for item in (item for dataset in found for item in dataset.shared):
        if _is_asked(wanted, item):
            named.setdefault(item, frozenset({item[1]}))
    return named


def _items_of_registry(folder: Path, wanted: FindingFilter) -> dict[ItemId, frozenset[str]]:
    from provenance.pipeline.audit.registry_items import (  # noqa: PLC0415 (loads the compiler)
        items_named,
        items_with_ids,
    )

    conditions = list[dict[ItemId, frozenset[str]]]()
    if wanted.items is not None:
        ids = {item for _, item in wanted.items}
        own = set(items_with_ids(folder, ids, wanted.source)) & wanted.items
        conditions.append(dict.fromkeys(own, frozenset[str]()))
    if wanted.names is not None:
        named = items_named(folder, wanted.names, wanted.source)
        conditions.append(
            {
                (source, item): frozenset(form for name in names for form in name_forms(name))
                for source, item, names in named
            }
        )
    if wanted.domain is not None:
        conditions.append(
            dict.fromkeys(_items_on(folder, wanted.domain, wanted.source), frozenset[str]())
        )
    common = set.intersection(*(set(each) for each in conditions))
    return {item: frozenset[str]().union(*(each[item] for each in conditions)) for item in common}


def _items_on(folder: Path, domain: str, source: str | None) -> Iterator[ItemId]:
    for item, _ in _items_where(folder, source, lambda urls: is_on_domain(urls, domain)):
        yield item


def _items_where(
    folder: Path, source: str | None, select: Callable[[pa.Array], Flags]
) -> Iterator[tuple[ItemId, str]]:
    """Yield the items of a registry whose addresses are selected, with these, part by part."""
    from provenance.registry.build.registry_builder import open_segments  # noqa: PLC0415 (as above)
    from provenance.registry.segments import item_selection  # noqa: PLC0415 (as above)

    segments = open_segments(folder)
    chosen = item_selection.select_items(segments, item_selection.Selection(source=source))
    for place, segment in enumerate(segments.segments):
        numbers = chosen.of(place)
        for start in range(0, len(numbers), _ITEMS_AT_A_TIME):
            own = numbers[start : start + _ITEMS_AT_A_TIME]
            columns = ["source", "item", "url"]
            rows = read_rows(segment.files[ITEMS_FILE], columns, own, segment.entry.items)
            rows = rows.filter(pa.array(select(rows["url"].combine_chunks())))
            for origin, item, url in zip(*(rows[n].to_pylist() for n in columns), strict=True):
                yield (origin, item), url
