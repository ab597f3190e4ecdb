"""Values that collections may name, in columns and addresses, to see which have no rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
    """

    values: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    hosts: frozenset[str] | None = frozenset()
    unreadable_days: int = 0

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
        unreadable = 0
        for column, value, count in zip(*counts.to_pydict().values(), strict=True):
            values.setdefault(column, set()).add(value)
            if column == COLLECTED and parse_day(value) is None:
                unreadable += count
        return cls({name: _limited(found) for name, found in values.items()}, hosts, unreadable)

    @classmethod
    def merge(cls, parts: Iterable["LabelValues"]) -> "LabelValues":
        """Return the values of several parts."""
        values: dict[str, frozenset[str] | None] = {}
        hosts: frozenset[str] | None = frozenset()
        unreadable = 0
        for part in parts:
            unreadable += part.unreadable_days
            hosts = _union(hosts, part.hosts)
            for name, found in part.values.items():
                values[name] = _union(values.get(name, frozenset()), found)
        return cls(values, hosts, unreadable)

    def to_json(self) -> list[object]:
        """Return it as JSON has it."""
        values = {name: v and sorted(v) for name, v in sorted(self.values.items())}
        return [values, None if self.hosts is None else sorted(self.hosts), self.unreadable_days]

    @classmethod
    def from_json(cls, content: list[Any]) -> "LabelValues":
        """Return what `to_json` has written.

        Raises
        ------
        ValueError, TypeError, AttributeError
            If the content is something else.
        """
        values, hosts, unreadable = content
        return cls(
            {name: v and frozenset(v) for name, v in values.items()},
            None if hosts is None else frozenset(hosts),
            int(unreadable),
        )


NO_LABELS = LabelValues()


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
    policy: Policy, files: Iterable[str], labels: LabelValues, *, is_sample: bool
) -> tuple[Observation, ...]:
    """Return an observation for each collection without rows, and for days that cannot be read.

    Parameters
    ----------
    policy : Policy
        With the collections. Which rows are of a source is not looked at.
    files : iterable of str
        Names of all files of the corpus.
    labels : LabelValues
        Of all rows.
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
