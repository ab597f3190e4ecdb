"""Whose words the quotations among findings are: works, linked pages, or nobody known."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.identifiers import host_of
from provenance.model.results.origin import Origin
from provenance.report.text.number_format import count

THIRD_PARTIES_NOTE = (
    "Words that the corpus and an item share, but that are somebody else's: the item quotes them, "
    "or they are the title of a page that it links to. They count for no source. They are not "
    "cleared by that: the terms of whose words they are apply."
)
"""Explanation of the list of quoted works."""

_UNKNOWN = "not known whose"


@dataclass(frozen=True, slots=True)
class QuotedWork:
    """A work, or the pages of a site, whose words findings are.

    Parameters
    ----------
    title : str
        Title of the work of a background, "titles of pages of example.org", or "not known whose".
    address : str or None
        Address of the work, or of the page if there is only one.
    documents, findings, tokens : int
        Documents with its words, findings of them, and their matched words.
    """

    title: str
    address: str | None
    documents: int
    findings: int
    tokens: int


def quoted_works(findings: pa.Table) -> tuple[QuotedWork, ...]:
    """Return whose words the quotations are, those in most documents first; unknown ones last.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.
    """
    is_quotation = pc.equal(findings["origin"], str(Origin.QUOTATION))
    quotations = findings.filter(pc.fill_null(is_quotation, False))
    columns = ("quoted_work", "quoted_url", "file", "row", "tokens")
    groups: dict[str, list[dict[str, object]]] = {}
    for row in quotations.select(list(columns)).to_pylist():
        groups.setdefault(_title(row["quoted_work"], row["quoted_url"]), []).append(row)
    works = [_quoted_work(title, rows) for title, rows in groups.items()]
    return tuple(
        sorted(
            works,
            key=lambda each: (each.title == _UNKNOWN, -each.documents, -each.findings, each.title),
        )
    )


def quoted_work_sentence(work: QuotedWork) -> str:
    """Return whose words are where.

    Examples
    --------
    >>> quoted_work_sentence(QuotedWork("Emma, by Jane Austen", None, 2, 3, 60))
    'Emma, by Jane Austen: 60 words in 2 documents'
    """
    words, documents = count(work.tokens, "word"), count(work.documents, "document")
    return f"{work.title}: {words} in {documents}"


def _title(work: str | None, address: str | None) -> str:
    if work is not None:
        return work
    return _UNKNOWN if address is None else f"titles of pages of {_site(address)}"


def _site(address: str) -> str:
    return (host_of(address) or address).removeprefix("www.")


def _quoted_work(title: str, rows: Iterable[dict[str, object]]) -> QuotedWork:
    rows = list(rows)
    addresses = {row["quoted_url"] for row in rows}
    return QuotedWork(
        title,
        str(*addresses) if len(addresses) == 1 and None not in addresses else None,
        len({(row["file"], row["row"]) for row in rows}),
        len(rows),
        sum(int(str(row["tokens"])) for row in rows),
    )
