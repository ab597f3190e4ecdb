"""Domains of a dataset by the size of their text, in bounded memory."""

from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.judge.identifiers import host_of, plain_hosts
from provenance.model.content.fingerprints import Flags
from provenance.model.records.disclosure import DOMAIN_SIZES, DomainSizes
from provenance.registry.sorting.duckdb_engine import (
    BuildLimits,
    check_row_count,
    create_parts_view,
    open_engine,
    query_count,
)
from provenance.temporary_files import storage_errors

_MAX_DOMAINS = 1 << 20
"""Domains in memory; beyond, their sizes go to disk."""
_CACHED_HOSTS = 1 << 18
_TENTH = 10


class DomainCounter:
    """Sums of the text of each domain.

    Parameters
    ----------
    folder : Path
        For sums that do not fit into memory.
    max_domains : int
        Domains that fit.
    """

    def __init__(self, folder: Path, max_domains: int = _MAX_DOMAINS) -> None:
        self._folder, self._max_domains = folder, max_domains
        self._domain_of = registrable_domain()
        self._sums = DOMAIN_SIZES.empty_table()
        self._pending: list[pa.Table] = []
        self._pending_rows = 0
        self._runs = 0
        self._documents = self._bytes = 0

    def add(self, batch: pa.RecordBatch, is_first: Flags) -> None:
        """Add a batch of schema `DOCUMENTS`; `is_first` says which texts begin a document."""
        domains = self._domains(batch.column("url"))
        sizes = pa.table(
            {
                "domain": domains,
                "bytes": pc.binary_length(batch.column("text")).cast(pa.int64()),
                "documents": pa.array(is_first.astype(np.int64)),
            },
            schema=pa.schema([field.with_nullable(True) for field in DOMAIN_SIZES]),
        ).filter(pc.is_valid(domains))
        self._documents += pc.sum(sizes["documents"]).as_py() or 0
        self._bytes += pc.sum(sizes["bytes"]).as_py() or 0
        self._pending.append(_summed([sizes]))
        self._pending_rows += len(self._pending[-1])
        if self._pending_rows > self._max_domains:
            self._merge()

    def _domains(self, addresses: pa.Array) -> pa.Array:
        hosts = plain_hosts(addresses).dictionary_encode()
        names = [self._domain_of(host) for host in hosts.dictionary.to_pylist()]
        domains = pa.array(names, pa.string()).take(hosts.indices).to_pylist()
        for row in np.flatnonzero(
            np.asarray(pc.and_(hosts.is_null(), addresses.is_valid()))
        ).tolist():
            host = host_of(addresses[row].as_py())
            domains[row] = None if host is None else self._domain_of(host)
        return pa.array(domains, pa.string())

    def _merge(self) -> None:
        self._sums = _summed([self._sums, *self._pending])
        self._pending, self._pending_rows = [], 0
        if len(self._sums) > self._max_domains:
            self._write_run()

    def _write_run(self) -> None:
        with storage_errors():
            pq.write_table(self._sums, self._folder / f"{self._runs}.parquet")
        self._runs += 1
        self._sums = DOMAIN_SIZES.empty_table()

    def result(self) -> DomainSizes:
        """Return the largest tenth of the domains; the counter cannot be used after that."""
        self._merge()
        self._write_run()
        limits = BuildLimits()
        with open_engine(self._folder, limits) as engine:
            create_parts_view(engine, "runs", self._folder)
            domains = query_count(engine, "select count(distinct domain) from runs")
            total = query_count(engine, "select sum(bytes) from runs")
            check_row_count("summing up domains", self._bytes, total)
            with engine.cursor() as cursor:
                largest = cursor.sql(
                    "select domain, sum(bytes)::bigint as bytes, "  # noqa: S608 (a number)
                    "sum(documents)::bigint as documents from runs group by domain "
                    f"order by bytes desc, domain limit {largest_tenth(domains)}"
                ).to_arrow_table()
        tool = f"publicsuffixlist {version('publicsuffixlist')}"
        return DomainSizes(tool, domains, self._documents, self._bytes, largest.cast(DOMAIN_SIZES))


def largest_tenth(domains: int) -> int:
    """Return how many domains are the top 10 %, rounded up."""
    return -(-domains // _TENTH)


def _summed(tables: list[pa.Table]) -> pa.Table:
    return (
        pa.concat_tables(tables)
        .group_by("domain")
        .aggregate([("bytes", "sum"), ("documents", "sum")])
        .rename_columns(DOMAIN_SIZES.names)
        .cast(DOMAIN_SIZES)
    )


def registrable_domain() -> Callable[[str], str]:
    """Return the function from a host to its domain: "example.com" of "www.example.com".

    A host that is a public suffix itself, or an IP address, is its own domain. Suffixes that
    companies have registered for their customers ("github.io") count as domains. Needs the extra
    `disclose`.
    """
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 (an extra)

    suffixes = PublicSuffixList(only_icann=True)

    @lru_cache(_CACHED_HOSTS)
    def domain_of(host: str) -> str:
        try:
            return str(ip_address(host))
        except ValueError:
            return str(suffixes.privatesuffix(host.lower()) or host.lower())

    return domain_of
