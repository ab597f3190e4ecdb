"""The attribution list as CSV: the items whose licence asks for credit or notices."""

import csv
import io

from provenance.model.results.result import Report, SourceRuling
from provenance.report.aggregates.obligations import CREDIT, conditional_reasons
from provenance.report.files.findings_parquet import sort_findings
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import csv_cell

_HEADS = ("source", "item", "address", "licence", "licence_address", "author", "documents")
_KEY = ("source", "verdict", "basis", "terms", "collection")
_AUTHOR = "see the address"


def render(report: Report, options: RenderOptions) -> str:
    """Render the attribution list.

    Parameters
    ----------
    report : Report
        Has the findings and the rulings.
    options : RenderOptions
        Has the names of authors that are known.

    Returns
    -------
    str
        A header and one row per item: where it is, its licence, and in how many documents of the
        dataset it was found; and its author, if a registry keeps the name.
    """
    licences = {
        _key(each): licence for each in report.result.rulings if (licence := _licence_of(each))
    }
    documents: dict[tuple[str, str, str, str, str], set[tuple[str, int]]] = {}
    columns = [*_KEY, "item", "url", "file", "row"]
    for row in sort_findings(report.findings).select(columns).to_pylist():
        licence = licences.get(tuple(row[name] for name in _KEY))
        if licence is not None:
            item = (row["source"], row["item"] or "", row["url"] or "", *licence)
            documents.setdefault(item, set()).add((row["file"], row["row"]))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADS)
    for item in sorted(documents):
        author = csv_cell(options.authors.get(item[:3], _AUTHOR))
        writer.writerow([*map(csv_cell, item), author, len(documents[item])])
    return out.getvalue()


def _key(each: SourceRuling) -> tuple[str | None, ...]:
    ruling = each.ruling
    return each.source, str(ruling.verdict), ruling.basis, ruling.terms, each.collection


def _licence_of(each: SourceRuling) -> tuple[str, str] | None:
    """Return the document that asks for credit, and its address."""
    for reason in conditional_reasons(each):
        if not set(CREDIT).isdisjoint(reason.terms.conditions):
            return reason.terms.document, reason.terms.address or ""
    return None
