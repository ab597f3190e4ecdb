"""The list of domains that the EU's summary asks for, by the size of their text."""

import csv
from hashlib import sha256
from io import StringIO

from provenance.model.records.disclosure import DisclosureMaterial, DomainSizes, Entry
from provenance.report.disclosure.entries import measured_in_dataset, to_be_provided
from provenance.report.sanitize import csv_cell
from provenance.report.text.number_format import count, number, percent

DOMAINS_FILE = "eu-domains.csv"
_SMALL_SHARE, _SMALL_MOST = 20, 1000
"""Small and medium-sized providers list a twentieth, at most a thousand."""


def listed_domains(domains: DomainSizes, *, small: bool) -> int:
    """Return how many domains are to be listed, rounded up.

    Parameters
    ----------
    domains : DomainSizes
        All domains.
    small : bool
        Whether the provider is a small or medium-sized enterprise.
    """
    if small:
        return min(-(-domains.domains // _SMALL_SHARE), _SMALL_MOST)
    return len(domains.largest)


def domain_list(material: DisclosureMaterial) -> str:
    """Render the list as CSV, the largest domain first; only a header if it is not known."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["domain", "bytes", "documents"])
    if material.contents is not None and material.answers.truth("crawl.used") is not False:
        domains = material.contents.domains
        listed = domains.largest.slice(0, listed_domains(domains, small=_is_small(material)))
        columns = (listed[name].to_pylist() for name in ("domain", "bytes", "documents"))
        writer.writerows([csv_cell(domain), *rest] for domain, *rest in zip(*columns, strict=True))
    return out.getvalue()


def domain_entry(material: DisclosureMaterial, id_: str) -> Entry:
    """Return the entry that names the list."""
    title = "Summary of the most relevant domain names crawled"
    if material.contents is None:
        return to_be_provided(id_, title, f"not measured: {material.not_measured}")
    domains = material.contents.domains
    if not domains.domains:
        return to_be_provided(id_, title, "no document of the dataset has an address")
    listed = listed_domains(domains, small=_is_small(material))
    rule = "top 5 %, at most 1,000" if _is_small(material) else "top 10 %"
    digest = sha256(domain_list(material).encode()).hexdigest()
    covered = sum(domains.largest["bytes"].slice(0, listed).to_pylist())
    value = {
        "rule": rule,
        "listed": listed,
        "domains": domains.domains,
        "documents_with_address": domains.documents,
        "documents": material.contents.documents,
        "share_of_bytes": covered / max(domains.bytes, 1),
        "file": DOMAINS_FILE,
        "sha256": digest,
    }
    return measured_in_dataset(
        material,
        id_,
        title,
        value,
        f"{DOMAINS_FILE} lists the {rule} of {count(domains.domains, 'domain')} by the size of "
        f"their text: {number(listed)}, with {percent(value['share_of_bytes'])} of the text that "
        "has an address.",
        f"{count(domains.documents, 'document')} of {number(material.contents.documents)} have an "
        f"address. Public suffixes are those of {domains.tool}.",
    )


def _is_small(material: DisclosureMaterial) -> bool:
    return material.answers.truth("provider.small") is True
