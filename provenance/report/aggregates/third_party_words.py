"""Whose words the quotations among findings are: works, linked pages, or nobody known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.identifiers import site_of
from provenance.model.results.origin import Origin
from provenance.report.text.number_format import count

THIRD_PARTIES_NOTE = (
    "Words that the corpus and an item share, but that are somebody else's: the item quotes them, "
    "they are the title of a page that it links to, or the form of many items. They count for no "
    "source. That does not clear them: the terms of their own authors and publishers apply."
)
"""Explanation of the list."""

_UNKNOWN = "not known whose"
_COLUMNS = ["quoted_work", "quoted_url", "file", "row", "tokens"]


@dataclass(frozen=True, slots=True)
class ThirdPartyWords:
    """Findings of words of one work, or of titles of pages of one site.

    Parameters
    ----------
    title : str
        Title of the work of a background, "titles of pages of example.org", or "not known whose".
    address : str or None
        Address of the work, or of the page if there is only one.
    documents, findings, tokens : int
        Documents with these words, findings of them, and their matched words.
    """

    title: str
    address: str | None
    documents: int
    findings: int
    tokens: int


def third_party_words(findings: pa.Table) -> tuple[ThirdPartyWords, ...]:
    """Return whose words the quotations are, those in most documents first; unknown ones last.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.
    """
    is_quotation = pc.equal(findings["origin"], str(Origin.QUOTATION))
    quotations = findings.select(_COLUMNS).filter(pc.fill_null(is_quotation, False))
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in quotations.to_pylist():
        groups.setdefault(_title(row["quoted_work"], row["quoted_url"]), []).append(row)
    found = [_summarise(title, rows) for title, rows in groups.items()]

    def rank(each: ThirdPartyWords) -> tuple[bool, int, int, str]:
        return each.title == _UNKNOWN, -each.documents, -each.findings, each.title

    return tuple(sorted(found, key=rank))


def third_party_sentence(words: ThirdPartyWords) -> str:
    """Return whose words are where.

    Examples
    --------
    >>> third_party_sentence(ThirdPartyWords("Emma, by Jane Austen", None, 2, 3, 60))
    'Emma, by Jane Austen: 60 words in 2 documents'
    """
    return f"{words.title}: {count(words.tokens, 'word')} in {count(words.documents, 'document')}"


def _title(work: str | None, address: str | None) -> str:
    if work is not None:
        return work
    return _UNKNOWN if address is None else f"titles of pages of {site_of(address)}"


def _summarise(title: str, rows: Sequence[dict[str, Any]]) -> ThirdPartyWords:
    addresses = {row["quoted_url"] for row in rows}
    return ThirdPartyWords(
        title,
        addresses.pop() if len(addresses) == 1 else None,
        len({(row["file"], row["row"]) for row in rows}),
        len(rows),
        sum(row["tokens"] for row in rows),
    )
