"""Values that collections may name, in columns and addresses, to see which have no rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.content_circumstances import COLLECTED, is_on_host, parse_day
from provenance.judge.identifiers import host_of, plain_hosts
from provenance.model.content.fingerprints import Int64s
from provenance.model.results.result import Observation, ObservationKind
from provenance.model.rules.policy import Collection, Policy
from provenance.model.rules.terms import DateRange

_NEWEST_DAYS = 1000
"""Newest days on which rows were collected, as they state, that are counted."""

_MAX_VALUES = 1000
"""Values of a column that are told apart; with more, any pattern may match one."""


@dataclass(frozen=True, slots=True)
class LabelValues:
    """Values of the columns that collections name, and hosts of the rows' addresses.

    Parameters
    ----------
    values : mapping of str to set of str, or None
        Distinct values of each column; None if there are too many.
    hosts : set of str, or None
        The hosts; None if there are too many.
    unreadable_days : int
        Documents whose `collected` is no day, month or year.
    newest_days : mapping of date to int
        Documents whose `collected` is a certain day, or the month or year that begins with it, of
        the newest of these days.
    """

    values: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    hosts: frozenset[str] | None = frozenset()
    unreadable_days: int = 0
    newest_days: Mapping[date, int] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: pa.RecordBatch, documents: Int64s) -> "LabelValues":
        """Return the values of some rows.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
            Of schema `DOCUMENTS`.
        documents : ndarray of int64
            The document of each text, in ascending order.
        """
        labels, hosts = batch.column("labels"), _hosts(batch.column("url"))
        if labels.null_count == len(labels):
            return cls(hosts=hosts)
        labels = labels.take(pa.array(np.unique(documents, return_index=True)[1]))
        pairs = pc.list_flatten(labels)
        table = pa.table([pc.struct_field(pairs, n) for n in (0, 1)], ["column", "value"])
        table = table.filter(pc.is_valid(table["value"]))
        counts = table.group_by(["column", "value"]).aggregate([([], "count_all")])
        values: dict[str, set[str]] = {}
        days = Counter[date | None]()
        for column, value, count in zip(*counts.to_pydict().values(), strict=True):
            values.setdefault(column, set()).add(value)
            if column == COLLECTED:
                stated = parse_day(value)
                days[None if stated is None else stated.first] += count
        limited = {name: _limited(found) for name, found in values.items()}
        unreadable = days.pop(None, 0)
        return cls(limited, hosts, unreadable, _newest(days))

    @classmethod
    def merge(cls, parts: Iterable["LabelValues"]) -> "LabelValues":
        """Return the values of several parts."""
        values: dict[str, frozenset[str] | None] = {}
        hosts: frozenset[str] | None = frozenset()
        unreadable, days = 0, Counter[date]()
        for part in parts:
            unreadable += part.unreadable_days
            days.update(part.newest_days)
            hosts = _union(hosts, part.hosts)
            for name, found in part.values.items():
                values[name] = _union(values.get(name, frozenset()), found)
        return cls(values, hosts, unreadable, _newest(days))

    def to_json(self) -> list[object]:
        """Return it as JSON has it."""
        values = {name: v and sorted(v) for name, v in sorted(self.values.items())}
        days = {day.isoformat(): count for day, count in self.newest_days.items()}
        hosts = None if self.hosts is None else sorted(self.hosts)
        return [values, hosts, self.unreadable_days, days]

    @classmethod
    def from_json(cls, content: list[Any]) -> "LabelValues":
        """Return what `to_json` has written.

        Raises
        ------
        ValueError, TypeError, AttributeError
            If the content is something else.
        """
        values, hosts, unreadable, days = content
        return cls(
            {name: v and frozenset(v) for name, v in values.items()},
            None if hosts is None else frozenset(hosts),
            int(unreadable),
            {date.fromisoformat(day): int(count) for day, count in days.items()},
        )


NO_LABELS = LabelValues()


def _newest(days: Mapping[Any, int]) -> dict[date, int]:
    return {day: days[day] for day in sorted(days, reverse=True)[:_NEWEST_DAYS]}


def _hosts(addresses: pa.Array) -> frozenset[str] | None:
    addresses = pc.unique(addresses).drop_null()
    plain = plain_hosts(addresses)
    hosts = pc.unique(plain).drop_null()
    if len(hosts) > _MAX_VALUES:
        return None
    others = addresses.filter(pc.is_null(plain)).to_pylist()
    return _limited({*hosts.to_pylist(), *filter(None, map(host_of, others))})


def _union(some: frozenset[str] | None, others: frozenset[str] | None) -> frozenset[str] | None:
    return None if some is None or others is None else _limited(some | others)


def _limited(values: Iterable[str]) -> frozenset[str] | None:
    distinct = frozenset(values)
    return distinct if len(distinct) <= _MAX_VALUES else None


def observe_labels(
    policy: Policy, files: Iterable[str], labels: LabelValues, today: date, *, is_sample: bool
) -> tuple[Observation, ...]:
    """Return an observation for each collection without rows, and for days that cannot be right.

    Parameters
    ----------
    policy : Policy
        With the collections. Which rows are of a source is not looked at.
    files : iterable of str
        Names of all files of the corpus.
    labels : LabelValues
        Of all rows.
    today : date
        In UTC: later days are still to come.
    is_sample : bool
        Whether rows were left out: then nothing is said of collections.
    """
    names = list(files)
    found = [
        Observation(ObservationKind.EMPTY_COLLECTION, None, each.name, 0, 0)
        for each in policy.collections
        if not is_sample and not _may_have_rows(each, names, labels)
    ]
    if labels.unreadable_days:
        kind = ObservationKind.UNREADABLE_DAY
        found.append(Observation(kind, None, None, labels.unreadable_days, 0))
    future = {day: n for day, n in labels.newest_days.items() if DateRange(day).day_to_come(today)}
    if future:
        kind, newest = ObservationKind.FUTURE_DAY, max(future).isoformat()
        found.append(Observation(kind, None, newest, sum(future.values()), 0))
    return tuple(found)


def _may_have_rows(collection: Collection, files: list[str], labels: LabelValues) -> bool:
    pattern = collection.files
    if pattern is not None and not any(fnmatchcase(name, pattern) for name in files):
        return False
    host, hosts = collection.host, labels.hosts
    if host is not None and hosts is not None and not any(is_on_host(host, h) for h in hosts):
        return False
    if collection.column is None or collection.value is None:
        return True
    values = labels.values.get(collection.column, frozenset())
    return values is None or any(fnmatchcase(value, collection.value) for value in values)
