"""Count the documents of a dataset whose own address is on a domain."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.identifiers import SourceHosts, host_of, plain_hosts
from provenance.model.content.fingerprints import Flags
from provenance.model.content.tables import Unread
from provenance.pipeline.execution.progress import show_progress
from provenance.pipeline.item_addresses import known_addresses
from provenance.read.corpus.corpora import open_corpus
from provenance.read.rules.rule_files import load_rules

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class DomainDocuments:
    """Documents of a dataset whose address is on a domain.

    Parameters
    ----------
    corpus : str
        Address of the dataset.
    digest : str
        Its digest.
    documents, with_address : int
        Documents, and those that state an address.
    on_domain, text_bytes : int
        Documents whose address is on the domain, and bytes of their text.
    examples : tuple of str
        The first of them: id, file and row.
    unread : tuple of Unread
        Files that could not be read to their end.
    """

    corpus: str
    digest: str
    documents: int
    with_address: int
    on_domain: int
    text_bytes: int
    examples: tuple[str, ...]
    unread: tuple[Unread, ...]


def is_of_source(domain: str) -> bool:
    """Return whether the rules know a source to which all of a domain belongs."""
    return _hosts().source_of(f"https://{domain}/") is not None


@cache
def _hosts() -> SourceHosts:
    return SourceHosts(load_rules())


def is_on_domain(addresses: pa.Array, domain: str) -> Flags:
    """Return which addresses are on a domain or its subdomains; null is not.

    So are addresses on other domains of the same site, and those that wrap one, as archives do.
    """
    known = known_addresses()
    ends = tuple(f".{each}" for each in known.domains(domain))
    hosts = plain_hosts(addresses).dictionary_encode()
    names = [host.lower() for host in hosts.dictionary.to_pylist()]
    is_plain = [not known.wraps(name.removeprefix("www.")) for name in names]
    on_domain = pa.array([f".{name}".endswith(ends) for name in names], pa.bool_())
    flags = np.array(pc.fill_null(on_domain.take(hosts.indices), fill_value=False))
    is_decided = pc.fill_null(pa.array(is_plain, pa.bool_()).take(hosts.indices), fill_value=False)
    is_odd = np.asarray(pc.and_(pc.invert(is_decided), addresses.is_valid()))
    for row in np.flatnonzero(is_odd).tolist():
        address = addresses[row].as_py()
        host = host_of(known.canonical(address) or address) or ""
        flags[row] |= f".{host}".endswith(ends)
    return flags


def count_domain(corpus: str, domain: str, *, quiet: bool = False) -> DomainDocuments:
    """Count the documents of a dataset whose address is on a domain.

    Parameters
    ----------
    corpus : str
        Address of the dataset, as for a check.
    domain : str
        The domain, without `www.`.
    quiet : bool
        Show no progress.

    Raises
    ------
    InputError
        If the dataset cannot be opened.
    """
    opened = open_corpus([corpus])
    documents = with_address = on_domain = text_bytes = 0
    examples, unread = list[str](), list(opened.unread)
    last = None
    total = len(opened.parts)
    with show_progress(f"reading {corpus}", total, "parts", quiet=quiet) as progress:
        for part in opened.parts:
            for found in part.batches():
                unread += found.unread
                batch = found.batch
                if not len(batch):
                    continue
                urls = batch.column("url")
                flags = is_on_domain(urls, domain)
                is_first = starts_document(batch, last)
                documents += int(is_first.sum())
                with_address += int((is_first & np.asarray(urls.is_valid())).sum())
                on_domain += int((is_first & flags).sum())
                chosen = batch.filter(pa.array(flags))
                text_bytes += pc.sum(pc.binary_length(chosen.column("text"))).as_py() or 0
                examples += _places(batch.filter(pa.array(flags & is_first)), len(examples))
                last = batch.column("file")[-1].as_py(), batch.column("row")[-1].as_py()
            progress.advance(1)
    return DomainDocuments(
        corpus,
        opened.digest(),
        documents,
        with_address,
        on_domain,
        text_bytes,
        tuple(examples),
        tuple(unread),
    )


def starts_document(batch: pa.RecordBatch, last: tuple[str, int] | None) -> Flags:
    """Return which texts are the first of their document; `last` is that of the batch before."""
    rows = batch.column("row").to_numpy()
    files = batch.column("file").dictionary_encode().indices.to_numpy()
    is_first = np.ones(len(rows), np.bool_)
    is_first[1:] = (rows[1:] != rows[:-1]) | (files[1:] != files[:-1])
    is_first[0] = last != (batch.column("file")[0].as_py(), int(rows[0]))
    return is_first


def _places(batch: pa.RecordBatch, known: int) -> list[str]:
    names = ("document", "file", "row", "url")
    rows = batch.slice(0, max(_EXAMPLES - known, 0)).select(list(names)).to_pylist()
    return [f"{row['url']} in {row['document']} ({row['file']}, row {row['row']})" for row in rows]
