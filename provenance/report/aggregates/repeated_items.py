"""The items that a corpus repeats most."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from provenance.report.text.number_format import count


@dataclass(frozen=True, slots=True)
class RepeatedItem:
    """An item that several documents have words of.

    Parameters
    ----------
    source, item : str
        Its source and id.
    url : str or None
        Its address.
    copies, occurrences : int
        Documents that have words of it, and findings of it.
    item_tokens : int or None
        Its words.
    """

    source: str
    item: str
    url: str | None
    copies: int
    occurrences: int
    item_tokens: int | None


def repeated_items(findings: pa.Table, limit: int) -> tuple[RepeatedItem, ...]:
    """Return the items in most documents, of those in several.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.
    limit : int
        Maximum number.
    """
    names = list(RepeatedItem.__slots__)
    repeated = findings.select(names).filter(pc.greater(findings["copies"], 1))
    # Sites of a source number their items separately: the address is a part of the identity.
    keys = ["source", "item", "url"]
    items = repeated.group_by(keys).aggregate([(name, "min") for name in names if name not in keys])
    order = [("copies_min", "descending"), ("occurrences_min", "descending")]
    order += [(key, "ascending") for key in keys]
    first = items.sort_by(order).slice(0, limit).to_pylist()
    return tuple(
        RepeatedItem(*(row[name] if name in row else row[f"{name}_min"] for name in names))
        for row in first
    )


def repetition_sentence(item: RepeatedItem, name: str) -> str:
    """Return how often an item occurs.

    Examples
    --------
    >>> item = RepeatedItem("x", "17", None, 3, 4, 20)
    >>> repetition_sentence(item, "X (Twitter)")
    'X (Twitter) 17, 20 words: in 3 documents, 4 times'
    """
    words = f", {count(item.item_tokens, 'word')}" if item.item_tokens else ""
    more = f", {item.occurrences:,} times" if item.occurrences > item.copies else ""
    return f"{name} {item.item}{words}: in {count(item.copies, 'document')}{more}"
