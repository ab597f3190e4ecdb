"""Circumstances of content: the collections of a policy, and the days that rows state."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fnmatch import translate
from functools import partial
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.identifiers import host_of, sources_named
from provenance.judge.rulings import Judge, Judgement, Scope
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.model.rules.policy import Collection, Policy
from provenance.model.rules.rule_library import Library
from provenance.model.rules.terms import DateRange

Column: TypeAlias = pa.Array | pa.ChunkedArray
COLLECTED = "collected"
"""The label with the day on which a row was collected."""
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?!\d).*)?)?", re.DOTALL)


class CircumstanceJudges:
    """Judges for every part of a corpus, each under the circumstances that apply there.

    Parameters
    ----------
    library : Library
        All rules.
    policy : Policy
        Circumstances of the whole corpus, collections and agreements. The first collection that
        fits counts; a day of collection that a row states counts before all others.
    today : date, optional
        As in `Judge`.
    """

    def __init__(self, library: Library, policy: Policy, today: date | None = None) -> None:
        self._library, self._policy, self._today = library, policy, today
        self._distinct: dict[Judgement, Judgement] = {}
        self._judges: dict[tuple[int, DateRange | None], Judge] = {}
        self._collections = [
            replace(each, source=id_of_source)
            for each in policy.collections
            for id_of_source in [
                None
                if each.source is None
                else next(iter(sources_named([each.source], library)), each.source)
            ]
        ]

    @property
    def general(self) -> Judge:
        """The judge for content in no collection."""
        return self._judge(len(self._collections), None)

    def named(self, collection: str | None) -> Judge:
        """Return the judge for a collection, by name; the general one for None, or if unknown."""
        names = [each.name for each in self._collections]
        return self._judge(names.index(collection) if collection in names else len(names), None)

    def for_source(self, source: str) -> Judge:
        """Return the judge for a source of which nothing was found."""
        for index, each in enumerate(self._collections):
            if each.source == source and {each.files, each.host, each.column} == {None}:
                return self._judge(index, None)
        return self.general

    def have_stated_days(self, labels: Column) -> Flags:
        """Return which texts may have a stated day of collection: all, if the policy states one."""
        days = [each.collected for each in self._policy.collections]
        if any([self._policy.circumstances.collected, *days]):
            return np.ones(len(labels), np.bool_)
        stated = values_of(labels, COLLECTED).is_valid()
        return np.asarray(stated.to_numpy(zero_copy_only=False))

    def assign(
        self, files: Column, sources: Column, addresses: Column, labels: Column
    ) -> tuple[Int64s, list[Judge]]:
        """Return the judge for each text.

        Parameters
        ----------
        files, sources, addresses : Arrow arrays of str
            The file of each text, the source that it is attributed to, and the row's address.
        labels : Arrow array of `LABELS`
            Values of the columns that collections name, and of `collected`.

        Returns
        -------
        codes : ndarray of int64
            Index of the judge of each text.
        judges : list of Judge
            In order of first occurrence.
        """
        count = len(files)
        collections = np.full(count, len(self._collections))
        # From the last, so that the first that fits is the one that stays.
        for index in reversed(range(len(self._collections))):
            members = self._members(self._collections[index], files, sources, addresses, labels)
            collections[members] = index
        days = values_of(labels, COLLECTED).dictionary_encode()
        ranges = [*map(self._collected, days.dictionary.to_pylist()), None]
        day_codes = days.indices.fill_null(len(ranges) - 1).to_numpy(zero_copy_only=False)
        pairs = collections * len(ranges) + day_codes
        unique, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
        judges, codes = list[Judge](), np.zeros(len(unique), np.int64)
        for place in np.argsort(first).tolist():
            collection, day = divmod(int(unique[place]), len(ranges))
            judge = self._judge(collection, ranges[day])
            if judge not in judges:
                judges.append(judge)
            codes[place] = judges.index(judge)
        return codes[inverse.reshape(-1)], judges

    def _collected(self, text: str) -> DateRange | None:
        """Return the day that a row states; None if it is none, or still to come."""
        stated = parse_day(text)
        if stated is None or self._today is None:
            return stated
        return None if stated.day_to_come(self._today) else stated

    def _judge(self, index: int, row_day: DateRange | None) -> Judge:
        judge = self._judges.get((index, row_day))
        if judge is None:
            policy = self._policy
            collection = self._collections[index] if index < len(self._collections) else None
            circumstances = policy.circumstances
            if collection is not None:
                circumstances = collection.circumstances(circumstances)
            if row_day is not None:
                circumstances = replace(circumstances, collected=row_day)
            judge = self._judges[index, row_day] = Judge(
                self._library,
                circumstances,
                policy.agreements_for(collection),
                self._today,
                scope=Scope(None if collection is None else collection.name, row_day is not None),
                distinct=self._distinct,
            )
        return judge

    def _members(
        self,
        collection: Collection,
        files: Column,
        sources: Column,
        addresses: Column,
        labels: Column,
    ) -> Flags:
        members = np.ones(len(files), bool)
        if collection.files is not None:
            members &= _where(files, re.compile(translate(collection.files)).fullmatch)
        if collection.source is not None:
            members &= _where(sources, collection.source.__eq__)
        if collection.host is not None:
            members &= _where(addresses, partial(is_on_host, collection.host))
        if collection.column is not None and collection.value is not None:
            values = values_of(labels, collection.column)
            members &= _where(values, re.compile(translate(collection.value)).fullmatch)
        return members


def _where(column: Column, is_wanted: Callable[[str], object]) -> Flags:
    # Only the distinct values are tested; one more element, False, is for null.
    encoded = _combine(column).dictionary_encode()
    hits = [bool(is_wanted(value)) for value in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(hits)).to_numpy(zero_copy_only=False)
    flags: Flags = np.array([*hits, False])[codes]
    return flags


def is_on_host(host: str, address: str) -> bool:
    """Return whether an address is on a host or one of its subdomains."""
    wanted = host_of(f"//{host}") or host.casefold()
    return f".{host_of(address) or ''}".endswith(f".{wanted}")


def values_of(labels: Column, name: str) -> pa.Array:
    """Return the value of one column of each row of type `LABELS`; null where there is none."""
    lists = _combine(labels)
    if lists.null_count == len(lists):
        return pa.nulls(len(lists), pa.large_string())
    pairs, rows = pc.list_flatten(lists), pc.list_parent_indices(lists).to_numpy()
    is_wanted = pc.equal(pc.struct_field(pairs, "column"), name)
    places = np.full(len(lists), -1)
    wanted = np.flatnonzero(is_wanted.to_numpy(zero_copy_only=False))
    places[rows[wanted]] = wanted
    indices = pa.array(places, mask=places < 0)
    return pc.struct_field(pairs, "value").take(indices)


def parse_day(text: str) -> DateRange | None:
    """Return the day, month or year that a row states; None if it states none."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (None if part is None else int(part) for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day is not None:
            return DateRange(first, first + timedelta(days=1))
        # 31 days after the first of a month, or 366 after the first of a year, is the next one.
        later = first + timedelta(days=31 if month else 366)
    except (ValueError, OverflowError):
        return None
    return DateRange(first, later.replace(day=1))


def _combine(column: Column) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
